"""What a shipment may be made of: pieces, packages, carriage; plain values, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from marketplace.core.errors import DomainError
from orders.models import OrderLine, Shipment
from orders.progress import Progress

MOST_PACKAGES, MOST_PIECES = 50, 1000


@dataclass(frozen=True)
class Piece:
    """So many pieces of one line (by its public id), of one lot where the shop names it."""

    line: str
    quantity: int
    lot: str = ""


@dataclass(frozen=True)
class Box:
    """`count` packages of one kind; each weighs `weight_kg` and measures so many mm."""

    count: int
    weight_kg: Decimal
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True)
class Carriage:
    """Who carries it, and under which number; name and link are for a carrier we do not know."""

    carrier: str
    tracking_number: str
    carrier_name: str = ""
    tracking_link: str = ""
    note: str = ""


def read_pieces(
    progress: Sequence[Progress], pieces: Sequence[Piece]
) -> list[tuple[OrderLine, str, int]]:
    """(line, lot, quantity) of a shipment, never more than is left of a line.

    Raises DomainError whose fields are named by the line's public id.
    """
    left = {row.line.public_id: row for row in progress}
    taken: dict[tuple[str, str], int] = {}
    faults: dict[str, str] = {}
    for piece in pieces[: MOST_PIECES + 1]:
        lot = " ".join(piece.lot.split())[:40]
        if piece.line not in left:
            raise DomainError("A line of this shipment is not a line of this order.")
        if piece.quantity < 1:
            faults[piece.line] = "Ship one piece or more, or leave the line empty."
            continue
        taken[piece.line, lot] = taken.get((piece.line, lot), 0) + piece.quantity
    for name, row in left.items():
        wanted = sum(quantity for (line, _), quantity in taken.items() if line == name)
        if wanted > row.to_ship:
            faults[name] = (
                f"{row.line.part_number}: {row.to_ship} of {row.ordered} pieces are left to ship, "
                f"not {wanted}."
            )
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    if not taken:
        raise DomainError("Say how many pieces of which line are in this shipment.")
    if len(pieces) > MOST_PIECES:
        raise DomainError(f"One shipment holds at most {MOST_PIECES} lots. Divide it.")
    return [(left[line].line, lot, quantity) for (line, lot), quantity in taken.items()]


def read_carriage(carriage: Carriage) -> dict[str, Any]:
    """The columns of a shipment for its carriage. Raises DomainError with a sentence a field."""
    number = "".join(carriage.tracking_number.split())
    link, name = carriage.tracking_link.strip(), " ".join(carriage.carrier_name.split())
    faults: dict[str, str] = {}
    if carriage.carrier not in Shipment.Carrier.values:
        faults["carrier"] = "Choose a carrier."
    if not number:
        faults["tracking_number"] = "Enter the carrier's tracking number."
    elif len(number) > 60:
        faults["tracking_number"] = "A tracking number has at most 60 characters."
    is_other = carriage.carrier == Shipment.Carrier.OTHER
    if link and not is_other:
        faults["tracking_link"] = "We link to this carrier ourselves; leave the link empty."
    elif link and not _is_safe(link):
        faults["tracking_link"] = "Enter a whole address that begins with https://."
    if name and not is_other:
        faults["carrier_name"] = "Leave this empty, or choose “Other carrier”."
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)
    return {
        "carrier": carriage.carrier,
        "tracking_number": number,
        "carrier_name": name[:80],
        "tracking_link": link,
        "note": carriage.note.strip()[:400],
    }


def _is_safe(link: str) -> bool:
    """A page of another house that the other side can open: https and a host, no credentials."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and "." in host and port in (None, 443)
    return plain and "@" not in parts.netloc and len(link) <= 300 and link.isprintable()
