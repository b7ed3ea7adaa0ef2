"""What a shop's orders say about it, in numbers without names."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q

from orders.models import Shipment


@dataclass(frozen=True)
class Record:
    """Orders that were shipped, and how many of them on or before the promised day."""

    shipped: int = 0
    on_time: int = 0


def records_of(organization_ids: Collection[int]) -> dict[int, Record]:
    """By organization that makes parts; those without a shipped order are absent. One query."""
    rows = (
        Shipment.objects.filter(order__manufacturer_id__in=organization_ids)
        .values("order__manufacturer_id")
        .annotate(
            shipped=Count("order", distinct=True),
            on_time=Count(
                "order", distinct=True, filter=Q(shipped_at__date__lte=F("order__ship_by"))
            ),
        )
    )
    return {row["order__manufacturer_id"]: Record(row["shipped"], row["on_time"]) for row in rows}
