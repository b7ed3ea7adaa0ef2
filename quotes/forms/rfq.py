"""The request builder's forms: the header, and a line a part."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models.organization import COUNTRY_CODE
from marketplace.core.money import CURRENCY_CHOICES
from marketplace.directory.models import Certification
from quotes.actions.rfq import Draft, Header, LineDraft
from quotes.forms.fields import DateInput, DateTimeInput, LeanSelect, QuantitiesField, edition_of
from quotes.models import NDA, RFQ, RFQLine
from quotes.terms import Terms

MOST_INVITED = 100
AMENDABLE = ("title", "ship_to", "deadline", "need_by", "notes", "precedence")
HEADER_FIELDS = (
    "title",
    "ship_to",
    "deadline",
    "need_by",
    "currency",
    "currencies",
    "notes",
    "precedence",
    "visibility",
    "is_sealed",
    "is_export_controlled",
    "countries",
)


class CountriesField(forms.CharField):
    """Two-letter country codes divided by commas or spaces; cleans to a sorted list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        codes = {word.upper() for word in super().clean(value).replace(",", " ").split()}
        for code in codes:
            COUNTRY_CODE(code)
        return sorted(codes)


class RFQForm(forms.Form):
    title = forms.CharField(max_length=140)
    ship_to = forms.CharField(
        max_length=500, required=False, label="Deliver to", widget=forms.Textarea(attrs={"rows": 5})
    )
    deadline = forms.DateTimeField(
        required=False,
        label="Quotes until",
        help_text="Date and time in UTC.",
        widget=DateTimeInput(),
    )
    need_by = forms.DateField(required=False, label="Parts needed by", widget=DateInput())
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES)
    currencies = forms.MultipleChoiceField(
        choices=CURRENCY_CHOICES,
        required=False,
        label="Quotes may also be in",
        help_text="You compare in your currency at the day's reference rate and pay in the quote's "
        "own.",
        widget=forms.CheckboxSelectMultiple,
    )
    notes = forms.CharField(
        max_length=4000,
        required=False,
        label="Notes to all manufacturers",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    precedence = forms.ChoiceField(
        choices=RFQ.Precedence.choices,
        required=False,
        label="When model and drawing disagree",
        help_text="Manufacturers see this beside every drawing.",
    )
    visibility = forms.ChoiceField(
        choices=RFQ.Visibility.choices,
        required=False,
        label="Who may quote",
    )
    is_sealed = forms.BooleanField(
        required=False, label="Sealed: nobody reads a quote before the deadline, not even you"
    )
    is_export_controlled = forms.BooleanField(
        required=False, label="Export-controlled: the files fall under export law"
    )
    countries = CountriesField(
        max_length=120,
        required=False,
        label="Made in",
        help_text="Two-letter codes such as DE, AT. Empty means anywhere.",
    )
    certifications = forms.ModelMultipleChoiceField(
        Certification.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        label="Certifications a manufacturer must hold",
        widget=forms.CheckboxSelectMultiple,
    )
    nda = forms.ModelChoiceField(
        NDA.objects.none(),
        to_field_name="public_id",
        required=False,
        label="Before files open",
        empty_label="No agreement is asked for",
    )

    def __init__(self, *args: Any, ndas: Sequence[NDA] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["nda"]
        field.queryset = NDA.objects.filter(pk__in=[nda.pk for nda in ndas])
        field.label_from_instance = lambda nda: f"They accept your NDA, version {nda.version}"

    @staticmethod
    def initial_of(rfq: RFQ) -> dict[str, Any]:
        """The form's values of a saved draft. One query."""
        values = {name: getattr(rfq, name) for name in HEADER_FIELDS}
        values["certifications"] = [row.code for row in rfq.certifications.all()]
        values["nda"] = rfq.nda.public_id if rfq.nda else ""
        return values

    def clean_deadline(self) -> datetime | None:
        deadline: datetime | None = self.cleaned_data["deadline"]
        if deadline is not None and deadline <= timezone.now():
            raise forms.ValidationError("The deadline is in the past. Choose a later one.")
        return deadline

    def clean_precedence(self) -> str:
        return self.cleaned_data["precedence"] or RFQ.Precedence.DRAWING

    def clean_visibility(self) -> str:
        return self.cleaned_data["visibility"] or RFQ.Visibility.INVITED

    def header(self, external_id: str = "") -> Header:
        """The cleaned values."""
        values = {**self.cleaned_data, "certifications": list(self.cleaned_data["certifications"])}
        return Header(external_id=external_id, **values)


class RFQLineForm(forms.Form):
    process = forms.ChoiceField(required=False, widget=LeanSelect)
    material = forms.ChoiceField(required=False, widget=LeanSelect)
    finish = forms.ChoiceField(required=False, widget=LeanSelect)
    tolerance = forms.ChoiceField(choices=RFQLine.Tolerance.choices, widget=LeanSelect)
    inspection = forms.ChoiceField(required=False, widget=LeanSelect)
    documents = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    threads = forms.CharField(max_length=200, required=False)
    quantities = QuantitiesField(required=False, help_text="Up to five, such as 1, 10, 100.")
    notes = forms.CharField(max_length=2000, required=False)

    def __init__(
        self, data: Any, *, line: RFQLine, terms: Terms, choices: Mapping[str, list[Any]]
    ) -> None:
        self.line, self.terms = line, terms
        super().__init__(data, prefix=line.public_id, initial=initial_of(line))
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        for name, form_field in self.fields.items():
            # The column's heading stands far above in a table of 200 lines.
            label = f"{form_field.label or name.capitalize()} of {line.part_revision.part.number}"
            form_field.widget.attrs["aria-label"] = label

    def draft(self) -> LineDraft:
        """The cleaned values with the taxonomy's rows."""
        values = self.cleaned_data
        return LineDraft(
            line_id=self.line.public_id,
            process=self.terms.processes.get(values["process"]),
            material=self.terms.materials.get(values["material"]),
            finish=self.terms.finishes.get(values["finish"]),
            inspection=self.terms.inspections.get(values["inspection"]),
            documents=[self.terms.documents[code] for code in values["documents"]],
            tolerance=values["tolerance"],
            threads=values["threads"],
            quantities=values["quantities"],
            notes=values["notes"],
        )


# The table's columns in their order.
COLUMNS = (
    "process",
    "material",
    "finish",
    "tolerance",
    "quantities",
    "threads",
    "inspection",
    "documents",
    "notes",
)


def initial_of(line: RFQLine) -> dict[str, Any]:
    """A saved line as its form's values."""
    return {
        "process": line.process.code if line.process else "",
        "material": line.material.code if line.material else "",
        "finish": line.finish.code if line.finish else "",
        "inspection": line.inspection.code if line.inspection else "",
        "documents": [document.code for document in line.documents.all()],
        "tolerance": line.tolerance,
        "threads": line.threads,
        "quantities": list(line.quantities),
        "notes": line.notes,
    }


def choices_of(terms: Terms) -> dict[str, list[Any]]:
    """The options of every list of a line, made once for all lines."""

    def options(rows: Mapping[str, Any], empty: str) -> list[tuple[str, str]]:
        return [("", empty), *((code, str(row)) for code, row in rows.items())]

    return {
        "process": options(terms.processes, "Choose a process"),
        "material": options(terms.materials, "Choose a material"),
        "finish": options(terms.finishes, "No finish"),
        "inspection": options(terms.inspections, "Not said (standard)"),
        "documents": [(code, row.name) for code, row in terms.documents.items()],
    }


class RFQBuilder:
    """The header's form, a form a line, and the manufacturers ticked."""

    def __init__(
        self, rfq: RFQ, lines: list[RFQLine], data: Any = None, *, ndas: Sequence[NDA] = ()
    ) -> None:
        terms = Terms.read()
        choices = choices_of(terms)
        self.rfq = rfq
        self.header = RFQForm(data, initial=RFQForm.initial_of(rfq), ndas=ndas)
        self.lines = [RFQLineForm(data, line=line, terms=terms, choices=choices) for line in lines]
        self.edition = edition_of(data, rfq.edition)
        if data is None:
            self.invited = [i.manufacturer.public_id for i in rfq.invitations.all()]
        else:
            self.invited = [i for i in data.getlist("invited") if i.isprintable()][:MOST_INVITED]

    @property
    def amendable(self) -> list[forms.BoundField]:
        """The header's fields of a published request: whom it goes to and its secrecy stay."""
        return [self.header[name] for name in AMENDABLE]

    def is_valid(self) -> bool:
        """True when every form is; all of them are checked, so all errors show at once."""
        return all([self.header.is_valid(), *[form.is_valid() for form in self.lines]])

    def draft(self) -> Draft:
        """What the builder sends to the action."""
        return Draft(
            self.header.header(self.rfq.external_id),
            [form.draft() for form in self.lines],
            self.invited,
            self.edition,
        )


def fill_down(data: Any, column: str, line_ids: Sequence[str]) -> Any:
    """The posted values with one column copied from the first line to all the others.

    With lines ticked (`picked`), the first ticked one is copied to the other ticked ones.
    """
    if column not in RFQLineForm.base_fields:
        return data
    picked = [line for line in line_ids if line in data.getlist("picked")]
    rows = picked if len(picked) > 1 else list(line_ids)
    filled = data.copy()
    for line in rows[1:]:
        filled.setlist(f"{line}-{column}", data.getlist(f"{rows[0]}-{column}"))
    return filled
