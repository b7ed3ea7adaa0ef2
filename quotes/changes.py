"""What changed in a request, in words: pure functions on plain values."""

from collections.abc import Mapping, Sequence

from quotes.models import RFQ, RFQLine

# What a shop reads of a line before it accepts an NDA; of the rest it is told only that it changed.
OUTLINE = {"title", "parts needed by", "quotes until", "process", "material", "quantities"}
Values = Mapping[str, str]


def values_of(rfq: RFQ) -> dict[str, str]:
    """What holds for the whole request, name -> words."""
    return {
        "title": rfq.title,
        "delivery address": rfq.ship_to,
        "parts needed by": f"{rfq.need_by:%Y-%m-%d}" if rfq.need_by else "",
        "quotes until": f"{rfq.deadline:%Y-%m-%d %H:%M} UTC" if rfq.deadline else "",
        "notes": rfq.notes,
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
        "notes": line.notes,
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


def _sentence(place: str, name: str, old: str, new: str, open_value: bool) -> str:
    subject = f"{place}: {name}" if place else name.capitalize()
    is_long = len(old) > 60 or len(new) > 60 or "\n" in old + new
    if is_long or not open_value:
        return f"{subject} changed"
    return f"{subject} {old or 'none'} → {new or 'none'}"
