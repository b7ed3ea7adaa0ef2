"""A shop's own earlier prices of the parts it is asked for again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.actor import Actor
from quotes.models import Quote, QuoteLine, RFQLine

MOST_SHOWN = 5
MOST_READ = 200


@dataclass
class Earlier:
    """One earlier quote; `lines` maps a line (pk) asked now to the row that priced it then."""

    quote: Quote
    lines: dict[int, QuoteLine] = field(default_factory=dict)

    def count(self) -> int:
        """How many of the lines asked now it priced."""
        return len(self.lines)


def earlier_quotes(actor: Actor, quote: Quote, lines: Sequence[RFQLine]) -> list[Earlier]:
    """The acting shop's own quotes, submitted once, that priced a line made the same way: a part
    of the same shape, or of the same number for the same buyer, in the same process, material,
    finish and currency. The request this one was issued anew from comes first, then the newest.

    Three queries for any number of lines. Nothing of other shops is read.
    """
    shapes = {line.part_revision.shape_key for line in lines} - {""}
    numbers = {line.part_revision.part.number for line in lines} - {""}
    same = Q(rfq_line__part_revision__shape_key__in=shapes) | Q(
        rfq_line__rfq__organization=quote.rfq.organization_id,
        rfq_line__part_revision__part__number__in=numbers,
    )
    rows = (
        QuoteLine.objects.filter(
            same,
            option=0,
            is_declined=False,
            quote__manufacturer__organization=actor.organization,
            quote__edition__gt=0,
            quote__currency=quote.currency,
        )
        .exclude(quote__rfq=quote.rfq_id)
        .exclude(prices=None)
        .select_related("quote__rfq", "rfq_line__rfq", "rfq_line__part_revision__part")
        .prefetch_related("prices", "charges")
        .order_by("-quote_id", "pk")[:MOST_READ]
    )
    found: dict[int, Earlier] = {}
    for row in rows:
        for line in lines:
            if _is_same(row.rfq_line, line, quote.rfq.organization_id):
                earlier = found.setdefault(row.quote_id, Earlier(row.quote))
                earlier.lines.setdefault(line.pk, row)
    first = quote.rfq.reissued_from_id
    return sorted(found.values(), key=lambda one: one.quote.rfq_id != first)[:MOST_SHOWN]


def _is_same(then: RFQLine, now: RFQLine, buyer_id: int) -> bool:
    made = ("process_id", "material_id", "finish_id")
    if any(getattr(then, name) != getattr(now, name) for name in made):
        return False
    old, new = then.part_revision, now.part_revision
    if old.shape_key and old.shape_key == new.shape_key:
        return True
    is_number = bool(new.part.number) and old.part.number == new.part.number
    return is_number and then.rfq.organization_id == buyer_id
