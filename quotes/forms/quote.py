"""A quote's forms. They turn a POST into drafts and never save."""

from decimal import Decimal
from typing import Any

from django import forms

from marketplace.core.money import Money, to_minor
from quotes.actions.quote_writing import (
    MAX_MIN_QUANTITY,
    PriceDraft,
    QuoteDraft,
    QuoteLineDraft,
    charge_names,
)
from quotes.forms.fields import DateInput
from quotes.models import Quote, QuoteLine, RFQLine
from quotes.models.quote import INCOTERMS

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."


def _amount(**attrs: str) -> forms.TextInput:
    """Text, not type=number: a browser would drop "12,50" instead of letting us say why."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


def _money_field(*, live: bool = True, **options: Any) -> forms.DecimalField:
    """An amount in major units, empty for none; `live` ones count in the total as one types."""
    return forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=_amount(**({"data-extra": ""} if live else {})),
        **options,
    )


class QuoteForm(forms.Form):
    freight = _money_field(
        help_text="Packing and transport of the whole order. Empty means included.",
    )
    minimum_order = _money_field(
        live=False,
        label="Minimum order value",
        help_text="Parts worth less than this you do not deliver. Empty means no minimum.",
    )
    lead_time_from = forms.ChoiceField(
        choices=Quote.LeadTimeFrom.choices, label="Days to ship count", required=False
    )
    incoterm = forms.ChoiceField(choices=INCOTERMS)
    valid_until = forms.DateField(required=False, widget=DateInput())
    own_number = forms.CharField(max_length=60, required=False, label="Your quote number")
    notes = forms.CharField(
        max_length=4000,
        required=False,
        label="Notes to the buyer",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    exceptions = forms.CharField(
        max_length=4000,
        required=False,
        label="Exceptions to the request",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you will do otherwise than asked. The buyer sees it beside your price.",
    )

    def clean_lead_time_from(self) -> str:
        return self.cleaned_data["lead_time_from"] or Quote.LeadTimeFrom.ORDER

    def clean_minimum_order(self) -> Decimal:
        return self.cleaned_data["minimum_order"] or Decimal(0)

    def clean_freight(self) -> Decimal:
        return self.cleaned_data["freight"] or Decimal(0)


def _plain(price: Decimal) -> str:
    """A stored unit price as people type it: two decimals, more only where they say something."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else f"{price.normalize():f}"


class QuoteLineForm(forms.Form):
    """Fields `price_<quantity>` and `lead_<quantity>` for each quantity asked."""

    tooling = _money_field(
        label="Tooling, paid once",
    )
    tooling_owner = forms.ChoiceField(
        choices=QuoteLine.ToolOwner.choices, label="The tool belongs to", required=False
    )
    setup = _money_field(
        label="Setup, paid once",
    )
    min_quantity = forms.IntegerField(
        min_value=1,
        max_value=MAX_MIN_QUANTITY,
        required=False,
        label="Minimum quantity",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    decline_reason = forms.CharField(
        max_length=200, required=False, label="Not this part? Say why instead of a price"
    )
    notes = forms.CharField(max_length=2000, required=False)

    def __init__(self, data: Any, *, line: RFQLine, row: QuoteLine | None, currency: str) -> None:
        self.line = line
        saved = {price.quantity: price for price in row.prices.all()} if row else {}
        initial: dict[str, Any] = {}
        if row:
            tooling = Money(row.tooling_minor, currency).decimal
            setup = Money(row.setup_minor, currency).decimal
            initial = {
                "notes": row.notes,
                "tooling": tooling if row.tooling_minor else None,
                "tooling_owner": row.tooling_owner,
                "setup": setup if row.setup_minor else None,
                "min_quantity": row.min_quantity if row.min_quantity > 1 else None,
                "decline_reason": row.decline_reason,
            }
            for charge in row.charges.all():
                name = f"charge_{charge.kind}:{charge.code}"
                initial[name] = Money(charge.amount_minor, currency).decimal
        for quantity, price in saved.items():
            initial[f"price_{quantity}"] = _plain(price.unit_price)
            initial[f"lead_{quantity}"] = price.lead_time_days
        super().__init__(data, prefix=line.public_id, initial=initial)
        self.charge_names = charge_names(line)
        for key, name in self.charge_names.items():
            self.fields[f"charge_{key}"] = _money_field(label=name)
        for quantity in line.quantities:
            self.fields[f"price_{quantity}"] = forms.DecimalField(
                max_digits=14,
                decimal_places=4,
                min_value=Decimal("0.0001"),
                required=False,
                label=f"Unit price for {quantity}",
                widget=_amount(**{"data-unit-price": ""}),
                error_messages={
                    "invalid": NUMBER,
                    "min_value": "A unit price is a number above zero.",
                },
            )
            self.fields[f"lead_{quantity}"] = forms.IntegerField(
                min_value=1,
                max_value=1000,
                required=False,
                label=f"Days to ship {quantity}",
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    def breaks(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """(quantity, price field, lead time field) in rising order."""
        return [(q, self[f"price_{q}"], self[f"lead_{q}"]) for q in self.line.quantities]

    def charges(self) -> list[forms.BoundField]:
        """A field for each document and inspection the line asks for."""
        return [self[f"charge_{key}"] for key in self.charge_names]

    def has_more(self) -> bool:
        """Whether what stands folded away says something, so that it is shown open."""
        names = ["setup", "min_quantity", "decline_reason"]
        names += [f"charge_{key}" for key in self.charge_names]
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> dict[str, Any]:
        """A price and its lead time go together, and a line is priced or declined."""
        values = self.cleaned_data
        is_priced = any(values.get(f"price_{quantity}") for quantity in self.line.quantities)
        if values.get("decline_reason") and is_priced:
            self.add_error("decline_reason", "This line has prices. Take them out, or this reason.")
        for quantity in self.line.quantities:
            price, lead = f"price_{quantity}", f"lead_{quantity}"
            if (
                values.get(price) is not None
                and values.get(lead) is None
                and lead not in self.errors
            ):
                self.add_error(lead, "Enter the days to ship.")
            if (
                values.get(lead) is not None
                and values.get(price) is None
                and price not in self.errors
            ):
                self.add_error(price, "Enter the unit price.")
        return values

    def draft(self, currency: str) -> QuoteLineDraft:
        """The cleaned values."""
        values = self.cleaned_data
        return QuoteLineDraft(
            line_id=self.line.public_id,
            prices=[
                PriceDraft(q, values[f"price_{q}"], values[f"lead_{q}"])
                for q in self.line.quantities
                if values.get(f"price_{q}") is not None
            ],
            setup_minor=to_minor(values["setup"] or Decimal(0), currency),
            tooling_minor=to_minor(values["tooling"] or Decimal(0), currency),
            tooling_owner=values["tooling_owner"] or QuoteLine.ToolOwner.BUYER,
            min_quantity=values["min_quantity"] or 1,
            charges={
                key: to_minor(values[f"charge_{key}"], currency)
                for key in self.charge_names
                if values.get(f"charge_{key}") is not None
            },
            decline_reason=values["decline_reason"],
            notes=values["notes"],
        )


class QuoteBuilder:
    """The header's form and a form a line."""

    def __init__(self, quote: Quote, lines: list[RFQLine], data: Any = None) -> None:
        self.quote = quote
        rows = {row.rfq_line_id: row for row in quote.lines.all() if row.option == 0}
        freight = Money(quote.freight_minor, quote.currency).decimal
        minimum = Money(quote.minimum_order_minor, quote.currency).decimal
        self.header = QuoteForm(
            data,
            initial={
                "freight": freight if quote.freight_minor else None,
                "minimum_order": minimum if quote.minimum_order_minor else None,
                "lead_time_from": quote.lead_time_from,
                "exceptions": quote.exceptions,
                "incoterm": quote.incoterm,
                "valid_until": quote.valid_until,
                "own_number": quote.own_number,
                "notes": quote.notes,
            },
        )
        self.lines = [
            QuoteLineForm(data, line=line, row=rows.get(line.pk), currency=quote.currency)
            for line in lines
        ]

    def is_valid(self) -> bool:
        """True when every form is; all of them are checked, so all errors show at once."""
        return all([self.header.is_valid(), *[form.is_valid() for form in self.lines]])

    def draft(self) -> QuoteDraft:
        """What the builder sends to the action."""
        values = self.header.cleaned_data
        return QuoteDraft(
            currency=self.quote.currency,
            lines=[form.draft(self.quote.currency) for form in self.lines],
            freight_minor=to_minor(values["freight"], self.quote.currency),
            minimum_order_minor=to_minor(values["minimum_order"], self.quote.currency),
            lead_time_from=values["lead_time_from"],
            exceptions=values["exceptions"],
            incoterm=values["incoterm"],
            valid_until=values["valid_until"],
            own_number=values["own_number"],
            notes=values["notes"],
            external_id=self.quote.external_id,
        )


class DeclineForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why not?")
