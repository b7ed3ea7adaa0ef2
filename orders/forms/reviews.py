"""Forms of an order's reviews."""

from typing import Any

from django import forms

from orders.review_criteria import CRITERIA, STARS


class ReviewForm(forms.Form):
    """Stars for each criterion of the side, and words."""

    def __init__(self, data: Any = None, *, side: str) -> None:
        super().__init__(data)
        choices = [(stars, f"{stars} of 5") for stars in STARS]
        self.criteria = list(CRITERIA[side])
        for name, label in CRITERIA[side].items():
            self.fields[name] = forms.TypedChoiceField(
                choices=choices, coerce=int, widget=forms.RadioSelect, label=label
            )
        self.fields["text"] = forms.CharField(
            max_length=2000,
            required=False,
            label="In words",
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    @property
    def stars(self) -> list[forms.BoundField]:
        """The criteria, to be drawn as stars."""
        return [self[name] for name in self.criteria]

    @property
    def scores(self) -> dict[str, int]:
        """What was given, criterion -> stars."""
        return {name: self.cleaned_data[name] for name in self.criteria}


class AnswerForm(forms.Form):
    text = forms.CharField(
        max_length=1000,
        label="Your public answer",
        help_text="Shown below the review. It can be written once and not be changed.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReportReviewForm(forms.Form):
    reason = forms.CharField(
        max_length=400,
        label="What is wrong with it",
        help_text="Our staff read it; the other side does not learn of it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
