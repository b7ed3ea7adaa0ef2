"""What a shop that was not chosen may learn. The rivals' prices are read here and leave only as
steps (`quotes/loss_feedback.py`)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from marketplace.directory.exchange import Rate
from quotes.comparison import Offer
from quotes.loss_feedback import Chosen, Feedback, FrozenExchange, feedback_of
from quotes.models import Award, Quote
from quotes.pricing import Pick
from quotes.queries import offer_of
from quotes.states import QuoteState, RFQState

# Quotes the buyer decided on; who took its quote back is in no comparison.
DECIDED = (QuoteState.ACCEPTED, QuoteState.PARTIALLY_ACCEPTED, QuoteState.DECLINED)


def loss_feedback_of(quote: Quote) -> Feedback | None:
    """How close a quote the caller may read was; None unless it was submitted and another one was
    chosen. Seven queries at most, whatever the number of quotes."""
    rfq = quote.rfq
    is_lost = quote.state == QuoteState.DECLINED and quote.submitted_at is not None
    if not is_lost or rfq.state != RFQState.AWARDED:
        return None
    awards = list(
        rfq.awards.filter(is_live=True, is_settled=True).prefetch_related("lines__quote_line")
    )
    decided = rfq.quotes.filter(state__in=DECIDED, submitted_at__isnull=False)
    rows = decided.prefetch_related("lines__prices", "lines__charges")
    offers = {row.pk: offer_of(row) for row in rows}
    if not awards or quote.pk not in offers:
        return None
    frozen = {
        currency: rate for award in awards for currency, rate in _rates(award, offers).items()
    }
    by_quote: dict[int, list[Pick]] = {}
    for award in awards:
        by_quote.setdefault(award.quote_id, []).extend(_picks(award))
    chosen = [Chosen(offers[pk], picks) for pk, picks in by_quote.items()]
    others = [offer for pk, offer in offers.items() if pk not in by_quote and pk != quote.pk]
    exchange = FrozenExchange(rfq.currency, frozen=frozen)
    return feedback_of(offers[quote.pk], chosen, others, exchange)


def _rates(award: Award, offers: Mapping[int, Offer]) -> dict[str, Rate]:
    """The rates kept with an award, by currency; one from before all were kept has its own."""
    kept = {
        currency: Rate(
            currency,
            award.currency,
            Decimal(one["rate"]),
            date.fromisoformat(one["date"]),
            one["source"],
        )
        for currency, one in award.compared_rates.items()
    }
    own = offers[award.quote_id].currency
    if award.rate is not None and award.rate_date is not None and own != award.currency:
        kept[own] = Rate(own, award.currency, award.rate, award.rate_date, award.rate_source)
    return kept


def _picks(award: Award) -> list[Pick]:
    return [
        Pick(line.rfq_line_id, line.quantity, line.quote_line.option)
        for line in award.lines.all()
        if line.is_live
    ]
