"""Buying on account as JSON; the buyer alone reads it."""

from __future__ import annotations

from django.utils import timezone
from rest_framework import serializers

from marketplace.core.api.fields import MoneyField, MoneySerializer
from marketplace.core.money import CURRENCY_CHOICES, MAX_MINOR
from payments.models import Receivable
from payments.states import CreditState

ACCOUNT_STATES = [("none", "Not applied"), *CreditState.choices]


class AmountSerializer(MoneySerializer):
    """Money that is money already."""

    amount_minor = serializers.IntegerField(source="minor")


class CreditAccountSerializer(serializers.Serializer):
    """How the account stands. Amounts are null before it is approved."""

    state = serializers.ChoiceField(choices=ACCOUNT_STATES)
    reason = serializers.CharField(help_text="of the latest decision")
    net_days = serializers.IntegerField(allow_null=True)
    starts_production = serializers.BooleanField(
        help_text="the payment an order begins with may be on account"
    )
    limit = AmountSerializer(allow_null=True)
    used = AmountSerializer(allow_null=True)
    free = AmountSerializer(allow_null=True)
    overdue = AmountSerializer(allow_null=True)


class CreditApplicationSerializer(serializers.Serializer):
    """An application to buy on account."""

    registration_number = serializers.CharField(max_length=60)
    monthly_minor = serializers.IntegerField(
        min_value=1, max_value=MAX_MINOR, help_text="expected purchases a month, minor units"
    )
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    contact = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)


class ReceivableSerializer(serializers.ModelSerializer):
    """What is owed for one payment on account; `due_on` is null until the goods are shipped."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="request.order.public_id")
    payment = serializers.CharField(source="request.public_id")
    amount = MoneyField("amount_minor")
    open = MoneyField("open_minor")
    written_off = MoneyField("written_off_minor")
    days_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Receivable
        fields = [
            *("id", "number", "order", "payment", "po_number", "state", "amount", "open"),
            "written_off",
            *("net_days", "due_on", "days_overdue", "settled_at"),
        ]

    def get_days_overdue(self, row: Receivable) -> int:
        return row.days_overdue(timezone.localdate())
