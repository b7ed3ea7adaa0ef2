"""Both sides review each other by criteria; neither reads the other's before writing its own."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.core.states import move
from orders import events
from orders.actions.scorecards import keep_rating
from orders.models import Order, Review, ReviewReport
from orders.queries import lock_order
from orders.review_criteria import CRITERIA, STARS, overall
from orders.review_queries import lock_review
from orders.review_rules import check_can_answer, check_can_report
from orders.review_states import REVIEW, ReviewReportState, ReviewState
from orders.rules import REVIEWABLE, WRITE_REVIEW


@transaction.atomic
def review_order(
    *, actor: Actor, public_id: str, scores: Mapping[str, int | None], text: str = ""
) -> Review:
    """Write one side's review; the second one publishes both.

    `scores` holds one to five stars for each criterion of the side (CRITERIA); the overall rating
    is their mean. Raises NotFound, NotAllowed, Conflict, or DomainError beside each score that is
    missing or none of the side's.
    """
    order = lock_order(public_id)
    side = WRITE_REVIEW.check(actor, order)
    clean = _checked(side, scores)
    if order.reviews.filter(side=side).exists():
        raise Conflict("Your organization has reviewed this order already.")
    review = Review.objects.create(
        order=order,
        side=side,
        author=actor.company,
        about=order.manufacturer if side == Side.BUYER else order.buyer,
        rating=overall(clean),
        text=text.strip(),
        **clean,
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


def _checked(side: str, scores: Mapping[str, int | None]) -> dict[str, int]:
    """The side's own scores. Raises DomainError beside each that cannot be."""
    wanted = CRITERIA[side]
    given = {name: stars for name, stars in scores.items() if stars is not None}
    faults = {name: "Give one to five stars." for name in wanted if given.get(name) not in STARS}
    faults |= {name: "The other side rates this." for name in given if name not in wanted}
    if faults:
        names = ", ".join(label.lower() for label in wanted.values())
        raise DomainError(f"Give one to five stars each for {names}.", fields=faults)
    return given


def publish_reviews(order: Order, *, actor: Actor) -> None:
    """Show what was written and count it; twice is once. The caller holds the order's lock."""
    waiting = list(order.reviews.filter(state=ReviewState.WAITING))
    if not waiting:
        return
    for review in waiting:
        move(review, REVIEW, "publish_review", by=Side.SYSTEM)
    ids = [review.pk for review in waiting]
    order.reviews.filter(pk__in=ids).update(published_at=timezone.now())
    keep_rating(order.manufacturer_id)
    record(events.REVIEWS_PUBLISHED, order, actor=actor, visible_to=order.parties)


def publish_lonely_reviews() -> int:
    """Publish reviews whose other side stayed silent past the window; the number of orders."""
    before = timezone.now() - timedelta(days=settings.REVIEW_WINDOW_DAYS)
    due = Order.objects.filter(
        state__in=REVIEWABLE,
        reviews__state=ReviewState.WAITING,
        reviews__created_at__lt=before,
    )
    ids = list(due.values_list("public_id", flat=True).distinct()[:500])
    for public_id in ids:
        with transaction.atomic():
            publish_reviews(lock_order(public_id), actor=Actor.system("The review timer"))
    return len(ids)


@transaction.atomic
def answer_review(*, actor: Actor, public_id: str, review_id: str, text: str) -> Review:
    """The side reviewed answers in public, once. `public_id` names the order.

    Raises NotFound, NotAllowed, WrongState, Conflict, or DomainError for an empty answer.
    """
    order = lock_order(public_id)
    review = lock_review(order, review_id)
    side = check_can_answer(actor, order, review)
    if not text.strip():
        raise DomainError("Write the answer first.", fields={"text": "Write the answer first."})
    review.answer = text.strip()[:1000]
    review.answered_at = timezone.now()
    review.save(update_fields=["answer", "answered_at"])
    record(
        events.REVIEW_ANSWERED,
        review,
        actor=actor,
        thread=order,
        visible_to=order.parties,
        side=side,
    )
    return review


@transaction.atomic
def report_review(*, actor: Actor, public_id: str, review_id: str, reason: str) -> ReviewReport:
    """Ask staff to look at a review or its answer. Only the reporting side sees that it did.

    Raises NotFound, NotAllowed, WrongState, Conflict while an earlier report of the same
    organization waits, or DomainError without a reason.
    """
    order = lock_order(public_id)
    review = lock_review(order, review_id)
    check_can_report(actor, order, review)
    clean = " ".join(reason.split())[:400]
    if not clean:
        sentence = "Say what is wrong with it, so that our staff can decide."
        raise DomainError(sentence, fields={"reason": sentence})
    company = actor.company
    if review.reports.filter(organization=company, state=ReviewReportState.OPEN).exists():
        raise Conflict("Your organization has reported this review already. Our staff look at it.")
    report = ReviewReport.objects.create(review=review, organization=company, reason=clean)
    record(
        events.REVIEW_REPORTED,
        report,
        actor=actor,
        thread=order,
        visible_to=[company],
        reason=clean,
    )
    return report
