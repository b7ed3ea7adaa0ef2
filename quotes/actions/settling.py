"""An award takes effect: its quote is accepted, the request awarded, the rivals declined."""

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from orders.actions.approvals import requester_of
from orders.models import Order
from quotes import events
from quotes.actions.talks import end_talks
from quotes.models import RFQ, Award, AwardLine, Quote
from quotes.queries import waiting_awards
from quotes.states import QUOTE, RFQ_LIFECYCLE, QuoteState, RFQState


def settle(
    rfq: RFQ,
    actor: Actor,
    *,
    order: Order | None = None,
    released: bool = False,
    finish: bool = False,
) -> None:
    """Carry out the awards of a locked request that need nothing more. Twice is once.

    `order` names the one whose approval came, whose requester then counts as the actor; without
    it every waiting award is carried out, unless one was `released`. The request moves once
    nothing waits; `finish` ends a partly awarded one.
    """
    if not released:
        waiting = waiting_awards(rfq)
        for award in waiting.filter(order_id=order.public_id) if order else waiting:
            if order:
                actor = requester_of(order)
            _accept(rfq, award, actor)
    if not waiting_awards(rfq).exists():
        _move_request(rfq, actor, finish=finish)


def record_hold(fact: Fact, rfq: RFQ, quote: Quote, order: Order, actor: Actor) -> None:
    """Note for the buyer alone that an award waits, or ended while it did."""
    record(
        fact,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization],
        shop=quote.manufacturer.organization.name,
        order=order.public_id,
    )


def _accept(rfq: RFQ, award: Award, actor: Actor) -> None:
    award.is_settled = True
    award.save(update_fields=["is_settled"])
    quote = Quote.objects.select_related("manufacturer__organization").get(pk=award.quote_id)
    mine = AwardLine.objects.filter(award__quote=quote, is_live=True, award__is_settled=True)
    offered = quote.lines.filter(prices__isnull=False).values("rfq_line").distinct().count()
    whole = mine.count() >= offered
    move(quote, QUOTE, "accept_quote" if whole else "accept_part_of_quote", by=Side.BUYER)
    end_talks(rfq, actor, "the quote was accepted", quote=quote)
    record(
        events.QUOTE_ACCEPTED,
        quote,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, quote.manufacturer.organization],
        order=award.order_id,
    )


def _move_request(rfq: RFQ, actor: Actor, *, finish: bool) -> None:
    awards = list(rfq.awards.filter(is_live=True))
    if not awards or rfq.state == RFQState.AWARDED:
        return
    taken = AwardLine.objects.filter(award__rfq=rfq, is_live=True).count()
    # A part of an award that was not approved leaves its lines open, whatever was intended.
    gone = rfq.awards.filter(is_live=False, created_at=awards[-1].created_at).exists()
    done = finish or taken >= rfq.lines.count() or (awards[-1].finishes and not gone)
    if done:
        name = "finish_rfq" if finish else "award_rfq"
        move(rfq, RFQ_LIFECYCLE, name, by=Side.BUYER)
        record(events.RFQ_AWARDED, rfq, actor=actor, visible_to=[rfq.organization])
        _decline_rivals(rfq, actor)
    elif rfq.state != RFQState.PARTIALLY_AWARDED:
        move(rfq, RFQ_LIFECYCLE, "award_part_of_rfq", by=Side.BUYER)
        record(events.RFQ_PARTLY_AWARDED, rfq, actor=actor, visible_to=[rfq.organization])


def _decline_rivals(rfq: RFQ, actor: Actor) -> None:
    """The other quotes end; each shop hears of its own only, and nothing of the winner."""
    rivals = (
        rfq.quotes.filter(
            state__in=[QuoteState.DRAFT, QuoteState.SUBMITTED, QuoteState.NEEDS_RECONFIRMATION]
        )
        .select_related("manufacturer__organization")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    for rival in rivals:
        move(rival, QUOTE, "decline_quote", by=Side.BUYER)
        end_talks(rfq, actor, "another quote was chosen", quote=rival)
        record(
            events.QUOTE_NOT_CHOSEN,
            rival,
            actor=actor,
            thread=rfq,
            visible_to=[rival.manufacturer.organization],
        )
