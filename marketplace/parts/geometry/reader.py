"""Read a part file in a child process that may crash, hang or burst without harming anyone.

Malformed files make CAD kernels segfault, loop or eat all memory; none of that can be caught as
an exception. So the reading happens in a process of its own, in a session of its own, with limits
from the kernel, a temporary folder, an empty environment and, where the system allows it, no
network. This module is plain Python: importing it costs a web process nothing.
"""

import json
import re
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

from marketplace.parts.geometry.detect import detect_format
from marketplace.parts.geometry.facts import (
    UNITS_A_PERSON_MAY_GIVE,
    GeometryError,
    PartFacts,
)
from marketplace.parts.geometry.launcher import run_child
from marketplace.parts.geometry.limits import LOG_FILE, Limits

JOB_FILE = "job.json"
REPORT_FILE = "report.json"
PREVIEW_FILE = "preview.glb"
THUMBNAIL_FILE = "thumbnail.png"
PICTURE_NAME = re.compile(r"preview\.glb|thumbnail\.png|page-\d{2}\.png")
FIRST_BYTES = {".glb": b"glTF", ".png": b"\x89PNG"}
LOG_TAIL_BYTES = 2000
DEFAULT_LIMITS = Limits()
MOST_BODIES_AT_ONCE = 50
OUT_OF_TIME_SIGNALS = (signal.SIGXCPU, signal.SIGKILL)


def read_part(
    path: Path,
    out_dir: Path | None,
    *,
    units: str | None = None,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> PartFacts:
    """Read the part file at `path` and return its facts.

    `units` (mm, cm, m or in) is the buyer's answer for files that carry no unit; a unit inside
    the file always wins. `name` is the file's own name when `path` is a storage key. Into
    `out_dir` go `preview.glb` (meters), `thumbnail.png` and `page-01.png`..., as the format allows;
    `PartFacts.files` lists them. With `out_dir=None` only the figures are made.

    Raises GeometryError with a sentence for the buyer for every file that cannot be used, and
    OSError when `path` cannot be opened or `out_dir` cannot be written.
    """
    if units is not None and units not in UNITS_A_PERSON_MAY_GIVE:
        raise GeometryError(
            "unknown_unit",
            "Please choose one of these units: " + ", ".join(UNITS_A_PERSON_MAY_GIVE) + ".",
        )
    part_format = _format_of(path, name, limits)
    with tempfile.TemporaryDirectory(prefix="part-") as folder:
        room = Path(folder)
        job = {"units": units, "pictures": out_dir is not None}
        facts = PartFacts.from_dict(_done(room, path, part_format, job, limits)["facts"])
        if out_dir is not None:
            _take_pictures(room, out_dir, facts, limits)
    return facts


def split_bodies(
    path: Path,
    out_dir: Path,
    indexes: list[int],
    *,
    units: str | None = None,
    name: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[tuple[int, Path]]:
    """Write distinct bodies of a file into `out_dir` and return each number with its file.

    `indexes` are numbers of `PartFacts.bodies` of the same file and `units` the same answer of
    the buyer; each body becomes `body-<number>.step`, of a mesh `body-<number>.stl` in mm, at its
    own place. The file is read in the same kind of child process as by `read_part`.

    Raises GeometryError `no_such_body`, `cannot_split`, `too_many_bodies` and what `read_part`
    raises.
    """
    wanted = list(dict.fromkeys(indexes))
    if not wanted or len(wanted) > MOST_BODIES_AT_ONCE:
        raise GeometryError(
            "too_many_bodies",
            f"Please choose between 1 and {MOST_BODIES_AT_ONCE} bodies at a time.",
        )
    part_format = _format_of(path, name, limits)
    with tempfile.TemporaryDirectory(prefix="part-") as folder:
        room = Path(folder)
        job = {"units": units, "pictures": False, "indexes": wanted}
        names = _done(room, path, part_format, job, limits)["bodies"]
        if not isinstance(names, list) or len(names) != len(wanted):
            raise _crashed("not one file for each body")
        out_dir.mkdir(parents=True, exist_ok=True)
        return [
            (index, _take_body(room, out_dir, index, str(made), limits))
            for index, made in zip(wanted, names, strict=True)
        ]


def _format_of(path: Path, name: str | None, limits: Limits) -> str:
    size = path.stat().st_size
    if size > limits.input_bytes:
        raise GeometryError(
            "too_big",
            f"This file is {size / 1e6:,.0f} MB; we read files up to "
            f"{limits.input_bytes / 1e6:,.0f} MB. Please export it with fewer triangles or "
            "upload the parts of an assembly one by one.",
        )
    return detect_format(path, name or path.name)


def _done(
    room: Path, path: Path, part_format: str, job: dict[str, Any], limits: Limits
) -> dict[str, Any]:
    """Have a child do one job and return its report; raises GeometryError for whatever ends it."""
    whole = {
        "path": str(path.resolve()),
        "format": part_format,
        "limits": limits.as_dict(),
        **job,
    }
    (room / JOB_FILE).write_text(json.dumps(whole), encoding="utf-8")
    code = run_child(room, part_format, limits.wall_seconds)
    if code is None:
        raise _out_of_time(limits)
    return _report_from(room, code, limits)


def _take_body(room: Path, out_dir: Path, index: int, name: str, limits: Limits) -> Path:
    """Move one body the child wrote into `out_dir` under a name of our own making."""
    ending = ".step" if name == f"body-{index:03}.step" else ".stl"
    source = room / f"body-{index:03}{ending}"
    if name != source.name or source.is_symlink() or not source.is_file():
        raise _crashed(f"announced but not made: {name!r}")
    if source.stat().st_size > limits.written_file_bytes:
        raise _crashed(f"{name} has {source.stat().st_size} bytes")
    target = out_dir / source.name
    shutil.copyfile(source, target)
    return target


def _report_from(room: Path, exit_code: int, limits: Limits) -> dict[str, Any]:
    """Return what the child reported, or raise what it said or how it ended."""
    log = _tail(room / LOG_FILE)
    if exit_code < 0:
        raise _ended_by_signal(-exit_code, limits, log)
    report = room / REPORT_FILE
    if exit_code != 0 or not report.is_file():
        raise _crashed(f"exit code {exit_code}: {log}")
    if report.stat().st_size > limits.report_bytes:
        raise _crashed(f"a report of {report.stat().st_size} bytes")
    try:
        data = json.loads(report.read_text(encoding="utf-8"))
        if "error" in data:
            raise GeometryError(data["error"]["code"], data["error"]["message"], detail=log)
        # Facts are checked here, so that whatever is wrong with them counts as a crash.
        if "facts" in data:
            PartFacts.from_dict(data["facts"])
        elif "bodies" not in data:
            raise KeyError("facts")
    except (ValueError, TypeError, KeyError) as fault:
        raise _crashed(f"unusable report: {fault!r}") from fault
    return dict(data)


def _take_pictures(room: Path, out_dir: Path, facts: PartFacts, limits: Limits) -> None:
    """Move the pictures the child made into `out_dir`; each appears there whole or not at all."""
    out_dir.mkdir(parents=True, exist_ok=True)
    for name in facts.files:
        source = room / name
        if not PICTURE_NAME.fullmatch(name) or source.is_symlink() or not source.is_file():
            raise _crashed(f"announced but not made: {name!r}")
        if source.stat().st_size > limits.written_file_bytes:
            raise _crashed(f"{name} has {source.stat().st_size} bytes")
        with source.open("rb") as picture:
            if picture.read(4) != FIRST_BYTES[source.suffix]:
                raise _crashed(f"{name} is not what it should be")
        partial = out_dir / f".{name}.partial"
        shutil.copyfile(source, partial)
        partial.replace(out_dir / name)


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
        return file.read().decode("utf-8", "replace").strip()


def _ended_by_signal(number: int, limits: Limits, log: str) -> GeometryError:
    if number in OUT_OF_TIME_SIGNALS:
        return _out_of_time(limits, f"signal {number}: {log}")
    return _crashed(f"signal {number}: {log}")


def _out_of_time(limits: Limits, detail: str = "") -> GeometryError:
    return GeometryError(
        "timeout",
        f"Reading this file took longer than the {limits.cpu_seconds:,} seconds we allow. Please "
        "export a simpler version, or upload the parts of an assembly one by one.",
        detail=detail,
    )


def _crashed(detail: str) -> GeometryError:
    return GeometryError(
        "crashed",
        "This file cannot be read: our CAD reader stopped in the middle of it. The file is "
        "probably damaged; please export it again, if possible as STEP AP214 or AP242.",
        detail=detail,
    )
