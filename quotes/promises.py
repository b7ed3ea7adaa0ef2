"""What a quote promises its shop at the smallest and the largest quantities it prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from orders.commission_rules import Sale, rules_on, terms_of
from orders.promise import Promise, promise_of
from quotes.milestones import amounts_of
from quotes.models import Quote, RFQLine
from quotes.pricing import Pick, Total, quote_total
from quotes.queries import priced_lines


@dataclass(frozen=True)
class Promised:
    """`label` says which quantities of the priced lines are meant.

    With `from_first_article` the lead time starts when the first article is approved, a day nobody
    knows yet: the promise's days hold from then, its dates do not. `shares` are the milestones the
    quote proposes: (when, percent, minor units of the total); `commission` is our part in words.
    """

    label: str
    promise: Promise
    from_first_article: bool = False
    shares: Sequence[tuple[str, int, int]] = ()
    commission: str = ""


def totals_of(quote: Quote) -> list[tuple[str, Total]]:
    """What all priced lines come to at their smallest and at their largest quantities, with the
    words for it: at most two, none without prices.

    Lines as asked; an alternate takes the place of one and is not added. Reads the prefetched
    prices of the quote.
    """
    lines = priced_lines(quote)
    offered = [
        (line, [quantity for quantity in line.prices if line.at(quantity)])
        for line in lines.values()
        if line.option == 0
    ]
    smallest = [Pick(line.line_id, min(some)) for line, some in offered if some]
    largest = [Pick(line.line_id, max(some)) for line, some in offered if some]
    choices = [("Smallest quantities", smallest), ("Largest quantities", largest)]
    if smallest == largest:
        choices = [("All priced lines", smallest)]
    totals = (
        (label, quote_total(lines, picks, quote.freight_minor, quote.currency))
        for label, picks in choices
        if picks
    )
    return [(label, total) for label, total in totals if total is not None]


def promises_of(quote: Quote) -> list[Promised]:
    """For a quote with prices and a validity that has not passed, else nothing; by the rules of
    today, one for each of `totals_of`. Two queries for the commission.
    """
    if quote.valid_until is None or not quote.is_valid_today:
        return []
    totals = totals_of(quote)
    if not totals:
        return []
    today = timezone.localdate()
    rules = rules_on(today)
    processes = _processes_of(quote)
    found = []
    for label, total in totals:
        promise = promise_of(
            total_minor=total.total_minor,
            lead_time_days=total.lead_time_days,
            accepted_by=quote.valid_until,
            terms=terms_of(
                rules,
                Sale(
                    quote.manufacturer.organization_id,
                    quote.rfq.organization_id,
                    processes,
                    total.total_minor,
                    quote.currency,
                    today,
                ),
            ),
            payment_days=settings.PAYMENT_DUE_DAYS,
            acceptance_days=settings.ACCEPTANCE_WINDOW_DAYS,
        )
        found.append(
            Promised(
                label,
                promise,
                quote.lead_time_from == Quote.LeadTimeFrom.FIRST_ARTICLE,
                amounts_of(quote.milestones, total.total_minor),
                promise.terms.words(quote.currency),
            )
        )
    return found


def _processes_of(quote: Quote) -> frozenset[str]:
    """How the priced lines are made, as asked. One query."""
    priced = [line.rfq_line_id for line in quote.lines.all() if line.option == 0]
    rows = RFQLine.objects.filter(pk__in=priced, process__isnull=False)
    return frozenset(rows.values_list("process__name", flat=True))
