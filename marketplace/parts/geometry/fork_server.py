"""Load the readers once and fork a child for each file. See `launcher` for the other end.

Started as `python -m marketplace.parts.geometry.fork_server`. Loading the CAD kernel takes about a
second, longer than most files take to read; a fork of a process that has loaded it takes
milliseconds. This process opens no part file itself, so nothing a file does outlives its child.

Reads one order a line (`{"room", "format", "wall_seconds"}`) and answers each with one line: the
exit code of the child, a negative one for a fatal signal, `null` when its time was over.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import time
import traceback
from types import FrameType
from typing import Any

from marketplace.parts.geometry.child import MODULE_OF_FORMAT, main
from marketplace.parts.geometry.limits import IDLE_SECONDS, LOG_FILE

# What a reader loads only when the file needs it.
PICTURES = (
    "marketplace.parts.geometry.preview",
    "marketplace.parts.geometry.thumbnail",
    "PIL.PngImagePlugin",
    "numpy.ma",
)
SOLIDS = ("marketplace.parts.geometry.step_kernel", "marketplace.parts.geometry.splitting")
ALSO_NEEDED = {"step": (*PICTURES, *SOLIDS), "iges": (*PICTURES, *SOLIDS), "pdf": ()}


def serve() -> None:
    """Take orders until nobody is there to give one, or none has come for `IDLE_SECONDS`."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    # The handler must be a function for the byte to be written.
    signal.signal(signal.SIGCHLD, _heard)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    while select.select([0], [], [], IDLE_SECONDS)[0]:
        line = _line()
        if not line:
            return
        code = _done(json.loads(line), woken)
        os.write(1, f"{json.dumps(code)}\n".encode())


def _heard(_number: int, _frame: FrameType | None) -> None:
    """A child has ended."""


def _line() -> bytes:
    """One order, or nothing when the launcher has gone."""
    line = b""
    while not line.endswith(b"\n"):
        more = os.read(0, 4096)
        if not more:
            return b""
        line += more
    return line


def _done(order: dict[str, Any], woken: int) -> int | None:
    """The exit code of a child that did this job, or None when it was ended for its time."""
    preload(order["format"])
    deadline = time.monotonic() + order["wall_seconds"]
    child = os.fork()
    if child == 0:
        _become_child(order["room"])
    code: int | None = None
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            break
        left = deadline - time.monotonic()
        ready = select.select([0, woken], [], [], max(left, 0))[0]
        if woken in ready:
            os.read(woken, 4096)
        elif 0 in ready or left <= 0:
            break
    # Whatever the child may have started is in its group.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if code is None:
        os.waitpid(child, 0)
    return code


def preload(part_format: str) -> None:
    """Import what reads this format, here and so for every later child.

    What cannot be imported is left to the child, which reports it.
    """
    modules = [f"marketplace.parts.geometry.formats.{MODULE_OF_FORMAT[part_format]}"]
    for module in (*modules, *ALSO_NEEDED.get(part_format, PICTURES)):
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def _become_child(room: str) -> None:
    """Do the job of `room` as a process of its own, in a session of its own, and end."""
    code = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.chdir(room)
        os.environ.update(HOME=room, TMPDIR=room)
        tempfile.tempdir = None
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open(LOG_FILE, os.O_WRONLY | os.O_CREAT, 0o600)
        for source, target in ((nothing, 0), (nothing, 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 64)
        main()
        code = 0
    except BaseException:  # noqa: BLE001 - a child must never come back as the server
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
