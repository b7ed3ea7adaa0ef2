"""Write STEP files of solids whose holes, walls, bends and places are known by construction.

`python -m tests.parts.geometry.feature_shapes OUT_DIR`; a process of its own: it loads the kernel.
"""

import math
import sys
from pathlib import Path

from OCP.BRepBuilderAPI import BRepBuilderAPI_Transform
from OCP.BRepPrimAPI import BRepPrimAPI_MakeTorus
from OCP.gp import gp_Ax1, gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.Interface import Interface_Static
from OCP.STEPCAFControl import STEPCAFControl_Writer
from OCP.STEPControl import STEPControl_StepModelType
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDocStd import TDocStd_Document
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Shape
from OCP.XCAFDoc import XCAFDoc_DocumentTool

from marketplace.operations.demo_cad.solids import arc as an_arc
from marketplace.operations.demo_cad.solids import (
    box,
    cone,
    cylinder,
    drilled,
    filleted,
    fused,
    moved,
    prism,
    swept,
    wire,
)
from marketplace.operations.demo_cad.solids import line as a_line
from tests.parts.geometry.kernel_shapes import write_step


def plate() -> TopoDS_Shape:
    """100 x 60 x 20 with a through hole, a blind one, a countersunk and a counterbored one."""
    tip = 2.5 / math.tan(math.radians(59))
    return drilled(
        box((0, 0, 0), (100, 60, 20)),
        cylinder((15, 15, -1), 3, 30),
        cylinder((15, 45, -1), 3, 30),
        fused(cylinder((40, 30, 8), 2.5, 20), cone((40, 30, 8 - tip), 0, 2.5, tip)),
        fused(cylinder((60, 30, -1), 2, 30), cone((60, 30, 18), 2, 5, 3)),
        fused(cylinder((85, 30, -1), 4, 30), cylinder((85, 30, 12), 7, 20)),
    )


def open_box() -> TopoDS_Shape:
    """A box 60 x 40 x 30 with walls of 2 and a floor of 3, open above."""
    return drilled(box((0, 0, 0), (60, 40, 30)), box((2, 2, 3), (56, 36, 30)))


def rounded_pocket() -> TopoDS_Shape:
    """A block with a pocket 40 x 20, 30 deep, its upright corners rounded with 4."""
    pocket = filleted(box((10, 10, 10), (40, 20, 40)), 4, lambda e: e.along("z"))
    return drilled(box((0, 0, 0), (60, 40, 40)), pocket)


def deep_slot() -> TopoDS_Shape:
    """A block with a slot 5 wide and 40 deep from end to end."""
    return drilled(box((0, 0, 0), (60, 40, 50)), box((-1, 17.5, 10), (70, 5, 50)))


def bent_sheet() -> TopoDS_Shape:
    """A sheet 2 thick bent once with an inner radius of 3; flanges 40 and 25 long outside."""
    outline = wire(
        [
            a_line((0, 0, 0), (35, 0, 0)),
            an_arc(
                (35, 0, 0),
                (35 + 5 * math.sin(math.pi / 4), 0, 5 - 5 * math.cos(math.pi / 4)),
                (40, 0, 5),
            ),
            a_line((40, 0, 5), (40, 0, 25)),
            a_line((40, 0, 25), (38, 0, 25)),
            a_line((38, 0, 25), (38, 0, 5)),
            an_arc(
                (38, 0, 5),
                (35 + 3 * math.sin(math.pi / 4), 0, 5 - 3 * math.cos(math.pi / 4)),
                (35, 0, 2),
            ),
            a_line((35, 0, 2), (0, 0, 2)),
            a_line((0, 0, 2), (0, 0, 0)),
        ]
    )
    sheet = swept(outline, (0, 50, 0))
    return drilled(sheet, cylinder((10, 10, -1), 2, 5))


def shaft() -> TopoDS_Shape:
    return fused(cylinder((0, 0, 0), 10, 60), cylinder((0, 0, 60), 6, 40))


def hidden_slot() -> TopoDS_Shape:
    """A block with a T-slot that ends before the sides: 80 mm2 of its roof no tool reaches."""
    slot = fused(box((20, 18, 10), (10, 4, 30)), box((20, 14, 10), (10, 12, 6)))
    return drilled(box((0, 0, 0), (50, 40, 30)), slot)


def handed() -> TopoDS_Shape:
    """A block with nothing symmetric about it."""
    steps = fused(box((0, 0, 0), (40, 30, 10)), box((0, 0, 10), (10, 20, 12)))
    return drilled(fused(steps, box((25, 0, 10), (15, 8, 5))), cylinder((30, 22, -1), 3, 20))


def mirrored(shape: TopoDS_Shape) -> TopoDS_Shape:
    move = gp_Trsf()
    move.SetMirror(gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(1, 0, 0)))
    return BRepBuilderAPI_Transform(shape, move, True).Shape()


def turned(shape: TopoDS_Shape) -> TopoDS_Shape:
    """Return the shape turned about a slanted axis and moved away."""
    move, shift = gp_Trsf(), gp_Trsf()
    move.SetRotation(gp_Ax1(gp_Pnt(1, 2, 3), gp_Dir(1, 2, -0.5)), 0.7)
    shift.SetTranslation(gp_Vec(120, -45.5, 17.25))
    return BRepBuilderAPI_Transform(shape, shift * move, True).Shape()


def tube() -> TopoDS_Shape:
    return drilled(cylinder((0, 0, 0), 10, 30), cylinder((0, 0, -1), 8, 40))


SHAPES = {
    "plate": plate,
    "open_box": open_box,
    "rounded_pocket": rounded_pocket,
    "deep_slot": deep_slot,
    "bent_sheet": bent_sheet,
    "shaft": shaft,
    "tube": tube,
    "hidden_slot": hidden_slot,
    "handed": handed,
    "handed_mirrored": lambda: mirrored(handed()),
    "handed_turned": lambda: turned(handed()),
    "similar_box": lambda: box((0, 0, 0), (10, 20, 30.001)),
    "box_turned": lambda: turned(box((0, 0, 0), (10, 20, 30))),
    "flat_sheet": lambda: drilled(box((0, 0, 0), (120, 80, 3)), cylinder((20, 20, -1), 4, 9)),
    "bridge": lambda: fused(
        box((0, 0, 0), (10, 20, 30)), box((40, 0, 0), (10, 20, 30)), box((0, 0, 30), (50, 20, 5))
    ),
    "ring": lambda: BRepPrimAPI_MakeTorus(20, 4).Shape(),
    "slanted_hole": lambda: drilled(
        box((0, 0, 0), (40, 40, 20)),
        moved(prism([(0, 0, -20), (4, 0, -20), (16, 0, 40), (12, 0, 40)], (0, 4, 0)), (10, 18, 0)),
    ),
}


def write_assembly(path: Path) -> None:
    """Write a cabinet: a housing, a sub-assembly used twice of a plate and four bolts."""
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    tool = XCAFDoc_DocumentTool.ShapeTool_s(document.Main())

    def named(shape: TopoDS_Shape | None, name: str):  # type: ignore[no-untyped-def]
        label = tool.NewShape() if shape is None else tool.AddShape(shape, False)
        TDataStd_Name.Set_s(label, TCollection_ExtendedString(name))
        return label

    def at(x: float, y: float = 0.0) -> TopLoc_Location:
        move = gp_Trsf()
        move.SetTranslation(gp_Vec(x, y, 0))
        return TopLoc_Location(move)

    bolt = named(cylinder((0, 0, 0), 2, 20), "Bolt M4")
    cover = named(box((0, 0, 0), (40, 30, 5)), "Cover")
    housing = named(box((0, 0, 0), (100, 60, 50)), "Housing")
    door = named(None, "Door")
    tool.AddComponent(door, cover, at(0))
    for corner in range(4):
        tool.AddComponent(door, bolt, at(60 + 10 * corner))
    cabinet = named(None, "Cabinet")
    tool.AddComponent(cabinet, housing, at(0))
    for side in (1, 2):
        tool.AddComponent(cabinet, door, at(200 * side, 100))
    tool.UpdateAssemblies()
    writer = STEPCAFControl_Writer()
    writer.Transfer(document, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def main() -> None:
    out = Path(sys.argv[1])
    for name, make in SHAPES.items():
        write_step(make(), out / f"{name}.step")
    write_assembly(out / "cabinet.step")
    for schema, name in (("AP203", "plate_ap203"), ("AP242DIS", "plate_ap242")):
        Interface_Static.SetCVal_s("write.step.schema", schema)
        write_step(plate(), out / f"{name}.step")


if __name__ == "__main__":
    main()
