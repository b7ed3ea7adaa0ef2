"""In which parts an order is paid, in words."""

from collections.abc import Mapping, Sequence

from orders.models import Milestone

# When each part falls due, in that order.
WHEN = {
    Milestone.Kind.DEPOSIT.value: "at order",
    Milestone.Kind.TOOLING.value: "when the tool is ready",
    Milestone.Kind.FIRST_ARTICLE.value: "when the first article is approved",
    Milestone.Kind.SHIPMENT.value: "at shipment",
    Milestone.Kind.ACCEPTANCE.value: "on acceptance",
}


def payment_words(milestones: Sequence[Mapping[str, object]]) -> str:
    """Such as "30% at order, 70% at shipment"; "all on acceptance" when there are none."""
    parts = [
        f"{part['percent']}% {WHEN.get(str(part['kind']), str(part['kind']))}"
        for part in milestones
    ]
    return ", ".join(parts) or "all on acceptance"
