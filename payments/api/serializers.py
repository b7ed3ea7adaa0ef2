"""Payments as JSON."""

from __future__ import annotations

from rest_framework import serializers

from marketplace.core.api.fields import MoneyField
from payments.models import Instruction, PaymentAttempt, PaymentRequest


class PaymentSerializer(serializers.ModelSerializer):
    """An instalment as the buyer sees it."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="order.public_id")
    amount = MoneyField("amount_minor")
    stage = serializers.ChoiceField(
        PaymentRequest.Stage.choices, help_text="what an instalment pays; empty for the whole"
    )
    due_when = serializers.ChoiceField(
        PaymentRequest.When.choices, help_text="what makes it fall due"
    )
    due_at = serializers.DateTimeField(allow_null=True, help_text="null until it falls due")

    class Meta:
        model = PaymentRequest
        fields = [
            "id",
            "order",
            "seq",
            "kind",
            "stage",
            "state",
            "amount",
            "due_when",
            "due_at",
            "paid_at",
        ]


class PurchasePaymentSerializer(PaymentSerializer):
    """A payment among all of a buyer's, with the number of its receipt."""

    receipt = serializers.SerializerMethodField()

    class Meta(PaymentSerializer.Meta):
        fields = [*PaymentSerializer.Meta.fields, "receipt"]

    def get_receipt(self, payment: PaymentRequest) -> str:
        """The receipt's number; empty before the payment is held."""
        found = getattr(payment, "receipt", None)
        return found.number if found else ""


class EarningSerializer(PaymentSerializer):
    """An instalment as the manufacturer sees it: our commission, and what is left."""

    commission = MoneyField("commission_minor")
    payout = MoneyField("payout.minor")

    class Meta(PaymentSerializer.Meta):
        fields = [*PaymentSerializer.Meta.fields, "commission", "payout"]


class AttemptSerializer(serializers.ModelSerializer):
    """A try to pay; `url` is the hosted page once `state` is open."""

    id = serializers.CharField(source="public_id")
    payment = serializers.CharField(source="request.public_id")

    class Meta:
        model = PaymentAttempt
        fields = ["id", "payment", "state", "url", "expires_at"]


class PayoutSerializer(serializers.ModelSerializer):
    """A transfer to the manufacturer."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="request.order.public_id")
    amount = MoneyField("amount_minor")

    class Meta:
        model = Instruction
        fields = ["id", "order", "state", "amount", "created_at"]
