"""Staff hide a review that breaks the rules, restore it, and decide on reports."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import check_move, move
from orders import events
from orders.actions.scorecards import keep_rating
from orders.models import Review, ReviewReport
from orders.queries import lock_order
from orders.review_queries import lock_review, review_for_staff
from orders.review_states import REVIEW, REVIEW_REPORT, ReviewReportState


@transaction.atomic
def hide_review(*, actor: Actor, public_id: str, reason: str) -> Review:
    """Take a review and its answer off every page and out of the rating; both sides are told why.

    Open reports about it are closed as upheld. Raises NotFound, NotAllowed, WrongState, or
    DomainError without a reason.
    """
    review, clean = _locked(actor, public_id, reason)
    _moderate(review, actor, "hide_review", events.REVIEW_HIDDEN, clean)
    for report in _open(review):
        move(report, REVIEW_REPORT, "uphold_report", by=Side.STAFF)
    return review


@transaction.atomic
def restore_review(*, actor: Actor, public_id: str, reason: str) -> Review:
    """Show a hidden review again and count it; both sides are told why. Raises as `hide_review`."""
    review, clean = _locked(actor, public_id, reason)
    _moderate(review, actor, "restore_review", events.REVIEW_RESTORED, clean)
    return review


@transaction.atomic
def uphold_report(*, actor: Actor, public_id: str, reason: str) -> ReviewReport:
    """The report is right: the review is hidden. Raises as `hide_review` does."""
    report = _report(actor, public_id)
    check_move(report, REVIEW_REPORT, "uphold_report", by=Side.STAFF)
    hide_review(actor=actor, public_id=report.review.public_id, reason=reason)
    report.refresh_from_db()
    return report


@transaction.atomic
def dismiss_report(*, actor: Actor, public_id: str, reason: str) -> ReviewReport:
    """The review stays; who reported it is told why.

    Raises NotFound, NotAllowed, WrongState, or DomainError without a reason.
    """
    report = _report(actor, public_id)
    review, clean = _locked(actor, report.review.public_id, reason)
    move(report, REVIEW_REPORT, "dismiss_report", by=Side.STAFF)
    report.staff_word = clean
    report.save(update_fields=["staff_word"])
    record(
        events.REVIEW_REPORT_DISMISSED,
        report,
        actor=actor,
        thread=review.order,
        visible_to=[report.organization],
        reason=clean,
    )
    return report


def _report(actor: Actor, public_id: str) -> ReviewReport:
    _check_staff(actor)
    found = (
        ReviewReport.objects.select_related("review", "organization")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def _open(review: Review) -> QuerySet[ReviewReport]:
    return review.reports.filter(state=ReviewReportState.OPEN)


def _locked(actor: Actor, public_id: str, reason: str) -> tuple[Review, str]:
    """The review under its order's lock, and the reason in one line."""
    _check_staff(actor)
    clean = " ".join(reason.split())[:400]
    if not clean:
        raise DomainError("Say why; both sides read it.", fields={"reason": "Say why."})
    order = lock_order(review_for_staff(public_id).order.public_id)
    return lock_review(order, public_id), clean


def _check_staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAllowed("Only our staff decide about reviews.")


def _moderate(review: Review, actor: Actor, verb: str, fact: Fact, reason: str) -> None:
    move(review, REVIEW, verb, by=Side.STAFF)
    review.staff_word = reason
    review.save(update_fields=["staff_word"])
    if review.side == Side.BUYER:
        keep_rating(review.about_id)
    record(
        fact,
        review,
        actor=actor,
        thread=review.order,
        visible_to=review.order.parties,
        side=review.side,
        reason=reason,
    )
