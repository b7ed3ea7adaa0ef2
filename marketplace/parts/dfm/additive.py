"""Printing: walls, holes, gaps, hollows, overhang and the size of common machines. Millimeters."""

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.parts.dfm.findings import (
    INFO,
    MUST_CHANGE,
    Case,
    Rule,
    at_least,
    at_most,
    box_in_machine,
)
from marketplace.parts.dfm.sources import ARTI, CIF, GENERAL, MJF_BOX, Source
from marketplace.parts.dfm.tolerances import tolerance_rule

MUCH_OVERHANG = 0.15


@dataclass(frozen=True)
class Printer:
    """What one kind of printing makes: wall, hole and gap in mm, the room of a common machine.

    `escape` is the diameter of an opening through which powder or resin leaves a hollow, None
    where nothing must leave; `supports` says that overhang costs supports.
    """

    wall: float
    recommended_wall: float
    hole: float
    gap: float
    room: tuple[float, float, float]
    room_source: Source
    held: Callable[[float], float]
    escape: float | None
    supports: bool
    source: Source = CIF


def _held_by_mjf(size: float) -> float:
    return 0.3 if size < 100 else 0.4 if size < 200 else 0.5


def _held_by_sla(size: float) -> float:
    return 0.1 if size < 100 else 0.15 if size < 200 else 0.2


PRINTERS = {
    "fdm": Printer(
        0.8, 1.2, 2.0, 0.2, (914, 610, 914), GENERAL, lambda size: max(0.1, 0.002 * size),
        None, True,
    ),
    "sls": Printer(
        0.7, 0.8, 1.5, 0.5, (340, 340, 600), GENERAL, lambda size: max(0.127, 0.002 * size),
        3.5, False,
    ),
    "mjf": Printer(0.5, 1.0, 0.5, 0.5, (380, 380, 284), MJF_BOX, _held_by_mjf, 2.0, False),
    "sla": Printer(0.5, 1.0, 0.5, 0.3, (736, 635, 533), GENERAL, _held_by_sla, 3.5, True),
    "dmls": Printer(0.4, 1.0, 0.5, 0.5, (250, 250, 325), GENERAL, lambda size: 0.1, 2.0, True),
}  # fmt: skip


def _overhang_share(case: Case) -> float:
    area = case.number("area")
    return case.number("overhang_area") / area if area else 0.0


def rules_of(printer: Printer) -> tuple[Rule, ...]:
    """Return the table of rules of one kind of printing."""
    rules: list[Rule] = [
        at_least(
            "thin_walls", "Thin walls", "wall_min",
            recommended=printer.recommended_wall, feasible=printer.wall, source=printer.source,
            advice="Thicken the wall; below the limit it does not print or breaks when cleaned.",
        ),
        at_least(
            "small_holes", "Tiny holes", "smallest_hole",
            recommended=printer.hole, source=printer.source,
            advice="Widen the hole, or have it drilled; small holes close while printing.",
        ),
        at_least(
            "narrow_gaps", "Narrow gaps", "gap_min",
            recommended=printer.gap, source=ARTI,
            advice="Widen the gap; the two sides grow together.",
        ),
        box_in_machine(
            "large", "Larger than a common machine", printer.room, printer.room_source,
            "Divide the part and join it after printing, or ask for a larger machine.",
        ),
        tolerance_rule(printer.held, extra_work=False),
    ]  # fmt: skip
    if printer.escape is not None:
        rules.append(
            at_most(
                "escape_holes",
                "Hollow without an opening",
                "enclosed_voids",
                recommended=0.0,
                unit="hollows",
                source=ARTI,
                severity=MUST_CHANGE,
                advice=f"Add at least two openings of {printer.escape:g} mm, so that powder or "
                "resin gets out, or make the part solid.",
            )
        )
    if printer.supports:
        rules.append(
            at_most(
                "overhang",
                "Much overhang",
                "overhang_area",
                measure=_overhang_share,
                needs=("area",),
                recommended=MUCH_OVERHANG,
                unit="of the area",
                source=ARTI,
                severity=INFO,
                advice="Slope the surface by 45 degrees or more; what is flatter needs supports "
                "that leave marks.",
            )
        )
    return tuple(rules)
