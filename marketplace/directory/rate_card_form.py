"""The rate card's form: one field a figure, in the sections of `rate_fields`."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from marketplace.directory.models import RateCard
from marketplace.directory.rate_fields import Key, RateField, Section

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."


def _number(**limits: Any) -> forms.DecimalField:
    """Text, not type=number: a browser would drop "12,50" instead of letting us say why."""
    return forms.DecimalField(
        required=False,
        min_value=0,
        error_messages={"invalid": NUMBER},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **limits,
    )


class RateCardForm(forms.Form):
    """`start` fills empty figures with the middle of what is published; nothing is saved by it."""

    currency = forms.ChoiceField(
        choices=CURRENCY_CHOICES,
        help_text="Of every amount on this page. Quotes in another currency are not filled.",
    )
    minimum_charge = _number(max_digits=12, decimal_places=2)
    margin_percent = _number(max_digits=5, decimal_places=2)
    markup_percent = _number(max_digits=5, decimal_places=2)

    def __init__(
        self,
        data: Any,
        *,
        sections: Sequence[Section],
        card: RateCard | None,
        values: Mapping[Key, Decimal],
        currency: str,
        start: bool = False,
    ) -> None:
        self.sections = sections
        initial: dict[str, Any] = {"currency": currency}
        if card is not None:
            least = Money(card.minimum_charge_minor, card.currency).decimal
            initial |= {
                "minimum_charge": least or None,
                "margin_percent": _plain(card.margin_percent),
                "markup_percent": _plain(card.markup_percent),
            }
        for field in self._all():
            value = values.get(field.key, field.start if start else None)
            if value is not None:
                initial[field.name] = _plain(value)
        super().__init__(data, initial=initial)
        self.fields["minimum_charge"].label = "Minimum charge a line"
        self.fields["margin_percent"].label = "Margin on pieces and setup"
        self.fields["markup_percent"].label = "Markup on material"
        for field in self._all():
            self.fields[field.name] = _number(
                max_digits=14,
                decimal_places=4,
                label=field.label,
                help_text=f"Published: {field.published}" if field.published else "",
            )

    def _all(self) -> Iterator[RateField]:
        for section in self.sections:
            yield from section.fields

    def groups(self) -> list[tuple[Section, list[tuple[forms.BoundField, str]], int]]:
        """(section, its fields with their units, how many have a value)."""
        found = []
        for section in self.sections:
            fields = [(self[field.name], field.unit) for field in section.fields]
            filled = sum(bound.value() not in (None, "") for bound, _ in fields)
            found.append((section, fields, filled))
        return found

    def draft(self) -> dict[str, Any]:
        """The cleaned values as the action takes them."""
        values = self.cleaned_data
        currency = values["currency"]
        return {
            "currency": currency,
            "minimum_charge_minor": to_minor(values["minimum_charge"] or Decimal(0), currency),
            "margin_percent": values["margin_percent"] or Decimal(0),
            "markup_percent": values["markup_percent"] or Decimal(0),
            "rates": {
                field.key: values[field.name]
                for field in self._all()
                if values.get(field.name) is not None
            },
        }


def _plain(value: Decimal) -> str:
    """A stored figure as people type it, without zeros that say nothing."""
    return f"{value.normalize():f}"
