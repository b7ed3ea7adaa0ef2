"""The child process: give away rights first, read the file, write a report. See `reader`.

Forked by `fork_server` in a folder that holds `job.json`. It writes `report.json` ({"facts": ...},
{"bodies": names} or {"error": {"code", "message"}}) and the pictures or bodies there.
"""

import ctypes
import importlib
import json
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
OPEN_FILES = 64

MODULE_OF_FORMAT = {
    "step": "step",
    "iges": "iges",
    "stl": "stl",
    "obj": "obj",
    "ply": "ply",
    "3mf": "threemf",
    "dxf": "dxf",
    "pdf": "pdf",
}


def main() -> None:
    """Do the one job of this folder and report it."""
    job = json.loads(Path("job.json").read_text(encoding="utf-8"))
    limits = Limits(**job["limits"])
    give_up_rights(limits)
    try:
        report: dict[str, Any] = (
            {"bodies": split(job, limits)}
            if "indexes" in job
            else {"facts": read(job, limits).as_dict()}
        )
    except GeometryError as error:
        report = {"error": error.as_dict()}
        sys.stderr.write(error.detail)
    except ImportError:
        traceback.print_exc()
        report = {"error": unavailable().as_dict()}
    except MemoryError:
        report = {"error": too_much_memory().as_dict()}
    except Exception:  # noqa: BLE001 - the kernel raises anything; the trace goes to the log
        traceback.print_exc()
        report = {"error": unreadable().as_dict()}
    Path("report.json").write_text(json.dumps(report, allow_nan=False), encoding="utf-8")


def read(job: dict[str, Any], limits: Limits) -> PartFacts:
    """Read the file with the module of its format, importing only that one."""
    module = importlib.import_module(
        f"marketplace.parts.geometry.formats.{MODULE_OF_FORMAT[job['format']]}"
    )
    pictures = Path.cwd() if job["pictures"] else None
    facts: PartFacts = module.read(Path(job["path"]), job["units"], limits, pictures)
    return facts


def split(job: dict[str, Any], limits: Limits) -> list[str]:
    """Write the bodies the job asks for and return the names of their files."""
    splitting = importlib.import_module("marketplace.parts.geometry.splitting")
    names: list[str] = splitting.write_bodies(job, limits, Path.cwd())
    return names


def give_up_rights(limits: Limits) -> None:
    """Set the limits that only this process is under, and cut it off from the network.

    The limits always hold. Dying with the parent, no new privileges and the empty network
    namespace are asked of the kernel and are done without when it refuses (containers often do).
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for what, ceiling in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits.written_file_bytes),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_AS, limits.address_space_bytes),
    ):
        resource.setrlimit(what, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 2))


def too_much_memory() -> GeometryError:
    """Return the error for a file that needs more memory than it may have."""
    return GeometryError(
        "too_much_memory",
        "This file needs more memory than we allow for one part. Please export it with fewer "
        "details, or upload the parts of an assembly one by one.",
    )


def unavailable() -> GeometryError:
    """Return the error for a reader that cannot be loaded here, which is not the file's fault."""
    return GeometryError(
        "reader_unavailable",
        "Our reader for this format cannot be started at the moment. Your file is fine as far as "
        "we know; please try again later.",
    )


def unreadable() -> GeometryError:
    """Return the error for a file that is not what its format says, found while reading it."""
    return GeometryError(
        "unreadable",
        "This file cannot be read: its content does not follow the rules of its format. It is "
        "probably damaged; please export it again.",
    )
