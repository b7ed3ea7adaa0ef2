"""Reads of the exchange rates."""

from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from marketplace.directory.exchange import Rates
from marketplace.directory.models import ExchangeRate


def current_rates(on: date | None = None) -> Rates | None:
    """The newest published rates, of the day `on` (today) or before.

    None when the newest are older than EXCHANGE_RATE_MAX_AGE_DAYS: an old rate is no rate. One
    query.
    """
    on = on or timezone.localdate()
    newest = newest_rates(on)
    oldest = on - timedelta(days=settings.EXCHANGE_RATE_MAX_AGE_DAYS)
    return newest if newest is not None and newest.date >= oldest else None


def newest_rates(on: date) -> Rates | None:
    """The newest published rates of `on` or before, however old. One query."""
    # A day has at most one row a currency, so one short read holds the newest day whole.
    rows = list(ExchangeRate.objects.filter(date__lte=on)[:50])
    if not rows:
        return None
    day = rows[0].date
    return Rates(day, rows[0].source, {row.currency: row.rate for row in rows if row.date == day})
