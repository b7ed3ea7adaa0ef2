"""Two more demo files: a flat sheet as DXF and an assembly as STEP with names."""

from pathlib import Path

import ezdxf
from OCP.gp import gp_Trsf, gp_Vec
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_StepModelType
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Label
from OCP.TDocStd import TDocStd_Document
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Shape
from OCP.XCAFDoc import XCAFDoc_DocumentTool, XCAFDoc_ShapeTool

from marketplace.operations.demo_cad import DemoPart
from marketplace.operations.demo_cad.solids import Point, box, cylinder, drilled, fused


def write_extras(out_dir: Path) -> list[DemoPart]:
    """Write both files and return them as parts."""
    sheet = out_dir / "DP-1014-gasket-plate.dxf"
    write_sheet(sheet)
    assembly = out_dir / "DP-1015-shaft-clamp.step"
    write_assembly(assembly)
    return [
        DemoPart("DP-1014", "Gasket plate", sheet, "sheet_cutting", "al_5052"),
        DemoPart("DP-1015", "Shaft clamp", assembly, "cnc_milling", "al_6061"),
    ]


def write_sheet(path: Path) -> None:
    """Write a plate of 160 x 90 mm with round corners, a window, two slots and eight holes."""
    document = ezdxf.new("R2010", units=4)
    space = document.modelspace()
    bulge = 0.41421356  # a quarter circle
    corners = [
        (12, 0, 0), (148, 0, bulge), (160, 12, 0), (160, 78, bulge),
        (148, 90, 0), (12, 90, bulge), (0, 78, 0), (0, 12, bulge),
    ]  # fmt: skip
    space.add_lwpolyline(corners, format="xyb", close=True)
    space.add_circle((80, 45), 24)
    for x in (35, 125):
        slot = [(x - 4, 35, 0), (x - 4, 55, -1), (x + 4, 55, 0), (x + 4, 35, -1)]
        space.add_lwpolyline(slot, format="xyb", close=True)
    for x in (12, 57, 103, 148):
        for y in (12, 78):
            space.add_circle((x, y), 3.3)
    document.saveas(path)


def write_assembly(path: Path) -> None:
    """Write a clamp: a base, a cap and four screws, with their names."""
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    tool = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())
    corners = [(x, y) for x in (10, 70) for y in (10, 30)]
    bores = [cylinder((x, y, -1), 3.3, 40) for x, y in corners]
    base = drilled(box((0, 0, 0), (80, 40, 25)), cylinder((40, -1, 25), 15, 42, "y"), *bores)
    cap = drilled(box((0, 0, 26), (80, 40, 22)), cylinder((40, -1, 25), 15, 42, "y"))
    cap = drilled(cap, *(cylinder((x, y, 25), 3.3, 40) for x, y in corners))
    screw = fused(cylinder((0, 0, 0), 3, 40), cylinder((0, 0, 40), 5, 6))
    clamp = _named(tool, None, "Shaft clamp")
    for shape, name, places in (
        (base, "Clamp base", [(0.0, 0.0, 0.0)]),
        (cap, "Clamp cap", [(0.0, 0.0, 0.0)]),
        (screw, "Screw ISO 4762 M6x40", [(x, y, 8.0) for x, y in corners]),
    ):
        label = _named(tool, shape, name)
        for place in places:
            tool.AddComponent(clamp, label, _at(place))
    tool.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def _named(tool: XCAFDoc_ShapeTool, shape: TopoDS_Shape | None, name: str) -> TDF_Label:
    label = tool.NewShape() if shape is None else tool.AddShape(shape, False)
    TDataStd_Name.Set_s(label, TCollection_ExtendedString(name))
    return label


def _at(place: Point) -> TopLoc_Location:
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(*place))
    return TopLoc_Location(move)
