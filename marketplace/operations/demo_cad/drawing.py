"""A drawing sheet: three views with hidden lines and dimensions, a turned view, a title block."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from OCP.BRepAdaptor import BRepAdaptor_Curve
from OCP.BRepLib import BRepLib
from OCP.GCPnts import GCPnts_TangentialDeflection
from OCP.gp import gp_Ax2, gp_Dir, gp_Pnt
from OCP.HLRAlgo import HLRAlgo_Projector
from OCP.HLRBRep import HLRBRep_Algo, HLRBRep_HLRToShape
from OCP.TopAbs import TopAbs_ShapeEnum
from OCP.TopExp import TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Shape
from PIL import Image, ImageDraw, ImageFont

Point = tuple[float, float, float]
Spot = tuple[float, float]
Path2 = npt.NDArray[np.float64]

PIXELS_PER_MM = 8.0
SHEET = (420, 297)
BORDER = 10
INK, SOFT, PAPER = (20, 24, 32), (120, 128, 140), (255, 255, 255)
BLUE = (36, 84, 150)
VIEWS: dict[str, tuple[Point, Point]] = {
    "front": ((0, -1, 0), (1, 0, 0)),
    "top": ((0, 0, 1), (1, 0, 0)),
    "side": ((-1, 0, 0), (0, -1, 0)),
    "turned": ((0.62, -0.86, 0.62), (0.811, 0.585, 0)),
}
CENTERS: dict[str, Spot] = {
    "front": (118, 88),
    "top": (118, 200),
    "side": (268, 88),
    "turned": (325, 178),
}
ROOM: dict[str, Spot] = {
    "front": (165, 78),
    "top": (165, 88),
    "side": (80, 78),
    "turned": (105, 80),
}
SCALES = (5.0, 2.0, 1.0, 0.5, 0.2, 0.1)
ARROW = (2.6, 0.8)
DIAMETER = "\u00f8"


@dataclass(frozen=True)
class Dimension:
    """A dimension between two points of the part in one view, `offset` sheet mm away from it.

    Below or to the right of the part for positive offsets, above or to the left for negative.
    """

    view: str
    start: Point
    end: Point
    text: str
    offset: float


@dataclass(frozen=True)
class View:
    """Projected edges of one view (millimeters, x right and y up) and how points get there."""

    seen: list[Path2]
    hidden: list[Path2]
    right: Path2
    up: Path2

    def project(self, point: Point) -> Path2:
        place = np.array(point, dtype=float)
        return np.array([place @ self.right, place @ self.up])


def _label(words: str, size: float) -> Image.Image:
    """Return text as a mask; the diameter sign, which the font lacks, is drawn."""
    font = ImageFont.load_default(size=size)
    ring, pen_width = size * 0.56, max(2, round(size / 14))
    pieces = words.split(DIAMETER)
    width = sum(font.getlength(piece) for piece in pieces) + (len(pieces) - 1) * (ring + size / 6)
    mask = Image.new("L", (round(width) + 4, round(size * 1.3)), 0)
    pen, x, middle = ImageDraw.Draw(mask), 2.0, mask.height / 2
    for index, piece in enumerate(pieces):
        if index:
            left, top, right, bottom = x, middle - ring / 2, x + ring, middle + ring / 2
            pen.ellipse((left, top, right, bottom), outline=255, width=pen_width)
            pen.line((left, bottom + 3, right, top - 3), fill=255, width=pen_width)
            x += ring + size / 6
        pen.text((x, middle), piece, font=font, fill=255, anchor="lm")
        x += font.getlength(piece)
    return mask


class Sheet:
    """A page drawn in millimeters from its upper left corner."""

    def __init__(self) -> None:
        size = (int(SHEET[0] * PIXELS_PER_MM), int(SHEET[1] * PIXELS_PER_MM))
        self.image = Image.new("RGB", size, PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def line(self, points: Iterable[Spot], width: float, color: tuple[int, int, int]) -> None:
        spots = [(x * PIXELS_PER_MM, y * PIXELS_PER_MM) for x, y in points]
        self.pen.line(spots, fill=color, width=max(1, round(width * PIXELS_PER_MM)), joint="curve")

    def text(
        self,
        at: Spot,
        words: str,
        size: float,
        anchor: str = "lm",
        color: tuple[int, int, int] = INK,
        upright: bool = False,
    ) -> None:
        label = _label(words, size * PIXELS_PER_MM * 1.35)
        if upright:
            label = label.rotate(90, expand=True)
        x, y = at[0] * PIXELS_PER_MM, at[1] * PIXELS_PER_MM - label.height / 2
        if anchor == "mm":
            x -= label.width / 2
        self.image.paste(color, (round(x), round(y)), label)

    def arrow(self, tip: Path2, way: Path2) -> None:
        across = np.array([-way[1], way[0]])
        back = tip - way * ARROW[0]
        corners = [tip, back + across * ARROW[1] / 2, back - across * ARROW[1] / 2]
        self.pen.polygon([tuple(corner * PIXELS_PER_MM) for corner in corners], fill=INK)


def draw_sheet(
    shape: TopoDS_Shape,
    path: Path,
    *,
    number: str,
    name: str,
    material: str,
    dimensions: list[Dimension],
    notes: tuple[str, ...],
) -> None:
    """Write an A3 drawing of `shape` as a PDF of one page; raises OSError when that fails."""
    views = {key: project(shape, *VIEWS[key]) for key in VIEWS}
    scale = max(
        (value for value in SCALES if all(_fits(views[key], key, value) for key in VIEWS)),
        default=SCALES[-1],
    )
    sheet = Sheet()
    _frame(sheet)
    for key, view in views.items():
        middle = _middle(view)
        _draw_view(sheet, view, key, middle, scale)
        for dimension in dimensions:
            if dimension.view == key:
                _draw_dimension(sheet, view, dimension, key, middle, scale)
    _title_block(sheet, number, name, material, scale, notes)
    resolution = PIXELS_PER_MM * 25.4
    small = sheet.image.resize((SHEET[0] * 6, SHEET[1] * 6), Image.Resampling.LANCZOS)
    small.save(path, "PDF", resolution=resolution * 6 / PIXELS_PER_MM, quality=92, title=number)


def project(shape: TopoDS_Shape, toward: Point, right: Point) -> View:
    """Return the edges of a view from direction `toward`, hidden ones apart."""
    axes = gp_Ax2(gp_Pnt(0, 0, 0), gp_Dir(*toward), gp_Dir(*right))
    algorithm = HLRBRep_Algo()
    algorithm.Add(shape)
    algorithm.Projector(HLRAlgo_Projector(axes))
    algorithm.Update()
    algorithm.Hide()
    result = HLRBRep_HLRToShape(algorithm)
    seen = [result.VCompound(), result.OutLineVCompound()]
    hidden = [result.HCompound(), result.OutLineHCompound()]
    across = np.array([axes.XDirection().X(), axes.XDirection().Y(), axes.XDirection().Z()])
    up = np.array([axes.YDirection().X(), axes.YDirection().Y(), axes.YDirection().Z()])
    return View(list(_paths(seen)), list(_paths(hidden)), across, up)


def _paths(compounds: list[TopoDS_Shape]) -> Iterator[Path2]:
    for compound in compounds:
        if compound is None or compound.IsNull():
            continue
        BRepLib.BuildCurves3d_s(compound)
        explorer = TopExp_Explorer(compound, TopAbs_ShapeEnum.TopAbs_EDGE)
        while explorer.More():
            curve = BRepAdaptor_Curve(TopoDS.Edge(explorer.Current()))
            points = GCPnts_TangentialDeflection(curve, 0.1, 0.05)
            spots = [points.Value(index + 1) for index in range(points.NbPoints())]
            yield np.array([(spot.X(), spot.Y()) for spot in spots])
            explorer.Next()


def _box(view: View) -> tuple[Path2, Path2]:
    every = np.concatenate(view.seen)
    return every.min(axis=0), every.max(axis=0)


def _middle(view: View) -> Path2:
    low, high = _box(view)
    return (low + high) / 2


def _fits(view: View, key: str, scale: float) -> bool:
    low, high = _box(view)
    return key == "turned" or bool(((high - low) * scale <= np.array(ROOM[key])).all())


def _on_sheet(points: Path2, key: str, middle: Path2, scale: float) -> Path2:
    return np.array(CENTERS[key]) + (points - middle) * scale * np.array([1, -1])


def _draw_view(sheet: Sheet, view: View, key: str, middle: Path2, scale: float) -> None:
    if key == "turned":
        low, high = _box(view)
        scale = float((np.array(ROOM[key]) / (high - low)).min())
    else:
        for path in view.hidden:
            for dash in _dashes(_on_sheet(path, key, middle, scale)):
                sheet.line([tuple(spot) for spot in dash], 0.18, SOFT)
        low, high = (_on_sheet(corner, key, middle, scale) for corner in _box(view))
        center = np.array(CENTERS[key])
        _center_line(sheet, (low[0] - 5, center[1]), (high[0] + 5, center[1]))
        _center_line(sheet, (center[0], high[1] - 5), (center[0], low[1] + 5))
    for path in view.seen:
        sheet.line([tuple(spot) for spot in _on_sheet(path, key, middle, scale)], 0.4, INK)


def _dashes(path: Path2, dash: float = 2.0, gap: float = 1.1) -> Iterator[Path2]:
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.r_[0, np.cumsum(steps)]
    for start in np.arange(0, along[-1], dash + gap):
        ends = np.array([start, min(start + dash, along[-1])])
        inner = along[(along > ends[0]) & (along < ends[1])]
        places = np.r_[ends[0], inner, ends[1]]
        yield np.column_stack([np.interp(places, along, path[:, axis]) for axis in (0, 1)])


def _center_line(sheet: Sheet, start: Spot, end: Spot) -> None:
    for dash in _dashes(np.array([start, end]), 6.0, 2.0):
        sheet.line([tuple(spot) for spot in dash], 0.15, BLUE)


def _draw_dimension(
    sheet: Sheet, view: View, dimension: Dimension, key: str, middle: Path2, scale: float
) -> None:
    start, end = (
        _on_sheet(view.project(point), key, middle, scale)
        for point in (dimension.start, dimension.end)
    )
    low, high = (_on_sheet(corner, key, middle, scale) for corner in _box(view))
    level = abs(start[1] - end[1]) < abs(start[0] - end[0])
    axis = 1 if level else 0
    edge = max(low[axis], high[axis]) if dimension.offset > 0 else min(low[axis], high[axis])
    if level and abs(dimension.offset) > 40:
        edge = (start[1] + end[1]) / 2
    line_at = edge + dimension.offset * 0.62
    ends = []
    for spot in (start, end):
        foot = spot.copy()
        foot[axis] = line_at
        beyond = foot.copy()
        beyond[axis] += np.sign(dimension.offset) * 1.5
        sheet.line([tuple(spot), tuple(beyond)], 0.15, INK)
        ends.append(foot)
    way = (ends[1] - ends[0]) / max(float(np.linalg.norm(ends[1] - ends[0])), 1e-9)
    sheet.line([tuple(ends[0]), tuple(ends[1])], 0.15, INK)
    sheet.arrow(ends[0], -way)
    sheet.arrow(ends[1], way)
    label = (ends[0] + ends[1]) / 2
    if level:
        sheet.text((label[0], label[1] - 2.4), dimension.text, 3.2, "mm")
    else:
        sheet.text((label[0] - 2.6, label[1]), dimension.text, 3.2, "mm", upright=True)


def _frame(sheet: Sheet) -> None:
    right, bottom = SHEET[0] - BORDER, SHEET[1] - BORDER
    corners = [
        (BORDER, BORDER),
        (right, BORDER),
        (right, bottom),
        (BORDER, bottom),
        (BORDER, BORDER),
    ]
    sheet.line(corners, 0.6, INK)
    for index in range(1, 8):
        x = BORDER + (right - BORDER) / 8 * index
        sheet.line([(x, BORDER - 4), (x, BORDER)], 0.3, INK)
        sheet.line([(x, bottom), (x, bottom + 4)], 0.3, INK)
    for index in range(8):
        x = BORDER + (right - BORDER) / 8 * (index + 0.5)
        sheet.text((x, BORDER - 3.4), str(index + 1), 2.6, "mm", SOFT)
    for index in range(6):
        y = BORDER + (bottom - BORDER) / 6 * (index + 0.5)
        sheet.text((BORDER - 4, y), "ABCDEF"[index], 2.6, "mm", SOFT)


def _title_block(
    sheet: Sheet, number: str, name: str, material: str, scale: float, notes: tuple[str, ...]
) -> None:
    left, top, right, bottom = 230, 233, SHEET[0] - BORDER, SHEET[1] - BORDER
    sheet.line([(left, bottom), (left, top), (right, top)], 0.6, INK)
    for y in (top + 18, top + 36):
        sheet.line([(left, y), (right, y)], 0.25, INK)
    for x, start, end in ((320, top, top + 18), (290, top + 18, bottom), (350, top + 18, bottom)):
        sheet.line([(x, start), (x, end)], 0.25, INK)
    ratio = f"{scale:g}:1" if scale >= 1 else f"1:{1 / scale:g}"
    cells = [
        ((left, top), "TITLE", name, 5.0),
        ((320, top), "DRAWING NO.", number, 5.0),
        ((left, top + 18), "MATERIAL", material, 3.6),
        ((290, top + 18), "GENERAL TOLERANCES", "ISO 2768-mK", 3.6),
        ((350, top + 18), "SCALE", ratio, 3.6),
        ((left, top + 36), "PROJECTION", "First angle", 3.6),
        ((290, top + 36), "REVISION", "A", 3.6),
        ((350, top + 36), "UNITS", "Millimeters", 3.6),
    ]
    for (x, y), label, value, size in cells:
        sheet.text((x + 2, y + 4), label, 2.0, color=SOFT)
        sheet.text((x + 2, y + 11.5), value, size)
    sheet.text((326, 22), "NOTES", 3.2, color=SOFT)
    for index, note in enumerate(("Deburr all edges", *notes), start=1):
        sheet.text((326, 30 + 7 * (index - 1)), f"{index}. {note}", 3.0)
