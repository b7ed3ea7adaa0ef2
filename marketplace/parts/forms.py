"""Forms of the part library."""

from collections.abc import Sequence
from typing import Any

from django import forms

from marketplace.parts.actions.library import NAME_RULES, BulkChange
from marketplace.parts.actions.parts import UNITS
from marketplace.parts.queries import SHOWN, SORTS, Filters

UNIT_NAMES = {"mm": "Millimeters", "cm": "Centimeters", "m": "Meters", "in": "Inches"}
SHOWN_NAMES = {
    "": "All parts",
    "reading": "Being read",
    "look": "To look at",
    "ready": "Ready to quote",
    "failed": "Could not be read",
    "no_drawing": "Without drawing",
    "archived": "Archived",
}
SORT_NAMES = {"newest": "Newest first", "oldest": "Oldest first", "number": "By number"}
FORMATS = ("step", "iges", "stl", "3mf", "obj", "ply", "dxf", "pdf")
RULE_NAMES = {
    "from_number": "The words of the number",
    "upper": "ALL CAPITALS",
    "sentence": "Only the first letter capital",
}
TAGS_HELP = "Divided by commas; a new word makes a new tag."


class TagsField(forms.CharField):
    """Words divided by commas."""

    def clean(self, value: Any) -> list[str]:
        """The words, blanks around them dropped."""
        text: str = super().clean(value)
        return [word.strip() for word in text.split(",") if word.strip()]


class PartForm(forms.Form):
    number = forms.CharField(max_length=60, label="Part number")
    name = forms.CharField(max_length=140)
    customer_number = forms.CharField(
        max_length=60,
        required=False,
        label="Customer number",
        help_text="What your own customer calls the part.",
    )
    tags = TagsField(max_length=400, required=False, help_text=TAGS_HELP)
    notes = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class LabelForm(forms.Form):
    label = forms.CharField(max_length=10, label="Revision")


class UnitsForm(forms.Form):
    units = forms.ChoiceField(
        choices=[(unit, UNIT_NAMES[unit]) for unit in UNITS], label="The file is drawn in"
    )


class AcceptForm(forms.Form):
    process = forms.CharField(max_length=40, widget=forms.HiddenInput)
    rule = forms.CharField(max_length=60, widget=forms.HiddenInput)
    note = forms.CharField(max_length=400, required=False, label="Why it may stay")


class LibraryForm(forms.Form):
    """What the address narrows the library to; what it does not know is ignored."""

    text = forms.CharField(max_length=60, required=False, label="Search")
    shown = forms.ChoiceField(
        choices=[(value, SHOWN_NAMES[value]) for value in SHOWN], required=False, label="Show"
    )
    format = forms.ChoiceField(
        choices=[("", "Every format"), *((value, value.upper()) for value in FORMATS)],
        required=False,
    )
    sort = forms.ChoiceField(
        choices=[(value, SORT_NAMES[value]) for value in SORTS], required=False, label="Order"
    )

    def filters(self) -> Filters:
        """The choices that are ones."""
        self.is_valid()
        known = self.cleaned_data
        tags: Sequence[str] = self.data.getlist("tag") if hasattr(self.data, "getlist") else ()
        return Filters(
            text=known.get("text", ""),
            shown=known.get("shown", ""),
            format=known.get("format", ""),
            tags=tuple(tag.lower()[:40] for tag in tags if tag.isprintable())[:5],
            sort=known.get("sort") or "newest",
        )


class BulkForm(forms.Form):
    """What to do with the chosen parts."""

    do = forms.ChoiceField(
        choices=[(word, word) for word in ("change", "archive", "restore", "delete")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Press one of the buttons."),
    )
    add_tags = TagsField(max_length=400, required=False, label="Add tags", help_text=TAGS_HELP)
    drop_tags = TagsField(max_length=400, required=False, label="Take tags away")
    name_rule = forms.ChoiceField(
        choices=[("", "Leave names as they are"), *((r, RULE_NAMES[r]) for r in NAME_RULES)],
        required=False,
        label="Names",
    )
    notes = forms.CharField(
        max_length=2000,
        required=False,
        label="Add a note",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Written below the notes that are there.",
    )

    def change(self) -> BulkChange:
        """What "change" asks for."""
        return BulkChange(
            add_tags=self.cleaned_data["add_tags"],
            drop_tags=self.cleaned_data["drop_tags"],
            name_rule=self.cleaned_data["name_rule"],
            notes=self.cleaned_data["notes"],
        )
