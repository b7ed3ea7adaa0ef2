"""Have a child do one job: orders go to a fork server, which is kept for the next one.

A server does one job at a time; threads that read at the same time have one each. It starts with
an environment of its own and dies with the process that started it, at the latest when its input
closes. This module is plain Python: importing it costs a web process nothing.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from marketplace.parts.geometry.limits import IDLE_SECONDS, LOG_FILE

PROJECT_ROOT = Path(__file__).resolve().parents[3]
SERVER_MODULE = "marketplace.parts.geometry.fork_server"


@dataclass
class _Server:
    """A process of `fork_server` and when it last had something to do (monotonic seconds)."""

    process: "subprocess.Popen[bytes]"
    used_at: float

    def ask(self, order: bytes) -> bytes:
        """Its answer to one order, or nothing when it has gone."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(order)
            self.process.stdin.flush()
            return self.process.stdout.readline()
        except BrokenPipeError:
            return b""
        except BaseException:
            # Its answer would come to the next one who asks.
            self.close()
            raise

    def close(self) -> None:
        """End it; it holds nothing that could be lost."""
        for end in (self.process.stdin, self.process.stdout):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.close()
        self.process.kill()
        self.process.wait()


_idle: list[_Server] = []


def run_child(room: Path, part_format: str, wall_seconds: float) -> int | None:
    """Do the job in `room` (see `child`) and return the exit code; a negative one is the fatal
    signal, None that `wall_seconds` were over. Whatever the child started has ended, too.

    Raises OSError when no child can be started.
    """
    order = {"room": str(room), "format": part_format, "wall_seconds": wall_seconds}
    for take in (_kept, _started):
        server = take()
        if server is None:
            continue
        answer = server.ask(json.dumps(order).encode() + b"\n")
        if answer:
            server.used_at = time.monotonic()
            _idle.append(server)
            code: int | None = json.loads(answer)
            return code
        server.close()
        if (room / LOG_FILE).exists():
            # The child had begun and went with its server.
            return 1
    raise OSError("The reader of part files cannot be started.")


def close_idle() -> None:
    """End every server that waits for a job; the next job starts one."""
    while _idle:
        _idle.pop().close()


def _kept() -> _Server | None:
    """A server that waits for a job, if there is one."""
    while True:
        try:
            server = _idle.pop()
        except IndexError:
            return None
        # Before it goes by itself, so that it does not go while it is asked.
        fresh = time.monotonic() - server.used_at < IDLE_SECONDS / 2
        if fresh and server.process.poll() is None:
            return server
        server.close()


def _started() -> _Server:
    # -B: under the limit on written files a module's bytecode would be cut off, and kept so.
    command = [sys.executable, "-B", "-P", "-s", "-W", "ignore", "-m", SERVER_MODULE]
    process = subprocess.Popen(
        command,
        cwd="/",
        env=_clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return _Server(process, time.monotonic())


def _clean_environment() -> dict[str, str]:
    """Return the whole environment of the readers: no secrets of ours, one thread, our own code."""
    return {
        "PATH": os.defpath,
        "HOME": os.devnull,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(PROJECT_ROOT),
        "PYTHONHASHSEED": "random",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        # Keep freed memory for the next array: page faults took a fifth of the time.
        "MALLOC_MMAP_THRESHOLD_": "1000000000",
        "MALLOC_TRIM_THRESHOLD_": "1000000000",
    }


atexit.register(close_idle)
# A copy of this process has servers of its own.
os.register_at_fork(after_in_child=_idle.clear)
