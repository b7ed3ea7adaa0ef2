"""STEP seen by the kernel: reading, units, transfer to shapes. The text was checked before."""

from pathlib import Path

from OCP.collections import Sequence_TCollection_AsciiString
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.STEPControl import STEPControl_Reader

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.brep import scaled
from marketplace.parts.geometry.brep_facts import Reading, facts_of_shape
from marketplace.parts.geometry.facts import (
    LENGTH_UNITS_MM,
    FactWarning,
    GeometryError,
    PartFacts,
)
from marketplace.parts.geometry.limits import Limits

UNIT_OF_NAME = {
    "millimetre": "mm",
    "millimeter": "mm",
    "mm": "mm",
    "centimetre": "cm",
    "centimeter": "cm",
    "decimetre": "dm",
    "metre": "m",
    "meter": "m",
    "micrometre": "um",
    "inch": "in",
    "in": "in",
    "foot": "ft",
    "feet": "ft",
}


def read_with_kernel(
    path: Path, units: str | None, limits: Limits, pictures: Path | None
) -> PartFacts:
    """Return the facts of a STEP file; `units` only serves a file that names none.

    Raises GeometryError `unreadable`, `no_solid` and what `facts_of_shape` raises.
    """
    reader = STEPControl_Reader()
    if reader.ReadFile(str(path)) != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise GeometryError(
            "unreadable",
            "This STEP file cannot be read: its content does not follow the rules of the format. "
            "Please export it again.",
        )
    warnings: list[FactWarning] = []
    unit, source = _unit(reader, units, warnings)
    roots = reader.NbRootsForTransfer()
    read_roots = reader.TransferRoots()
    if 0 < read_roots < roots:
        warnings.append(sentences.partly_read(roots - read_roots))
    if read_roots == 0:
        raise GeometryError(
            "no_solid",
            "This STEP file holds no part: no solid and no surface was found in it. Please export "
            "the part as a solid body.",
        )
    shape = reader.OneShape()
    if source == "given":
        shape = scaled(shape, LENGTH_UNITS_MM[unit])
    reading = Reading("step", unit, source, warnings, limits, pictures)
    return facts_of_shape(shape, reading)


def _unit(
    reader: STEPControl_Reader, given: str | None, warnings: list[FactWarning]
) -> tuple[str, str]:
    """Return the unit the file was drawn in and who says so.

    The kernel converts the file's own unit by itself and takes a file without one as millimeters.
    """
    lengths, angles, solid_angles = (Sequence_TCollection_AsciiString() for _ in range(3))
    reader.FileUnits(lengths, angles, solid_angles)
    names = [name.ToCString().strip().lower() for name in lengths]
    found = [UNIT_OF_NAME[name] for name in names if name in UNIT_OF_NAME]
    if found:
        if given is not None and given != found[0]:
            warnings.append(sentences.units_ignored(found[0]))
        return found[0], "file"
    if given is not None:
        return given, "given"
    warnings.append(sentences.no_units("millimeters"))
    return "mm", "assumed"
