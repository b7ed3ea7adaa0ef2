"""A table of what carriers said: rows of a spreadsheet in, clean rows or every fault out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from marketplace.core.errors import DomainError
from orders.carriers import find_carrier
from orders.models import Shipment
from orders.table_faults import TableFaults

MOST_ROWS = 500
# Column -> the headings it may have, the first one in what we tell people.
COLUMNS: Mapping[str, Sequence[str]] = {
    "shipment": ("shipment", "order", "reference", "order reference", "shipment reference"),
    "carrier": ("carrier",),
    "tracking_number": ("tracking number", "tracking", "tracking no", "number"),
    "status": ("status", "state"),
    "time": ("time", "date", "at"),
    "note": ("note", "remark", "comment"),
}
REFERENCE = re.compile(r"^([A-Z]{3}-[0-9A-Z]{6})(?:\s*/\s*(\d{1,4}))?$")


@dataclass(frozen=True)
class TrackingRow:
    """One row. `number` is 0 where the row names only the order; empty values change nothing."""

    row: int
    order: str
    number: int = 0
    carrier: str = ""
    tracking_number: str = ""
    status: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class TrackingTable:
    """The rows that can be read, and of each other row (its number) what is wrong with it."""

    rows: list[TrackingRow]
    faults: dict[int, str]


def read_tracking(table: Sequence[Sequence[str]]) -> TrackingTable:
    """The rows under a heading that names the columns in any order.

    Rows that cannot be read are no error yet: who imports the table tells them together with what
    is wrong with the others. Raises TableFaults for the heading, DomainError for an empty table.
    """
    if len(table) < 2:
        raise DomainError("The table needs a row of headings and a row for each shipment.")
    places = _places(table[0])
    rows: list[TrackingRow] = []
    faults: dict[int, str] = {}
    for at, cells in enumerate(table[1:], start=2):
        found = {name: cells[i].strip() if i < len(cells) else "" for name, i in places.items()}
        try:
            rows.append(_row(at, found))
        except DomainError as fault:
            faults[at] = fault.sentence
    return TrackingTable(rows, faults)


def _places(heading: Sequence[str]) -> dict[str, int]:
    names = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}
    places: dict[str, int] = {}
    faults = []
    for at, cell in enumerate(heading):
        name = " ".join(cell.replace("_", " ").casefold().split()).rstrip(".:")
        if not name:
            continue
        if name not in names:
            faults.append(f"The heading “{cell[:40]}” is none we know.")
        elif names[name] in places:
            faults.append(f"Two columns are the {names[name].replace('_', ' ')}.")
        else:
            places[names[name]] = at
    if "shipment" not in places:
        faults.append("A column “shipment” has to name the order or shipment.")
    if faults:
        raise TableFaults([f"Row 1: {fault}" for fault in faults])
    return places


def _row(at: int, cells: Mapping[str, str]) -> TrackingRow:
    named = REFERENCE.match(cells["shipment"].upper())
    if named is None:
        raise DomainError(
            f"“{cells['shipment'][:40]}” is no order or shipment. Write it as ORD-7H3K9Q/2, or "
            "ORD-7H3K9Q where the tracking number says which."
        )
    carrier = cells.get("carrier", "")
    code = find_carrier(carrier, Shipment.Carrier.choices) if carrier else ""
    if carrier and not code:
        raise DomainError(f"“{carrier[:40]}” is no carrier we know. Use “Other carrier”.")
    tracking = "".join(cells.get("tracking_number", "").split())
    if len(tracking) > 60:
        raise DomainError("The tracking number has more than 60 characters.")
    return TrackingRow(
        row=at,
        order=named[1],
        number=int(named[2] or 0),
        carrier=code,
        tracking_number=tracking,
        status=_status(cells.get("status", "")),
        at=_time(cells.get("time", "")),
        note=" ".join(cells.get("note", "").split())[:200],
    )


def _status(cell: str) -> str:
    if not cell:
        return ""
    word = " ".join(cell.replace("_", " ").casefold().split())
    for code, label in Shipment.Status.choices:
        if word in (code.replace("_", " "), str(label).casefold()):
            return str(code)
    known = ", ".join(str(label).lower() for label in Shipment.Status.labels)
    raise DomainError(f"“{cell[:40]}” is no status we know. Use one of: {known}.")


def _time(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        found = parse_datetime(cell)
        if found is None:
            day = parse_date(cell)
            found = datetime(day.year, day.month, day.day) if day else None
    except ValueError:
        found = None
    if found is None:
        raise DomainError(f"“{cell[:40]}” is no time. Write it as 2026-11-27 14:30.")
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    if found > timezone.now():
        raise DomainError(f"{cell[:40]} lies ahead of now.")
    return found
