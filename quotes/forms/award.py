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


@dataclass(frozen=True)
class Named:
    """A choice as an address or a form names it. What cannot be read has quote "" and quantity 0;
    the quote need not exist."""

    line: RFQLine
    quote_id: str
    option: int
    quantity: int


def read_picks(data: Mapping[str, str], lines: Sequence[RFQLine]) -> list[Named]:
    """The choices `p_<line>=<quote>:<option>:<quantity>`, in the order of the lines.

    Where the page compared another quantity than it had shown (`q_<line>`, `was_<line>`), the
    choice is of that quantity.
    """
    picks = []
    for line in lines:
        text = data.get(f"p_{line.public_id}", "")
        if not text:
            continue
        quote_id, _, rest = text.partition(":")
        option, _, quantity = rest.partition(":")
        if option.isdecimal() and quantity.isdecimal() and len(rest) < 12:
            picks.append(Named(line, quote_id, int(option), new_quantity(data, line, quantity)))
        else:
            picks.append(Named(line, "", 0, 0))
    return picks


def new_quantity(data: Mapping[str, str], line: RFQLine, quantity: str) -> int:
    """`quantity`, or the one that was set for the line since the page was made; both in digits."""
    now, before = data.get(f"q_{line.public_id}", ""), data.get(f"was_{line.public_id}", "")
    is_moved = before and now != before and now.isdecimal() and len(now) < 9
    return int(now if is_moved else quantity)


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
        if data is not None:
            # A page without lines left out has no such question; one after a refusal may have.
            data = data.copy()
            data.setdefault("rest", "open")
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
