"""Reads of reviews: of one order, about a manufacturer, and what they add up to."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import NotFound
from orders.models import Order, Review, ReviewReport
from orders.review_criteria import CRITERIA
from orders.review_states import ReviewReportState, ReviewState


def published_reviews_of(organization_id: int, side: str) -> QuerySet[Review]:
    """Reviews that `side` wrote about an organization and everybody can read by now."""
    return Review.objects.filter(about_id=organization_id, side=side, state=ReviewState.PUBLISHED)


def lock_review(order: Order, public_id: str) -> Review:
    """A review of an order whose lock the caller holds. Raises NotFound."""
    found = order.reviews.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.order = order
    return found


def review_for_staff(public_id: str) -> Review:
    """Any review with its order and parties. Raises NotFound."""
    found = Review.objects.select_related("order").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def open_reports_of(actor: Actor, order: Order) -> set[int]:
    """Rows of the order's reviews that the acting organization reported and staff did not see."""
    return set(
        ReviewReport.objects.filter(
            review__order=order,
            organization=actor.organization,
            state=ReviewReportState.OPEN,
        ).values_list("review_id", flat=True)
    )


def waiting_reports() -> QuerySet[ReviewReport]:
    """What staff have to look at, oldest first."""
    return (
        ReviewReport.objects.filter(state=ReviewReportState.OPEN)
        .select_related("review__order", "organization")
        .order_by("pk")
    )


@dataclass(frozen=True)
class Criterion:
    """The mean of one criterion over the reviews that rated it, 1 to 5."""

    label: str
    mean: float


@dataclass(frozen=True)
class Standing:
    """All published reviews about an organization by one side: how many, the mean, by criteria."""

    count: int
    mean: float | None
    criteria: list[Criterion]


def star_sums(organization_id: int, side: str) -> dict[str, int]:
    """`rating`, `reviews`, each criterion of the side and `rated` (reviews with criteria): sums
    over the published reviews by `side` about an organization. One query."""
    names = CRITERIA[side]
    found = published_reviews_of(organization_id, side).aggregate(
        rating_total=Sum("rating"),
        reviews=Count("pk"),
        rated=Count(next(iter(names))),
        **{f"{name}_total": Sum(name) for name in names},
    )
    sums = {name: found[f"{name}_total"] or 0 for name in ("rating", *names)}
    return {**sums, "reviews": found["reviews"], "rated": found["rated"]}


def standing_of(organization_id: int, side: str) -> Standing:
    """What the reviews by `side` about an organization add up to. One query."""
    sums = star_sums(organization_id, side)
    rated = sums["rated"]
    criteria = [Criterion(label, sums[n] / rated) for n, label in CRITERIA[side].items() if rated]
    mean = sums["rating"] / sums["reviews"] if sums["reviews"] else None
    return Standing(sums["reviews"], mean, criteria)


def reviews_about_buyer(actor: Actor) -> QuerySet[Review]:
    """What manufacturers wrote about the acting buyer, newest first."""
    if actor.organization is None:
        return Review.objects.none()
    rows = published_reviews_of(actor.organization.pk, Side.MANUFACTURER)
    return rows.select_related("order")
