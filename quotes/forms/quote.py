"""A quote's forms. They turn a POST into drafts and never save."""

from decimal import Decimal
from typing import Any

from django import forms

from marketplace.core.money import Money, to_minor
from quotes.actions.quote import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.forms.fields import DateInput
from quotes.models import Quote, QuoteLine, RFQLine
from quotes.models.quote import INCOTERMS

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."


def _amount(**attrs: str) -> forms.TextInput:
    """Text, not type=number: a browser would drop "12,50" instead of letting us say why."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


class QuoteForm(forms.Form):
    freight = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=_amount(**{"data-extra": ""}),
        help_text="Packing and transport of the whole order. Empty means included.",
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

    def clean_freight(self) -> Decimal:
        return self.cleaned_data["freight"] or Decimal(0)


def _plain(price: Decimal) -> str:
    """A stored unit price as people type it: two decimals, more only where they say something."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else f"{price.normalize():f}"


class QuoteLineForm(forms.Form):
    """Fields `price_<quantity>` and `lead_<quantity>` for each quantity asked."""

    tooling = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=_amount(**{"data-extra": ""}),
        label="Tooling and one-time cost",
    )
    notes = forms.CharField(max_length=2000, required=False)

    def __init__(self, data: Any, *, line: RFQLine, row: QuoteLine | None, currency: str) -> None:
        self.line = line
        saved = {price.quantity: price for price in row.prices.all()} if row else {}
        initial: dict[str, Any] = {}
        if row:
            tooling = Money(row.tooling_minor, currency).decimal
            initial = {"notes": row.notes, "tooling": tooling if row.tooling_minor else None}
        for quantity, price in saved.items():
            initial[f"price_{quantity}"] = _plain(price.unit_price)
            initial[f"lead_{quantity}"] = price.lead_time_days
        super().__init__(data, prefix=line.public_id, initial=initial)
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

    def clean(self) -> dict[str, Any]:
        """A price and its lead time go together."""
        values = self.cleaned_data
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
            tooling_minor=to_minor(values["tooling"] or Decimal(0), currency),
            notes=values["notes"],
        )


class QuoteBuilder:
    """The header's form and a form a line."""

    def __init__(self, quote: Quote, lines: list[RFQLine], data: Any = None) -> None:
        self.quote = quote
        rows = {row.rfq_line_id: row for row in quote.lines.all() if row.option == 0}
        freight = Money(quote.freight_minor, quote.currency).decimal
        self.header = QuoteForm(
            data,
            initial={
                "freight": freight if quote.freight_minor else None,
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
            incoterm=values["incoterm"],
            valid_until=values["valid_until"],
            own_number=values["own_number"],
            notes=values["notes"],
            external_id=self.quote.external_id,
        )


class DeclineForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why not?")
