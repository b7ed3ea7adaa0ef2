"""Forms of inspecting goods, problems, holding and ending an order."""

from collections.abc import Iterable
from typing import Any

from django import forms

from marketplace.core.forms import FilesField
from orders.judging import ToJudge
from orders.models import Disposition, Nonconformance, OrderLine

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."
MOST_AT_ONCE = 10


def _files(label: str = "Photos and reports") -> FilesField:
    return FilesField(
        accept="image/jpeg,image/png,image/webp,application/pdf",
        most=MOST_AT_ONCE,
        label=label,
        required=False,
        help_text="JPEG, PNG, WebP or PDF, up to ten. Position data is removed from photos.",
    )


def _money(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )


def _words(label: str, *, help_text: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=2000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JudgeForm(forms.Form):
    """One count of rejected pieces a line, and what is wrong with them."""

    kind = forms.ChoiceField(
        label="What is wrong",
        choices=[("", "Nothing"), *Nonconformance.Kind.choices[:4]],
        required=False,
    )
    description = _words(
        "Describe it",
        help_text="Which characteristic, what you measured, on how many pieces.",
        required=False,
    )
    evidence = _files()

    def __init__(self, *args: Any, rows: Iterable[ToJudge] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = [row for row in rows if row.to_judge > 0]
        for row in self.waiting:
            self.fields[row.line.public_id] = forms.IntegerField(
                label=f"Rejected pieces of {row.line.part_number}",
                min_value=0,
                max_value=row.to_judge,
                required=False,
            )

    @property
    def rows(self) -> list[tuple[ToJudge, Any]]:
        """Each line that waits to be judged with its field."""
        return [(row, self[row.line.public_id]) for row in self.waiting]

    @property
    def rejected(self) -> dict[str, int]:
        """Line (public id) -> pieces, after `is_valid`."""
        names = [row.line.public_id for row in self.waiting]
        return {name: self.cleaned_data[name] or 0 for name in names}


class ProblemForm(forms.Form):
    """A claim that is not a count of inspected pieces."""

    kind = forms.ChoiceField(label="What is it about", choices=Nonconformance.Kind.choices)
    description = _words("Describe it", help_text="What happened, and what would put it right.")
    claimed = _money(
        "Money this is about", "Stays held until this is settled. Leave it empty for none."
    )
    evidence = _files("Photos and documents")


class ClaimForm(forms.Form):
    """A hidden defect, claimed after the acceptance."""

    kind = forms.ChoiceField(label="What is it about", choices=Nonconformance.Kind.choices)
    line = forms.ChoiceField(label="Part", required=False)
    quantity = forms.IntegerField(
        label="Pieces", required=False, min_value=1, help_text="With a part: how many are affected."
    )
    description = _words(
        "Describe it", help_text="What showed, when, and why it could not be seen before."
    )
    claimed = _money(
        "Money you claim",
        "Was released with the acceptance: what is agreed or decided is owed by the manufacturer.",
    )
    evidence = _files("Photos and documents")

    def __init__(self, *args: Any, lines: Iterable[OrderLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [  # type: ignore[attr-defined]
            ("", "The order as a whole"),
            *((line.public_id, f"{line.part_number}, {line.part_name}") for line in lines),
        ]


class OfferForm(forms.Form):
    """How the manufacturer would settle it."""

    disposition = forms.ChoiceField(label="What you offer", choices=Disposition.choices)
    refund = _money("Back to the buyer", "Of what this problem is about; 0 for nothing.")
    remedy_days = forms.IntegerField(
        label="Put right within, days",
        required=False,
        min_value=0,
        max_value=180,
        help_text="For rework, repair, replacement and return.",
    )
    note = _words("In words", help_text="What you do, and how the pieces travel.")


class RemedyForm(forms.Form):
    """It was put right."""

    note = _words(
        "What was done", help_text="Of returned pieces: how many came, and in which condition."
    )
    evidence = _files()


class ReasonForm(forms.Form):
    """A reason the other side reads."""

    reason = _words("Why")


class EvidenceForm(forms.Form):
    """More files to a problem."""

    evidence = _files("Photos and documents")


class AskForm(forms.Form):
    """The platform shall decide."""

    description = _words(
        "What should be decided, and why", help_text="Both sides read this; so do our people."
    )


class SettlementForm(forms.Form):
    """The order ends; so much is owed for the work done."""

    owed = _money("For the work done", "Goes to the manufacturer; the rest goes back to the buyer.")
    reason = _words("Why the order should end")
