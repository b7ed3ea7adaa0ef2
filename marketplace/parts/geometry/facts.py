"""What is known about a part file after reading it, and what is said when it cannot be read."""

import math
from dataclasses import dataclass, field
from typing import Any

from marketplace.parts.geometry import checked
from marketplace.parts.geometry.figures import Figure

LENGTH_UNITS_MM = {
    "um": 0.001,
    "mm": 1.0,
    "cm": 10.0,
    "dm": 100.0,
    "m": 1000.0,
    "in": 25.4,
    "ft": 304.8,
}
"""Millimeters in one unit. The inch is 25.4 mm exactly (international yard and pound, 1959)."""

MOST_FIGURES = 80
UNITS_A_PERSON_MAY_GIVE = ("mm", "cm", "m", "in")


class GeometryError(Exception):
    """A part file that cannot be used. `message` is a sentence for the person who uploaded it.

    `code` is stable and meant for programs; `detail` is for the log only and may hold text that
    came out of the file.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        if detail:
            self.add_note(detail)

    def as_dict(self) -> dict[str, str]:
        """Return `code` and `message`, the two things other people may see."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class FactWarning:
    """Something the buyer should know before trusting a figure; `message` is a sentence."""

    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """Return `code` and `message`."""
        return {"code": self.code, "message": self.message}


@dataclass(frozen=True)
class PartFacts:
    """The figures of one part file.

    Lengths are millimeters, areas square millimeters, volumes cubic millimeters, whatever the
    file was drawn in; `units` is the unit of the file and `units_source` says who named it
    ("file", "given" by a person, or "assumed"). `volume_mm3` is None when the surface is not a
    closed one, so that no price is ever made of a figure that means nothing. `exact` is True for
    figures of the surfaces themselves and False for those of a triangle mesh.
    """

    format: str
    units: str | None
    volume_mm3: float | None
    area_mm2: float | None
    bbox_mm: tuple[float, float, float] | None
    solids: int
    triangles: int
    watertight: bool
    warnings: tuple[FactWarning, ...] = ()
    units_source: str = "file"
    center_of_mass_mm: tuple[float, float, float] | None = None
    exact: bool = False
    pages: int | None = None
    files: tuple[str, ...] = field(default=())
    figures: dict[str, Figure] = field(default_factory=dict)
    holes: list[dict[str, Any]] = field(default_factory=list)
    holes_cut: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    tree: dict[str, Any] | None = None
    tree_cut: bool = False
    shape_key: str | None = None
    text: dict[str, Any] | None = None
    spots: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain JSON values, ready for a JSON column or a response."""
        return {
            "format": self.format,
            "units": self.units,
            "volume_mm3": self.volume_mm3,
            "area_mm2": self.area_mm2,
            "bbox_mm": list(self.bbox_mm) if self.bbox_mm else None,
            "solids": self.solids,
            "triangles": self.triangles,
            "watertight": self.watertight,
            "warnings": [warning.as_dict() for warning in self.warnings],
            "units_source": self.units_source,
            "center_of_mass_mm": list(self.center_of_mass_mm) if self.center_of_mass_mm else None,
            "exact": self.exact,
            "pages": self.pages,
            "files": list(self.files),
            "figures": {name: figure.as_dict() for name, figure in self.figures.items()},
            "holes": self.holes,
            "holes_cut": self.holes_cut,
            "bodies": self.bodies,
            "tree": self.tree,
            "tree_cut": self.tree_cut,
            "shape_key": self.shape_key,
            "text": self.text,
            "spots": self.spots,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "PartFacts":
        """Rebuild facts from what the child wrote, trusting nothing in it.

        Raises ValueError, TypeError or KeyError when a figure is missing, not finite or negative.
        """
        return cls(
            format=str(data["format"]),
            units=None if data["units"] is None else str(data["units"]),
            volume_mm3=_figure(data["volume_mm3"]),
            area_mm2=_figure(data["area_mm2"]),
            bbox_mm=_triple(data["bbox_mm"], smallest=0.0),
            solids=int(data["solids"]),
            triangles=int(data["triangles"]),
            watertight=bool(data["watertight"]),
            warnings=tuple(
                FactWarning(str(item["code"]), str(item["message"])) for item in data["warnings"]
            ),
            units_source=str(data["units_source"]),
            center_of_mass_mm=_triple(data["center_of_mass_mm"]),
            exact=bool(data["exact"]),
            pages=None if data["pages"] is None else int(data["pages"]),
            files=tuple(str(name) for name in data["files"]),
            figures=_figures(data["figures"]),
            holes=checked.rows(data["holes"], checked.MOST_HOLES, checked.hole),
            holes_cut=bool(data["holes_cut"]),
            bodies=checked.rows(data["bodies"], checked.MOST_BODIES, checked.body),
            tree=checked.tree(data["tree"]),
            tree_cut=bool(data["tree_cut"]),
            shape_key=None if data["shape_key"] is None else checked.text_of(data["shape_key"]),
            text=checked.drawing_text(data["text"]),
            spots=checked.rows(data["spots"], checked.MOST_SPOTS, checked.spot),
        )


def hole_groups(holes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return equal holes once, most frequent first: a hole without place, with `count`.

    Equal are holes of the same kind whose measures agree to a hundredth of a millimeter.
    """
    groups: dict[tuple[Any, ...], dict[str, Any]] = {}
    for hole in holes:
        key = (
            round(hole["diameter_mm"], 2),
            round(hole["depth_mm"], 2),
            hole["kind"],
            _rounded(hole["countersink"]),
            _rounded(hole["counterbore"]),
        )
        group = groups.setdefault(
            key,
            {
                name: hole[name]
                for name in ("diameter_mm", "depth_mm", "kind", "countersink", "counterbore")
            }
            | {"count": 0},
        )
        group["count"] += 1
    return sorted(groups.values(), key=lambda group: (-group["count"], group["diameter_mm"]))


def _rounded(measures: dict[str, float] | None) -> tuple[float, ...]:
    return tuple(round(value, 2) for value in measures.values()) if measures else ()


def _figures(data: Any) -> dict[str, Figure]:
    if not isinstance(data, dict) or len(data) > MOST_FIGURES:
        raise ValueError("not a table of figures of bounded size")
    return {checked.text_of(name): Figure.from_dict(value) for name, value in data.items()}


def _figure(value: Any, smallest: float = 0.0) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number) or number < smallest:
        raise ValueError(f"not a usable figure: {value!r}")
    return number


def _triple(value: Any, smallest: float = -math.inf) -> tuple[float, float, float] | None:
    if value is None:
        return None
    x, y, z = (_figure(item, smallest) for item in value)
    if x is None or y is None or z is None:
        raise ValueError("a triple with a hole")
    return (x, y, z)
