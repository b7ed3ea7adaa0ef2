"""Lines and prices of a quote, as both sides read them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.core.api.fields import MoneyField, MoneySerializer, UnitPriceField, money_json
from marketplace.core.money import Money, line_total
from orders.milestones import WHEN
from quotes.models import QuoteCharge, QuoteLine, QuotePrice


class PriceSerializer(serializers.Serializer):
    """The price of one line at one quantity. `total` is goods only."""

    quantity = serializers.IntegerField()
    unit_price = UnitPriceField(read_only=True)
    lead_time_days = serializers.IntegerField()
    is_agreed = serializers.BooleanField(
        help_text="of a quantity agreed on in a counter-offer, not one asked"
    )
    total = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer)
    def get_total(self, price: QuotePrice) -> dict[str, Any]:
        """Unit price times quantity, rounded once."""
        currency = price.line.quote.currency
        minor = line_total(price.unit_price, price.quantity, currency)
        return money_json(Money(minor, currency))


class ProposedMilestoneSerializer(serializers.Serializer):
    """A share of the price the shop proposes to be paid when `kind` is reached."""

    kind = serializers.ChoiceField(list(WHEN.items()))
    percent = serializers.IntegerField(min_value=1, max_value=100)


class ChargeSerializer(serializers.Serializer):
    """What a document or an inspection costs, once for the line."""

    kind = serializers.ChoiceField(QuoteCharge.Kind.choices)
    code = serializers.CharField()
    amount = MoneyField("amount_minor", "line.quote.currency")


class QuoteLineSerializer(serializers.Serializer):
    """One line of a quote; no prices means it is not quoted."""

    rfq_line = serializers.CharField(source="rfq_line.public_id")
    position = serializers.IntegerField(source="rfq_line.position")
    option = serializers.IntegerField(help_text="0 as asked, else an alternate")
    reason = serializers.CharField(help_text="why the alternate")
    process = serializers.CharField(
        source="process.code",
        allow_null=True,
        default=None,
        help_text="of an alternate; null as asked",
    )
    material = serializers.CharField(source="material.code", allow_null=True, default=None)
    finish = serializers.CharField(source="finish.code", allow_null=True, default=None)
    setup = MoneyField("setup_minor", "quote.currency")
    tooling = MoneyField("tooling_minor", "quote.currency")
    tooling_owner = serializers.ChoiceField(QuoteLine.ToolOwner.choices)
    min_quantity = serializers.IntegerField()
    charges = ChargeSerializer(many=True)
    decline_reason = serializers.CharField()
    notes = serializers.CharField()
    prices = PriceSerializer(many=True)
