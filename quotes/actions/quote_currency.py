"""The currency of a quote, one of those its request allows."""

from django.db import transaction
from django.db.models import Q

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.core.states import WrongState
from quotes import admission, events, rules
from quotes.models import Quote, QuoteCharge, QuotePrice
from quotes.queries import get_own_quote, lock_quote, lock_rfq
from quotes.states import QuoteState


@transaction.atomic
def change_currency(*, actor: Actor, public_id: str, currency: str, empty: bool = False) -> Quote:
    """Quote in another currency. Amounts are never converted: with `empty` they are taken out.

    Lead times stand with the prices and go with them. Raises Conflict when there are amounts and
    `empty` was not said, DomainError for a currency the request does not allow, WrongState when
    the quote is no draft. The same currency again changes nothing.
    """
    rfq = lock_rfq(get_own_quote(actor, public_id).rfq.public_id)
    quote = lock_quote(public_id)
    rules.check_quotes_for(actor, quote)
    admission.check_may_open(actor, rfq)
    if quote.state != QuoteState.DRAFT:
        raise WrongState("Take the quote back before you change it.")
    if currency not in rfq.allowed_currencies:
        allowed = " or ".join(rfq.allowed_currencies)
        raise DomainError(f"This request takes quotes in {allowed}.")
    if currency == quote.currency:
        return quote
    if has_amounts(quote):
        if not empty:
            raise Conflict(
                f"You wrote amounts in {quote.currency}. They are not converted: tick that they "
                f"are emptied, then quote in {currency}."
            )
        _empty(quote)
    quote.currency = currency
    quote.draft_edition += 1
    quote.save(update_fields=["currency", "freight_minor", "minimum_order_minor", "draft_edition"])
    record(
        events.QUOTE_CURRENCY_CHANGED,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[quote.manufacturer.organization],
        currency=currency,
    )
    return quote


def has_amounts(quote: Quote) -> bool:
    """Whether anything in the quote is money. Two queries at most."""
    if quote.freight_minor or quote.minimum_order_minor:
        return True
    once = Q(setup_minor__gt=0) | Q(tooling_minor__gt=0)
    priced = Q(prices__isnull=False) | Q(charges__isnull=False)
    return quote.lines.filter(once | priced).exists()


def _empty(quote: Quote) -> None:
    QuotePrice.objects.filter(line__quote=quote).delete()
    QuoteCharge.objects.filter(line__quote=quote).delete()
    quote.lines.update(setup_minor=0, tooling_minor=0)
    quote.freight_minor = quote.minimum_order_minor = 0
