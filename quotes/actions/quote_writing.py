"""What a shop typed becomes the rows of its draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.money import line_total
from marketplace.core.states import WrongState
from marketplace.directory.models import Finish, Material, Process
from quotes import rules
from quotes.milestones import check_milestones
from quotes.models import RFQ, Quote, QuoteCharge, QuoteLine, QuotePrice, RFQLine
from quotes.models.quote import MAX_ALTERNATES
from quotes.queries import lines_of
from quotes.states import QuoteState

# Money of a hundred million a piece is a typing error.
MAX_UNIT_PRICE = Decimal(100_000_000)
MAX_LEAD_DAYS = 1000
MAX_MIN_QUANTITY = 10_000_000
# What is copied as it stands from a draft to the rows.
HEADER = (
    "currency",
    "freight_minor",
    "minimum_order_minor",
    "milestones",
    "lead_time_from",
    "incoterm",
    "valid_until",
    "own_number",
    "notes",
    "exceptions",
    "external_id",
)
LINE = (
    "process",
    "material",
    "finish",
    "reason",
    "setup_minor",
    "tooling_minor",
    "tooling_owner",
    "min_quantity",
    "notes",
)


@dataclass(frozen=True)
class PriceDraft:
    """Unit price in major units with up to four decimals, lead time in days to ship."""

    quantity: int
    unit_price: Decimal
    lead_time_days: int


@dataclass(frozen=True)
class AgreedPrice(PriceDraft):
    """The price of a line as asked (option 0) or of an alternate, at a quantity that need not be
    one the buyer asked for."""

    line_id: str
    option: int = 0


@dataclass(frozen=True)
class QuoteLineDraft:
    """One line as priced; no prices means the line is not quoted, `decline_reason` says why.

    Amounts are paid once for the line, minor units. `charges` maps such as "document:coc", of what
    the line asks for, to its price; what is left out is not said. `option` 1 to 3 is an alternate
    and has a `reason`; process, material or finish None is as the buyer asked.
    """

    line_id: str
    prices: Sequence[PriceDraft] = field(default_factory=list)
    setup_minor: int = 0
    tooling_minor: int = 0
    tooling_owner: str = QuoteLine.ToolOwner.BUYER
    min_quantity: int = 1
    charges: Mapping[str, int] = field(default_factory=dict)
    decline_reason: str = ""
    notes: str = ""
    option: int = 0
    process: Process | None = None
    material: Material | None = None
    finish: Finish | None = None
    reason: str = ""


@dataclass(frozen=True)
class QuoteDraft:
    """A whole quote as the builder sends it. Amounts in minor units of `currency`; `milestones`
    are shares of the price such as {"kind": "shipment", "percent": 70}.

    Lines as asked that are left out stay; an alternate that is left out is removed. A page that
    does not choose the currency says with `keeps_currency` that its amounts were typed in it.
    `edition` is the `draft_edition` the sender saw; None saves over whatever stands there.
    """

    currency: str
    lines: Sequence[QuoteLineDraft]
    freight_minor: int = 0
    minimum_order_minor: int = 0
    milestones: Sequence[Mapping[str, object]] = ()
    lead_time_from: str = Quote.LeadTimeFrom.ORDER
    incoterm: str = "DAP"
    valid_until: date | None = None
    own_number: str = ""
    notes: str = ""
    exceptions: str = ""
    external_id: str = ""
    # None stays as it is: a page knows nothing of what the shop's own system keeps.
    metadata: Mapping[str, str] | None = None
    keeps_currency: bool = False
    edition: int | None = None


def write_quote(rfq: RFQ, quote: Quote, draft: QuoteDraft) -> None:
    """Write what the builder sends in a locked draft. Raises DomainError for values that cannot be,
    WrongState when it is no draft, NotFound for a line of another request, Conflict when the
    amounts were typed in a currency the quote no longer has, EditedMeanwhile when the draft was
    written since the sender saw it."""
    if quote.state != QuoteState.DRAFT:
        raise WrongState("Take the quote back before you change it.")
    rules.check_edition(draft.edition, quote.draft_edition)
    if draft.keeps_currency and draft.currency != quote.currency:
        raise Conflict(
            f"This quote is in {quote.currency} now, and these amounts were typed in "
            f"{draft.currency}. They are not saved; check each amount before you save."
        )
    if draft.currency not in rfq.allowed_currencies:
        allowed = " or ".join(rfq.allowed_currencies)
        sentence = f"This request takes quotes in {allowed}."
        raise DomainError(sentence, fields={"currency": sentence})
    for name in HEADER:
        setattr(quote, name, getattr(draft, name))
    if draft.metadata is not None:
        quote.metadata = dict(draft.metadata)
    quote.milestones = check_milestones(draft.milestones)
    if quote.freight_minor < 0:
        raise DomainError("Freight cannot be negative.", fields={"freight": "Zero or more."})
    if quote.minimum_order_minor < 0:
        sentence = "A minimum order cannot be negative."
        raise DomainError(sentence, fields={"minimum_order": "Zero or more."})
    quote.draft_edition += 1
    quote.save()
    asked = {line.public_id: line for line in lines_of(rfq)}
    rows = {(row.rfq_line_id, row.option): row for row in quote.lines.all()}
    kept = {(wanted.line_id, wanted.option) for wanted in draft.lines if wanted.option}
    ids = {line.pk: line.public_id for line in asked.values()}
    gone = [row.pk for key, row in rows.items() if key[1] and (ids[key[0]], key[1]) not in kept]
    quote.lines.filter(pk__in=gone).delete()
    for wanted in draft.lines:
        line = asked.get(wanted.line_id)
        if line is None:
            raise NotFound()
        row = rows.get((line.pk, wanted.option))
        _write_line(row or QuoteLine(quote=quote, rfq_line=line), line, wanted)


def _write_line(row: QuoteLine, line: RFQLine, wanted: QuoteLineDraft) -> None:
    if wanted.tooling_minor < 0 or wanted.setup_minor < 0:
        raise DomainError("Setup and tooling cannot be negative.")
    if not 1 <= wanted.min_quantity <= MAX_MIN_QUANTITY:
        raise DomainError("A minimum quantity is a whole number from 1 to 10,000,000.")
    _check_alternate(line, wanted)
    if wanted.decline_reason and wanted.prices:
        raise DomainError(
            f"Line {line.position} has prices and a reason not to quote it. Keep one of the two."
        )
    for name in LINE:
        setattr(row, name, getattr(wanted, name))
    row.option = wanted.option
    row.decline_reason = wanted.decline_reason.strip()[:200]
    row.is_declined = bool(row.decline_reason)
    asked = line.quantities
    row.save()
    prices: Mapping[int, PriceDraft] = {price.quantity: price for price in wanted.prices}
    if set(prices) - set(asked):
        raise DomainError("Price the quantities the buyer asked for, no others.")
    for price in prices.values():
        check_price(price, row.quote.currency)
    row.prices.exclude(quantity__in=prices).delete()
    QuotePrice.objects.bulk_create(
        (
            QuotePrice(
                line=row,
                quantity=price.quantity,
                unit_price=price.unit_price,
                lead_time_days=price.lead_time_days,
            )
            for price in prices.values()
        ),
        update_conflicts=True,
        unique_fields=["line", "quantity"],
        update_fields=["unit_price", "lead_time_days"],
    )
    _write_charges(row, line, wanted.charges)


def _check_alternate(line: RFQLine, wanted: QuoteLineDraft) -> None:
    if not 0 <= wanted.option <= MAX_ALTERNATES:
        raise DomainError(f"A line takes at most {MAX_ALTERNATES} alternates.")
    named = (wanted.process, wanted.material, wanted.finish, wanted.reason)
    if wanted.option == 0 and any(named):
        raise DomainError(
            f"Line {line.position} as asked has the buyer's process, material and finish. "
            "Offer others as an alternate."
        )
    if wanted.option and not wanted.reason.strip():
        raise DomainError(
            f"Line {line.position}, alternate {wanted.option}: say why you offer it.",
            fields={"reason": "Say why you offer it."},
        )
    if wanted.option and wanted.decline_reason:
        raise DomainError("An alternate is not declined. Remove it instead.")


def _write_charges(row: QuoteLine, line: RFQLine, charges: Mapping[str, int]) -> None:
    if set(charges) - set(line.charge_names):
        raise DomainError("Price the documents and inspections the buyer asked for, no others.")
    if any(amount < 0 for amount in charges.values()):
        raise DomainError("The price of a document or an inspection cannot be negative.")
    row.charges.all().delete()
    QuoteCharge.objects.bulk_create(
        QuoteCharge(line=row, kind=kind, code=code, amount_minor=amount)
        for (kind, _, code), amount in ((key.partition(":"), charges[key]) for key in charges)
    )


def check_price(price: PriceDraft, currency: str) -> None:
    """Raise DomainError for a unit price (major units) or lead time (days) that cannot be."""
    exponent = price.unit_price.as_tuple().exponent
    if not price.unit_price.is_finite() or not 0 < price.unit_price < MAX_UNIT_PRICE:
        raise DomainError("A unit price is a number above zero.")
    if isinstance(exponent, int) and exponent < -4:
        raise DomainError("A unit price has at most four decimals.")
    if not 1 <= price.lead_time_days <= MAX_LEAD_DAYS:
        raise DomainError("A lead time is a whole number of days from 1 to 1000.")
    try:
        line_total(price.unit_price, price.quantity, currency)
    except ValueError as error:
        raise DomainError(
            f"A unit price of {price.unit_price} for {price.quantity} pieces is too large."
        ) from error


def write_agreed(
    quote: Quote,
    prices: Sequence[AgreedPrice],
    *,
    freight_minor: int | None,
    milestones: list[dict[str, Any]] | None,
) -> None:
    """Write what both sides agreed on into a locked, submitted quote, as its next edition.

    Freight in minor units of the quote's currency; None leaves freight or milestones as they are.
    A quantity below the line's minimum lowers it: the shop agreed to make so few. Raises WrongState
    when the quote is not submitted, NotFound for a line it does not have.
    """
    if quote.state != QuoteState.SUBMITTED:
        raise WrongState("This quote is not open to agreements any more. Reload the page.")
    rows = {
        (row.rfq_line.public_id, row.option): row
        for row in quote.lines.select_related("rfq_line", "quote")
    }
    for price in prices:
        row = rows.get((price.line_id, price.option))
        if row is None:
            raise NotFound()
        check_price(price, quote.currency)
        if price.quantity < row.min_quantity:
            row.min_quantity = price.quantity
            row.save(update_fields=["min_quantity"])
        QuotePrice.objects.update_or_create(
            line=row,
            quantity=price.quantity,
            defaults={
                "unit_price": price.unit_price,
                "lead_time_days": price.lead_time_days,
                "is_agreed": price.quantity not in row.rfq_line.quantities,
            },
        )
    if freight_minor is not None:
        quote.freight_minor = freight_minor
    if milestones is not None:
        quote.milestones = milestones
    quote.edition += 1
    quote.save(update_fields=["freight_minor", "milestones", "edition"])
