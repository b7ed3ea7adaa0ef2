"""Reads of counter-offers and of what was asked as best and final, for either side of a quote."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from quotes import admission
from quotes.models import RFQ, BestAndFinal, CounterOffer, Invitation, Quote
from quotes.queries import get_invitation, get_own_quote, get_quote_for_buyer, get_rfq
from quotes.states import BestAndFinalState, CounterOfferState, QuoteState

# How many offers a page shows; older ones are in the API.
SHOWN = 30


def end_of_validity(quote: Quote) -> datetime:
    """The moment after the last day on which a quote is valid; now for one without a day."""
    if quote.valid_until is None:
        return timezone.now()
    after = datetime.combine(quote.valid_until + timedelta(days=1), time.min)
    return timezone.make_aware(after)


def check_received(actor: Actor, rfq_id: str, quote_id: str) -> RFQ:
    """The acting buyer's own request, on which this quote was handed over at some time; the quote
    may have been taken back since. Raises NotFound."""
    rfq = get_rfq(actor, rfq_id)
    found = rfq.quotes.filter(public_id=quote_id).exclude(state=QuoteState.DRAFT)
    if not found.exists():
        raise NotFound()
    return rfq


def counters_for_buyer(actor: Actor, rfq_id: str, quote_id: str) -> QuerySet[CounterOffer]:
    """Every counter-offer on a quote of the acting buyer's own request, newest first. Raises
    NotFound."""
    return get_quote_for_buyer(actor, rfq_id, quote_id).counter_offers.select_related("quote")


def own_quote_to_negotiate(actor: Actor, quote_id: str) -> tuple[Quote, Invitation]:
    """The acting shop's own quote and its invitation, which must stand. Raises NotFound; NotAllowed
    (nda_required) until the person accepted the request's agreement."""
    quote = get_own_quote(actor, quote_id)
    invitation = get_invitation(actor, quote.rfq.public_id)
    admission.check_may_open(actor, invitation.rfq)
    return quote, invitation


def counters_for_shop(actor: Actor, quote_id: str) -> QuerySet[CounterOffer]:
    """Every counter-offer on the acting shop's own quote, newest first. Raises as above."""
    quote, _ = own_quote_to_negotiate(actor, quote_id)
    return quote.counter_offers.select_related("quote")


def talks_of(quote: Quote) -> tuple[list[CounterOffer], BestAndFinal | None]:
    """The newest counter-offers of a quote the caller may read, and what it was asked last as
    best and final. Two queries."""
    return list(quote.counter_offers.all()[:SHOWN]), quote.best_and_finals.first()


def open_of(counters: Sequence[CounterOffer]) -> CounterOffer | None:
    """The one that waits for an answer."""
    return next((c for c in counters if c.state == CounterOfferState.OPEN), None)


def open_counters(rfq: RFQ) -> dict[int, CounterOffer]:
    """Quote row -> its open counter-offer, of a buyer's own request. One query."""
    rows = CounterOffer.objects.filter(quote__rfq=rfq, state=CounterOfferState.OPEN)
    return {row.quote_id: row for row in rows}


def asked_as_final(rfq: RFQ) -> list[BestAndFinal]:
    """What a buyer asked as best and final on its own request and who answered, newest first."""
    rows = BestAndFinal.objects.filter(quote__rfq=rfq)
    return list(rows.select_related("quote__manufacturer__organization")[:200])


def asked_of(quote: Quote) -> list[BestAndFinal]:
    """What the shop of a quote the caller may read was asked as best and final, newest first."""
    return list(quote.best_and_finals.select_related("quote")[:SHOWN])


def is_asked(asked: BestAndFinal | None) -> bool:
    """Whether the shop still has to answer."""
    return asked is not None and asked.state == BestAndFinalState.ASKED
