"""What changed in a request, in words: pure functions on plain values."""

from collections.abc import Mapping, Sequence

from marketplace.core.templatetags.formats import moment_text, plain_day
from quotes.models import RFQ, Quote, RFQLine

# What a shop reads of a line before it accepts an NDA; of the rest it is told only that it changed.
OUTLINE = {"title", "parts needed by", "quotes until", "process", "material", "quantities"}
Values = Mapping[str, str]


def values_of(rfq: RFQ) -> dict[str, str]:
    """What holds for the whole request, name -> words."""
    return {
        "title": rfq.title,
        "delivery address": _text(rfq.ship_to),
        "parts needed by": plain_day(rfq.need_by) if rfq.need_by else "",
        "quotes until": moment_text(rfq.deadline) if rfq.deadline else "",
        "notes": _text(rfq.notes),
        "precedence": str(rfq.get_precedence_display()),
    }


def values_of_line(line: RFQLine) -> dict[str, str]:
    """How one line is made, name -> words."""
    return {
        "process": str(line.process or ""),
        "material": str(line.material or ""),
        "finish": str(line.finish or ""),
        "tolerance": str(line.get_tolerance_display()),
        "inspection": str(line.inspection or ""),
        "threads": line.threads,
        "documents": ", ".join(sorted(document.name for document in line.documents.all())),
        "quantities": ", ".join(str(quantity) for quantity in line.quantities),
        "notes": _text(line.notes),
    }


def snapshot(rfq: RFQ, lines: Sequence[RFQLine]) -> dict[str, Values]:
    """Everything an amendment may change: "" for the request, "Line n" for a line."""
    return {"": values_of(rfq), **{f"Line {n.position}": values_of_line(n) for n in lines}}


def changes_between(
    before: Mapping[str, Values], after: Mapping[str, Values], *, is_secret: bool
) -> list[str]:
    """A sentence for each difference. `is_secret` (an NDA) keeps values out that it covers."""
    found = []
    for place, values in after.items():
        old = before.get(place, {})
        for name, value in values.items():
            if value != old.get(name, ""):
                open_value = name in OUTLINE or not is_secret
                found.append(_sentence(place, name, old.get(name, ""), value, open_value))
    return found


def unpriced(quote: Quote, lines: Sequence[RFQLine]) -> list[str]:
    """A sentence for each line with quantities that are asked and have no price in the quote."""
    priced = {
        (row.rfq_line_id, price.quantity) for row in quote.lines.all() for price in row.prices.all()
    }
    found = []
    for line in lines:
        missing = [q for q in line.quantities if (line.pk, q) not in priced]
        if missing:
            name = line.part_revision.part.name
            found.append(f"{name}: no price for {', '.join(map(str, missing))} pcs.")
    return found


def _text(value: str) -> str:
    """A browser ends lines with CR LF, a program with LF: no difference to a reader."""
    return "\n".join(value.splitlines()).strip()


def _sentence(place: str, name: str, old: str, new: str, open_value: bool) -> str:
    subject = f"{place}: {name}" if place else name.capitalize()
    is_long = len(old) > 60 or len(new) > 60 or "\n" in old + new
    if is_long or not open_value:
        return f"{subject} changed"
    return f"{subject} {old or 'none'} → {new or 'none'}"
