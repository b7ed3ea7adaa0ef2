"""Fields the builders share."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from quotes.terms import quantities_of


def edition_of(data: Any, now: int) -> int:
    """The edition of the draft that the page of a posted form (None: not posted) showed, or the one
    that who typed it chose to write over; `now` is the draft's own."""
    text = (data.get("keep_mine") or data.get("edition") or "") if data is not None else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else now


class DateInput(forms.DateInput):
    input_type = "date"


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class LeanSelect(forms.Select):
    """A select written without a template for each option: a table of 200 lines has 15,000."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) == chosen else "", label)  # nosec B308 B703
                for key, label in self.choices
            ),
        )
        own = flatatt({**self.attrs, **(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", own, options)


class QuantitiesField(forms.CharField):
    """One to five quantities in one line of text; cleans to a rising list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(q) for q in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        try:
            return quantities_of(super().clean(value))
        except ValueError as fault:
            raise forms.ValidationError(str(fault)) from fault
