"""Distinct bodies of a file as files of their own; runs in the child process.

STEP and IGES give STEP, meshes give binary STL in millimeters. The numbers of the bodies are those
of `PartFacts.bodies` of the same file.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from marketplace.parts.geometry.facts import LENGTH_UNITS_MM, GeometryError
from marketplace.parts.geometry.limits import Limits

SHAPES = ("step", "iges")
TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])


def write_bodies(job: dict[str, Any], limits: Limits, folder: Path) -> list[str]:
    """Write the bodies a job asks for into `folder` and return the names of the files, in order.

    Raises GeometryError `no_such_body`, `cannot_split` and what reading the file raises.
    """
    path, wanted = Path(job["path"]), [int(index) for index in job["indexes"]]
    if job["format"] in SHAPES:
        kernel = importlib.import_module("marketplace.parts.geometry.splitting_kernel")
        names: list[str] = kernel.write_solids(path, job["format"], wanted, limits, folder)
        return names
    if job["format"] not in ("stl", "obj", "ply", "3mf"):
        raise GeometryError(
            "cannot_split", "A drawing holds no bodies. Please upload the model as STEP."
        )
    bodies = _mesh_bodies(path, job["format"], job["units"], limits)
    check_indexes(wanted, len(bodies))
    return [_write_stl(bodies[index], folder / f"body-{index:03}.stl") for index in wanted]


def check_indexes(wanted: list[int], count: int) -> None:
    """Refuse numbers that no body has; raises GeometryError `no_such_body`."""
    if any(index < 0 or index >= count for index in wanted):
        raise GeometryError(
            "no_such_body",
            f"This file holds {count:,} different bodies, so there is no body of that number. "
            "Please choose again from the list.",
        )


def _mesh_bodies(
    path: Path, part_format: str, units: str | None, limits: Limits
) -> list[np.ndarray]:
    name = {"3mf": "threemf"}.get(part_format, part_format)
    module = importlib.import_module(f"marketplace.parts.geometry.formats.{name}")
    if part_format == "3mf":
        found: list[np.ndarray] = module.bodies_in(path, limits)
        return found
    return list(_pieces(module.corners_of(path, limits), LENGTH_UNITS_MM[units or "mm"]))


def _pieces(corners: np.ndarray, scale: float) -> Iterator[np.ndarray]:
    """Yield the connected pieces of a closed mesh; raises GeometryError `cannot_split`."""
    from marketplace.parts.geometry.mesh import Hashes, measure
    from marketplace.parts.geometry.topology import connected, count_bodies, weld

    hashes: Hashes = np.empty((len(corners), 3), dtype=np.uint64)
    figures = measure(corners, hashes)
    points, triangles = weld(hashes)
    pieces, piece = connected(triangles, len(points))
    voids = 0
    if pieces > 1 and figures.closed:
        center = (figures.low + figures.high) / 2
        voids = count_bodies(corners, piece, pieces, center).voids
    if not figures.closed or voids:
        raise GeometryError(
            "cannot_split",
            "The bodies of this mesh cannot be told apart, because its surface is open or one body "
            "is hollow. Please upload STEP.",
        )
    for number in range(pieces):
        yield corners[piece == number].astype(np.float64) * scale


def _write_stl(corners: np.ndarray, path: Path) -> str:
    rows = np.zeros(len(corners), dtype=TRIANGLE)
    rows["corners"] = corners
    count = len(rows).to_bytes(4, "little")
    path.write_bytes(b"one body, millimeters".ljust(80) + count + rows.tobytes())
    return path.name
