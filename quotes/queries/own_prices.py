"""What the acting shop's own rate card makes of a request's lines. Nobody else reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.actor import Actor
from marketplace.core.money import Money
from marketplace.directory.models import RateCard
from marketplace.directory.queries.rate_card import own_rate_card, values_of
from marketplace.directory.rules import may_read_rate_card
from quotes.estimates import job_of_line
from quotes.estimating.shop import Card, OwnPrice, price_line
from quotes.models import Quote, RFQLine


@dataclass(frozen=True)
class OwnPrices:
    """RFQ line (pk) -> what the card makes of it; `sentence` says why there is none of it."""

    by_line: dict[int, OwnPrice]
    sentence: str = ""


def own_prices(actor: Actor, quote: Quote, lines: Sequence[RFQLine]) -> OwnPrices | None:
    """The calculation of every line in the quote's currency; None for who may not read the card.

    Three queries for any number of lines, none for guests.
    """
    if not may_read_rate_card(actor):
        return None
    card = own_rate_card(actor)
    if card is None:
        return OwnPrices({}, "You have no rate card yet. With one, a click fills these prices.")
    if card.currency != quote.currency:
        return OwnPrices(
            {},
            f"Your rate card is in {card.currency} and this quote in {quote.currency}: "
            "currencies are not converted, so price it by hand.",
        )
    plain = card_values(card)
    return OwnPrices({line.pk: _price(line, plain) for line in lines})


def card_values(card: RateCard) -> Card:
    """A rate card as the plain values a calculation takes."""
    least: Decimal = Money(card.minimum_charge_minor, card.currency).decimal
    return Card(card.currency, values_of(card), least, card.margin_percent, card.markup_percent)


def _price(line: RFQLine, card: Card) -> OwnPrice:
    job = job_of_line(line)
    if job is None:
        return OwnPrice()
    finish = line.finish.code if line.finish else ""
    return price_line(job, card, line.quantities, finish_code=finish)
