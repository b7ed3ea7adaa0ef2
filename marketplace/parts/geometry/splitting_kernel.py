"""Distinct solids of a kernel shape as STEP files."""

import importlib
from pathlib import Path

from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer
from OCP.TopoDS import TopoDS_Shape

from marketplace.parts.geometry.brep import joined_to_solids, measure_solids, without_loose_faces
from marketplace.parts.geometry.facts import GeometryError
from marketplace.parts.geometry.limits import Limits
from marketplace.parts.geometry.splitting import check_indexes
from marketplace.parts.geometry.step_kernel import shape_of_file
from marketplace.parts.geometry.step_text import check_step_text, is_assembly


def write_solids(
    path: Path, part_format: str, wanted: list[int], limits: Limits, folder: Path
) -> list[str]:
    """Write each wanted solid at its own place, in millimeters; returns the names in order.

    Raises GeometryError `no_such_body`, `cannot_split` and what reading the file raises.
    """
    shape = _shape(path, part_format, limits)
    solids, _ = without_loose_faces(shape)
    distinct = measure_solids(solids or joined_to_solids(shape)).distinct
    check_indexes(wanted, len(distinct))
    return [
        _write_step(distinct[index].solid, folder / f"body-{index:03}.step") for index in wanted
    ]


def _shape(path: Path, part_format: str, limits: Limits) -> TopoDS_Shape:
    if part_format == "iges":
        return importlib.import_module("marketplace.parts.geometry.formats.iges").shape_of_file(
            path
        )
    data = path.read_bytes()
    check_step_text(data, nesting=limits.step_nesting, instances=limits.instances)
    return shape_of_file(path, assembly=is_assembly(data))


def _write_step(solid: TopoDS_Shape, path: Path) -> str:
    writer = STEPControl_Writer()
    writer.Transfer(solid, STEPControl_StepModelType.STEPControl_AsIs)
    if writer.Write(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise GeometryError(
            "cannot_split",
            "A body of this file cannot be written as a file of its own. Please export it from "
            "your CAD program.",
        )
    return path.name
