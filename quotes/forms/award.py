"""What a buyer says when ending or awarding a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from quotes.actions.award import Choice
from quotes.models import Quote, RFQLine
from quotes.models.quote import LossReason


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False, label="Reason")


class AcceptForm(forms.Form):
    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")


@dataclass(frozen=True)
class Picked:
    """A line with the quote, the option and the quantity chosen for it."""

    line: RFQLine
    quote: Quote
    option: int
    quantity: int

    @property
    def value(self) -> str:
        """As it stands in the address, after `p_<line>=`."""
        return f"{self.quote.public_id}:{self.option}:{self.quantity}"


def read_picks(
    data: Mapping[str, str], lines: Sequence[RFQLine], quotes: Sequence[Quote]
) -> list[Picked]:
    """The choices `p_<line>=<quote>:<option>:<quantity>`; one that cannot be read is left out."""
    by_id = {quote.public_id: quote for quote in quotes}
    picks = []
    for line in lines:
        quote_id, _, rest = data.get(f"p_{line.public_id}", "").partition(":")
        option, _, quantity = rest.partition(":")
        quote = by_id.get(quote_id)
        if quote and option.isdecimal() and quantity.isdecimal() and len(rest) < 12:
            picks.append(Picked(line, quote, int(option), int(quantity)))
    return picks


class AwardForm(forms.Form):
    """PO number, whether lines left out stay open, and a reason for each quote not chosen.

    The fields of a quote are `reason_<quote>` and `note_<quote>`.
    """

    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")
    rest = forms.ChoiceField(
        choices=[
            ("open", "Keep the other lines open; I award them later"),
            ("end", "Award nothing more; the other quotes are declined"),
        ],
        required=False,
        widget=forms.RadioSelect,
        label="Lines left out",
    )

    def __init__(self, data: Any, *, losers: Sequence[Quote]) -> None:
        super().__init__(data, initial={"rest": "open"})
        self.losers = losers
        for quote in losers:
            name = quote.manufacturer.organization.name
            self.fields[f"reason_{quote.public_id}"] = forms.ChoiceField(
                choices=[("", "No reason given"), *LossReason.choices],
                required=False,
                label=f"Why not {name}?",
            )
            self.fields[f"note_{quote.public_id}"] = forms.CharField(
                max_length=300, required=False, label=f"A sentence to {name}"
            )

    def reasons(self) -> dict[str, tuple[str, str]]:
        """Quote -> reason and note, of those that were given one."""
        values = self.cleaned_data
        return {
            quote.public_id: (
                values[f"reason_{quote.public_id}"],
                values[f"note_{quote.public_id}"],
            )
            for quote in self.losers
            if values.get(f"reason_{quote.public_id}")
        }

    def loser_fields(self) -> list[tuple[Any, Any]]:
        """Reason and note of each quote not chosen, for the page."""
        return [
            (self[f"reason_{quote.public_id}"], self[f"note_{quote.public_id}"])
            for quote in self.losers
        ]


def choices_of(picks: Sequence[Picked], data: Mapping[str, str]) -> list[Choice]:
    """What the action takes; `seen_<quote>` is what the page showed of each quote."""
    return [
        Choice(
            quote_id=pick.quote.public_id,
            line_id=pick.line.public_id,
            quantity=pick.quantity,
            option=pick.option,
            seen=data.get(f"seen_{pick.quote.public_id}", ""),
        )
        for pick in picks
    ]
