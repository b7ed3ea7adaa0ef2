"""A rate card as rows of a spreadsheet, written and read back. Pure functions."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from marketplace.directory.rate_fields import Key, RateField, Section

HEADINGS = ("Kind", "Item", "What", "Unit", "Value")
# Figures of the whole card stand under this kind, by the name of their field.
WHOLE = "card"
WHOLE_FIELDS = ("currency", "minimum_charge", "margin_percent", "markup_percent")
MOST_ROWS = 1000
MOST_FAULTS = 30


def rows_of(
    sections: Sequence[Section], whole: Mapping[str, str], values: Mapping[Key, Decimal]
) -> list[list[str]]:
    """Header, the figures of the whole card, then one row a figure; an empty value is unknown."""
    rows = [list(HEADINGS)]
    for name in WHOLE_FIELDS:
        rows.append([WHOLE, name, name.replace("_", " ").capitalize(), "", whole.get(name, "")])
    for section in sections:
        for field in section.fields:
            value = values.get(field.key)
            text = "" if value is None else f"{value.normalize():f}"
            what = f"{section.title}: {field.label}"
            rows.append([field.kind, field.item, what, field.unit, text])
    return rows


def read_rows(
    rows: Sequence[Sequence[str]], sections: Sequence[Section]
) -> tuple[dict[str, str], list[str]]:
    """Values by the name of their form field, as typed, and a sentence for each row not understood.

    Columns are found by their headings. A figure with another unit than the card's is refused, as
    its value would mean something else.
    """
    if not rows:
        return {}, ["The file is empty."]
    headings = [cell.strip().lower() for cell in rows[0]]
    places = {name: headings.index(name) for name in ("kind", "item", "value") if name in headings}
    missing = [name for name in ("kind", "item", "value") if name not in places]
    if missing:
        return {}, [f"The first row needs the headings Kind, Item and Value; no {missing[0]}."]
    unit_at = headings.index("unit") if "unit" in headings else None
    known = {field.key: field for section in sections for field in section.fields}
    values: dict[str, str] = {}
    faults: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _cell(row, at) for name, at in places.items()}
        kind, item = cells["kind"], cells["item"]
        field = known.get((kind, item))
        if kind == WHOLE and item in WHOLE_FIELDS:
            name = item
        elif field is not None and _same_unit(field, row, unit_at):
            name = field.name
        else:
            faults.append(_fault(number, kind, item, field))
            continue
        if name in values:
            faults.append(f"Row {number}: {kind} {item} stands in the file twice.")
        values[name] = cells["value"]
    return values, faults[:MOST_FAULTS]


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _same_unit(field: RateField, row: Sequence[str], at: int | None) -> bool:
    unit = "" if at is None else _cell(row, at)
    return unit in ("", field.unit)


def _fault(number: int, kind: str, item: str, field: RateField | None) -> str:
    if field is not None:
        return f"Row {number}: {kind} {item} is given in {field.unit} on your card."
    return (
        f"Row {number}: your card has no figure {kind[:40]} {item[:60]}. Add the process or "
        "material to your profile first."
    )
