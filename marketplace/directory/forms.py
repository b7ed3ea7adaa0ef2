"""What a manufacturer fills in: profile, company facts, certificates, answers."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Organization
from accounts.vat import vat_id_label, vat_id_needed
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import (
    active_certifications,
    active_materials,
    active_processes,
)

FIRST_YEAR = 1500


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Manufacturer
        fields = [
            "headline",
            "description",
            "processes",
            "materials",
            "envelope_x_mm",
            "envelope_y_mm",
            "envelope_z_mm",
            "lead_time_days",
            "employees",
        ]
        labels = {
            "envelope_x_mm": "Largest part, length (mm)",
            "envelope_y_mm": "Largest part, width (mm)",
            "envelope_z_mm": "Largest part, height (mm)",
            "lead_time_days": "Usual lead time (working days)",
        }
        help_texts = {
            "headline": "One line that says what you are good at.",
            "description": "What you make, for whom, and what you are known for. We check it too.",
            "lead_time_days": "From order to shipment.",
        }
        widgets = {
            "processes": forms.CheckboxSelectMultiple,
            "materials": forms.CheckboxSelectMultiple,
            "description": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["processes"].queryset = active_processes()  # type: ignore[attr-defined]
        self.fields["materials"].queryset = active_materials()  # type: ignore[attr-defined]


class CompanyForm(forms.Form):
    """What the company is in law. `organization` gives the country and what is known."""

    legal_name = forms.CharField(
        max_length=160, label="Legal name", help_text="As it stands in the trade register."
    )
    registration_number = forms.CharField(
        max_length=60,
        label="Register number",
        help_text="Such as HRB 12345, Amtsgericht Ulm; or what your trade license says.",
    )
    vat_id = forms.CharField(max_length=30)
    website = forms.URLField(max_length=200, required=False, assume_scheme="https")
    founded_year = forms.IntegerField(min_value=FIRST_YEAR, label="Founded in (year)")

    def __init__(self, data: Any, *, organization: Organization, founded_year: int | None) -> None:
        known = {
            name: getattr(organization, name)
            for name in ("legal_name", "registration_number", "vat_id", "website")
        }
        super().__init__(data, initial={**known, "founded_year": founded_year})
        vat_id = self.fields["vat_id"]
        vat_id.label = vat_id_label(organization.country)
        vat_id.required = vat_id_needed(organization.country)
        vat_id.help_text = "Kept encrypted. Buyers see it only on documents that must name it."

    def clean_founded_year(self) -> int:
        year: int = self.cleaned_data["founded_year"]
        if year > timezone.localdate().year:
            raise forms.ValidationError("This year lies in the future.")
        return year

    def clean_legal_name(self) -> str:
        return " ".join(self.cleaned_data["legal_name"].split())


class AnswerForm(forms.Form):
    """What the manufacturer replies to the question of staff."""

    answer = forms.CharField(
        max_length=2000, label="Your answer", widget=forms.Textarea(attrs={"rows": 4})
    )


class CertificateForm(forms.Form):
    """One certificate with its file."""

    certification = forms.ModelChoiceField(active_certifications(), label="Certificate")
    number = forms.CharField(max_length=80, label="Certificate number")
    body = forms.CharField(
        max_length=120, label="Issued by", help_text="The certification body, such as TÜV SÜD."
    )
    scope = forms.CharField(max_length=200, required=False, help_text="What it covers.")
    facility = forms.CharField(
        max_length=160, required=False, help_text="The site it was issued for."
    )
    issued_on = forms.DateField(label="Issued on", widget=forms.DateInput)
    expires_on = forms.DateField(label="Valid until", widget=forms.DateInput)
    upload = forms.FileField(
        label="File",
        help_text="PDF, PNG or JPEG, up to 20 MB. Only our staff and your own people open it.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
