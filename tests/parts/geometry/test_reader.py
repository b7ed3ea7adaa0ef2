"""The parent side: limits that hold, crashes that harm nobody, and what the child may see."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import PROJECT_ROOT, read_part
from tests.parts.geometry.conftest import Read, Refuse
from tests.parts.geometry.meshes import ball, cube, write_stl


def processes_of_the_reader() -> set[str]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if b"marketplace.parts.geometry.child" in words and parent == str(os.getpid()):
            found.add(folder.name)
    return found


def test_a_file_that_takes_too_long_is_ended(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "cube.stl", cube())
    begun = time.monotonic()

    assert refusal(path, limits=Limits(wall_seconds=0.02)).code == "timeout"
    assert time.monotonic() - begun < 5
    assert processes_of_the_reader() == set()


def test_a_file_that_takes_too_much_processor_time_is_ended(
    tmp_path: Path, refusal: Refuse
) -> None:
    path = tmp_path / "heavy.obj"
    with path.open("w") as file:
        file.write("v 0 0 0\nv 1 0 0\nv 0 1 0\n")
        file.writelines("f 1 2 3 -1\n" for _ in range(400_000))

    assert refusal(path, limits=Limits(cpu_seconds=1)).code == "timeout"


def test_a_file_that_takes_too_much_memory_is_ended(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "ball.stl", ball(300))

    error = refusal(path, limits=Limits(address_space_bytes=100_000_000))

    assert error.code in {"too_much_memory", "crashed"}


def test_a_kernel_without_memory_is_a_sentence(kernel_files: Path, refusal: Refuse) -> None:
    limits = Limits(address_space_bytes=150_000_000)

    assert refusal(kernel_files / "box.step", limits=limits).code == "reader_unavailable"


def test_pictures_larger_than_allowed_are_refused(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "ball.stl", ball(100))

    error = refusal(path, limits=Limits(written_file_bytes=50_000))

    assert error.code in {"unreadable", "crashed"}


def test_the_child_writes_nothing_beside_the_code(
    tmp_path: Path, facts_of: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("marketplace", "marketplace/parts", "marketplace/parts/geometry"):
        for source in (PROJECT_ROOT / folder).glob("*.py"):
            target = tmp_path / source.relative_to(PROJECT_ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    formats = "marketplace/parts/geometry/formats"
    shutil.copytree(
        PROJECT_ROOT / formats, tmp_path / formats, ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr("marketplace.parts.geometry.reader.PROJECT_ROOT", tmp_path)

    facts = facts_of(write_stl(tmp_path / "cube.stl", cube()), units="mm")

    assert facts.format == "stl"
    assert not list(tmp_path.rglob("__pycache__"))


def test_a_file_larger_than_we_take_is_refused_unread(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "cube.stl", cube())

    error = refusal(path, limits=Limits(input_bytes=600))

    assert error.code == "too_big"


def test_a_crash_leaves_the_next_file_and_the_other_threads_alone(
    tmp_path: Path, kernel_files: Path, facts_of: Read, refusal: Refuse
) -> None:
    nested = "#9999=A(" + "(" * 200_000 + ")" * 200_000 + ");"
    deep = tmp_path / "deep.step"
    whole = (kernel_files / "box.step").read_text()
    deep.write_text(whole.replace("DATA;\n", f"DATA;\n{nested}\n", 1))
    volumes: list[float | None] = []
    path = write_stl(tmp_path / "cube.stl", cube())
    reader = threading.Thread(target=lambda: volumes.append(facts_of(path).volume_mm3))

    reader.start()
    error = refusal(deep, limits=Limits(step_nesting=10**9))
    reader.join()

    assert error.code == "crashed"
    assert "signal" in error.detail
    assert volumes == [1000]
    assert facts_of(path).volume_mm3 == 1000


def test_the_parent_loads_neither_kernel_nor_numpy() -> None:
    program = (
        "import sys, marketplace.parts.geometry.reader\n"
        "print([name for name in ('OCP', 'numpy', 'PIL', 'pypdfium2', 'django') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, check=True
    )

    assert done.stdout.strip() == b"[]"


def test_the_child_is_started_with_nothing_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts_of: Read
) -> None:
    """A module of ours that would be imported by name must not be found in the working folder."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "not for children")
    (tmp_path / "numpy.py").write_text("raise SystemExit('imported from the wrong place')")

    assert facts_of(write_stl(tmp_path / "cube.stl", cube())).volume_mm3 == 1000


def test_a_missing_file_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_part(tmp_path / "none.stl", None)


def test_facts_are_plain_json_and_come_back_the_same(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(write_stl(tmp_path / "cube.stl", cube()))

    data = json.loads(json.dumps(facts.as_dict(), allow_nan=False))

    assert PartFacts.from_dict(data) == facts
    assert list(data)[:9] == [
        "format",
        "units",
        "volume_mm3",
        "area_mm2",
        "bbox_mm",
        "solids",
        "triangles",
        "watertight",
        "warnings",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("volume_mm3", float("nan")),
        ("area_mm2", -1),
        ("bbox_mm", [1, 2]),
        ("bbox_mm", [1, 2, None]),
    ],
)
def test_figures_that_mean_nothing_never_become_facts(
    key: str, value: object, tmp_path: Path, facts_of: Read
) -> None:
    data = facts_of(write_stl(tmp_path / "cube.stl", cube())).as_dict()

    with pytest.raises((ValueError, TypeError)):
        PartFacts.from_dict({**data, key: value})


def test_an_error_shows_its_code_and_sentence_only() -> None:
    error = GeometryError("crashed", "It stopped.", detail="/secret/path")

    assert error.as_dict() == {"code": "crashed", "message": "It stopped."}
    assert str(error) == "It stopped."
