"""Bodies of an assembly as files of their own."""

from math import pi
from pathlib import Path

import numpy as np
import pytest

from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.reader import read_part, split_bodies
from tests.made_files import made_by
from tests.parts.geometry.meshes import (
    cube,
    inside_out,
    mesh_xml,
    model_xml,
    write_3mf,
    write_stl,
)


@pytest.fixture(scope="module")
def cabinet() -> Path:
    folder = made_by(
        "tests.parts.geometry.feature_shapes", Path(__file__).with_name("feature_shapes.py")
    )
    return folder / "cabinet.step"


def code_of(path: Path, out: Path, indexes: list[int]) -> str:
    with pytest.raises(GeometryError) as caught:
        split_bodies(path, out, indexes)
    assert not out.exists() or not list(out.iterdir())
    return caught.value.code


def test_bodies_of_an_assembly_become_step_files(cabinet: Path, tmp_path: Path) -> None:
    made = split_bodies(cabinet, tmp_path / "out", [2, 0, 2])

    assert [(index, path.name) for index, path in made] == [
        (2, "body-002.step"),
        (0, "body-000.step"),
    ]
    bolt, housing = (read_part(path, None) for _, path in made)
    assert (bolt.volume_mm3, bolt.solids) == (pytest.approx(pi * 4 * 20), 1)
    assert housing.bbox_mm == pytest.approx((100, 60, 50))


def test_pieces_of_a_mesh_become_stl_files_in_millimeters(tmp_path: Path) -> None:
    both = np.concatenate([cube(1), cube(2, (5, 0, 0))])
    path = write_stl(tmp_path / "two.stl", both)

    ((_, made),) = split_bodies(path, tmp_path / "out", [1], units="cm")

    assert read_part(made, None, units="mm").volume_mm3 == pytest.approx(8000)


def test_objects_of_a_3mf_become_stl_files(tmp_path: Path) -> None:
    resources = mesh_xml(cube(1), 1) + mesh_xml(cube(3), 2)
    build = "".join(
        f'<item objectid="{number}" transform="1 0 0 0 1 0 0 0 1 {shift} 0 0"/>'
        for number, shift in ((1, 0), (2, 20), (2, 40))
    )
    path = write_3mf(tmp_path / "a.3mf", model_xml(resources, build))

    facts = read_part(path, None)
    ((_, made),) = split_bodies(path, tmp_path / "out", [1])

    assert [(b["count"], b["volume_mm3"]) for b in facts.bodies] == [(1, 1), (2, 27)]
    assert read_part(made, None, units="mm").volume_mm3 == pytest.approx(27)


def test_what_cannot_be_split_ends_in_a_sentence(cabinet: Path, tmp_path: Path) -> None:
    hollow = write_stl(
        tmp_path / "hollow.stl", np.concatenate([cube(9), inside_out(cube(3, (3, 3, 3)))])
    )
    open_one = write_stl(tmp_path / "open.stl", cube(9)[1:])
    out = tmp_path / "out"

    assert code_of(cabinet, out, [3]) == "no_such_body"
    assert code_of(cabinet, out, [-1]) == "no_such_body"
    assert code_of(cabinet, out, []) == "too_many_bodies"
    assert code_of(hollow, out, [0]) == "cannot_split"
    assert code_of(open_one, out, [0]) == "cannot_split"
