"""OBJ, PLY and 3MF: the same cube through every dialect of its format."""

import struct
from pathlib import Path

import pytest

from tests.parts.geometry.conftest import Read, Refuse, codes
from tests.parts.geometry.meshes import (
    CUBE_FACES,
    CUBE_POINTS,
    cube,
    mesh_xml,
    model_xml,
    write_3mf,
)

QUADS = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (2, 6, 7, 3), (0, 4, 6, 2), (1, 3, 7, 5)]
L_SHAPE = [(0, 0), (3, 0), (3, 1), (1, 1), (1, 2), (0, 2)]


def vertices(prefix: str = "v ", suffix: str = "") -> str:
    return "".join(f"{prefix}{x * 10} {y * 10} {z * 10}{suffix}\n" for x, y, z in CUBE_POINTS)


def faces(form: str, separator: str = " ") -> str:
    return "".join(
        "f " + separator.join(form.format(index + 1) for index in quad) + "\n" for quad in QUADS
    )


OBJ_DIALECTS = {
    "plain": vertices() + faces("{0}"),
    "with texture and normals": "# c\nmtllib /etc/passwd\nvn 0 0 1\n"
    + vertices()
    + faces("{0}/1/1"),
    "with normals only": vertices() + "usemtl ../../x\n" + faces("{0}//1"),
    "with weights": vertices(suffix=" 1.0") + faces("{0}"),
    "with colors on some": vertices().replace("\n", " 1 0 0\n", 1) + faces("{0}"),
    "with spaces and tabs": vertices("  v\t") + faces("{0}", "  "),
    "with Windows lines": (vertices() + faces("{0}")).replace("\n", "\r\n"),
    "with continued lines": vertices() + faces("{0}", " \\\n"),
    "with relative corners": vertices()
    + "".join("f " + " ".join(str(i - 8) for i in quad) + "\n" for quad in QUADS),
    "of triangles": vertices() + "".join(f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in CUBE_FACES),
}


@pytest.mark.parametrize("dialect", OBJ_DIALECTS)
def test_every_dialect_of_obj_gives_the_same_cube(
    dialect: str, tmp_path: Path, facts_of: Read
) -> None:
    path = tmp_path / "cube.obj"
    path.write_text(OBJ_DIALECTS[dialect], newline="")

    facts = facts_of(path)

    assert (facts.format, facts.volume_mm3, facts.area_mm2) == ("obj", 1000, 600)
    assert (facts.triangles, facts.solids, facts.watertight) == (12, 1, True)
    assert codes(facts) == ["no_units"]


def test_a_hollowed_polygon_is_not_covered_by_a_fan(tmp_path: Path, facts_of: Read) -> None:
    rim = [*((x, y, 0) for x, y in L_SHAPE), *((x, y, 1) for x, y in L_SHAPE)]
    sides = [(i, (i + 1) % 6, (i + 1) % 6 + 6, i + 6) for i in range(6)]
    polygons = [(2, 1, 0, 5, 4, 3), (8, 9, 10, 11, 6, 7), *sides]
    text = "".join(f"v {x} {y} {z}\n" for x, y, z in rim)
    text += "".join("f " + " ".join(str(i + 1) for i in polygon) + "\n" for polygon in polygons)
    path = tmp_path / "angle.obj"
    path.write_text(text)

    facts = facts_of(path, units="mm")

    assert facts.volume_mm3 == pytest.approx(4)
    assert facts.area_mm2 == pytest.approx(2 * 4 + 10)
    assert facts.warnings == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\n", "empty"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "unreadable"),
        ("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -7\n", "unreadable"),
        ("v 0 0 0\nv 1 x 0\nv 0 1 0\nf 1 2 3\n", "unreadable"),
        ("v 0 0\nv 1 0\nv 0 1\nf 1 2 3\n", "unreadable"),
        ("v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "not_a_number"),
        ("v 1e200 0 0\nv 0 1e200 0\nv 0 0 1e300\nf 1 2 3\n", "not_a_number"),
    ],
)
def test_broken_obj_files_are_refused(
    text: str, code: str, tmp_path: Path, refusal: Refuse
) -> None:
    path = tmp_path / "broken.obj"
    path.write_text(text)

    assert refusal(path).code == code


def ply_header(form: str, count: int, extra: str = "") -> str:
    return (
        f"ply\nformat {form} 1.0\ncomment x\nelement vertex 8\nproperty float x\n"
        f"property float y\nproperty float z\n{extra}element face {count}\n"
        "property list uchar int vertex_indices\nend_header\n"
    )


def ply_files() -> dict[str, bytes]:
    points = CUBE_POINTS * 10
    text = vertices("") + "".join("4 " + " ".join(map(str, quad)) + "\n" for quad in QUADS)
    colored = "property uchar red\n"
    files = {
        "text": ply_header("ascii", 6).encode() + text.encode(),
        "text with colors": ply_header("ascii", 6, colored).encode()
        + vertices("", " 255").encode()
        + text[len(vertices("")) :].encode(),
    }
    for name, order in (("binary_little_endian", "<"), ("binary_big_endian", ">")):
        body = points.astype(order + "f4").tobytes()
        triangles = b"".join(struct.pack(order + "B3i", 3, *face) for face in CUBE_FACES)
        quads = b"".join(struct.pack(order + "B4i", 4, *quad) for quad in QUADS)
        files[name] = ply_header(name, 12).encode() + body + triangles
        files[f"{name} of quads"] = ply_header(name, 6).encode() + body + quads
    return files


@pytest.mark.parametrize("dialect", ply_files())
def test_every_dialect_of_ply_gives_the_same_cube(
    dialect: str, tmp_path: Path, facts_of: Read
) -> None:
    path = tmp_path / "cube.ply"
    path.write_bytes(ply_files()[dialect])

    facts = facts_of(path, units="mm")

    assert (facts.format, facts.volume_mm3, facts.area_mm2) == ("ply", 1000, 600)
    assert (facts.triangles, facts.warnings) == (12, ())


def test_ply_files_that_end_early_or_are_points_only_are_refused(
    tmp_path: Path, refusal: Refuse
) -> None:
    path = tmp_path / "cube.ply"
    whole = ply_files()["binary_little_endian"]
    path.write_bytes(whole[:-5])
    assert refusal(path).code == "unreadable"
    path.write_bytes(ply_header("ascii", 0).encode() + vertices("").encode())
    assert refusal(path).code == "empty"
    path.write_bytes(whole.replace(b"face 12", b"face 1999999999"))
    assert refusal(path).code == "too_many_triangles"


@pytest.mark.parametrize(
    ("unit", "scale"), [("millimeter", 1), ("inch", 25.4), ("micron", 0.001), ("meter", 1000)]
)
def test_3mf_is_read_in_its_own_unit(
    unit: str, scale: float, tmp_path: Path, facts_of: Read
) -> None:
    model = model_xml(mesh_xml(cube(2)), '<item objectid="1"/>', unit)

    facts = facts_of(write_3mf(tmp_path / "cube.3mf", model))

    assert facts.volume_mm3 == pytest.approx(8 * scale**3)
    assert facts.bbox_mm == pytest.approx((2 * scale,) * 3)
    assert (facts.format, facts.units_source, facts.warnings) == ("3mf", "file", ())


def test_3mf_components_are_placed_mirrored_and_kept_apart(tmp_path: Path, facts_of: Read) -> None:
    mirrored = '<component objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>'
    touching = '<component objectid="1"/>'
    supports = mesh_xml(cube(50), 3, "support")
    resources = mesh_xml(cube(2)) + supports
    resources += f'<object id="2"><components>{mirrored}{touching}</components></object>'
    build = '<item objectid="2" transform="1 0 0 0 1 0 0 0 1 0 0 7"/><item objectid="3"/>'

    facts = facts_of(write_3mf(tmp_path / "pair.3mf", model_xml(resources, build)))

    assert (facts.solids, facts.volume_mm3, facts.triangles) == (2, pytest.approx(16), 24)
    assert facts.bbox_mm == pytest.approx((4, 2, 2))
    assert facts.center_of_mass_mm == pytest.approx((0, 1, 8))
    assert codes(facts) == ["several_bodies"]


def test_3mf_objects_in_other_parts_of_the_package_are_found(
    tmp_path: Path, facts_of: Read
) -> None:
    build = '<item objectid="8" p:path="/3D/other.model"/>'
    other = model_xml(mesh_xml(cube(3), 8), "")
    path = write_3mf(tmp_path / "two.3mf", model_xml("", build), **{"3D/other.model": other})

    assert facts_of(path).volume_mm3 == pytest.approx(27)


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (model_xml("", '<item objectid="5"/>'), "unreadable"),
        (model_xml('<object id="1"><mesh/></object>', '<item objectid="1"/>'), "empty"),
        (model_xml(mesh_xml(cube()).replace('v1="0"', 'v1="99"', 1), ""), "unreadable"),
        (model_xml(mesh_xml(cube()).replace('x="0.0"', 'x="nan"', 1), ""), "not_a_number"),
        (model_xml(mesh_xml(cube()), '<item objectid="1" transform="1 2 3"/>'), "unreadable"),
        (model_xml(mesh_xml(cube()), "", unit="furlong"), "unreadable"),
        ("<model", "unreadable"),
    ],
)
def test_broken_3mf_files_are_refused(
    model: str, code: str, tmp_path: Path, refusal: Refuse
) -> None:
    assert refusal(write_3mf(tmp_path / "broken.3mf", model)).code == code
