"""What quotes say beside their prices as asked: alternates, files, payment, for a buyer's page."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from marketplace.files.links import link_to
from orders.milestones import payment_words
from quotes.differences import alternate_words
from quotes.models import Quote, QuoteLine, RFQLine


@dataclass(frozen=True)
class Beside:
    """One quote: `alternates` are (number of the part, row, what is made otherwise), `files` are
    (name, bytes, link, id)."""

    quote: Quote
    alternates: Sequence[tuple[str, QuoteLine, str]]
    files: Sequence[tuple[str, int, str, str]]
    payment: str


def files_of(actor: Actor, quote: Quote) -> list[tuple[str, int, str, str]]:
    """Name, bytes, link and id of each file of a quote whose reading was decided already."""
    return [
        (
            row.file.name,
            row.file.size,
            link_to(row.file, actor, room=quote.public_id),
            row.file.public_id,
        )
        for row in quote.files.all()
    ]


def beside_prices(actor: Actor, lines: Sequence[RFQLine], quotes: Sequence[Quote]) -> list[Beside]:
    """The quotes that say something beside their prices. Reads what is prefetched."""
    numbers = {line.pk: line.part_revision.part.number for line in lines}
    found = []
    for quote in quotes:
        alternates = [
            (numbers.get(row.rfq_line_id, ""), row, alternate_words(row))
            for row in quote.lines.all()
            if row.option
        ]
        files = files_of(actor, quote)
        payment = payment_words(quote.milestones) if quote.milestones else ""
        if alternates or files or payment or quote.exceptions:
            found.append(Beside(quote, alternates, files, payment))
    return found
