"""Forms of change orders; what differs by line is named by the line's public id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from accounts.roles import Side
from marketplace.core.money import Money, to_minor
from marketplace.parts.models import PartRevision
from orders.blanket_rules import MOST_PIECES
from orders.change_terms import LineChange, LineTerms, OrderTerms, Proposal
from orders.forms.problems import NUMBER
from orders.models import Order, OrderLine

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}


def _amount(label: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=13,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER, "min_value": "Enter an amount of 0 or more."},
        widget=forms.TextInput(attrs={**AMOUNT, **more}),
    )


@dataclass(frozen=True)
class ChangeRow:
    """A line with its fields: pieces, unit price, revision (or None), and what is paid once."""

    line: OrderLine
    quantity: forms.BoundField
    unit_price: forms.BoundField
    revision: forms.BoundField | None
    once: Sequence[forms.BoundField]

    @property
    def has_once(self) -> bool:
        """Whether something is paid once, so that it is shown open."""
        return any(field.errors or str(field.value() or 0).strip("0.") for field in self.once)


class ChangeForm(forms.Form):
    """The order as it is, to be changed; a value left as it is, or emptied, stays.

    `newer` are the revisions a line may change to; only the buyer is asked for one.
    """

    reason = forms.CharField(
        label="Why",
        help_text="The other side reads it with the change.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        order: Order,
        side: str,
        terms: OrderTerms,
        newer: Mapping[str, Sequence[PartRevision]],
    ) -> None:
        super().__init__(data, initial={"seen": order.edition})
        self.currency = order.currency
        self.terms = terms
        self.fields["freight"] = _amount("Freight of the whole order", **{"data-extra": ""})
        self.initial["freight"] = Money(terms.freight_minor, order.currency).decimal
        self.fields["ship_by"] = forms.DateField(
            label="Ship by",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
        self.initial["ship_by"] = terms.ship_by
        self.rows = [
            self._add(line, terms.lines[line.public_id], newer.get(line.public_id, []), side)
            for line in order.lines.all()
        ]

    def _add(
        self, line: OrderLine, terms: LineTerms, newer: Sequence[PartRevision], side: str
    ) -> ChangeRow:
        name = line.public_id
        self.fields[f"quantity_{name}"] = forms.IntegerField(
            label=f"Pieces of {terms.part_number}",
            min_value=0,
            max_value=MOST_PIECES,
            required=False,
            widget=forms.TextInput(attrs={**DIGITS, "data-quantity": ""}),
            error_messages={"invalid": "Enter a whole number; 0 drops the line."},
        )
        self.fields[f"unit_price_{name}"] = forms.DecimalField(
            label=f"Unit price of {terms.part_number}",
            max_digits=14,
            decimal_places=4,
            min_value=Decimal("0.0001"),
            required=False,
            widget=forms.TextInput(attrs={**AMOUNT, "data-unit-price": ""}),
            error_messages={"invalid": NUMBER, "min_value": "A unit price is above zero."},
        )
        self.initial[f"quantity_{name}"] = terms.quantity
        self.initial[f"unit_price_{name}"] = _plain(terms.unit_price)
        once = {"setup": ("Setup", terms.setup_minor), "tooling": ("Tooling", terms.tooling_minor)}
        for place, charge in enumerate(terms.charges):
            once[f"charge{place}"] = charge
        for what, (label, minor) in once.items():
            field = _amount(f"{label} of {terms.part_number}", **{"data-extra": ""})
            self.fields[f"{what}_{name}"] = field
            self.initial[f"{what}_{name}"] = Money(minor, self.currency).decimal
        revision = None
        if newer and side == Side.BUYER:
            choices = [("", f"{terms.label}, as it is")]
            choices += [(row.public_id, row.label) for row in newer]
            self.fields[f"revision_{name}"] = forms.ChoiceField(
                label=f"Revision of {terms.part_number}", choices=choices, required=False
            )
            revision = self[f"revision_{name}"]
        return ChangeRow(
            line,
            self[f"quantity_{name}"],
            self[f"unit_price_{name}"],
            revision,
            [self[f"{what}_{name}"] for what in once],
        )

    def proposal(self) -> Proposal:
        """The cleaned values; an empty one is left as it is."""
        given = self.cleaned_data
        lines = {}
        for row in self.rows:
            name = row.line.public_id
            charges = {
                place: self._minor(f"charge{place}_{name}")
                for place in range(len(self.terms.lines[name].charges))
            }
            lines[name] = LineChange(
                quantity=given.get(f"quantity_{name}"),
                unit_price=given.get(f"unit_price_{name}"),
                revision=given.get(f"revision_{name}") or "",
                setup_minor=self._minor(f"setup_{name}"),
                tooling_minor=self._minor(f"tooling_{name}"),
                charges={at: minor for at, minor in charges.items() if minor is not None},
            )
        return Proposal(lines, self._minor("freight"), given.get("ship_by"))

    def _minor(self, name: str) -> int | None:
        amount = self.cleaned_data.get(name)
        return None if amount is None else to_minor(amount, self.currency)


def _plain(price: Decimal) -> str:
    """Without the zeros after the second decimal: 12.5000 is 12.50."""
    text = f"{price:.4f}"
    while text.endswith("0") and len(text.rpartition(".")[2]) > 2:
        text = text[:-1]
    return text
