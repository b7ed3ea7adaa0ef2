"""What ends or answers open counter-offers and requests for a best and final offer."""

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from quotes import events
from quotes.models import RFQ, BestAndFinal, CounterOffer, Quote
from quotes.states import BEST_AND_FINAL, COUNTER_OFFER, BestAndFinalState, CounterOfferState

MAX_WHY = 300


def end_counters(rfq: RFQ, actor: Actor, why: str, *, quote: Quote | None = None) -> None:
    """End the open counter-offers of a locked request, or of one of its quotes, because of `why`,
    a part of a sentence both sides of the quote read."""
    rows = CounterOffer.objects.filter(quote__rfq=rfq, state=CounterOfferState.OPEN)
    rows = rows.filter(quote=quote) if quote else rows
    for counter in rows.select_related("quote__manufacturer__organization").order_by("pk"):
        move(counter, COUNTER_OFFER, "expire_counter", by=Side.SYSTEM)
        counter.reason = why[:MAX_WHY]
        counter.save(update_fields=["reason"])
        record_talk(events.COUNTER_ENDED, counter, rfq, actor, why=counter.reason)


def end_talks(rfq: RFQ, actor: Actor, why: str, *, quote: Quote | None = None) -> None:
    """End counter-offers as `end_counters` does, and what was asked as best and final too."""
    end_counters(rfq, actor, why, quote=quote)
    rows = BestAndFinal.objects.filter(quote__rfq=rfq, state=BestAndFinalState.ASKED)
    rows = rows.filter(quote=quote) if quote else rows
    for asked in rows.select_related("quote__manufacturer__organization").order_by("pk"):
        move(asked, BEST_AND_FINAL, "end_best_and_final", by=Side.SYSTEM)
        record_talk(events.BEST_AND_FINAL_ENDED, asked, rfq, actor, why=why[:MAX_WHY])


def note_new_prices(rfq: RFQ, quote: Quote, actor: Actor) -> None:
    """The shop handed over new prices: that answers an open request for its best and final."""
    rows = quote.best_and_finals.filter(state=BestAndFinalState.ASKED)
    for asked in rows.select_related("quote__manufacturer__organization"):
        move(asked, BEST_AND_FINAL, "improve_offer", by=Side.MANUFACTURER)
        record_talk(events.OFFER_IMPROVED, asked, rfq, actor)


def record_talk(
    fact: Fact, thing: CounterOffer | BestAndFinal, rfq: RFQ, actor: Actor, **data: str
) -> None:
    """Record for the buyer and the shop of the quote; never for a rival."""
    record(
        fact,
        thing,
        actor=actor,
        thread=rfq,
        visible_to=[rfq.organization, thing.quote.manufacturer.organization],
        **data,
    )
