"""Forms around a published request: questions, answers, secrecy, deadlines. They never save."""

from typing import Any

from django import forms

from marketplace.messaging.actions import Spot
from marketplace.messaging.rules import FARTHEST_MM, MAX_TEXT
from quotes.forms.fields import DateTimeInput
from quotes.models import RFQLine


class MessageForm(forms.Form):
    text = forms.CharField(
        max_length=MAX_TEXT, label="Your message", widget=forms.Textarea(attrs={"rows": 4})
    )


class QuestionForm(forms.Form):
    """A question, and where it belongs. The viewer fills in a point of the model (mm)."""

    text = forms.CharField(
        max_length=MAX_TEXT, label="Your question", widget=forms.Textarea(attrs={"rows": 4})
    )
    line = forms.ChoiceField(required=False, label="About")
    x = forms.FloatField(
        required=False, min_value=-FARTHEST_MM, max_value=FARTHEST_MM, widget=forms.HiddenInput()
    )
    y = forms.FloatField(
        required=False, min_value=-FARTHEST_MM, max_value=FARTHEST_MM, widget=forms.HiddenInput()
    )
    z = forms.FloatField(
        required=False, min_value=-FARTHEST_MM, max_value=FARTHEST_MM, widget=forms.HiddenInput()
    )

    def __init__(self, data: Any = None, *, lines: list[RFQLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(line.public_id, f"Line {line.position}") for line in lines]
        self.fields["line"].choices = [("", "The whole request"), *choices]  # type: ignore[attr-defined]

    @property
    def spot(self) -> Spot:
        """Where the question belongs."""
        x, y, z = (self.cleaned_data.get(name) for name in ("x", "y", "z"))
        point = (x, y, z) if x is not None and y is not None and z is not None else None
        return Spot(self.cleaned_data["line"], point)


class PublishAnswerForm(forms.Form):
    question = forms.CharField(
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Reword it so that nobody can tell who asked.",
    )
    answer = forms.CharField(max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4}))


class NDAForm(forms.Form):
    text = forms.CharField(
        max_length=40_000,
        label="Text of the agreement",
        widget=forms.Textarea(attrs={"rows": 18}),
    )


class DeadlineForm(forms.Form):
    deadline = forms.DateTimeField(
        label="Quotes until", help_text="Date and time in UTC.", widget=DateTimeInput()
    )


class GuestForm(forms.Form):
    name = forms.CharField(max_length=140, label="Your name")
    company = forms.CharField(max_length=120, label="Your company")
    country = forms.CharField(
        max_length=2, min_length=2, help_text="Two letters, such as DE or US."
    )

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class GuestCodeForm(forms.Form):
    name = forms.CharField(max_length=140, label="Your name")
    code = forms.CharField(
        max_length=12,
        label="Code from the mail",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
