"""Payments as JSON."""

from __future__ import annotations

from datetime import date, datetime

from rest_framework import serializers

from marketplace.core.api.fields import MoneyField, MoneySerializer
from payments.models import Document, Instruction, PaymentAttempt, PaymentRequest
from payments.payout_queries import promised_by, transferred_at
from payments.states import AccountState, InstructionState


class PaymentSerializer(serializers.ModelSerializer):
    """An instalment as the buyer sees it."""

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="order.public_id")
    amount = MoneyField("amount_minor", help_text="net of VAT")
    tax = MoneyField("tax_minor", help_text="VAT on top")
    total = MoneyField("gross_minor", help_text="what the buyer pays")
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
            "tax",
            "total",
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


class OrderPaymentSerializer(PaymentSerializer):
    """An instalment for the document: either side's. What the manufacturer alone may know is not in
    the buyer's answer."""

    commission = MoneySerializer(required=False, help_text="the manufacturer's alone")
    payout = MoneySerializer(required=False, help_text="the manufacturer's alone")

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
    """A transfer to the manufacturer: what its order promised, and what was done.

    `promised_by` is the last day by the rules of the contract, null before its lead time begins.
    `waiting_because` says why a blocked transfer waits, "" otherwise.
    """

    id = serializers.CharField(source="public_id")
    order = serializers.CharField(source="request.order.public_id")
    order_reference = serializers.CharField(source="request.order.reference")
    amount = MoneyField("amount_minor")
    promised = MoneyField("request.payout.minor")
    promised_by = serializers.SerializerMethodField()
    transferred_at = serializers.SerializerMethodField()
    waiting_because = serializers.SerializerMethodField()

    class Meta:
        model = Instruction
        fields = [
            *("id", "order", "order_reference", "state", "amount", "promised", "promised_by"),
            *("created_at", "transferred_at", "waiting_because"),
        ]

    def get_promised_by(self, row: Instruction) -> date | None:
        return promised_by(row.request.order)

    def get_transferred_at(self, row: Instruction) -> datetime | None:
        return transferred_at(row)

    def get_waiting_because(self, row: Instruction) -> str:
        return row.last_error if row.state == InstructionState.BLOCKED else ""


class WantedSerializer(serializers.Serializer):
    """Something Stripe asks for: its code, and what it means."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class OwedSerializer(serializers.Serializer):
    """What is left of one thing that made the manufacturer owe money."""

    order = serializers.CharField(source="entry.request.order.public_id")
    what = serializers.CharField()
    since = serializers.DateTimeField(source="entry.at")
    amount = MoneyField("left.minor")


class PayoutAccountSerializer(serializers.Serializer):
    """Where the manufacturer's money goes. `state` is pending before it is set up."""

    state = serializers.ChoiceField(choices=AccountState.choices)
    details_submitted = serializers.BooleanField()
    pays_out_to_bank = serializers.BooleanField()
    reason = serializers.CharField()
    wanted = WantedSerializer(many=True)
    wanted_by = serializers.DateTimeField(allow_null=True)
    owed = OwedSerializer(many=True)


class StatementLineSerializer(serializers.Serializer):
    """One entry of the books: by how much it changes what is payable and what is owed."""

    at = serializers.DateTimeField()
    order = serializers.CharField()
    what = serializers.CharField()
    payable = serializers.CharField()
    owed = serializers.CharField()


class StatementSerializer(serializers.Serializer):
    """A month in one currency; amounts in its major units."""

    currency = serializers.CharField()
    opening_payable = serializers.CharField()
    opening_owed = serializers.CharField()
    lines = StatementLineSerializer(many=True)
    closing_payable = serializers.CharField()
    closing_owed = serializers.CharField()


class StatementMonthSerializer(serializers.Serializer):
    """A month that has a statement; `is_over` is false while more can come."""

    month = serializers.CharField()
    is_over = serializers.BooleanField()


class StatementMonthsSerializer(serializers.Serializer):
    """The months that have a statement, newest first; at most ten years of them."""

    months = StatementMonthSerializer(many=True)


class MonthlyStatementSerializer(StatementMonthSerializer):
    """The statements of a month, one a currency."""

    statements = StatementSerializer(many=True)


class DocumentSerializer(serializers.ModelSerializer):
    """An invoice or a credit note; `facts` is everything it says, as its XML does.

    Amounts of credit notes are positive. `issuer` and `order` are null for the platform's own.
    """

    id = serializers.CharField(source="public_id")
    issuer = serializers.CharField(source="issuer.public_id", default=None)
    recipient = serializers.CharField(source="recipient.public_id")
    order = serializers.CharField(source="order.public_id", default=None)
    corrects = serializers.CharField(source="corrects.public_id", allow_null=True, default=None)
    net = MoneyField("net_minor")
    tax = MoneyField("tax_minor")
    gross = MoneyField("gross_minor")
    facts = serializers.DictField()

    class Meta:
        model = Document
        fields = [
            *("id", "kind", "number", "issued_at", "issuer", "recipient", "order", "corrects"),
            *("net", "tax", "gross", "facts"),
        ]
