"""Both sides review each other; neither reads the other's before writing its own."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.directory.actions.manufacturer import add_rating
from orders import events
from orders.models import Order, Review
from orders.queries import lock_order
from orders.rules import REVIEWABLE, check_can_review


@transaction.atomic
def review_order(*, actor: Actor, public_id: str, rating: int, text: str = "") -> Review:
    """Write one side's review; the second one publishes both."""
    order = lock_order(public_id)
    side = check_can_review(actor, order)
    if rating not in (1, 2, 3, 4, 5):
        raise DomainError("Give one to five stars.", fields={"rating": "Give one to five stars."})
    if order.reviews.filter(side=side).exists():
        raise Conflict("Your organization has reviewed this order already.")
    about = order.manufacturer if side == Side.BUYER else order.buyer
    review = Review.objects.create(
        order=order,
        side=side,
        author=actor.company,
        about=about,
        rating=rating,
        text=text.strip(),
    )
    record(
        events.ORDER_REVIEWED,
        review,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        side=side,
    )
    if order.reviews.count() == 2:
        publish_reviews(order, actor=actor)
    return review


def publish_reviews(order: Order, *, actor: Actor) -> None:
    """Show what was written and count it; twice is once. The caller holds the order's lock."""
    hidden = list(order.reviews.filter(published_at=None))
    if not hidden:
        return
    order.reviews.filter(published_at=None).update(published_at=timezone.now())
    for review in hidden:
        if review.side == Side.BUYER:
            add_rating(organization=order.manufacturer, rating=review.rating)
    record(events.REVIEWS_PUBLISHED, order, actor=actor, visible_to=order.parties)


def publish_lonely_reviews() -> int:
    """Publish reviews whose other side stayed silent past the window; the number of orders."""
    before = timezone.now() - timedelta(days=settings.REVIEW_WINDOW_DAYS)
    due = Order.objects.filter(
        state__in=REVIEWABLE, reviews__published_at=None, reviews__created_at__lt=before
    )
    ids = list(due.values_list("public_id", flat=True).distinct()[:500])
    for public_id in ids:
        with transaction.atomic():
            publish_reviews(lock_order(public_id), actor=Actor.system("review timer"))
    return len(ids)
