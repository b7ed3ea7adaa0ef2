"""One line of the quote builder: as asked, or an alternate to it."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms

from marketplace.core.money import Money, to_minor
from quotes.actions.quote_writing import (
    MAX_MIN_QUANTITY,
    PriceDraft,
    QuoteLineDraft,
)
from quotes.forms.fields import LeanSelect
from quotes.models import QuoteLine, RFQLine
from quotes.terms import Terms

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."


def _amount(**attrs: str) -> forms.TextInput:
    """Text, not type=number: a browser would drop "12,50" instead of letting us say why."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


def money_field(*, live: bool = True, **options: Any) -> forms.DecimalField:
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


def plain_price(price: Decimal) -> str:
    """A stored unit price as people type it: two decimals, more only where they say something."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else f"{price.normalize():f}"


class QuoteLineForm(forms.Form):
    """Fields `price_<quantity>` and `lead_<quantity>` for each quantity asked."""

    tooling = money_field(
        label="Tooling, paid once",
    )
    tooling_owner = forms.ChoiceField(
        choices=QuoteLine.ToolOwner.choices, label="The tool belongs to", required=False
    )
    setup = money_field(
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

    option = 0

    def __init__(
        self,
        data: Any,
        *,
        line: RFQLine,
        row: QuoteLine | None,
        currency: str,
        prefix: str = "",
    ) -> None:
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
            initial[f"price_{quantity}"] = plain_price(price.unit_price)
            initial[f"lead_{quantity}"] = price.lead_time_days
        super().__init__(data, prefix=prefix or line.public_id, initial=initial)
        self.charge_names = line.charge_names
        for key, name in self.charge_names.items():
            self.fields[f"charge_{key}"] = money_field(label=name)
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
        folded = ["setup", "min_quantity", "decline_reason"]
        folded += [f"charge_{key}" for key in self.charge_names]
        names = [name for name in folded if name in self.fields]
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
            decline_reason=values.get("decline_reason", ""),
            notes=values["notes"],
        )


# What a fresh alternate holds although nobody typed it.
_PRESET = ("tooling_owner",)


class AlternateForm(QuoteLineForm):
    """An alternate: another process, material or finish, with a reason and prices of its own."""

    process = forms.ChoiceField(required=False, widget=LeanSelect)
    material = forms.ChoiceField(required=False, widget=LeanSelect)
    finish = forms.ChoiceField(required=False, widget=LeanSelect)
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why you offer it",
        help_text="The buyer reads it beside the price, such as: half the price, same strength.",
    )

    def __init__(
        self,
        data: Any,
        *,
        line: RFQLine,
        row: QuoteLine | None,
        currency: str,
        option: int,
        terms: Terms,
    ) -> None:
        prefix = f"{line.public_id}-{option}"
        super().__init__(data, line=line, row=row, currency=currency, prefix=prefix)
        del self.fields["decline_reason"]
        self.option, self.terms, self.row = option, terms, row
        if row is not None:
            self.initial["reason"] = row.reason
        for name, rows in self._lists().items():
            field: Any = self.fields[name]
            asked = getattr(line, name)
            named = getattr(row, name) if row is not None else None
            field.choices = [
                ("", f"As asked: {asked.name if asked else 'none'}"),
                *((code, term.name) for code, term in rows.items()),
            ]
            field.widget.attrs["aria-label"] = f"{name.capitalize()} of the alternate"
            self.initial[name] = named.code if named else ""

    def _lists(self) -> dict[str, Mapping[str, Any]]:
        """What may be chosen; a term that is used no more stays where it was chosen before."""
        terms = self.terms
        lists: dict[str, Mapping[str, Any]] = {
            "process": terms.processes,
            "material": terms.materials,
            "finish": terms.finishes,
        }
        for name, rows in lists.items():
            named = getattr(self.row, name) if self.row is not None else None
            if named is not None and named.code not in rows:
                lists[name] = {**rows, named.code: named}
        return lists

    def is_blank(self) -> bool:
        """Whether nothing was typed: such an alternate is left out of the draft."""
        names = [name for name in self.fields if name not in _PRESET]
        return not any(str(self[name].value() or "").strip() for name in names)

    def clean(self) -> dict[str, Any]:
        """A reason is needed as soon as anything is said."""
        values = super().clean()
        is_missing = not values.get("reason", "").strip() and "reason" not in self.errors
        if is_missing and not self.is_blank():
            self.add_error("reason", "Say why you offer it; the buyer reads it beside the price.")
        return values

    def draft(self, currency: str) -> QuoteLineDraft:
        """The cleaned values with the taxonomy's rows."""
        named = {name: rows.get(self.cleaned_data[name]) for name, rows in self._lists().items()}
        reason = self.cleaned_data["reason"].strip()
        return replace(
            super().draft(currency),
            option=self.option,
            reason=reason,
            process=named["process"],
            material=named["material"],
            finish=named["finish"],
        )
