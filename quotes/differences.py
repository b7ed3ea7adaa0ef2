"""What differs between quotes beside the price, a row for each term."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from marketplace.core.money import Money
from marketplace.core.templatetags.formats import money, plain_day
from marketplace.directory.models import Certificate, Scorecard
from orders.milestones import payment_words
from quotes.models import RFQ, Quote, QuoteLine, RFQLine

FREE_TEXTS = ("Exceptions", "Lines not quoted")
# Incoterms 2020: under DDP the seller clears the goods for import and pays duty; else the buyer.
DUTY = {"DDP": "duty paid by the seller"}


@dataclass(frozen=True)
class Term:
    """One row: the same question answered by every quote. `differs` when they do not agree; a free
    text may name its shop."""

    name: str
    answers: Sequence[str]
    is_free_text: bool = False

    @property
    def differs(self) -> bool:
        """True when the answers are not all the same."""
        return len(set(self.answers)) > 1


def terms_of(rfq: RFQ, lines: Sequence[RFQLine], quotes: Sequence[Quote]) -> list[Term]:
    """Terms, certificates and record of each quote, in the order of the quotes. Three queries."""
    if not quotes:
        return []
    asked = {certification.pk: certification.name for certification in rfq.certifications.all()}
    held = _held([quote.manufacturer_id for quote in quotes]) if asked else {}
    numbers = {line.pk: line.part_revision.part.number for line in lines}
    cards = _cards([quote.manufacturer_id for quote in quotes])
    rows = [
        ("Exceptions", [quote.exceptions or "none" for quote in quotes]),
        ("Alternates", [_alternates(quote, numbers) for quote in quotes]),
        ("Lead time counts", [quote.get_lead_time_from_display() for quote in quotes]),
        ("Delivery term", [incoterm_words(quote) for quote in quotes]),
        ("Valid until", [plain_day(quote.valid_until) for quote in quotes]),
        ("Minimum order", [_minimum(quote, numbers) for quote in quotes]),
        ("Payment", [payment_words(quote.milestones) for quote in quotes]),
        ("Lines not quoted", [_declined(quote, numbers) for quote in quotes]),
        ("Record here", [_record(cards.get(quote.manufacturer_id)) for quote in quotes]),
    ]
    if any(line.charge_names for line in lines):
        rows.insert(1, ("Documents and inspections", [_charges(lines, q) for q in quotes]))
    if asked:
        named = [_certificates(asked, held.get(q.manufacturer_id, set())) for q in quotes]
        rows.insert(1, ("Certificates you asked for", named))
    return [Term(name, answers, name in FREE_TEXTS) for name, answers in rows]


def _held(manufacturer_ids: Sequence[int]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = {}
    rows = Certificate.objects.valid_on(timezone.localdate()).filter(
        manufacturer_id__in=manufacturer_ids
    )
    for manufacturer_id, certification_id in rows.values_list(
        "manufacturer_id", "certification_id"
    ):
        held.setdefault(manufacturer_id, set()).add(certification_id)
    return held


def _certificates(asked: dict[int, str], held: set[int]) -> str:
    missing = [name for pk, name in asked.items() if pk not in held]
    return f"missing: {', '.join(missing)}" if missing else "all checked"


def incoterm_words(quote: Quote) -> str:
    """The delivery term, and what it says of duty."""
    return f"{quote.incoterm}, {DUTY.get(quote.incoterm, 'duty not included, unknown')}"


def _charges(lines: Sequence[RFQLine], quote: Quote) -> str:
    """Which documents and inspections asked for have no price in the lines that are quoted."""
    priced = {
        (row.rfq_line_id, f"{charge.kind}:{charge.code}")
        for row in quote.lines.all()
        if row.option == 0
        for charge in row.charges.all()
    }
    quoted = {row.rfq_line_id for row in quote.lines.all() if row.option == 0 and row.prices.all()}
    missing = [
        f"{line.part_revision.part.number} {name}"
        for line in lines
        if line.pk in quoted
        for code, name in line.charge_names.items()
        if (line.pk, code) not in priced
    ]
    return f"not said: {', '.join(missing)}" if missing else "all priced"


def _minimum(quote: Quote, numbers: Mapping[int, str]) -> str:
    pieces = [
        f"{numbers.get(line.rfq_line_id, '')}: {line.min_quantity} pcs"
        for line in quote.lines.all()
        if line.min_quantity > 1 and line.option == 0
    ]
    worth = quote.minimum_order_minor
    return "; ".join([money(Money(worth, quote.currency)), *pieces] if worth else pieces) or "none"


def alternate_words(line: QuoteLine) -> str:
    """What an alternate makes otherwise, such as "SLS, PA 12"."""
    named = [term.name for term in (line.process, line.material, line.finish) if term]
    return ", ".join(named) or "as asked otherwise"


def _alternates(quote: Quote, numbers: Mapping[int, str]) -> str:
    offered = [
        f"{numbers.get(line.rfq_line_id, '')}, alternate {line.option}: "
        + f"{alternate_words(line)}. {line.reason}"
        for line in quote.lines.all()
        if line.option
    ]
    return "; ".join(offered) or "none"


def _declined(quote: Quote, numbers: Mapping[int, str]) -> str:
    lines = [
        f"{numbers.get(line.rfq_line_id, '')}: {line.decline_reason}"
        for line in quote.lines.all()
        if line.is_declined
    ]
    return "; ".join(lines) or "none"


def _cards(manufacturer_ids: Sequence[int]) -> dict[int, Scorecard]:
    rows = Scorecard.objects.filter(manufacturer_id__in=manufacturer_ids)
    return {card.manufacturer_id: card for card in rows}


def _record(card: Scorecard | None) -> str:
    if card is None or not card.due_orders:
        return "no order was due yet"
    orders = "order" if card.due_orders == 1 else "orders"
    return f"{card.on_time_orders} of {card.due_orders} {orders} shipped on time"
