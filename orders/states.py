"""Lifecycles of the contract: order, milestone, non-conformance."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class OrderState(models.TextChoices):
    AWAITING_APPROVAL = "awaiting_approval", "Waiting for approval"
    AWAITING_PAYMENT = "awaiting_payment", "Waiting for payment"
    PLACED = "placed", "Placed"
    CONFIRMED = "confirmed", "Confirmed"
    IN_PRODUCTION = "in_production", "In production"
    FIRST_ARTICLE_REVIEW = "first_article_review", "First article in review"
    QUALITY_CHECK = "quality_check", "Quality check"
    READY_TO_SHIP = "ready_to_ship", "Ready to ship"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    ACCEPTED = "accepted", "Accepted"
    CLOSED = "closed", "Closed"
    ON_HOLD = "on_hold", "On hold"
    DISPUTED = "disputed", "Disputed"
    CANCELLED = "cancelled", "Cancelled"


O = OrderState  # noqa: E741 - the table below reads better with one letter
BUYER, MAKER, STAFF, SYSTEM = Side.BUYER, Side.MANUFACTURER, Side.STAFF, Side.SYSTEM
RUNNING = (O.CONFIRMED, O.IN_PRODUCTION, O.QUALITY_CHECK, O.READY_TO_SHIP)
ORDER = Lifecycle(
    name="order",
    states=OrderState,
    initial=O.AWAITING_PAYMENT,
    moves=(
        Move("approve_award", (O.AWAITING_APPROVAL,), O.AWAITING_PAYMENT, by=(BUYER,)),
        Move("reject_award", (O.AWAITING_APPROVAL,), O.CANCELLED, by=(BUYER,)),
        Move("fund_order", (O.AWAITING_PAYMENT,), O.PLACED, by=(SYSTEM,)),
        Move("confirm_order", (O.PLACED,), O.CONFIRMED, by=(MAKER,)),
        Move("start_production", (O.CONFIRMED,), O.IN_PRODUCTION, by=(MAKER,)),
        Move("submit_first_article", (O.IN_PRODUCTION,), O.FIRST_ARTICLE_REVIEW, by=(MAKER,)),
        Move("approve_first_article", (O.FIRST_ARTICLE_REVIEW,), O.IN_PRODUCTION, by=(BUYER,)),
        Move("reject_first_article", (O.FIRST_ARTICLE_REVIEW,), O.IN_PRODUCTION, by=(BUYER,)),
        Move("finish_production", (O.IN_PRODUCTION,), O.QUALITY_CHECK, by=(MAKER,)),
        Move("fail_quality_check", (O.QUALITY_CHECK,), O.IN_PRODUCTION, by=(MAKER,)),
        Move("pass_quality_check", (O.QUALITY_CHECK,), O.READY_TO_SHIP, by=(MAKER,)),
        Move("ship_order", (O.READY_TO_SHIP,), O.SHIPPED, by=(MAKER,)),
        Move("confirm_delivery", (O.SHIPPED,), O.DELIVERED, by=(BUYER, SYSTEM)),
        Move("accept_order", (O.DELIVERED,), O.ACCEPTED, by=(BUYER, SYSTEM)),
        Move("close_order", (O.ACCEPTED,), O.CLOSED, by=(SYSTEM,)),
        Move("hold_order", RUNNING, O.ON_HOLD, by=(BUYER, MAKER, STAFF)),
        Move("resume_order", (O.ON_HOLD,), O.IN_PRODUCTION, by=(BUYER, MAKER, STAFF)),
        Move("dispute_order", (O.SHIPPED, O.DELIVERED), O.DISPUTED, by=(BUYER,)),
        Move("settle_dispute", (O.DISPUTED,), O.ACCEPTED, by=(BUYER, STAFF)),
        Move("refund_dispute", (O.DISPUTED,), O.CANCELLED, by=(MAKER, STAFF)),
        Move("cancel_order", (O.AWAITING_APPROVAL,), O.CANCELLED, by=(BUYER, STAFF, SYSTEM)),
        Move(
            "cancel_order",
            (O.AWAITING_PAYMENT,),
            O.CANCELLED,
            by=(BUYER, MAKER, STAFF, SYSTEM),
        ),
        Move("cancel_order", (O.PLACED,), O.CANCELLED, by=(MAKER, STAFF)),
        Move("cancel_order", (*RUNNING, O.ON_HOLD), O.CANCELLED, by=(STAFF,)),
    ),
    turn={
        O.AWAITING_APPROVAL: BUYER,
        O.AWAITING_PAYMENT: BUYER,
        O.PLACED: MAKER,
        O.CONFIRMED: MAKER,
        O.IN_PRODUCTION: MAKER,
        O.FIRST_ARTICLE_REVIEW: BUYER,
        O.QUALITY_CHECK: MAKER,
        O.READY_TO_SHIP: MAKER,
        O.SHIPPED: BUYER,
        O.DELIVERED: BUYER,
        O.ACCEPTED: SYSTEM,
        O.CLOSED: None,
        O.ON_HOLD: STAFF,
        O.DISPUTED: STAFF,
        O.CANCELLED: None,
    },
)


class MilestoneState(models.TextChoices):
    PENDING = "pending", "Pending"
    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


M = MilestoneState
MILESTONE = Lifecycle(
    name="milestone",
    states=MilestoneState,
    initial=M.PENDING,
    moves=(
        Move("submit_milestone", (M.PENDING, M.REJECTED), M.SUBMITTED, by=(MAKER, SYSTEM)),
        Move("approve_milestone", (M.SUBMITTED,), M.APPROVED, by=(BUYER, STAFF, SYSTEM)),
        Move("reject_milestone", (M.SUBMITTED,), M.REJECTED, by=(BUYER,)),
        Move(
            "cancel_milestone",
            (M.PENDING, M.SUBMITTED, M.REJECTED),
            M.CANCELLED,
            by=(STAFF, SYSTEM),
        ),
    ),
    turn={
        M.PENDING: MAKER,
        M.SUBMITTED: BUYER,
        M.APPROVED: None,
        M.REJECTED: MAKER,
        M.CANCELLED: None,
    },
)


class NonconformanceState(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


N = NonconformanceState
NONCONFORMANCE = Lifecycle(
    name="non-conformance",
    states=NonconformanceState,
    initial=N.OPEN,
    moves=(
        Move("answer_nonconformance", (N.OPEN,), N.ANSWERED, by=(MAKER,)),
        Move("reopen_nonconformance", (N.ANSWERED,), N.OPEN, by=(BUYER,)),
        Move("resolve_nonconformance", (N.OPEN, N.ANSWERED), N.RESOLVED, by=(BUYER, STAFF)),
        Move("withdraw_nonconformance", (N.OPEN, N.ANSWERED), N.WITHDRAWN, by=(BUYER,)),
    ),
    turn={N.OPEN: MAKER, N.ANSWERED: BUYER, N.RESOLVED: None, N.WITHDRAWN: None},
)

# The road an order travels when all goes well; the stepper of the pages.
ROAD = (
    O.AWAITING_PAYMENT,
    O.PLACED,
    O.CONFIRMED,
    O.IN_PRODUCTION,
    O.QUALITY_CHECK,
    O.READY_TO_SHIP,
    O.SHIPPED,
    O.DELIVERED,
    O.ACCEPTED,
    O.CLOSED,
)
