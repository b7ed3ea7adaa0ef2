"""The buyer accepts a quote; an order exists."""

from collections.abc import Mapping

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.states import move
from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.models import Order
from quotes import events, rules
from quotes.models import RFQ, Quote, RFQLine
from quotes.queries import fingerprint_of, lines_of, lock_quote, lock_rfq, priced_lines
from quotes.states import QUOTE, RFQ_LIFECYCLE, QuoteState


@transaction.atomic
def accept_quote(
    *,
    actor: Actor,
    rfq_id: str,
    quote_id: str,
    chosen: Mapping[str, int],
    seen: str,
    po_number: str = "",
) -> Order:
    """Award the whole request to one quote and write the order down, all or nothing.

    `chosen` maps RFQ line public ids to one of the quantities asked; a line left out is not
    ordered. `seen` is the fingerprint the buyer's page showed. Raises NotFound, NotAllowed,
    WrongState or DomainError with a sentence; nothing changes then.
    """
    rfq = lock_rfq(rfq_id)
    quote = lock_quote(quote_id)
    rules.check_can_accept(actor, rfq, quote, seen, fingerprint_of(rfq))
    lines = {line.public_id: line for line in lines_of(rfq)}
    snapshots = _snapshots(quote, lines, chosen)
    move(quote, QUOTE, "accept_quote", by=Side.BUYER)
    move(rfq, RFQ_LIFECYCLE, "award_rfq", by=Side.BUYER)
    order = place_order(
        actor=actor,
        buyer=rfq.organization,
        manufacturer=quote.manufacturer.organization,
        lines=snapshots,
        terms=Terms(
            title=rfq.title,
            currency=quote.currency,
            incoterm=quote.incoterm,
            ship_to=rfq.ship_to,
            freight_minor=quote.freight_minor,
            po_number=po_number.strip()[:60],
            notes=quote.notes,
            rfq_id=rfq.public_id,
            rfq_reference=rfq.reference,
            quote_id=quote.public_id,
            quote_reference=quote.reference,
            quote_number=quote.own_number,
        ),
    )
    shop = quote.manufacturer.organization
    record(
        events.QUOTE_ACCEPTED,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, shop],
        order=order.public_id,
    )
    record(events.RFQ_AWARDED, rfq, actor=actor, visible_to=[rfq.organization])
    _decline_rivals(rfq, quote, actor)
    return order


def _snapshots(
    quote: Quote, lines: Mapping[str, RFQLine], chosen: Mapping[str, int]
) -> list[LineSnapshot]:
    if not chosen:
        raise DomainError("Choose a quantity for at least one line.")
    if set(chosen) - set(lines):
        raise NotFound()
    prices = priced_lines(quote)
    snapshots = []
    for public_id, line in lines.items():
        if public_id not in chosen:
            continue
        priced = prices.get(line.pk)
        price = priced.prices.get(chosen[public_id]) if priced else None
        if priced is None or price is None:
            raise DomainError(
                f"This quote has no price for {chosen[public_id]} of "
                f"{line.part_revision.part.number}. Choose another quantity or leave the line out."
            )
        assert line.process is not None and line.material is not None  # checked at publishing
        snapshots.append(
            LineSnapshot(
                part_revision=line.part_revision,
                process=line.process.name,
                material=line.material.name,
                finish=line.finish.name if line.finish else "",
                tolerance=line.get_tolerance_display(),
                quantity=price.quantity,
                unit_price=price.unit_price,
                lead_time_days=price.lead_time_days,
                tooling_minor=priced.tooling_minor,
                notes=line.notes,
            )
        )
    return snapshots


def _decline_rivals(rfq: RFQ, winner: Quote, actor: Actor) -> None:
    """The other quotes end; each shop hears of its own only, and nothing of the winner."""
    rivals = (
        rfq.quotes.exclude(pk=winner.pk)
        .filter(state__in=[QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.NEEDS_RECONFIRMATION])
        .select_related("manufacturer__organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for rival in rivals:
        move(rival, QUOTE, "decline_quote", by=Side.BUYER)
        record(
            events.QUOTE_NOT_CHOSEN,
            rival,
            actor=actor,
            thread=rfq,
            visible_to=[rival.manufacturer.organization],
        )
