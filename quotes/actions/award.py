"""The buyer accepts a quote; an order exists."""

from collections.abc import Mapping

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.models import Event
from marketplace.core.states import WrongState, move
from orders.actions.approvals import requester_of
from orders.actions.placement import LineSnapshot, Terms, cancel_order, place_order
from orders.models import Order
from orders.queries import live_order_for, lock_order, orders_visible_to
from orders.states import OrderState
from quotes import events, rules
from quotes.models import RFQ, Quote, RFQLine
from quotes.queries import fingerprint_of, lines_of, lock_quote, lock_rfq, priced_lines
from quotes.states import QUOTE, RFQ_LIFECYCLE, QuoteState

SYSTEM = Actor.system("Approval")


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

    An award that needs an approval only writes the order: quotes and request stay as they are and
    no shop is told, until `finish_award` hears of the last approval.

    `chosen` maps RFQ line public ids to one of the quantities asked; a line left out is not
    ordered. `seen` is the fingerprint the buyer's page showed. Raises NotFound, NotAllowed,
    WrongState or DomainError with a sentence; nothing changes then.
    """
    rfq = lock_rfq(rfq_id)
    quote = lock_quote(quote_id)
    rules.check_can_accept(actor, rfq, quote, seen, fingerprint_of(rfq))
    lines = {line.public_id: line for line in lines_of(rfq)}
    snapshots = _snapshots(quote, lines, chosen)
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
    if order.state == OrderState.AWAITING_APPROVAL:
        _record_hold(events.AWARD_HELD, rfq, quote, order, actor)
    else:
        _award(rfq, quote, order, actor)
    return order


@transaction.atomic
def finish_award(*, order_id: str) -> Quote:
    """The award is approved: the quote is accepted, the request awarded, the rivals declined.

    Twice is once.
    """
    order = orders_visible_to(SYSTEM).get(public_id=order_id)
    rfq, quote = lock_rfq(order.rfq_id), lock_quote(order.quote_id)
    if quote.state == QuoteState.SUBMITTED:
        _award(rfq, quote, order, requester_of(order))
    return quote


@transaction.atomic
def release_award(*, order_id: str) -> None:
    """The award ended before it was approved: note that the request can be awarded anew.

    Nothing was changed for the award, so nothing has to be put back. Twice is once.
    """
    order = orders_visible_to(SYSTEM).get(public_id=order_id)
    if order.is_known_to_manufacturer:
        return
    rfq, quote = lock_rfq(order.rfq_id), lock_quote(order.quote_id)
    told = Event.objects.filter(
        type=events.AWARD_RELEASED.name, thread=rfq.public_id, data__order=order.public_id
    )
    if not told.exists():
        _record_hold(events.AWARD_RELEASED, rfq, quote, order, SYSTEM)


def end_waiting_award(*, quote: Quote, why: str) -> None:
    """The shop's quote ends, so an award of it that still waits for approval ends with it.

    The caller holds the request and the quote. Raises WrongState when the award is approved: the
    shop is bound, even if the news of it is a second away.
    """
    if quote.state != QuoteState.SUBMITTED:
        return
    order = live_order_for(quote.rfq.organization, quote.rfq.public_id)
    if order is None or order.quote_id != quote.public_id:
        return
    if lock_order(order.public_id).state != OrderState.AWAITING_APPROVAL:
        raise WrongState("The buyer accepted this quote a moment ago. Reload the page to see it.")
    actor = Actor.system("The end of the quote")
    cancel_order(actor=actor, public_id=order.public_id, reason=why)


def _award(rfq: RFQ, quote: Quote, order: Order, actor: Actor) -> None:
    move(quote, QUOTE, "accept_quote", by=Side.BUYER)
    move(rfq, RFQ_LIFECYCLE, "award_rfq", by=Side.BUYER)
    record(
        events.QUOTE_ACCEPTED,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, quote.manufacturer.organization],
        order=order.public_id,
    )
    record(events.RFQ_AWARDED, rfq, actor=actor, visible_to=[rfq.organization])
    _decline_rivals(rfq, quote, actor)


def _record_hold(fact: Fact, rfq: RFQ, quote: Quote, order: Order, actor: Actor) -> None:
    record(
        fact,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization],
        shop=quote.manufacturer.organization.name,
        order=order.public_id,
    )


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
        # A price of a quantity that an amendment took out is no offer any more.
        is_asked = chosen[public_id] in line.quantities
        price = priced.prices.get(chosen[public_id]) if priced and is_asked else None
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
