"""A quote as its shop reads it once it is submitted: what it says, and what that comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.money import line_total
from marketplace.core.templatetags.formats import money
from orders.milestones import payment_words
from orders.price_rows import price_table
from quotes.differences import alternate_words, incoterm_words
from quotes.documents import paid_once
from quotes.models import Quote, QuoteLine, QuotePrice, RFQLine
from quotes.promises import totals_of


@dataclass(frozen=True)
class OwnQuote:
    """`prices` are (line, price, total in minor units), the line once; `said` are (name, sentences)
    of lines that say more; `terms` name and words.

    `labels` head the columns of `rows`, which sum to `totals`: what all priced lines come to at
    their smallest and largest quantities, each amount (minor units) with its label.
    """

    prices: Sequence[tuple[str, QuotePrice, int]]
    said: Sequence[tuple[str, Sequence[str]]]
    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[str, int | None]]]]
    totals: Sequence[tuple[str, int]]
    terms: Sequence[tuple[str, str]]


def own_quote(quote: Quote, lines: Sequence[RFQLine]) -> OwnQuote:
    """Reads what is prefetched of the quote and the request's `lines`."""
    by_pk = {line.pk: line for line in lines}
    rows = [row for row in quote.lines.all() if row.rfq_line_id in by_pk]
    totals = totals_of(quote)
    labels = [label for label, _ in totals]
    return OwnQuote(
        prices=[
            (
                "" if at else _name(row, by_pk[row.rfq_line_id]),
                price,
                line_total(price.unit_price, price.quantity, quote.currency),
            )
            for row in rows
            for at, price in enumerate(row.prices.all())
        ],
        said=[
            (_name(row, by_pk[row.rfq_line_id]), said)
            for row in rows
            if (said := _said(row, by_pk[row.rfq_line_id], quote.currency))
        ],
        labels=labels,
        rows=[
            (name, list(zip(labels, amounts, strict=True)))
            for name, amounts in price_table([total for _, total in totals], quote.incoterm)
        ],
        totals=[(label, total.total_minor) for label, total in totals],
        terms=list(_terms(quote)),
    )


def _name(row: QuoteLine, line: RFQLine) -> str:
    name: str = line.part_revision.part.name
    return f"{name}, alternate {row.option}" if row.option else name


def _said(row: QuoteLine, line: RFQLine, currency: str) -> list[str]:
    """What a line says beside its prices."""
    otherwise = [f"{alternate_words(row)}: {row.reason}"] if row.option else []
    declined = [f"Not quoted: {row.decline_reason}"] if row.is_declined else []
    notes = [row.notes] if row.notes else []
    return [*otherwise, *declined, *paid_once(line, row, currency), *notes]


def _terms(quote: Quote) -> list[tuple[str, str]]:
    """Name and words of each term; a text that is empty is left out."""
    minimum = quote.minimum_order_minor
    named = [
        ("Minimum order", money(minimum, quote.currency) if minimum else ""),
        ("Delivery term", incoterm_words(quote)),
        ("Lead time counts", quote.get_lead_time_from_display()),
        ("Payment proposed", payment_words(quote.milestones) if quote.milestones else ""),
        ("Your quote number", quote.own_number),
        ("Exceptions to the request", quote.exceptions),
        ("Notes to the buyer", quote.notes),
    ]
    return [(name, words) for name, words in named if words]
