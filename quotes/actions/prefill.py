"""A draft's empty prices, filled from the shop's rate card."""

from collections.abc import Collection

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.money import to_minor
from marketplace.core.states import WrongState
from quotes import admission, events, rules
from quotes.actions.quote import save_quote
from quotes.actions.quote_writing import QuoteDraft
from quotes.estimating.shop import OwnPrice
from quotes.models import Quote, QuoteCharge, QuoteLine, QuotePrice
from quotes.queries import get_own_quote, lines_of, lock_quote, lock_rfq
from quotes.queries.own_prices import own_prices
from quotes.states import QuoteState


@transaction.atomic
def prefill_quote(
    *,
    actor: Actor,
    public_id: str,
    draft: QuoteDraft | None = None,
    again: Collection[str] = (),
) -> int:
    """Save `draft` if given, then fill prices that are empty; the number of lines filled.

    What was typed stays, except in the lines (public ids of the request's) named in `again`. Setup,
    tooling, documents and inspection are filled in a line without any amount: beside typed prices
    they might be counted twice. Alternates are the shop's to price. Raises DomainError without a
    rate card in the quote's currency, WrongState when the quote is no draft.
    """
    actor.check(Permission.QUOTE)
    rfq = lock_rfq(get_own_quote(actor, public_id).rfq.public_id)
    quote = lock_quote(public_id)
    rules.check_quotes_for(actor, quote)
    admission.check_may_open(actor, rfq)
    if quote.state != QuoteState.DRAFT:
        raise WrongState("Take the quote back before you change it.")
    if draft is not None:
        quote = save_quote(actor=actor, public_id=public_id, draft=draft)
    lines = lines_of(rfq)
    if set(again) - {line.public_id for line in lines}:
        raise NotFound()
    found = own_prices(actor, quote, lines)
    if found is None or not found.by_line:
        sentence = found.sentence if found and found.sentence else "There is no rate card to use."
        raise DomainError(sentence)
    asked = quote.lines.filter(option=0).prefetch_related("prices", "charges")
    rows = {row.rfq_line_id: row for row in asked}
    filled = sum(
        _fill(rows[line.pk], found.by_line[line.pk], quote, line.public_id in again)
        for line in lines
    )
    if filled:
        quote.draft_edition += 1
        quote.save(update_fields=["draft_edition"])
        record(
            events.QUOTE_PREFILLED,
            quote,
            actor=actor,
            thread=rfq,
            visible_to=[quote.manufacturer.organization],
            lines=filled,
        )
    return filled


def _fill(row: QuoteLine, own: OwnPrice, quote: Quote, again: bool) -> int:
    """One line as asked; 1 when something was written. A declined line stays declined."""
    typed = {} if again else {price.quantity: price for price in row.prices.all()}
    missing = [point for point in own.points if point.quantity not in typed]
    if not missing or row.is_declined:
        return 0
    if again or not (typed or row.setup_minor or row.tooling_minor or row.charges.all()):
        _fill_once(row, own, quote.currency)
    row.prices.exclude(quantity__in=typed).delete()
    QuotePrice.objects.bulk_create(
        QuotePrice(
            line=row,
            quantity=point.quantity,
            unit_price=point.unit_price,
            lead_time_days=point.lead_time_days,
        )
        for point in missing
    )
    return 1


def _fill_once(row: QuoteLine, own: OwnPrice, currency: str) -> None:
    """What is paid once a line. A charge the card does not know stays unknown: it has no row."""
    row.setup_minor = to_minor(own.setup, currency)
    row.tooling_minor = to_minor(own.tooling, currency)
    row.save(update_fields=["setup_minor", "tooling_minor"])
    row.charges.all().delete()
    for key, amount in own.charges.items():
        kind, _, code = key.partition(":")
        QuoteCharge.objects.create(
            line=row, kind=kind, code=code, amount_minor=to_minor(amount, currency)
        )
