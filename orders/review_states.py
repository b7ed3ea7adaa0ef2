"""Lifecycles of a review and of a report about one."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class ReviewState(models.TextChoices):
    WAITING = "waiting", "Not published yet"
    PUBLISHED = "published", "Published"
    HIDDEN = "hidden", "Hidden by staff"


R = ReviewState
REVIEW = Lifecycle(
    name="review",
    states=ReviewState,
    initial=R.WAITING,
    moves=(
        Move("publish_review", (R.WAITING,), R.PUBLISHED, by=(Side.SYSTEM,)),
        Move("hide_review", (R.PUBLISHED,), R.HIDDEN, by=(Side.STAFF,)),
        Move("restore_review", (R.HIDDEN,), R.PUBLISHED, by=(Side.STAFF,)),
    ),
    turn={R.WAITING: Side.SYSTEM, R.PUBLISHED: None, R.HIDDEN: None},
)


class ReviewReportState(models.TextChoices):
    OPEN = "open", "Waits for staff"
    UPHELD = "upheld", "The review was hidden"
    DISMISSED = "dismissed", "The review stays"


P = ReviewReportState
REVIEW_REPORT = Lifecycle(
    name="report of a review",
    states=ReviewReportState,
    initial=P.OPEN,
    moves=(
        Move("uphold_report", (P.OPEN,), P.UPHELD, by=(Side.STAFF,)),
        Move("dismiss_report", (P.OPEN,), P.DISMISSED, by=(Side.STAFF,)),
    ),
    turn={P.OPEN: Side.STAFF, P.UPHELD: None, P.DISMISSED: None},
)
