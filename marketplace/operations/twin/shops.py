"""The bots' shops before the order: they quote, decline, negotiate and answer."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.operations.twin.people import BOT_SHOPS, bot_shops
from marketplace.operations.twin.steps import step_each, story_of
from quotes.actions.best_and_final import confirm_final
from quotes.actions.counter_offers import accept_counter, decline_counter
from quotes.actions.quote import decline_to_quote, start_quote, submit_quote, view_rfq
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.estimates import estimates_beside
from quotes.estimating.model import Estimate
from quotes.models import BestAndFinal, CounterOffer, Invitation, RFQLine
from quotes.queries import lines_of, unanswered
from quotes.states import BestAndFinalState, CounterOfferState

# No two shops ask the same: each is this much dearer than the one before.
STEP = Decimal("0.06")
# What a line costs a piece whose price nobody can estimate.
UNKNOWN = Decimal("24.00")
# A counter-offer below this part of the quoted price is declined.
LOWEST = Decimal("0.85")
CENT = Decimal("0.01")
LEAD_DAYS = 8


def play_shops() -> int:
    """One step of every bot shop with requests and offers; how many were taken."""
    return sum(_play(shop, rank) for rank, shop in enumerate(bot_shops()))


def _play(shop: Actor, rank: int) -> int:
    own = {"quote__manufacturer__organization": shop.organization}
    offers = CounterOffer.objects.filter(
        state=CounterOfferState.OPEN, by_side=Side.BUYER, **own
    ).select_related("quote")
    finals = BestAndFinal.objects.filter(state=BestAndFinalState.ASKED, **own).select_related(
        "quote"
    )
    return (
        step_each(_asked(shop), lambda row: _answer(shop, rank, row))
        + step_each(offers, lambda row: _negotiate(shop, row))
        + step_each(finals, lambda row: confirm_final(actor=shop, quote_id=row.quote.public_id))
    )


def _asked(shop: Actor) -> list[Invitation]:
    silent = Q(rfq__title__icontains="[silent]")
    return list(unanswered(shop).exclude(silent).select_related("rfq"))


def _answer(shop: Actor, rank: int, invitation: Invitation) -> None:
    rfq = invitation.rfq
    story = story_of(rfq.title)
    view_rfq(actor=shop, rfq_id=rfq.public_id)
    # One shop of several quotes all the same, so that the buyer's flow goes on.
    if "decline" in story and rank < len(BOT_SHOPS) - 1:
        decline_to_quote(
            actor=shop, rfq_id=rfq.public_id, reason="The title asks the test bot to decline."
        )
        return
    quote = start_quote(actor=shop, rfq_id=rfq.public_id)
    lines = lines_of(rfq)
    estimates, _ = estimates_beside(rfq, lines)
    late = 30 if "late" in story else 0
    factor = 1 + STEP * rank
    draft = QuoteDraft(
        currency=rfq.currency,
        lines=[
            QuoteLineDraft(
                line.public_id,
                [
                    PriceDraft(
                        quantity,
                        _price(estimates.get(line.pk), line, quantity, factor),
                        LEAD_DAYS + 2 * rank + late,
                    )
                    for quantity in line.quantities
                ],
            )
            for line in lines
        ],
        freight_minor=4500,
        milestones=[{"kind": "acceptance", "percent": 100}],
        valid_until=timezone.localdate() + timedelta(days=30),
        notes="Written by the test bot from the platform's own estimate.",
    )
    submit_quote(actor=shop, public_id=quote.public_id, draft=draft)


def _price(estimate: Estimate | None, line: RFQLine, quantity: int, factor: Decimal) -> Decimal:
    point = estimate.at(quantity) if estimate else None
    price = Decimal(str(point.unit_price.middle)) if point else UNKNOWN
    return max(CENT, (price * factor).quantize(CENT))


def _negotiate(shop: Actor, offer: CounterOffer) -> None:
    """Take what is not much less than the quote asked, else say no."""
    side, quote, number = Side.MANUFACTURER, offer.quote.public_id, offer.public_id
    if all(_is_fair(row["unit_price"], row["was_unit_price"]) for row in offer.lines):
        accept_counter(actor=shop, side=side, quote_id=quote, public_id=number)
    else:
        decline_counter(
            actor=shop,
            side=side,
            quote_id=quote,
            public_id=number,
            reason="Below 85 % of the quoted price, says the test bot.",
        )


def _is_fair(offered: str, quoted: str | None) -> bool:
    return quoted is None or Decimal(offered) >= LOWEST * Decimal(quoted)
