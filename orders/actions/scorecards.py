"""What orders and reviews say about a manufacturer, counted anew and written down."""

from collections.abc import Mapping

from django.utils import timezone

from accounts.roles import Side
from marketplace.directory.actions.scorecards import Changes, Figure, keep_figures
from orders.records import order_figures_of
from orders.review_queries import star_sums


def keep_rating(organization_id: int) -> Changes:
    """The stars of all published reviews of buyers. What changed; twice is once."""

    def count() -> Mapping[str, Figure]:
        sums = star_sums(organization_id, Side.BUYER)
        return {
            "rating_sum": sums["rating"],
            "rating_count": sums["reviews"],
            "criteria_count": sums["rated"],
            "quality_sum": sums["quality"],
            "on_time_sum": sums["on_time"],
            "communication_sum": sums["communication"],
        }

    return keep_figures(organization_id=organization_id, count=count)


def keep_order_figures(organization_id: int) -> Changes:
    """Promised days, pieces and disputes of the period. What changed; twice is once."""

    def count() -> Mapping[str, Figure]:
        return order_figures_of(organization_id, timezone.localdate())

    return keep_figures(organization_id=organization_id, count=count)
