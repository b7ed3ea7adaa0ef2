"""A draft's empty prices, copied from an earlier quote of the same shop."""

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.events import record
from marketplace.core.states import WrongState
from quotes import admission, events, rules
from quotes.models import QuoteCharge, QuoteLine, QuotePrice, RFQLine
from quotes.queries import get_own_quote, lines_of, lock_quote, lock_rfq
from quotes.queries.earlier_quotes import earlier_quotes
from quotes.states import QuoteState

ONCE = ("setup_minor", "tooling_minor", "tooling_owner", "min_quantity")


@transaction.atomic
def copy_quote(*, actor: Actor, public_id: str, source_id: str) -> list[str]:
    """Fill what is empty from an earlier quote; what was filled, such as "BRK-1 at 10, 100".

    What was typed stays. Setup, tooling, minimum quantity and documents are copied into a line
    without any amount: beside typed prices they might be counted twice. Raises NotFound for a
    quote that priced none of these parts the same way, WrongState when this one is no draft.
    """
    rfq = lock_rfq(get_own_quote(actor, public_id).rfq.public_id)
    quote = lock_quote(public_id)
    quote.rfq = rfq
    rules.check_quotes_for(actor, quote)
    admission.check_may_open(actor, rfq)
    if quote.state != QuoteState.DRAFT:
        raise WrongState("Take the quote back before you change it.")
    lines = lines_of(rfq)
    known = {one.quote.public_id: one for one in earlier_quotes(actor, quote, lines)}
    source = known.get(source_id)
    if source is None:
        raise NotFound()
    asked = quote.lines.filter(option=0).prefetch_related("prices", "charges")
    rows = {row.rfq_line_id: row for row in asked}
    filled = []
    for line in lines:
        earlier = source.lines.get(line.pk)
        quantities = _fill(rows[line.pk], line, earlier) if earlier else []
        if quantities:
            number = line.part_revision.part.number
            filled.append(f"{number} at {', '.join(map(str, quantities))}")
    if filled:
        quote.draft_edition += 1
        quote.save(update_fields=["draft_edition"])
        record(
            events.QUOTE_COPIED,
            quote,
            actor=actor,
            thread=rfq,
            visible_to=[quote.manufacturer.organization],
            lines=len(filled),
            reference=source.quote.reference,
        )
    return filled


def _fill(row: QuoteLine, line: RFQLine, earlier: QuoteLine) -> list[int]:
    """One line as asked; the quantities written. A declined line stays declined."""
    typed = {price.quantity for price in row.prices.all()}
    missing = [
        price
        for price in earlier.prices.all()
        if price.quantity in line.quantities and price.quantity not in typed
    ]
    if not missing or row.is_declined:
        return []
    if not (typed or row.setup_minor or row.tooling_minor or row.charges.all()):
        for name in ONCE:
            setattr(row, name, getattr(earlier, name))
        row.save(update_fields=ONCE)
        names = line.charge_names
        QuoteCharge.objects.bulk_create(
            QuoteCharge(line=row, kind=one.kind, code=one.code, amount_minor=one.amount_minor)
            for one in earlier.charges.all()
            if f"{one.kind}:{one.code}" in names
        )
    QuotePrice.objects.bulk_create(
        QuotePrice(
            line=row,
            quantity=price.quantity,
            unit_price=price.unit_price,
            lead_time_days=price.lead_time_days,
        )
        for price in missing
    )
    return [price.quantity for price in missing]
