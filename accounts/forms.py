"""Forms of people and organizations."""

from typing import Any

from django import forms

from accounts.models import Organization, User
from accounts.roles import Permission


class SignUpForm(forms.Form):
    """What sign-up asks beyond e-mail and password."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """One line: a name travels in mail headers."""
        return " ".join(self.cleaned_data["name"].split())

    def signup(self, request: object, user: User) -> None:
        """allauth calls this after it made the person."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ProfileForm(forms.Form):
    """How a person is called."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        help_text="Colleagues and the companies you work with see it.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class OrganizationForm(forms.ModelForm):
    is_buyer = forms.BooleanField(required=False, label="We buy parts")
    is_manufacturer = forms.BooleanField(required=False, label="We make parts")

    class Meta:
        model = Organization
        fields = ["name", "is_buyer", "is_manufacturer", "country", "city", "address", "currency"]
        labels = {"name": "Organization name", "country": "Country code"}
        help_texts = {
            "country": "Two letters, such as DE or US.",
            "currency": "Used for your requests and quotes unless you choose another.",
            "address": "Delivery address that new requests start from.",
        }
        widgets = {"address": forms.Textarea(attrs={"rows": 4})}

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean(self) -> dict[str, Any]:
        """Say in words what the database would refuse."""
        values = super().clean() or self.cleaned_data
        if not values.get("is_buyer") and not values.get("is_manufacturer"):
            self.add_error(
                "is_buyer", "Choose at least one: you buy parts, you make parts, or both."
            )
        return values

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ApiTokenForm(forms.Form):
    # The settings page holds two forms with a name; their ids differ.
    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="token_%s")

    name = forms.CharField(
        max_length=80, label="Name", help_text="What uses it, such as “ERP connector”."
    )
    days = forms.IntegerField(min_value=1, max_value=730, initial=365, label="Valid for (days)")
    scopes = forms.MultipleChoiceField(
        choices=Permission.choices,
        widget=forms.CheckboxSelectMultiple,
        label="May",
        initial=[Permission.VIEW],
    )
