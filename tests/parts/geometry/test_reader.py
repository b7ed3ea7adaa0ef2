"""The parent side: limits that hold, crashes that harm nobody, and what the child may see."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.parts.geometry import launcher
from marketplace.parts.geometry.facts import GeometryError, PartFacts
from marketplace.parts.geometry.launcher import PROJECT_ROOT
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import read_part
from tests.parts.geometry.conftest import Read, Refuse
from tests.parts.geometry.meshes import ball, cube, write_stl


def processes(parent: int) -> list[int]:
    """The processes that this one has started and that have not ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if int(above) == parent and state != "Z":
            found.append(int(folder.name))
    return found


def the_server(path: Path) -> int:
    """The one fork server of this process, after it had this file read."""
    launcher.close_idle()
    read_part(path, None)
    [server] = launcher._idle
    return server.process.pid


def room_beside(server: int, more: int) -> Limits:
    """Limits that leave a child so many bytes beside what its server has mapped."""
    pages = int(Path(f"/proc/{server}/statm").read_text().split()[0])
    return Limits(address_space_bytes=pages * resource.getpagesize() + more)


@pytest.fixture
def own_server() -> Iterator[None]:
    """A fork server that starts within the test and ends with it."""
    launcher.close_idle()
    yield
    launcher.close_idle()


def a_cube(folder: Path) -> Path:
    return write_stl(folder / "cube.stl", cube())


def heavy_obj(path: Path) -> Path:
    with path.open("w") as file:
        file.write("v 0 0 0\nv 1 0 0\nv 0 1 0\n")
        file.writelines("f 1 2 3 -1\n" for _ in range(400_000))
    return path


def test_a_file_that_takes_too_long_is_ended(tmp_path: Path, refusal: Refuse) -> None:
    path, server = heavy_obj(tmp_path / "heavy.obj"), the_server(a_cube(tmp_path))
    begun = time.monotonic()

    assert refusal(path, limits=Limits(wall_seconds=0.1)).code == "timeout"
    assert time.monotonic() - begun < 5
    assert processes(server) == []


def test_a_file_that_takes_too_much_processor_time_is_ended(
    tmp_path: Path, refusal: Refuse
) -> None:
    path = heavy_obj(tmp_path / "heavy.obj")

    assert refusal(path, limits=Limits(cpu_seconds=1)).code == "timeout"


def test_a_file_that_takes_too_much_memory_is_ended(tmp_path: Path, refusal: Refuse) -> None:
    server = the_server(a_cube(tmp_path))
    path = write_stl(tmp_path / "ball.stl", ball(300))

    error = refusal(path, limits=room_beside(server, 20_000_000))

    assert error.code in {"too_much_memory", "crashed"}


def test_a_kernel_without_memory_is_a_sentence(kernel_files: Path, refusal: Refuse) -> None:
    path = kernel_files / "box.step"
    limits = room_beside(the_server(path), 1_000_000)

    error = refusal(path, limits=limits)

    assert error.code in {"too_much_memory", "crashed"}


def test_a_reader_that_cannot_be_loaded_is_not_the_files_fault(
    tmp_path: Path, refusal: Refuse, monkeypatch: pytest.MonkeyPatch, own_server: None
) -> None:
    root = copied_code(tmp_path / "code")
    (root / "marketplace/parts/geometry/formats/stl.py").write_text("import no_such_library")
    monkeypatch.setattr("marketplace.parts.geometry.launcher.PROJECT_ROOT", root)

    error = refusal(a_cube(tmp_path))

    assert error.code == "reader_unavailable"
    assert "no_such_library" in error.detail


def test_the_kernel_is_loaded_once_and_given_back(
    kernel_files: Path, facts_of: Read, monkeypatch: pytest.MonkeyPatch, own_server: None
) -> None:
    facts_of(kernel_files / "box.step")
    [first] = launcher._idle
    facts_of(kernel_files / "box.step")
    assert launcher._idle == [first]

    monkeypatch.setattr("marketplace.parts.geometry.launcher.IDLE_SECONDS", 0)
    facts_of(kernel_files / "box.step")

    assert first.process.returncode is not None
    assert first not in launcher._idle


def test_a_server_that_has_gone_is_replaced(tmp_path: Path, facts_of: Read) -> None:
    path = a_cube(tmp_path)
    os.kill(the_server(path), signal.SIGKILL)

    assert facts_of(path).volume_mm3 == 1000


def test_a_server_that_goes_in_the_middle_is_a_crash(tmp_path: Path, refusal: Refuse) -> None:
    path, server = heavy_obj(tmp_path / "heavy.obj"), the_server(a_cube(tmp_path))

    def kill_once_it_reads() -> None:
        while not processes(server):
            time.sleep(0.01)
        os.kill(server, signal.SIGKILL)

    killer = threading.Thread(target=kill_once_it_reads)
    killer.start()
    assert refusal(path).code == "crashed"
    killer.join()


def test_no_child_outlives_the_process_that_asked(tmp_path: Path) -> None:
    path = heavy_obj(tmp_path / "heavy.obj")
    program = (
        "import sys, pathlib; from marketplace.parts.geometry.reader import read_part\n"
        "read_part(pathlib.Path(sys.argv[1]), None)"
    )
    asking = subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=PROJECT_ROOT)
    below: list[int] = []
    while not below:
        below = [child for server in processes(asking.pid) for child in processes(server)]
        time.sleep(0.01)

    asking.kill()
    asking.wait()

    until = time.monotonic() + 5
    while Path(f"/proc/{below[0]}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(f"/proc/{below[0]}").exists()


def test_pictures_larger_than_allowed_are_refused(tmp_path: Path, refusal: Refuse) -> None:
    path = write_stl(tmp_path / "ball.stl", ball(100))

    error = refusal(path, limits=Limits(written_file_bytes=50_000))

    assert error.code in {"unreadable", "crashed"}


def copied_code(root: Path) -> Path:
    """What the readers are made of, in a folder of its own."""
    for folder in ("marketplace", "marketplace/parts", "marketplace/parts/geometry"):
        for source in (PROJECT_ROOT / folder).glob("*.py"):
            target = root / source.relative_to(PROJECT_ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    formats = "marketplace/parts/geometry/formats"
    shutil.copytree(
        PROJECT_ROOT / formats, root / formats, ignore=shutil.ignore_patterns("__pycache__")
    )
    return root


def test_the_child_writes_nothing_beside_the_code(
    tmp_path: Path, facts_of: Read, monkeypatch: pytest.MonkeyPatch, own_server: None
) -> None:
    root = copied_code(tmp_path / "code")
    monkeypatch.setattr("marketplace.parts.geometry.launcher.PROJECT_ROOT", root)

    facts = facts_of(a_cube(tmp_path), units="mm")

    assert facts.format == "stl"
    assert not list(root.rglob("__pycache__"))


def test_a_file_larger_than_we_take_is_refused_unread(tmp_path: Path, refusal: Refuse) -> None:
    path = a_cube(tmp_path)

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
    path = a_cube(tmp_path)
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, facts_of: Read, own_server: None
) -> None:
    """A module of ours that would be imported by name must not be found in the working folder."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "not for children")
    (tmp_path / "numpy.py").write_text("raise SystemExit('imported from the wrong place')")

    assert facts_of(a_cube(tmp_path)).volume_mm3 == 1000


def test_a_missing_file_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_part(tmp_path / "none.stl", None)


def test_facts_are_plain_json_and_come_back_the_same(tmp_path: Path, facts_of: Read) -> None:
    facts = facts_of(a_cube(tmp_path))

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
    data = facts_of(a_cube(tmp_path)).as_dict()

    with pytest.raises((ValueError, TypeError)):
        PartFacts.from_dict({**data, key: value})


def test_an_error_shows_its_code_and_sentence_only() -> None:
    error = GeometryError("crashed", "It stopped.", detail="/secret/path")

    assert error.as_dict() == {"code": "crashed", "message": "It stopped."}
    assert str(error) == "It stopped."
