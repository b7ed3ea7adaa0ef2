"""Forms of money and VAT: typed text in, clean values out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organization
from accounts.vat import vat_id_label
from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from payments.actions.credit import Application
from payments.models import TaxRate


class CreditApplicationForm(forms.Form):
    """A buyer asks to buy on account."""

    registration_number = forms.CharField(
        label="Registration number",
        max_length=60,
        help_text="Under which your company stands in its register, such as HRB 12345 Aachen.",
    )
    monthly = forms.DecimalField(
        label="Expected purchases a month",
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
    )
    currency = forms.ChoiceField(label="Currency", choices=CURRENCY_CHOICES)
    contact = forms.CharField(
        label="Contact for invoices", max_length=120, help_text="Who answers when we ask about one."
    )
    email = forms.EmailField(label="Mail address for invoices", max_length=254)

    @property
    def application(self) -> Application:
        """The clean values."""
        typed = self.cleaned_data
        return Application(
            registration_number=typed["registration_number"],
            monthly=Money(to_minor(typed["monthly"], typed["currency"]), typed["currency"]),
            contact=typed["contact"],
            email=typed["email"],
        )


class VatIdForm(forms.Form):
    """The VAT id of a buyer; empty for a company without one."""

    vat_id = forms.CharField(max_length=30, required=False)

    def __init__(self, data: Any, *, organization: Organization) -> None:
        super().__init__(data, initial={"vat_id": organization.vat_id})
        self.fields["vat_id"].label = vat_id_label(organization.country)
        self.fields[
            "vat_id"
        ].help_text = "Across EU borders manufacturers charge no VAT to a company that has one."


class ExemptionForm(forms.Form):
    """A certificate that frees a buyer from the VAT of a country."""

    country = forms.ChoiceField(
        label="Country", help_text="Whose VAT it frees you from: the manufacturer's country."
    )
    number = forms.CharField(max_length=60, label="Certificate number")
    upload = forms.FileField(
        label="File",
        help_text="PDF, PNG or JPEG, up to 20 MB. Only our staff and your own people open it.",
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = TaxRate.objects.order_by("country").values_list("country", flat=True).distinct()
        self.fields["country"].choices = [(code, code) for code in known]  # type: ignore[attr-defined]
