"""Preview and thumbnail: what is written, and that it shows the part."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.reader import read_part
from tests.parts.geometry.conftest import codes
from tests.parts.geometry.meshes import ball, cube, volume_of, write_stl


def open_glb(path: Path) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray]:
    """Return the document, points, normals and triangles of a GLB as we write it."""
    document, arrays = accessors_of(path)
    return document, arrays[0], arrays[1], arrays[2]


def accessors_of(path: Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return the document and what its accessors hold: rows of three, lines as pairs."""
    data = path.read_bytes()
    magic, version, length, head = struct.unpack_from("<4sIII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    document = json.loads(data[20 : 20 + head])
    body = data[28 + head :]
    arrays = []
    for number, accessor in enumerate(document["accessors"]):
        view = document["bufferViews"][accessor["bufferView"]]
        kind = {5126: "<f4", 5123: "<u2", 5125: "<u4"}[accessor["componentType"]]
        width = {"VEC3": 3, "SCALAR": 1}[accessor["type"]]
        values = np.frombuffer(body, kind, accessor["count"] * width, view["byteOffset"])
        arrays.append(values.reshape(-1, 2 if number == 4 else 3))
    return document, arrays


def lines_of(path: Path) -> np.ndarray:
    """Return the drawn edges, shape (lines, 2 ends, 3), in meters."""
    document, arrays = accessors_of(path)
    edges = document["meshes"][1]
    assert edges["name"] == document["nodes"][1]["name"] == "edges"
    assert edges["primitives"][0]["mode"] == 1
    return arrays[3][arrays[4]]


def test_the_preview_is_in_meters_with_outward_normals(tmp_path: Path, kernel_files: Path) -> None:
    facts = read_part(kernel_files / "sphere.step", tmp_path)
    document, points, normals, triangles = open_glb(tmp_path / "preview.glb")

    assert facts.files == ("preview.glb", "thumbnail.png")
    assert len(triangles) == facts.triangles
    assert np.linalg.norm(points, axis=1) == pytest.approx(0.007, rel=1e-4)
    assert np.einsum("ij,ij->i", points, normals) == pytest.approx(0.007, rel=1e-3)
    assert volume_of(points[triangles].astype(float)) == pytest.approx(1.4367e-6, rel=0.02)
    assert document["accessors"][0]["max"] == pytest.approx(points.max(axis=0).tolist())
    assert document["materials"][0]["doubleSided"] is False


def test_the_preview_of_a_hole_faces_inward(tmp_path: Path, kernel_files: Path) -> None:
    read_part(kernel_files / "hollow.step", tmp_path)
    _, points, normals, triangles = open_glb(tmp_path / "preview.glb")

    corners = points[triangles].astype(float)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert volume_of(corners) == pytest.approx(5880e-9, rel=1e-5)
    assert (np.einsum("ij,ij->i", across, normals[triangles[:, 0]]) > 0).all()


def test_sharp_edges_of_a_mesh_stay_sharp_and_round_ones_round(tmp_path: Path) -> None:
    read_part(write_stl(tmp_path / "cube.stl", cube()), tmp_path / "cube")
    read_part(write_stl(tmp_path / "ball.stl", ball(40)), tmp_path / "ball")
    _, cube_points, cube_normals, _ = open_glb(tmp_path / "cube/preview.glb")
    _, ball_points, ball_normals, _ = open_glb(tmp_path / "ball/preview.glb")

    lines = lines_of(tmp_path / "cube/preview.glb")
    assert lines.shape == (12, 2, 3)
    assert np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1) == pytest.approx(0.01)
    assert len(open_glb(tmp_path / "ball/preview.glb")[0]["meshes"]) == 1
    assert len(cube_points) == 24
    assert np.abs(cube_normals).max(axis=1) == pytest.approx(1)
    assert len(ball_points) == 40 * 39 + 2
    assert np.einsum("ij,ij->i", ball_points * 100, ball_normals) == pytest.approx(1, abs=0.01)


def test_a_preview_is_simplified_when_it_would_be_large(tmp_path: Path) -> None:
    path = write_stl(tmp_path / "ball.stl", ball(120))

    facts = read_part(path, tmp_path, units="mm", limits=Limits(preview_triangles=3000))

    _, points, _, triangles = open_glb(tmp_path / "preview.glb")
    assert facts.triangles == 28_560
    assert 1000 < len(triangles) <= 3000
    assert np.linalg.norm(points, axis=1) == pytest.approx(0.01, rel=0.05)
    assert codes(facts) == ["preview_simplified"]


def picture_of(path: Path, folder: Path) -> np.ndarray:
    read_part(path, folder, units="mm")
    image = Image.open(folder / "thumbnail.png")
    assert (image.size, image.mode) == ((640, 480), "RGBA")
    return np.asarray(image).astype(int)


def test_the_thumbnail_shows_the_part_in_the_middle_of_nothing(tmp_path: Path) -> None:
    pixels = picture_of(write_stl(tmp_path / "ball.stl", ball(60)), tmp_path)

    solid = pixels[..., 3] == 255
    rows, columns = np.nonzero(solid)
    assert 0.25 < solid.mean() < 0.6
    assert (rows.min() + rows.max()) / 2 == pytest.approx(240, abs=5)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=5)
    assert pixels[0].max() == 0
    assert len(np.unique(pixels[solid][:, 0])) > 60


def test_the_thumbnail_does_not_tell_in_what_portions_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ball_file = write_stl(tmp_path / "ball.stl", ball(20)[:-5])
    portions = picture_of(ball_file, tmp_path / "portions")
    for module in ("thumbnail", "shading"):
        monkeypatch.setattr(f"marketplace.parts.geometry.{module}.PIXELS_AT_ONCE", 10**9)
    assert (picture_of(ball_file, tmp_path / "whole") == portions).all()


def test_the_thumbnail_is_not_mirrored(tmp_path: Path) -> None:
    """From the front right, a block at +x stands right and one behind it, at +y, stands left."""
    corner = cube(10)
    right = np.concatenate([corner, cube(10, (40, 0, 0))])
    left = np.concatenate([corner, cube(10, (0, 40, 0))])

    lower_right = picture_of(write_stl(tmp_path / "x.stl", right), tmp_path / "x")
    upper_right = picture_of(write_stl(tmp_path / "y.stl", left), tmp_path / "y")

    def slope(pixels: np.ndarray) -> float:
        rows, columns = np.nonzero(pixels[..., 3] == 255)
        return float(np.polyfit(columns, rows, 1)[0])

    assert slope(lower_right) > 0.2
    assert slope(upper_right) < -0.2


def test_very_small_and_very_large_parts_are_drawn_alike(tmp_path: Path) -> None:
    small = picture_of(write_stl(tmp_path / "small.stl", cube(1e-4)), tmp_path / "small")
    large = picture_of(write_stl(tmp_path / "large.stl", cube(1e6)), tmp_path / "large")

    assert np.abs(small - large).mean() < 2


def test_an_open_surface_is_drawn_from_both_sides(tmp_path: Path) -> None:
    sheet = np.array([[(0, 0, 0), (0, 9, 0), (9, 0, 0)], [(9, 9, 0), (9, 0, 0), (0, 9, 0)]])

    pixels = picture_of(write_stl(tmp_path / "sheet.stl", sheet.astype(float)), tmp_path)

    assert (pixels[..., 3] == 255).mean() > 0.15
    assert open_glb(tmp_path / "preview.glb")[0]["materials"][0]["doubleSided"] is True
    assert len(lines_of(tmp_path / "preview.glb")) == 4


def test_a_pdf_becomes_a_picture_of_its_first_page(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (842, 595), color) for color in ("red", "blue", "green")]
    path = tmp_path / "drawing.pdf"
    pages[0].save(path, "PDF", save_all=True, append_images=pages[1:])

    facts = read_part(path, tmp_path)

    picture = Image.open(tmp_path / "thumbnail.png").convert("RGB")
    assert (facts.format, facts.pages, facts.volume_mm3, facts.units) == ("pdf", 3, None, None)
    assert facts.files == ("thumbnail.png", "page-01.png", "page-02.png", "page-03.png")
    with Image.open(tmp_path / "page-02.png") as second:
        assert second.size[0] == 1600
        assert second.getpixel((800, 500))[2] > 200
    assert picture.size[0] == 1000
    red, green, blue = picture.getpixel((500, 300))
    assert red > 200
    assert green < 60
    assert blue < 60
