"""Forms of the quality room."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from orders.actions.first_articles import MATERIAL_COLUMNS, PART_COLUMNS
from orders.characteristics import COLUMNS, MOST_ROWS
from orders.quality import PAPERS
from orders.sampling import AQLS

PAPER = {"accept": "application/pdf,image/jpeg,image/png"}
# Empty rows below what is typed: enough to go on without a script.
SPARE_ROWS, SPARE_PARTS = 8, 3


class FirstArticleForm(forms.Form):
    serial = forms.CharField(max_length=60, required=False, label="Serial or lot number")
    note = forms.CharField(
        max_length=2000, required=False, label="Notes", widget=forms.Textarea(attrs={"rows": 3})
    )


class RejectFirstArticleForm(forms.Form):
    reason = forms.CharField(
        max_length=2000, label="What has to change", widget=forms.Textarea(attrs={"rows": 3})
    )


class LineForm(forms.Form):
    """The line a report or a paper is about, by its public id."""

    line = forms.CharField(max_length=40)


class FileForm(forms.Form):
    file = forms.FileField(
        label="Photo or document",
        help_text="PDF, JPEG or PNG. Position data is removed from photos.",
        widget=forms.ClearableFileInput(attrs=PAPER),
    )


class InspectionForm(forms.Form):
    """What was looked at; sample size and limits follow from lot size and AQL."""

    line = forms.CharField(max_length=40, label="Line")
    lot = forms.CharField(max_length=40, required=False, label="Lot or batch")
    lot_size = forms.IntegerField(min_value=1, max_value=2_000_000_000, label="Pieces in the lot")
    aql = forms.ChoiceField(
        required=False,
        label="Plan",
        choices=[("", "100 % inspection"), *((a, f"ISO 2859-1 level II, AQL {a}") for a in AQLS)],
    )
    defects = forms.IntegerField(min_value=0, max_value=2_000_000_000, label="Pieces that failed")
    inspected_on = forms.DateField(
        label="Inspected on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    inspector = forms.CharField(max_length=120, required=False, label="Inspector, if not you")
    note = forms.CharField(
        max_length=2000, required=False, label="Notes", widget=forms.Textarea(attrs={"rows": 2})
    )
    file = forms.FileField(
        required=False, label="Report or photo", widget=forms.ClearableFileInput(attrs=PAPER)
    )


class CertificateForm(forms.Form):
    """A paper for some pieces of a line."""

    line = forms.CharField(max_length=40, label="Line")
    code = forms.ChoiceField(choices=list(PAPERS.items()), label="Kind")
    quantity = forms.IntegerField(min_value=1, max_value=2_000_000_000, label="For how many pieces")
    lot = forms.CharField(max_length=40, required=False, label="Lot, batch or heat")
    number = forms.CharField(max_length=60, required=False, label="Number on it")
    file = forms.FileField(label="File", widget=forms.ClearableFileInput(attrs=PAPER))


class WaiveForm(forms.Form):
    line = forms.CharField(max_length=40)
    code = forms.CharField(max_length=40)


def typed_rows(data: QueryDict, prefix: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a typed table, `<prefix><row>_<column>`, empty ones left out."""
    rows = []
    for at in range(MOST_ROWS + SPARE_ROWS):
        row = {name: data.get(f"{prefix}{at}_{name}", "").strip()[:500] for name in columns}
        if any(row.values()):
            rows.append(row)
    return rows


def typed_report(data: QueryDict) -> dict[str, list[dict[str, str]]]:
    """The three tables of a report as they were typed."""
    return {
        "parts": typed_rows(data, "a", list(PART_COLUMNS)),
        "materials": typed_rows(data, "m", list(MATERIAL_COLUMNS)),
        "characteristics": typed_rows(data, "c", list(COLUMNS)),
    }


def cells(
    rows: Sequence[Mapping[str, Any]], prefix: str, columns: Sequence[str], spare: int
) -> list[list[tuple[str, str, str]]]:
    """Rows of (name of the input, what it is called, value), with empty ones at the end."""
    every = [*rows, *({} for _ in range(spare))]
    return [
        [
            (f"{prefix}{at}_{name}", name.replace("_", " "), str(row.get(name, "")))
            for name in columns
        ]
        for at, row in enumerate(every)
    ]
