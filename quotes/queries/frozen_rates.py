"""Reads of the exchange rates that were kept with awards."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from marketplace.directory.exchange import Rate
from quotes.models import RFQ, Award


def awards_in_force(rfq: RFQ) -> list[Award]:
    """The settled awards of a request, with their quotes and lines. Two queries."""
    rows = rfq.awards.filter(is_live=True, is_settled=True).select_related("quote")
    return list(rows.prefetch_related("lines__quote_line"))


def frozen_rates(awards: Iterable[Award]) -> dict[str, Rate]:
    """The rates kept with the awards, by currency; of two days the later one's."""
    return {currency: rate for award in awards for currency, rate in _rates(award).items()}


def _rates(award: Award) -> dict[str, Rate]:
    """Of one award; one from before all were kept has its own quote's only."""
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
    own = award.quote.currency
    if award.rate is not None and award.rate_date is not None and own != award.currency:
        kept[own] = Rate(own, award.currency, award.rate, award.rate_date, award.rate_source)
    return kept
