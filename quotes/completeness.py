"""How complete a request is: what keeps it from being published, and what would bring questions.

Functions on loaded rows; no queries. Each check names the field that mends it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from marketplace.parts.geometry.figures import value_of
from marketplace.parts.models import PartRevision
from marketplace.parts.states import AnalysisState
from quotes.models import RFQ, RFQLine

FORMAL = ("formal", "fai_hold")
FEW_SHOPS = 3
LEAST_TIME_TO_QUOTE = timedelta(days=2)
# Millimeters: tap drills of coarse threads M3 to M12 (ISO 2306), which are rarely plain holes.
TAP_DRILLS_MM = {2.5: "M3", 3.3: "M4", 4.2: "M5", 5.0: "M6", 6.8: "M8", 8.5: "M10", 10.2: "M12"}
LEAST_TAPPED = 2
# The format whose files are flat sheets: outlines to cut, without a volume.
FLAT = "dxf"
# "2 mm thick", "1/8 in sheet", "thickness: 2 mm", "t = 2", "16 gauge"; not "break edges 0.5 mm".
THICKNESS = re.compile(
    r"\d\s*(?:mm|in|inch|\")?\s*(?:thick|sheet|plate|gauge|ga\b)"
    r"|(?:\bthick(?:ness)?|\bgauge|\bt\b)\s*(?:is|of|=|:)?\s*\d",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Check:
    """One thing a shop needs to know. `anchor` is the id of the field that gives it.

    A request is published only when every `required` check is done; the others would bring a
    question back.
    """

    sentence: str
    anchor: str
    is_done: bool
    required: bool = True


@dataclass(frozen=True)
class Completeness:
    """Every check of a request, and what share of them is done."""

    checks: Sequence[Check]

    @property
    def missing(self) -> list[Check]:
        """What keeps the request from being published."""
        return [check for check in self.checks if check.required and not check.is_done]

    @property
    def advised(self) -> list[Check]:
        """What is not needed and would save a question."""
        return [check for check in self.checks if not check.required and not check.is_done]

    @property
    def score(self) -> int:
        """Percent; what is required counts three times. Rounded down: 100 means all."""
        weights = [(3 if check.required else 1, check.is_done) for check in self.checks]
        total = sum(weight for weight, _ in weights)
        return 100 * sum(weight for weight, done in weights if done) // total if total else 0


def completeness_of(rfq: RFQ, lines: Sequence[RFQLine], invited: int) -> Completeness:
    """What a draft has and lacks. `lines` carry revision, part, taxonomy and documents."""
    checks = [check for line in lines for check in _of_line(rfq, line)]
    return Completeness([*_of_request(rfq, lines, invited), *checks])


def _of_request(rfq: RFQ, lines: Sequence[RFQLine], invited: int) -> Iterable[Check]:
    now = timezone.now()
    yield Check("Add at least one part.", "add-parts", bool(lines))
    yield Check(
        "Enter where the parts are to be delivered.", "id_ship_to", bool(rfq.ship_to.strip())
    )
    yield Check("Set a deadline for quotes.", "id_deadline", rfq.deadline is not None)
    if rfq.deadline is not None:
        yield Check(
            "The deadline is in the past. Choose a later one.", "id_deadline", rfq.deadline > now
        )
        yield Check(
            "Leave manufacturers two days or more to quote.",
            "id_deadline",
            rfq.deadline >= now + LEAST_TIME_TO_QUOTE,
            required=False,
        )
    if rfq.need_by and rfq.deadline:
        yield Check(
            "The parts are needed before the deadline for quotes. Move one of them.",
            "id_need_by",
            rfq.need_by >= rfq.deadline.date(),
        )
    yield Check("Say when you need the parts.", "id_need_by", bool(rfq.need_by), required=False)
    if rfq.is_export_controlled:
        yield Check(
            "The request is under export control: name the countries it may be made in.",
            "id_countries",
            bool(rfq.countries),
        )
    is_open = rfq.visibility == RFQ.Visibility.OPEN
    yield Check("Choose at least one manufacturer to ask.", "whom", is_open or invited > 0)
    yield Check(
        "Ask three manufacturers or more, so that prices can be compared.",
        "whom",
        is_open or invited >= FEW_SHOPS,
        required=False,
    )


def _of_line(rfq: RFQ, line: RFQLine) -> Iterable[Check]:
    revision = line.part_revision
    number = revision.part.number

    def check(sentence: str, name: str, done: object, *, required: bool = True) -> Check:
        anchor = f"id_{line.public_id}-{name}"
        return Check(f"{number}: {sentence}", anchor, bool(done), required)

    yield check("choose a process.", "process", line.process_id)
    yield check("choose a material.", "material", line.material_id)
    yield check("enter at least one quantity.", "quantities", line.quantities)
    row = f"line-{line.public_id}"
    reading, failed = AnalysisState.PENDING, AnalysisState.FAILED
    yield Check(
        f"{number}: its file is still being read. Try again in a moment.",
        row,
        revision.state != reading,
    )
    yield Check(
        f"{number}: its file could not be read. Upload a new one.", row, revision.state != failed
    )
    if revision.model_file_id and revision.state == AnalysisState.READY:
        facts = revision.facts
        yield Check(
            f"{number}: the file names no unit. Say on its page what it is drawn in.",
            row,
            facts.get("units_source") != "assumed" and facts.get("units") is not None,
            required=False,
        )
        yield from _of_shape(line)
    has_drawing = revision.drawing_file_id is not None
    if line.tolerance == RFQLine.Tolerance.DRAWING:
        yield check("its tolerances are on a drawing it does not have.", "tolerance", has_drawing)
    if line.inspection and line.inspection.code in FORMAL:
        yield check(
            "the inspection measures against a drawing, and it has none.",
            "inspection",
            has_drawing,
            required=False,
        )
    if line.tolerance == RFQLine.Tolerance.FINE:
        yield check(
            "fine tolerances without a drawing leave fits and surfaces open.",
            "tolerance",
            has_drawing,
            required=False,
        )
    if tapped := _looks_tapped(revision):
        yield check(
            f"{tapped} Write the threads, or “none”.", "threads", line.threads, required=False
        )
    if stated := _stated_otherwise(line):
        yield check(stated, "material", False, required=False)


def _of_shape(line: RFQLine) -> Iterable[Check]:
    """What the shape alone leaves open: a solid has a volume, a flat sheet a thickness."""
    revision = line.part_revision
    number, row, facts = revision.part.number, f"line-{line.public_id}", revision.facts
    if facts.get("format") != FLAT:
        yield Check(
            f"{number}: its surface is open, so its volume is unknown. Upload a closed model.",
            row,
            facts.get("volume_mm3") is not None,
            required=False,
        )
        return
    yield Check(
        f"{number}: some of its contours do not close. Upload a flat sheet with closed ones.",
        row,
        not value_of(facts, "open_contours"),
        required=False,
    )
    yield Check(
        f"{number}: a flat sheet has no thickness. Write it in the notes, such as “2 mm thick”, "
        "or attach a drawing.",
        f"id_{line.public_id}-notes",
        revision.drawing_file_id is not None or bool(THICKNESS.search(line.notes)),
        required=False,
    )


def _looks_tapped(revision: PartRevision) -> str:
    """A sentence about holes that have the size of a tap drill, or threads the drawing names."""
    named = _texts(revision, "threads")
    if named:
        return f"the drawing names {named[0]}."
    counts: dict[str, int] = {}
    for hole in revision.facts.get("holes", []):
        thread = TAP_DRILLS_MM.get(round(float(hole.get("diameter_mm", 0)), 2))
        if thread:
            counts[thread] = counts.get(thread, 0) + int(hole.get("count") or 1)
    found = [f"{n} holes have the tap drill of {t}" for t, n in counts.items() if n >= LEAST_TAPPED]
    return " and ".join(found) + "." if found else ""


def _stated_otherwise(line: RFQLine) -> str:
    """A sentence when the drawing names another material than the line."""
    named = _texts(line.part_revision, "materials")
    if not named or line.material is None:
        return ""
    own = _digits(line.material.name)
    if not own or any(own & _digits(text) for text in named):
        return ""
    return f"the drawing says {named[0]}, the line {line.material.name}. Which counts?"


def _texts(revision: PartRevision, kind: str) -> list[str]:
    """What the text layer of the drawing says about threads, materials, ..."""
    facts = revision.drawing_facts or revision.facts
    text = facts.get("text") or {}
    return [str(entry)[:60] for entry in text.get(kind, [])][:5]


def _digits(text: str) -> set[str]:
    """Numbers of three digits and more: 6061, 304, 4140; what alloys are told apart by."""
    return set(re.findall(r"\d{3,}", text))
