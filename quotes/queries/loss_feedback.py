"""What a shop that was not chosen may learn. The rivals' prices are read here and leave only as
steps (`quotes/loss_feedback.py`)."""

from quotes.comparison import FrozenExchange
from quotes.loss_feedback import Chosen, Feedback, feedback_of
from quotes.models import Award, Quote
from quotes.pricing import Pick
from quotes.queries import offer_of
from quotes.queries.frozen_rates import awards_in_force, frozen_rates
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
    awards = awards_in_force(rfq)
    decided = rfq.quotes.filter(state__in=DECIDED, submitted_at__isnull=False)
    rows = decided.prefetch_related("lines__prices", "lines__charges")
    offers = {row.pk: offer_of(row) for row in rows}
    if not awards or quote.pk not in offers:
        return None
    by_quote: dict[int, list[Pick]] = {}
    for award in awards:
        by_quote.setdefault(award.quote_id, []).extend(_picks(award))
    chosen = [Chosen(offers[pk], picks) for pk, picks in by_quote.items()]
    others = [offer for pk, offer in offers.items() if pk not in by_quote and pk != quote.pk]
    exchange = FrozenExchange(rfq.currency, frozen=frozen_rates(awards))
    return feedback_of(offers[quote.pk], chosen, others, exchange)


def _picks(award: Award) -> list[Pick]:
    return [
        Pick(line.rfq_line_id, line.quantity, line.quote_line.option)
        for line in award.lines.all()
        if line.is_live
    ]
