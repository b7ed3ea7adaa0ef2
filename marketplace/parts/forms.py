"""Forms of the part library."""

from django import forms

from marketplace.parts.actions.parts import UNITS


class PartForm(forms.Form):
    number = forms.CharField(max_length=60, label="Part number")
    name = forms.CharField(max_length=140)
    notes = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class UnitsForm(forms.Form):
    units = forms.ChoiceField(
        choices=[
            (u, {"mm": "Millimeters", "cm": "Centimeters", "m": "Meters", "in": "Inches"}[u])
            for u in UNITS
        ],
        label="The file is drawn in",
    )
