"""The manufacturer's profile form."""

from django import forms

from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import active_materials, active_processes


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
