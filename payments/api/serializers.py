"""Payments as JSON. Amounts are minor units of the currency beside them."""

from __future__ import annotations

from rest_framework import serializers

from payments.models import Instruction, PaymentAttempt, PaymentRequest


class PaymentSerializer(serializers.ModelSerializer):
    """An instalment as the buyer sees it."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="order.public_id")

    class Meta:
        model = PaymentRequest
        fields = [
            "id",
            "order",
            "seq",
            "kind",
            "state",
            "amount_minor",
            "currency",
            "due_at",
            "paid_at",
        ]


class EarningSerializer(PaymentSerializer):
    """An instalment as the manufacturer sees it, with our commission."""

    payout_minor = serializers.IntegerField(source="payout.minor")

    class Meta(PaymentSerializer.Meta):
        fields = [*PaymentSerializer.Meta.fields, "commission_minor", "payout_minor"]


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

    class Meta:
        model = Instruction
        fields = ["id", "order", "state", "amount_minor", "currency", "created_at"]
