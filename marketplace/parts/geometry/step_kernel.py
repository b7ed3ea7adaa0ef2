"""STEP seen by the kernel: reading, units, transfer to shapes. The text was checked before."""

from pathlib import Path

from OCP.collections import Sequence_TCollection_AsciiString, Sequence_TDF_Label
from OCP.IFSelect import IFSelect_ReturnStatus
from OCP.STEPCAFControl import STEPCAFControl_Reader
from OCP.STEPControl import STEPControl_Reader
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDocStd import TDocStd_Document
from OCP.TopoDS import TopoDS_Shape
from OCP.XCAFDoc import XCAFDoc_DocumentTool, XCAFDoc_ShapeTool

from marketplace.parts.geometry import sentences
from marketplace.parts.geometry.assembly import Node, tree_of
from marketplace.parts.geometry.brep import compound_of, scaled
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
    path: Path, units: str | None, limits: Limits, pictures: Path | None, *, assembly: bool
) -> PartFacts:
    """Return the facts of a STEP file; `units` only serves a file that names none.

    Files that place products in products (`assembly`) are read with their names, which costs more.
    Raises GeometryError `unreadable`, `no_solid` and what `facts_of_shape` raises.
    """
    warnings: list[FactWarning] = []
    shape, tree, unit, source = _shape(path, units, warnings, assembly=assembly)
    if source == "given":
        shape, tree = scaled(shape, LENGTH_UNITS_MM[unit]), None
    reading = Reading("step", unit, source, warnings, limits, pictures, tree)
    return facts_of_shape(shape, reading)


def shape_of_file(path: Path, *, assembly: bool) -> TopoDS_Shape:
    """Return the shape in a STEP file, the same one `read_with_kernel` measures.

    Raises GeometryError `unreadable`, `no_solid`.
    """
    return _shape(path, None, [], assembly=assembly)[0]


def _shape(
    path: Path, units: str | None, warnings: list[FactWarning], *, assembly: bool
) -> tuple[TopoDS_Shape, Node | None, str, str]:
    named = STEPCAFControl_Reader() if assembly else None
    reader = STEPControl_Reader() if named is None else named.ChangeReader()
    read = reader.ReadFile(str(path)) if named is None else named.ReadFile(str(path))
    if read != IFSelect_ReturnStatus.IFSelect_RetDone:
        raise GeometryError(
            "unreadable",
            "This STEP file cannot be read: its content does not follow the rules of the format. "
            "Please export it again.",
        )
    unit, source = _unit(reader, units, warnings)
    roots = reader.NbRootsForTransfer()
    if named is None:
        read_roots, tree = reader.TransferRoots(), None
        shape = reader.OneShape() if read_roots else TopoDS_Shape()
    else:
        shape, tree = _shape_with_names(named)
        read_roots = reader.NbShapes()
    if read_roots == 0:
        raise GeometryError(
            "no_solid",
            "This STEP file holds no part: no solid and no surface was found in it. Please export "
            "the part as a solid body.",
        )
    if read_roots < roots:
        warnings.append(sentences.partly_read(roots - read_roots))
    return shape, tree, unit, source


def _shape_with_names(reader: STEPCAFControl_Reader) -> tuple[TopoDS_Shape, Node]:
    """Return everything a file places and the tree of components with their names."""
    for switch in (
        reader.SetColorMode,
        reader.SetLayerMode,
        reader.SetPropsMode,
        reader.SetGDTMode,
        reader.SetMatMode,
        reader.SetViewMode,
        reader.SetSHUOMode,
    ):
        switch(False)
    reader.SetNameMode(True)
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    reader.Transfer(document)
    free = Sequence_TDF_Label()
    XCAFDoc_DocumentTool.ShapeTool_s(document.Main()).GetFreeShapes(free)
    labels = list(free)
    shapes = [XCAFDoc_ShapeTool.GetShape_s(label) for label in labels]
    return compound_of(shapes), tree_of(labels)


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
