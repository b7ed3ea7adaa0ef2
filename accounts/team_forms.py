"""Forms of the team's pages. Amounts are typed in major units and cleaned to minor units."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.actions.approval_rules import MOST_APPROVERS
from accounts.actor import Actor
from accounts.models import Address, ApprovalRule, Membership, User
from accounts.roles import Role
from accounts.rules import roles_to_give
from marketplace.core.money import EXPONENTS, to_minor

NUMBER = "Enter a number such as 2500 or 2500.00, with a point and without a thousands comma."


class AmountField(forms.DecimalField):
    """Major units with at most two decimals, typed as text; cleaned to minor units or None."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": NUMBER, "min_value": "Enter an amount of zero or more."}
        super().__init__(
            min_value=0,
            max_digits=12,
            decimal_places=2,
            error_messages=messages,
            # Text, not type=number: a browser would drop "2,500" instead of letting us say why.
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        # Every currency of this marketplace has two decimals.
        return None if amount is None else to_minor(amount, next(iter(EXPONENTS)))

    def prepare_value(self, value: Any) -> Any:
        """Minor units from the database as they are typed; what was typed stays as it is."""
        return f"{Decimal(value).scaleb(-2):f}" if isinstance(value, int) else value


class MemberForm(forms.Form):
    """A member's role and spend limit, with the roles the actor may give."""

    role = forms.ChoiceField()
    spend_limit_minor = AmountField(
        required=False,
        label="Spend limit",
        help_text="An award above it waits for an approval. Empty: no limit of their own.",
    )

    def __init__(self, data: Any = None, *, actor: Actor, member: Membership | None = None) -> None:
        initial = (
            {"role": member.role, "spend_limit_minor": member.spend_limit_minor} if member else {}
        )
        super().__init__(data, initial=initial)
        choices = roles_to_give(actor)
        if member is not None and member.role not in dict(choices):
            choices = [(member.role, member.get_role_display()), *choices]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class InviteForm(MemberForm):
    email = forms.EmailField(label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["email", "role", "spend_limit_minor"]

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, actor=actor)
        self.fields["role"].initial = Role.VIEWER


class JoinForm(forms.Form):
    """What an invited person without an account still has to say."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        strip=False,
        help_text="12 characters or more, with upper and lower case, a digit and a special one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AddressForm(forms.ModelForm):
    class Meta:
        model = Address
        fields = ["label", "recipient", "lines", "country", "phone"]
        labels = {"label": "Name", "lines": "Address", "country": "Country code"}
        help_texts = {
            "label": "What you call it, such as Goods-in Aachen.",
            "lines": "Street, building or gate, postal code and city.",
            "country": "Two letters, such as DE or US.",
        }
        widgets = {"lines": forms.Textarea(attrs={"rows": 3})}

    is_default = forms.BooleanField(required=False, label="Deliver here unless I say otherwise")

    def __init__(self, data: Any = None, *, instance: Address | None = None) -> None:
        super().__init__(
            data, instance=instance, initial={"is_default": bool(instance and instance.is_default)}
        )

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()


class ApprovalRuleForm(forms.Form):
    """An amount, how many people, and who; `people` are those whose role may approve."""

    over = AmountField(label="Awards of more than")
    approvers_needed = forms.TypedChoiceField(
        label="Need the approval of",
        coerce=int,
        choices=[
            (n, f"{n} {'person' if n == 1 else 'people'}") for n in range(1, MOST_APPROVERS + 1)
        ],
    )
    approvers = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Nobody ticked: anyone whose role may approve.",
    )

    def __init__(
        self, data: Any = None, *, people: list[User], rule: ApprovalRule | None = None
    ) -> None:
        initial = (
            {
                "over": rule.over_minor,
                "approvers_needed": rule.approvers_needed,
                "approvers": [person.public_id for person in rule.approvers.all()],
            }
            if rule
            else {}
        )
        super().__init__(data, initial=initial)
        field = self.fields["approvers"]
        field.choices = [(p.public_id, p.name) for p in people]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        return {
            "over_minor": self.cleaned_data["over"],
            "approvers_needed": self.cleaned_data["approvers_needed"],
            "approver_ids": self.cleaned_data["approvers"],
        }
