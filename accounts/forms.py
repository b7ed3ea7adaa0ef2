"""Forms of people and organizations."""

from typing import Any

from django import forms

from accounts.actions.visits import MAX_MINUTES
from accounts.actor import Actor
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


class DetailsForm(OrganizationForm):
    """Everything of the details page; creating an organization asks for less."""

    website = forms.URLField(required=False, max_length=200, assume_scheme="https")

    class Meta(OrganizationForm.Meta):
        fields = [
            *OrganizationForm.Meta.fields,
            "legal_name",
            "registration_number",
        ]
        labels = {
            **OrganizationForm.Meta.labels,
            "legal_name": "Legal name",
            "registration_number": "Registration number",
        }
        help_texts = {
            **OrganizationForm.Meta.help_texts,
            "legal_name": "As in the commercial register; it stands on orders' paperwork.",
            "registration_number": "Such as HRB 12345, with the court or register if needed.",
            "address": "Where you are. Delivery addresses have a page of their own.",
        }

    def clean_legal_name(self) -> str:
        return " ".join(self.cleaned_data["legal_name"].split())

    def clean_registration_number(self) -> str:
        return " ".join(self.cleaned_data["registration_number"].split())


class ApiTokenForm(forms.Form):
    """`actor` limits the scopes on offer to what they may do themselves."""

    name = forms.CharField(
        max_length=80, label="Name", help_text="What uses it, such as “ERP connector”."
    )
    days = forms.IntegerField(min_value=1, max_value=730, initial=365, label="Valid for (days)")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="May", initial=[Permission.VIEW]
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        own = [(value, label) for value, label in Permission.choices if actor.may(value)]
        self.fields["scopes"].choices = own  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class StaffVisitForm(forms.Form):
    reason = forms.CharField(
        max_length=200,
        label="Why",
        help_text="The customer reads it, such as “Ticket 4711: the drawing does not upload”.",
    )
    minutes = forms.IntegerField(
        min_value=1, max_value=MAX_MINUTES, initial=30, label="For how long (minutes)"
    )


class AuditFilterForm(forms.Form):
    """Every value is optional; a value that cannot be read is left out and named."""

    person = forms.CharField(required=False, max_length=40)
    fact = forms.CharField(required=False, max_length=60)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
