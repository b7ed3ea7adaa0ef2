"""IGES: read by the CAD kernel, then its loose surfaces are sewn to solids."""

from pathlib import Path

from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.IGESControl import IGESControl_Reader
from OCP.TopoDS import TopoDS_Shape

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.brep_facts import Reading, facts_of_shape
from marketplace.parts.geometry.facts import FactWarning, GeometryError, PartFacts
from marketplace.parts.geometry.limits import Limits

UNIT_OF_FLAG = {1: "in", 2: "mm", 4: "ft", 6: "m", 9: "um", 10: "cm"}
"""Units flag of the global section, parameter 14 (IGES 5.3, section 2.2.4.3.14)."""


def read(path: Path, units: str | None, limits: Limits, pictures: Path | None) -> PartFacts:
    """Return the facts of an IGES file; `units` only serves a file whose unit we do not know.

    Raises GeometryError `unreadable`, `no_solid` and what `facts_of_shape` raises.
    """
    reader = IGESControl_Reader()
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise GeometryError(
            "unreadable",
            "This IGES file cannot be read: its content does not follow the rules of the format. "
            "Please export it again, if possible as STEP.",
        )
    warnings: list[FactWarning] = []
    unit = UNIT_OF_FLAG.get(reader.IGESModel().GlobalSection().UnitFlag())
    source = "file"
    if unit is None:
        unit, source = "mm", "assumed"
        warnings.append(sentences.no_units("millimeters"))
    elif units is not None and units != unit:
        warnings.append(sentences.units_ignored(unit))
    roots, read_roots = reader.NbRootsForTransfer(), reader.TransferRoots()
    if read_roots == 0:
        raise GeometryError(
            "no_solid",
            "This IGES file holds no part: no solid and no surface was found in it. Please export "
            "the part as a solid body, if possible as STEP.",
        )
    if read_roots < roots:
        warnings.append(sentences.partly_read(roots - read_roots))
    reading = Reading("iges", unit, source, warnings, limits, pictures)
    return facts_of_shape(reader.OneShape(), reading)


def shape_of_file(path: Path) -> TopoDS_Shape:
    """Return the shape in an IGES file that was read before; raises GeometryError `unreadable`."""
    reader = IGESControl_Reader()
    read = reader.ReadFile(str(path))
    if read != IFSelect_ReturnStatus.IFSelect_RetDone or reader.TransferRoots() == 0:
        raise GeometryError(
            "unreadable", "This IGES file cannot be read. Please export it again as STEP."
        )
    return reader.OneShape()
