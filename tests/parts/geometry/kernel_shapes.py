"""Write the STEP and IGES files the tests read, in a process of its own: it loads the kernel.

`python -m tests.parts.geometry.kernel_shapes OUT_DIR`
"""

import math
import sys
from pathlib import Path

from OCP.BRep import BRep_Builder
from OCP.BRepAlgoAPI import BRepAlgoAPI_Cut
from OCP.BRepBuilderAPI import BRepBuilderAPI_MakeEdge, BRepBuilderAPI_Transform
from OCP.BRepPrimAPI import (
    BRepPrimAPI_MakeBox,
    BRepPrimAPI_MakeCylinder,
    BRepPrimAPI_MakeSphere,
    BRepPrimAPI_MakeTorus,
)
from OCP.gp import gp_Ax1, gp_Ax2, gp_Dir, gp_Pnt, gp_Trsf, gp_Vec
from OCP.IGESControl import IGESControl_Writer
from OCP.Interface import Interface_Static
from OCP.STEPControl import STEPControl_StepModelType, STEPControl_Writer
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopLoc import TopLoc_Location
from OCP.TopoDS import TopoDS_Compound, TopoDS_Shape


def moved(shape: TopoDS_Shape, x: float) -> TopoDS_Shape:
    """Return the same shape placed again, as an assembly places a bought part."""
    move = gp_Trsf()
    move.SetTranslation(gp_Vec(x, 0, 0))
    return shape.Moved(TopLoc_Location(move))


def compound(*shapes: TopoDS_Shape) -> TopoDS_Shape:
    builder, whole = BRep_Builder(), TopoDS_Compound()
    builder.MakeCompound(whole)
    for shape in shapes:
        builder.Add(whole, shape)
    return whole


def first(shape: TopoDS_Shape, kind: TopAbs_ShapeEnum) -> TopoDS_Shape:
    return TopExp_Explorer(shape, kind).Current()


def shapes() -> dict[str, TopoDS_Shape]:
    box = BRepPrimAPI_MakeBox(10, 20, 30).Shape()
    hole = BRepPrimAPI_MakeCylinder(gp_Ax2(gp_Pnt(5, 10, -1), gp_Dir(0, 0, 1)), 3, 40).Shape()
    inner = BRepPrimAPI_MakeBox(gp_Pnt(2, 2, 2), 4, 5, 6).Shape()
    tilt = gp_Trsf()
    tilt.SetRotation(gp_Ax1(gp_Pnt(0, 0, 0), gp_Dir(0, 1, 0)), math.radians(45))
    rod = BRepPrimAPI_MakeCylinder(5, 40).Shape()
    shell = first(box, TopAbs_ShapeEnum.TopAbs_SHELL)
    face = first(box, TopAbs_ShapeEnum.TopAbs_FACE)
    return {
        "box": box,
        "cylinder": rod,
        "sphere": BRepPrimAPI_MakeSphere(7).Shape(),
        "torus": BRepPrimAPI_MakeTorus(20, 4).Shape(),
        "drilled": BRepAlgoAPI_Cut(box, hole).Shape(),
        "hollow": BRepAlgoAPI_Cut(box, inner).Shape(),
        "tilted": BRepBuilderAPI_Transform(rod, tilt, True).Shape(),
        "pair": compound(box, moved(box, 50)),
        "shell": shell,
        "face": face,
        "box_and_face": compound(box, moved(face, 100)),
        "curve": BRepBuilderAPI_MakeEdge(gp_Pnt(0, 0, 0), gp_Pnt(10, 0, 0)).Edge(),
    }


def write_step(shape: TopoDS_Shape, path: Path) -> None:
    writer = STEPControl_Writer()
    writer.Transfer(shape, STEPControl_StepModelType.STEPControl_AsIs)
    writer.Write(str(path))


def main() -> None:
    out = Path(sys.argv[1])
    every = shapes()
    for name, shape in every.items():
        write_step(shape, out / f"{name}.step")
    Interface_Static.SetCVal_s("write.step.unit", "INCH")
    write_step(every["box"], out / "box_in_inches.step")
    Interface_Static.SetCVal_s("write.step.unit", "M")
    write_step(every["box"], out / "box_in_meters.step")
    for mode, name in ((0, "surfaces.igs"), (1, "solid.igs")):
        writer = IGESControl_Writer("MM", mode)
        writer.AddShape(every["drilled"])
        writer.ComputeModel()
        writer.Write(str(out / name))


if __name__ == "__main__":
    main()
