"""Offers as the tests of negotiation make them."""

from decimal import Decimal
from typing import Any

from accounts.roles import Side
from quotes.actions.counter_offers import Proposal, propose_counter
from quotes.actions.quote_writing import AgreedPrice
from quotes.models import CounterOffer, Quote
from tests.personas import Persona
from tests.quotes.scene import Request
from tests.steps import step

BUYER, SHOP = Side.BUYER, Side.MANUFACTURER


def offer(request: Request, unit: str = "10", quantity: int = 10, **fields: Any) -> Proposal:
    """Another unit price for the request's line, shipping in five days."""
    line = request.line.public_id
    return Proposal([AgreedPrice(quantity, Decimal(unit), 5, line_id=line)], **fields)


@step
def counter(
    person: Persona, side: str, request: Request, quote: Quote, unit: str = "10", **values: Any
) -> CounterOffer:
    """An offer of one side on the quote as it stands now."""
    quote.refresh_from_db()
    answers = values.pop("answers", "")
    proposal = values.pop("proposal", None) or offer(request, unit, **values)
    return propose_counter(
        actor=person.actor,
        side=side,
        quote_id=quote.public_id,
        seen=quote.seen,
        answers=answers,
        proposal=proposal,
    )
