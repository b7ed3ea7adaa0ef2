"""Forms of blanket orders; what differs by line is named by the line's public id."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from orders.actions.blanket_orders import LineAgreed, Period
from orders.blanket_rules import MOST_PIECES
from orders.models import BlanketLine, OrderLine


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"})
    )


def _pieces(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1, max_value=MOST_PIECES, required=False, label=label, **kwargs
    )


class BlanketForm(forms.Form):
    """Period, lead time and address, and for each line of the order its pieces."""

    title = forms.CharField(max_length=140, label="Title")
    starts_on = _day("First day to call off")
    ends_on = _day("Last day to call off")
    lead_time_days = forms.IntegerField(
        min_value=1,
        max_value=365,
        label="Lead time of a call-off",
        help_text="Days from its payment to shipment.",
    )
    ship_to = forms.CharField(
        max_length=500, label="Deliver to", widget=forms.Textarea(attrs={"rows": 3})
    )
    notes = forms.CharField(
        max_length=2000,
        required=False,
        label="Note to the manufacturer",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, lines: Iterable[OrderLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[line.public_id] = _pieces(f"Pieces of {line.part_number} in the period")
            self.fields[f"least_{line.public_id}"] = _pieces(
                f"Fewest pieces of {line.part_number} a call-off"
            )

    @property
    def rows(self) -> list[tuple[OrderLine, forms.BoundField, forms.BoundField]]:
        """(line, field of its pieces, field of its fewest)."""
        return [
            (line, self[line.public_id], self[f"least_{line.public_id}"]) for line in self.lines
        ]

    @property
    def agreed(self) -> list[LineAgreed]:
        """The lines with pieces; a line left empty is not part of it."""
        given = self.cleaned_data
        return [
            LineAgreed(line.public_id, given[line.public_id], given[f"least_{line.public_id}"] or 1)
            for line in self.lines
            if given[line.public_id]
        ]

    @property
    def period(self) -> Period:
        """First and last day, and the lead time."""
        given = self.cleaned_data
        return Period(given["starts_on"], given["ends_on"], given["lead_time_days"])


def first_values(
    lines: Iterable[OrderLine], *, today: date, ends_on: date, **terms: Any
) -> dict[str, Any]:
    """What an empty form starts with: ten times the order over the period, its size a call-off."""
    values: dict[str, Any] = {"starts_on": today, "ends_on": ends_on, **terms}
    for line in lines:
        values[line.public_id] = min(10 * line.quantity, MOST_PIECES)
        values[f"least_{line.public_id}"] = line.quantity
    return values


class CallOffForm(forms.Form):
    """Pieces by line."""

    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")

    def __init__(self, data: Any = None, *, lines: Iterable[BlanketLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = [line for line in lines if line.left]
        for line in self.lines:
            self.fields[line.public_id] = _pieces(line.source.part_number)

    @property
    def rows(self) -> list[tuple[BlanketLine, forms.BoundField]]:
        """(line, field of its pieces)."""
        return [(line, self[line.public_id]) for line in self.lines]

    @property
    def quantities(self) -> dict[str, int]:
        """Line -> pieces, those left empty left out."""
        given = {line.public_id: self.cleaned_data.get(line.public_id) for line in self.lines}
        return {line_id: pieces for line_id, pieces in given.items() if pieces}


class BlanketReasonForm(forms.Form):
    reason = forms.CharField(max_length=400, label="Reason")
