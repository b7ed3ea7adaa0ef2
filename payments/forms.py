"""Forms of money: typed text in, clean values out."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from marketplace.core.money import CURRENCY_CHOICES, Money, to_minor
from payments.actions.credit import Application


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
