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

    class Meta:
        model = PaymentRequest
        fields = ["id", "order", "seq", "kind", "state", "amount", "due_at", "paid_at"]


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
