"""What a quote promises its shop at the smallest and the largest quantities it prices."""

from dataclasses import dataclass

from django.conf import settings

from orders.promise import Promise, promise_of
from quotes.models import Quote
from quotes.pricing import quote_total
from quotes.queries import priced_lines


@dataclass(frozen=True)
class Promised:
    """`label` says which quantities of the priced lines are meant."""

    label: str
    promise: Promise


def promises_of(quote: Quote) -> list[Promised]:
    """For a quote with prices and a validity, else nothing: at most two, by the rules of today.

    Reads the prefetched prices of the quote; no further query.
    """
    lines = {key: line for key, line in priced_lines(quote).items() if line.prices}
    if not lines or quote.valid_until is None:
        return []
    smallest = {key: min(line.prices) for key, line in lines.items()}
    largest = {key: max(line.prices) for key, line in lines.items()}
    choices = [("Smallest quantities", smallest), ("Largest quantities", largest)]
    if smallest == largest:
        choices = [("All priced lines", smallest)]
    found = []
    for label, chosen in choices:
        total = quote_total(lines, chosen, quote.freight_minor, quote.currency)
        if total is not None:
            promise = promise_of(
                total_minor=total.total_minor,
                lead_time_days=total.lead_time_days,
                accepted_by=quote.valid_until,
                commission_bps=settings.COMMISSION_BPS,
                payment_days=settings.PAYMENT_DUE_DAYS,
                acceptance_days=settings.ACCEPTANCE_WINDOW_DAYS,
            )
            found.append(Promised(label, promise))
    return found
