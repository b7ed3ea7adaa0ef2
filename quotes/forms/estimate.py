"""The choices an estimate needs."""

from typing import Any

from django import forms

from marketplace.directory.models import Finish, InspectionLevel, Material, Process, QualityDocument
from quotes.forms.fields import QuantitiesField
from quotes.models import RFQLine


class EstimateForm(forms.Form):
    process = forms.ModelChoiceField(
        Process.objects.filter(is_active=True),
        to_field_name="code",
        empty_label="Choose a process",
        error_messages={"invalid_choice": "Choose a process from the list."},
    )
    material = forms.ModelChoiceField(
        Material.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        empty_label="Choose a material",
        error_messages={"invalid_choice": "Choose a material from the list."},
    )
    finish = forms.ModelChoiceField(
        Finish.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        empty_label="No finish",
        error_messages={"invalid_choice": "Choose a finish from the list."},
    )
    tolerance = forms.ChoiceField(
        choices=RFQLine.Tolerance.choices, required=False, initial=RFQLine.Tolerance.MEDIUM
    )
    inspection = forms.ModelChoiceField(
        InspectionLevel.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        empty_label="Not said (standard)",
        error_messages={"invalid_choice": "Choose an inspection from the list."},
    )
    documents = forms.ModelMultipleChoiceField(
        QualityDocument.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose documents from the list."},
    )
    quantities = QuantitiesField(required=False, help_text="Empty shows 1, 10, 100 and 1,000.")

    def choices(self) -> dict[str, Any]:
        """How the part is to be made, as `job_of` takes it."""
        values = dict(self.cleaned_data)
        values.pop("quantities")
        values["tolerance"] = values["tolerance"] or RFQLine.Tolerance.MEDIUM
        values["documents"] = list(values["documents"])
        return values
