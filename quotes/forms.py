"""The builders' forms: a request, and a quote. They turn a POST into drafts and never save."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from marketplace.directory.models import Finish, InspectionLevel, Material, Process
from quotes.actions.quote import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.actions.rfq import Draft, Header, LineDraft
from quotes.models import RFQ, Quote, QuoteLine, RFQLine
from quotes.models.quote import INCOTERMS

NUMBER = "Enter a number such as 12.50, with a point and without a thousands comma."


def _amount(**attrs: str) -> forms.TextInput:
    """Text, not type=number: a browser would drop "12,50" instead of letting us say why."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


class DateInput(forms.DateInput):
    input_type = "date"


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


@dataclass(frozen=True)
class Terms:
    """The taxonomy's choices, read once for all lines of a builder."""

    processes: Mapping[str, Process]
    materials: Mapping[str, Material]
    finishes: Mapping[str, Finish]
    inspections: Mapping[str, InspectionLevel]

    @classmethod
    def read(cls) -> "Terms":
        """Four queries."""

        def by_code(rows: Iterable[Any]) -> dict[str, Any]:
            return {row.code: row for row in rows}

        return cls(
            by_code(Process.objects.filter(is_active=True)),
            by_code(Material.objects.filter(is_active=True)),
            by_code(Finish.objects.filter(is_active=True)),
            by_code(InspectionLevel.objects.filter(is_active=True)),
        )


def _choices(rows: Mapping[str, Any], empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((code, str(row)) for code, row in rows.items())]


class RFQForm(forms.Form):
    title = forms.CharField(max_length=140)
    ship_to = forms.CharField(
        max_length=500, required=False, label="Deliver to", widget=forms.Textarea(attrs={"rows": 4})
    )
    deadline = forms.DateTimeField(
        required=False,
        label="Quotes until",
        help_text="Date and time in UTC.",
        widget=DateTimeInput(),
    )
    need_by = forms.DateField(required=False, label="Parts needed by", widget=DateInput())
    currency = forms.ChoiceField(choices=CURRENCY_CHOICES)
    notes = forms.CharField(
        max_length=4000,
        required=False,
        label="Notes to all manufacturers",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @staticmethod
    def initial_of(rfq: RFQ) -> dict[str, Any]:
        """The form's values of a saved draft."""
        names = ("title", "ship_to", "deadline", "need_by", "currency", "notes")
        return {name: getattr(rfq, name) for name in names}

    def clean_deadline(self) -> datetime | None:
        deadline: datetime | None = self.cleaned_data["deadline"]
        if deadline is not None and deadline <= timezone.now():
            raise forms.ValidationError("The deadline is in the past. Choose a later one.")
        return deadline

    def header(self, external_id: str = "") -> Header:
        """The cleaned values."""
        return Header(external_id=external_id, **self.cleaned_data)


class RFQLineForm(forms.Form):
    process = forms.ChoiceField(required=False)
    material = forms.ChoiceField(required=False)
    finish = forms.ChoiceField(required=False)
    tolerance = forms.ChoiceField(choices=RFQLine.Tolerance.choices)
    inspection = forms.ChoiceField(required=False)
    quantities = forms.CharField(
        max_length=80, required=False, help_text="Up to five, such as 1, 10, 100."
    )
    notes = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any, *, line: RFQLine, terms: Terms) -> None:
        self.line, self.terms = line, terms
        super().__init__(data, prefix=line.public_id, initial=self._initial(line))
        for name, rows, empty in (
            ("process", terms.processes, "Choose a process"),
            ("material", terms.materials, "Choose a material"),
            ("finish", terms.finishes, "No finish"),
            ("inspection", terms.inspections, "Standard inspection"),
        ):
            self.fields[name].choices = _choices(rows, empty)  # type: ignore[attr-defined]

    @staticmethod
    def _initial(line: RFQLine) -> dict[str, Any]:
        return {
            "process": line.process.code if line.process else "",
            "material": line.material.code if line.material else "",
            "finish": line.finish.code if line.finish else "",
            "inspection": line.inspection.code if line.inspection else "",
            "tolerance": line.tolerance,
            "quantities": ", ".join(str(q) for q in line.quantities),
            "notes": line.notes,
        }

    def clean_quantities(self) -> list[int]:
        """Whole numbers from 1, divided by commas, semicolons or spaces."""
        text = self.cleaned_data["quantities"].replace(";", ",").replace(" ", ",")
        words = [word for word in text.split(",") if word]
        if any(not word.isascii() or not word.isdigit() or len(word) > 8 for word in words):
            raise forms.ValidationError("Enter whole numbers such as 1, 10, 100.")
        quantities = sorted({int(word) for word in words})
        if 0 in quantities:
            raise forms.ValidationError("A quantity is at least 1.")
        if len(quantities) > 5:
            raise forms.ValidationError("Ask for at most five quantities a line.")
        return quantities

    def draft(self) -> LineDraft:
        """The cleaned values with the taxonomy's rows."""
        values = self.cleaned_data
        return LineDraft(
            line_id=self.line.public_id,
            process=self.terms.processes.get(values["process"]),
            material=self.terms.materials.get(values["material"]),
            finish=self.terms.finishes.get(values["finish"]),
            inspection=self.terms.inspections.get(values["inspection"]),
            tolerance=values["tolerance"],
            quantities=values["quantities"],
            notes=values["notes"],
        )


class RFQBuilder:
    """The header's form, a form a line, and the manufacturers ticked."""

    def __init__(self, rfq: RFQ, lines: list[RFQLine], data: Any = None) -> None:
        terms = Terms.read()
        self.rfq = rfq
        self.header = RFQForm(data, initial=RFQForm.initial_of(rfq))
        self.lines = [RFQLineForm(data, line=line, terms=terms) for line in lines]
        if data is None:
            self.invited = [i.manufacturer.public_id for i in rfq.invitations.all()]
        else:
            self.invited = data.getlist("invited")[:100]

    def is_valid(self) -> bool:
        """True when every form is; all of them are checked, so all errors show at once."""
        return all([self.header.is_valid(), *[form.is_valid() for form in self.lines]])

    def draft(self) -> Draft:
        """What the builder sends to the action."""
        return Draft(
            self.header.header(self.rfq.external_id),
            [form.draft() for form in self.lines],
            self.invited,
        )


class QuoteForm(forms.Form):
    freight = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=_amount(**{"data-extra": ""}),
        help_text="Packing and transport of the whole order. Empty means included.",
    )
    incoterm = forms.ChoiceField(choices=INCOTERMS)
    valid_until = forms.DateField(required=False, widget=DateInput())
    own_number = forms.CharField(max_length=60, required=False, label="Your quote number")
    notes = forms.CharField(
        max_length=4000,
        required=False,
        label="Notes to the buyer",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_freight(self) -> Decimal:
        return self.cleaned_data["freight"] or Decimal(0)


def _plain(price: Decimal) -> str:
    """A stored unit price as people type it: two decimals, more only where they say something."""
    cents = price.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == price else f"{price.normalize():f}"


class QuoteLineForm(forms.Form):
    """Fields `price_<quantity>` and `lead_<quantity>` for each quantity asked."""

    tooling = forms.DecimalField(
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        error_messages={"invalid": NUMBER},
        widget=_amount(**{"data-extra": ""}),
        label="Tooling and one-time cost",
    )
    notes = forms.CharField(max_length=2000, required=False)

    def __init__(self, data: Any, *, line: RFQLine, row: QuoteLine | None, currency: str) -> None:
        self.line = line
        saved = {price.quantity: price for price in row.prices.all()} if row else {}
        initial: dict[str, Any] = {}
        if row:
            tooling = Money(row.tooling_minor, currency).decimal
            initial = {"notes": row.notes, "tooling": tooling if row.tooling_minor else None}
        for quantity, price in saved.items():
            initial[f"price_{quantity}"] = _plain(price.unit_price)
            initial[f"lead_{quantity}"] = price.lead_time_days
        super().__init__(data, prefix=line.public_id, initial=initial)
        for quantity in line.quantities:
            self.fields[f"price_{quantity}"] = forms.DecimalField(
                max_digits=14,
                decimal_places=4,
                min_value=Decimal("0.0001"),
                required=False,
                label=f"Unit price for {quantity}",
                widget=_amount(**{"data-unit-price": ""}),
                error_messages={
                    "invalid": NUMBER,
                    "min_value": "A unit price is a number above zero.",
                },
            )
            self.fields[f"lead_{quantity}"] = forms.IntegerField(
                min_value=1,
                max_value=1000,
                required=False,
                label=f"Days to ship {quantity}",
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    def breaks(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """(quantity, price field, lead time field) in rising order."""
        return [(q, self[f"price_{q}"], self[f"lead_{q}"]) for q in self.line.quantities]

    def clean(self) -> dict[str, Any]:
        """A price and its lead time go together."""
        values = self.cleaned_data
        for quantity in self.line.quantities:
            price, lead = f"price_{quantity}", f"lead_{quantity}"
            if (
                values.get(price) is not None
                and values.get(lead) is None
                and lead not in self.errors
            ):
                self.add_error(lead, "Enter the days to ship.")
            if (
                values.get(lead) is not None
                and values.get(price) is None
                and price not in self.errors
            ):
                self.add_error(price, "Enter the unit price.")
        return values

    def draft(self, currency: str) -> QuoteLineDraft:
        """The cleaned values."""
        values = self.cleaned_data
        return QuoteLineDraft(
            line_id=self.line.public_id,
            prices=[
                PriceDraft(q, values[f"price_{q}"], values[f"lead_{q}"])
                for q in self.line.quantities
                if values.get(f"price_{q}") is not None
            ],
            tooling_minor=to_minor(values["tooling"] or Decimal(0), currency),
            notes=values["notes"],
        )


class QuoteBuilder:
    """The header's form and a form a line."""

    def __init__(self, quote: Quote, lines: list[RFQLine], data: Any = None) -> None:
        self.quote = quote
        rows = {row.rfq_line_id: row for row in quote.lines.all()}
        freight = Money(quote.freight_minor, quote.currency).decimal
        self.header = QuoteForm(
            data,
            initial={
                "freight": freight if quote.freight_minor else None,
                "incoterm": quote.incoterm,
                "valid_until": quote.valid_until,
                "own_number": quote.own_number,
                "notes": quote.notes,
            },
        )
        self.lines = [
            QuoteLineForm(data, line=line, row=rows.get(line.pk), currency=quote.currency)
            for line in lines
        ]

    def is_valid(self) -> bool:
        """True when every form is; all of them are checked, so all errors show at once."""
        return all([self.header.is_valid(), *[form.is_valid() for form in self.lines]])

    def draft(self) -> QuoteDraft:
        """What the builder sends to the action."""
        values = self.header.cleaned_data
        return QuoteDraft(
            currency=self.quote.currency,
            lines=[form.draft(self.quote.currency) for form in self.lines],
            freight_minor=to_minor(values["freight"], self.quote.currency),
            incoterm=values["incoterm"],
            valid_until=values["valid_until"],
            own_number=values["own_number"],
            notes=values["notes"],
            external_id=self.quote.external_id,
        )


class DeclineForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why not?")


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=200, required=False, label="Reason")


class AcceptForm(forms.Form):
    po_number = forms.CharField(max_length=60, required=False, label="Your PO number")
