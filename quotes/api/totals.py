"""What a choice costs, as programs read it."""

from typing import Any

from rest_framework import serializers

from marketplace.core.api.fields import MoneySerializer, money_json
from marketplace.core.money import Money


class TotalSerializer(serializers.Serializer):
    """What a choice of quantities costs, and in how many days it ships."""

    goods = MoneySerializer()
    setup = MoneySerializer()
    tooling = MoneySerializer()
    charges = MoneySerializer(help_text="documents and inspections")
    freight = MoneySerializer()
    total = MoneySerializer()
    lead_time_days = serializers.IntegerField()


def total_json(total: Any, currency: str) -> dict[str, Any] | None:
    """A pricing.Total as TotalSerializer describes it; None stays None."""
    if total is None:
        return None
    amounts = {
        name: money_json(Money(getattr(total, f"{name}_minor"), currency))
        for name in ("goods", "setup", "tooling", "charges", "freight", "total")
    }
    return {**amounts, "lead_time_days": total.lead_time_days}
