"""The calculation from the shop's rate card, as its builder shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.actor import Actor
from marketplace.directory.rate_fields import field_name
from quotes.estimating.model import Driver
from quotes.estimating.shop import OwnPoint, OwnPrice
from quotes.models import Quote, RFQLine
from quotes.queries.own_prices import OwnPrices, own_prices


@dataclass(frozen=True)
class Shown:
    """A line's calculation as the builder shows it: lacks with the anchor of the card's field."""

    own: OwnPrice
    drivers: Sequence[tuple[Driver, Decimal | None]]
    lacks: Sequence[tuple[str, str]]
    points: Sequence[tuple[OwnPoint, Decimal | None]]
    charges: Sequence[tuple[str, Decimal]]


def calculations(
    actor: Actor, quote: Quote, lines: Sequence[RFQLine]
) -> tuple[OwnPrices | None, dict[int, Shown]]:
    """What the card makes of every line, by line pk; of points, the unit price that is saved
    instead where it differs."""
    found = own_prices(actor, quote, lines)
    if found is None:
        return None, {}
    saved = {
        (row.rfq_line_id, price.quantity): price.unit_price
        for row in quote.lines.all()
        if row.option == 0
        for price in row.prices.all()
    }
    by_pk = {line.pk: line for line in lines}
    return found, {pk: _shown(by_pk[pk], own, saved) for pk, own in found.by_line.items()}


def _shown(line: RFQLine, own: OwnPrice, saved: dict[tuple[int, int], Decimal]) -> Shown:
    names = line.charge_names
    points = []
    for point in own.points:
        other = saved.get((line.pk, point.quantity))
        points.append((point, other if other != point.unit_price else None))
    return Shown(
        own,
        [(d, None if d.amount is None else _amount(d.amount.middle)) for d in own.drivers],
        [(lack.sentence, f"#id_{field_name(*lack.key)}" if lack.key else "") for lack in own.lacks],
        points,
        [(names.get(key, key), amount) for key, amount in own.charges.items()],
    )


def _amount(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))
