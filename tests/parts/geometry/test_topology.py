"""The arithmetic underneath, against plain slow ways of doing the same."""

import numpy as np
import pytest

from marketplace.parts.geometry.mesh import hash_points, measure, open_edges
from marketplace.parts.geometry.polygons import triangulate
from marketplace.parts.geometry.step_text import count_instances, deepest_nesting
from marketplace.parts.geometry.topology import connected, join, weld
from tests.parts.geometry.meshes import ball, cube


def test_welding_finds_the_same_points_as_sorting() -> None:
    corners = np.random.default_rng(1).integers(0, 9, (4000, 3, 3)).astype(float)
    hashes = hash_points(corners)

    points, triangles = weld(hashes)

    distinct = np.unique(corners.reshape(-1, 3), axis=0)
    assert len(points) == len(distinct)
    assert (corners.reshape(-1, 3)[points][triangles] == corners).all()


def test_joining_finds_the_same_groups_as_walking() -> None:
    random = np.random.default_rng(2)
    a, b = random.integers(0, 500, (2, 420)).astype(np.int32)

    label = join(a, b, 500)

    slow = np.arange(500)
    for _ in range(500):
        for x, y in zip(a, b, strict=True):
            slow[x] = slow[y] = min(slow[x], slow[y])
    for _ in range(20):
        slow = slow[slow]
    assert (label == slow).all()


def test_pieces_are_counted_across_a_long_strip() -> None:
    strip = np.array([(i, i + 1, i + 2) for i in range(5000)], dtype=np.int32)
    shuffled = np.random.default_rng(3).permutation(5002).astype(np.int32)[strip]

    assert connected(shuffled, 5002)[0] == 1
    assert connected(np.concatenate([shuffled, shuffled + 5002]), 10004)[0] == 2


def test_open_edges_are_counted() -> None:
    corners = ball(10)[3:]
    hashes = np.empty((len(corners), 3), dtype=np.uint64)

    figures = measure(corners, hashes)

    assert not figures.closed
    assert open_edges(hashes) > 0


def test_points_that_differ_in_the_last_bit_are_different() -> None:
    near = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, np.nextafter(3.0, 4.0)], [1.0, 2.0, 3.0]])

    first, second, third = hash_points(near)

    assert first != second
    assert first == third


def test_a_cube_measured_in_slices_is_the_same() -> None:
    many = np.tile(cube(), (4000, 1, 1))

    figures = measure(many, np.empty((len(many), 3), dtype=np.uint64))

    assert figures.area == pytest.approx(600 * 4000)
    assert figures.volume == pytest.approx(1000 * 4000)


def test_a_star_is_cut_into_triangles_of_its_own_area() -> None:
    angles = np.linspace(0, 2 * np.pi, 10, endpoint=False)
    radii = np.where(np.arange(10) % 2, 1.0, 3.0)
    star = np.column_stack([radii * np.cos(angles), radii * np.sin(angles), np.ones(10)])

    triangles = np.array(triangulate(star, list(range(10))))

    corners = star[triangles]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    x, y = star[:, 0], star[:, 1]
    assert len(triangles) == 8
    assert (areas > 0).all()
    assert areas.sum() == pytest.approx((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def test_nesting_is_counted_outside_of_texts() -> None:
    statement = b"#1=A('((((((((((',(((#2))),'it''s (');"

    assert deepest_nesting(statement, 5) == 4


def test_an_assembly_without_uses_has_no_instances() -> None:
    assert count_instances(b"#1=PRODUCT('a');", 10) == 0
