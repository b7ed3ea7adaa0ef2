"""Forms of a negotiation: a counter-offer, a no to one, a request for best and final offers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from marketplace.core.money import Money, to_minor
from marketplace.core.templatetags.formats import days, unit_price
from marketplace.core.templatetags.formats import quantity as pieces
from orders.milestones import WHEN
from quotes.actions.counter_offers import Proposal, price_of
from quotes.actions.quote_writing import MAX_LEAD_DAYS, MAX_UNIT_PRICE, AgreedPrice
from quotes.forms.fields import DateTimeInput
from quotes.forms.priced_line import NUMBER, plain_price
from quotes.models import CounterOffer, Quote, RFQLine
from quotes.queries.negotiation import end_of_validity
from quotes.rules import MAX_QUANTITY

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


def _price_field(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=14,
        decimal_places=4,
        min_value=Decimal("0.0001"),
        max_value=MAX_UNIT_PRICE,
        required=False,
        label=label,
        widget=forms.TextInput(attrs=AMOUNT),
        error_messages={"invalid": NUMBER, "min_value": "A unit price is above zero."},
    )


def _whole_field(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        max_value=most,
        required=False,
        label=label,
        widget=forms.TextInput(attrs=DIGITS),
        error_messages={"invalid": "Enter a whole number."},
    )


@dataclass(frozen=True)
class Break:
    """One price of the quote and the fields for another one; `price` None is a new quantity."""

    key: str
    line_id: str
    option: int
    quantity: int | None
    price: Any


@dataclass(frozen=True)
class NegotiatedLine:
    """A line as asked or an alternate of it, with its prices."""

    line: RFQLine
    option: int
    reason: str
    breaks: Sequence[Break]


class CounterForm(forms.Form):
    """Every price of the quote as it stands, to be changed; what stays as it is is no offer.

    A price has the fields `price_<key>` and `lead_<key>`; another quantity of a line also
    `quantity_<key>`. `start` is the other side's open offer, whose values are filled in.
    """

    freight = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs=AMOUNT),
        error_messages={"invalid": NUMBER},
        help_text="Of the whole order. Empty leaves it as it is.",
    )
    message = forms.CharField(
        max_length=2000,
        required=False,
        label="Message to the other side",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expires_at = forms.DateTimeField(
        required=False,
        label="Answer until",
        help_text="Date and time in UTC, at the latest when the quote's validity ends.",
        widget=DateTimeInput(),
    )

    def __init__(
        self,
        data: Any,
        *,
        quote: Quote,
        lines: Sequence[RFQLine],
        taken: Collection[int] = (),
        start: CounterOffer | None = None,
    ) -> None:
        self.quote = quote
        offered = [price_of(row) for row in start.lines] if start else []
        self.offered = {(p.line_id, p.option, p.quantity): p for p in offered}
        freight = start.freight_minor if start else None
        milestones = start.milestones if start else None
        milestones = quote.milestones if milestones is None else milestones
        minor = quote.freight_minor if freight is None else freight
        wanted = timezone.now() + timedelta(days=settings.COUNTER_OFFER_DAYS)
        initial = {
            "freight": Money(minor, quote.currency).decimal,
            "expires_at": min(wanted, end_of_validity(quote) - timedelta(minutes=1)),
            **{f"milestone_{part['kind']}": part["percent"] for part in milestones},
        }
        super().__init__(data, initial=initial)
        for kind, name in WHEN.items():
            self.fields[f"milestone_{kind}"] = _whole_field(name.capitalize(), 100)
        by_pk = {line.pk: line for line in lines}
        self.rows = [
            self._add_line(by_pk[row.rfq_line_id], row)
            for row in quote.lines.all()
            if row.rfq_line_id in by_pk
            and row.rfq_line_id not in taken
            and not row.is_declined
            and (row.option == 0 or row.prices.all())
        ]

    def _add_line(self, line: RFQLine, row: Any) -> NegotiatedLine:
        prices = {price.quantity: price for price in row.prices.all()}
        new = [
            quantity
            for line_id, option, quantity in self.offered
            if (line_id, option) == (line.public_id, row.option) and quantity not in prices
        ]
        quantities = [*prices, *new, None]
        breaks = []
        for quantity in quantities:
            key = f"{line.public_id}_{row.option}_{quantity or 'new'}"
            price = prices.get(quantity) if quantity else None
            name = f"{quantity} of line {line.position}" if quantity else "another quantity"
            self.fields[f"price_{key}"] = _price_field(f"Unit price for {name}")
            self.fields[f"lead_{key}"] = _whole_field(f"Days to ship {name}", MAX_LEAD_DAYS)
            value = self.offered.get((line.public_id, row.option, quantity or 0), price)
            if value is not None:
                self.initial[f"price_{key}"] = plain_price(value.unit_price)
                self.initial[f"lead_{key}"] = value.lead_time_days
            if quantity is None:
                label = f"Another quantity of line {line.position}"
                self.fields[f"quantity_{key}"] = _whole_field(label, MAX_QUANTITY)
            breaks.append(Break(key, line.public_id, row.option, quantity, price))
        return NegotiatedLine(line, row.option, row.reason, breaks)

    def table(self) -> list[tuple[NegotiatedLine, list[tuple[Break, Any, Any, Any]]]]:
        """A line and for each price (break, quantity field or None, price field, lead field)."""
        return [
            (
                row,
                [
                    (
                        one,
                        self[f"quantity_{one.key}"] if one.quantity is None else None,
                        self[f"price_{one.key}"],
                        self[f"lead_{one.key}"],
                    )
                    for one in row.breaks
                ],
            )
            for row in self.rows
        ]

    def milestone_fields(self) -> list[Any]:
        """A field for each part in which an order may be paid, in percent."""
        return [self[f"milestone_{kind}"] for kind in WHEN]

    def has_parts(self) -> bool:
        """Whether a part of the payment is filled in, so that they are shown open."""
        return any(field.value() or field.errors for field in self.milestone_fields())

    def clean(self) -> dict[str, Any]:
        """A price and its days go together, and another quantity has both."""
        values = self.cleaned_data
        for row in self.rows:
            for one in row.breaks:
                names = [f"price_{one.key}", f"lead_{one.key}"]
                if one.quantity is None:
                    names.append(f"quantity_{one.key}")
                given = [name for name in names if values.get(name) is not None]
                for name in names:
                    if given and name not in given and name not in self.errors:
                        self.add_error(name, "Enter this too, or empty the others.")
        return values

    def proposal(self) -> Proposal:
        """The cleaned values; an empty price is left as it is."""
        values = self.cleaned_data
        prices = [
            AgreedPrice(
                one.quantity or values[f"quantity_{one.key}"],
                values[f"price_{one.key}"],
                values[f"lead_{one.key}"],
                line_id=one.line_id,
                option=one.option,
            )
            for row in self.rows
            for one in row.breaks
            if values.get(f"price_{one.key}") is not None
        ]
        milestones = [
            {"kind": kind, "percent": values[f"milestone_{kind}"]}
            for kind in WHEN
            if values.get(f"milestone_{kind}")
        ]
        freight = values["freight"]
        return Proposal(
            prices,
            None if freight is None else to_minor(freight, self.quote.currency),
            milestones,
            values["message"],
            values["expires_at"],
        )


class DeclineCounterForm(forms.Form):
    reason = forms.CharField(max_length=300, label="Why not? The other side reads it.")


class BestAndFinalForm(forms.Form):
    """Which submitted quotes are asked for a best and final offer, until when."""

    quotes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="Whom you ask")
    due_at = forms.DateTimeField(
        label="Answer until",
        help_text="Date and time in UTC, before the first of these quotes ends.",
        widget=DateTimeInput(),
    )
    message = forms.CharField(
        max_length=2000,
        required=False,
        label="Message to each of them",
        help_text="Everybody gets the same words. Do not name anybody or another's price.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any, *, quotes: Sequence[Quote], **kwargs: Any) -> None:
        due = timezone.now() + timedelta(days=settings.COUNTER_OFFER_DAYS)
        last = min((end_of_validity(quote) for quote in quotes), default=due)
        initial = {
            "quotes": [quote.public_id for quote in quotes],
            "due_at": min(due, last - timedelta(minutes=1)),
        }
        super().__init__(data, initial=initial, **kwargs)
        self.fields["quotes"].choices = [  # type: ignore[attr-defined]
            (quote.public_id, quote.manufacturer.organization.name) for quote in quotes
        ]


class AgreedForm(forms.Form):
    """What goes to the award of what was agreed: `p_<line>` as an award reads it.

    A line agreed at one quantity is hidden; of several quantities, or of the line as asked and an
    alternate, the buyer chooses one. `agreed` are the stored lines of the counter-offer.
    """

    def __init__(
        self, *, quote: Quote, lines: Sequence[RFQLine], agreed: Sequence[Mapping[str, Any]]
    ) -> None:
        super().__init__()
        for line in lines:
            ways = [
                (f"{quote.public_id}:{row['option']}:{row['quantity']}", _way(row, quote.currency))
                for row in agreed
                if row["line"] == line.public_id
            ]
            if not ways:
                continue
            part = line.part_revision.part
            self.fields[f"p_{line.public_id}"] = forms.ChoiceField(
                choices=ways,
                initial=ways[0][0] if len(ways) == 1 else None,
                label=f"{part.number} {part.name}: order one of the agreed quantities",
                widget=forms.HiddenInput() if len(ways) == 1 else forms.RadioSelect(),
            )


def _way(row: Mapping[str, Any], currency: str) -> str:
    """One agreed quantity, as read beside its choice."""
    alternate = f"alternate {row['option']}, " if row["option"] else ""
    price = unit_price(row["unit_price"], currency)
    return f"{alternate}{pieces(row['quantity'])} at {price} each, {days(row['lead_time_days'])}"
