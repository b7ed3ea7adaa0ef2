"""Lifecycles of the contract: order, milestone, non-conformance, proposal."""

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
    PARTLY_SHIPPED = "partly_shipped", "Partly shipped"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    ACCEPTED = "accepted", "Accepted"
    CLOSED = "closed", "Closed"
    ON_HOLD = "on_hold", "On hold"
    DISPUTED = "disputed", "Disputed"
    CANCELLED = "cancelled", "Cancelled"


O = OrderState  # noqa: E741 - the table below reads better with one letter
BUYER, MAKER, STAFF, SYSTEM = Side.BUYER, Side.MANUFACTURER, Side.STAFF, Side.SYSTEM
# Being made, until the last part left.
RUNNING = (
    O.CONFIRMED,
    O.IN_PRODUCTION,
    O.FIRST_ARTICLE_REVIEW,
    O.QUALITY_CHECK,
    O.READY_TO_SHIP,
    O.PARTLY_SHIPPED,
)
# What a side may bring before staff; the order goes back to where it was when that ends.
DISPUTABLE = (*RUNNING, O.SHIPPED, O.DELIVERED)
# In these everything is made and good, and some of it has left or may leave.
MADE = (O.READY_TO_SHIP, O.PARTLY_SHIPPED)
# Pieces may be on their way while others are still being made.
SHIPPING = (O.IN_PRODUCTION, O.QUALITY_CHECK, *MADE, O.SHIPPED)
# Parts have arrived, or some have.
RECEIVING = (*SHIPPING, O.DELIVERED)
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
        # A part of the pieces may leave while the rest is being made: the order stays where it is,
        # so that the last ones leave after production and check as ever.
        Move("ship_part", (O.IN_PRODUCTION,), O.IN_PRODUCTION, by=(MAKER,)),
        Move("ship_part", (O.QUALITY_CHECK,), O.QUALITY_CHECK, by=(MAKER,)),
        Move("ship_part", (O.READY_TO_SHIP, O.PARTLY_SHIPPED), O.PARTLY_SHIPPED, by=(MAKER,)),
        Move("ship_order", (O.READY_TO_SHIP, O.PARTLY_SHIPPED), O.SHIPPED, by=(MAKER,)),
        # A change order left nothing to ship.
        Move("end_shipping", (O.READY_TO_SHIP, O.PARTLY_SHIPPED), O.SHIPPED, by=(SYSTEM,)),
        Move("confirm_delivery", (O.SHIPPED,), O.DELIVERED, by=(BUYER, SYSTEM)),
        Move("accept_order", (O.DELIVERED,), O.ACCEPTED, by=(BUYER, SYSTEM)),
        Move("close_order", (O.ACCEPTED,), O.CLOSED, by=(SYSTEM,)),
        Move("hold_order", RUNNING, O.ON_HOLD, by=(BUYER, MAKER, STAFF)),
        *(Move("resume_order", (O.ON_HOLD,), state, by=(BUYER, MAKER, STAFF)) for state in RUNNING),
        Move("dispute_order", DISPUTABLE, O.DISPUTED, by=(BUYER, MAKER, SYSTEM)),
        *(
            Move("end_dispute", (O.DISPUTED,), state, by=(BUYER, STAFF, SYSTEM))
            for state in DISPUTABLE
        ),
        Move("settle_dispute", (O.DISPUTED,), O.ACCEPTED, by=(STAFF,)),
        Move("refund_dispute", (O.DISPUTED,), O.CANCELLED, by=(STAFF,)),
        Move("cancel_order", (O.AWAITING_APPROVAL,), O.CANCELLED, by=(BUYER, STAFF, SYSTEM)),
        Move(
            "cancel_order",
            (O.AWAITING_PAYMENT,),
            O.CANCELLED,
            by=(BUYER, MAKER, STAFF, SYSTEM),
        ),
        Move("cancel_order", (O.PLACED,), O.CANCELLED, by=(BUYER, MAKER, STAFF)),
        Move("cancel_order", (*RUNNING, O.ON_HOLD), O.CANCELLED, by=(STAFF,)),
        # One side proposed what is owed for the work done, the other took it.
        Move("settle_order", (*RUNNING, O.ON_HOLD), O.CANCELLED, by=(BUYER, MAKER)),
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
        O.PARTLY_SHIPPED: MAKER,
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
        Move("approve_milestone", (M.SUBMITTED,), M.APPROVED, by=(BUYER, SYSTEM)),
        Move("reject_milestone", (M.SUBMITTED,), M.REJECTED, by=(BUYER,)),
        Move(
            "cancel_milestone",
            (M.PENDING, M.SUBMITTED, M.REJECTED),
            M.CANCELLED,
            by=(SYSTEM,),
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
    ANSWERED = "answered", "Offer made"
    AGREED = "agreed", "Being put right"
    REMEDIED = "remedied", "Put right"
    ESCALATED = "escalated", "With the platform"
    RESOLVED = "resolved", "Resolved"
    WITHDRAWN = "withdrawn", "Withdrawn"


N = NonconformanceState
N_ENDED = (N.RESOLVED, N.WITHDRAWN)
N_ALIVE = (N.OPEN, N.ANSWERED, N.AGREED, N.REMEDIED)
NONCONFORMANCE = Lifecycle(
    name="non-conformance",
    states=NonconformanceState,
    initial=N.OPEN,
    moves=(
        Move("answer_nonconformance", (N.OPEN,), N.ANSWERED, by=(MAKER,)),
        Move("reopen_nonconformance", (N.ANSWERED, N.REMEDIED), N.OPEN, by=(BUYER,)),
        # The shop reworks, replaces or takes back first.
        Move("agree_nonconformance", (N.ANSWERED,), N.AGREED, by=(BUYER,)),
        Move("report_remedy", (N.AGREED,), N.REMEDIED, by=(MAKER,)),
        Move("resolve_nonconformance", (N.ANSWERED,), N.RESOLVED, by=(BUYER,)),
        Move("resolve_nonconformance", (N.REMEDIED,), N.RESOLVED, by=(BUYER, SYSTEM)),
        Move("resolve_nonconformance", (N.ESCALATED,), N.RESOLVED, by=(STAFF,)),
        Move("escalate_nonconformance", N_ALIVE, N.ESCALATED, by=(BUYER, MAKER, SYSTEM)),
        Move("withdraw_nonconformance", (*N_ALIVE, N.ESCALATED), N.WITHDRAWN, by=(BUYER,)),
        # The whole order ended otherwise: by a settlement, a cancellation or the platform.
        Move("end_nonconformance", (*N_ALIVE, N.ESCALATED), N.RESOLVED, by=(SYSTEM,)),
    ),
    turn={
        N.OPEN: MAKER,
        N.ANSWERED: BUYER,
        N.AGREED: MAKER,
        N.REMEDIED: BUYER,
        N.ESCALATED: STAFF,
        N.RESOLVED: None,
        N.WITHDRAWN: None,
    },
)


class ProposalState(models.TextChoices):
    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


R = ProposalState
BOTH = (BUYER, MAKER)
# The end of the contract, proposed by one side (a change of it: `change_states.py`). Who proposed
# is in the row: the other side answers, the proposer takes back (`rules.py`).
PROPOSAL = Lifecycle(
    name="proposal",
    states=ProposalState,
    initial=R.OPEN,
    moves=(
        Move("accept_proposal", (R.OPEN,), R.ACCEPTED, by=BOTH),
        Move("decline_proposal", (R.OPEN,), R.DECLINED, by=BOTH),
        Move("withdraw_proposal", (R.OPEN,), R.WITHDRAWN, by=BOTH),
        Move("expire_proposal", (R.OPEN,), R.EXPIRED, by=(SYSTEM,)),
    ),
    turn={
        R.OPEN: BUYER,
        R.ACCEPTED: None,
        R.DECLINED: None,
        R.WITHDRAWN: None,
        R.EXPIRED: None,
    },
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


class FirstArticleState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Of an earlier revision"


F = FirstArticleState
# One revision of a report. A rejected one stays; the next revision starts as its copy. So does an
# approved one whose part a change order brought to another revision: it is asked for again.
FIRST_ARTICLE = Lifecycle(
    name="first article report",
    states=FirstArticleState,
    initial=F.DRAFT,
    moves=(
        Move("submit_report", (F.DRAFT,), F.SUBMITTED, by=(MAKER,)),
        Move("approve_report", (F.SUBMITTED,), F.APPROVED, by=(BUYER,)),
        Move("reject_report", (F.SUBMITTED,), F.REJECTED, by=(BUYER,)),
        Move("supersede_report", (F.APPROVED,), F.SUPERSEDED, by=(SYSTEM,)),
    ),
    turn={
        F.DRAFT: MAKER,
        F.SUBMITTED: BUYER,
        F.APPROVED: None,
        F.REJECTED: None,
        F.SUPERSEDED: None,
    },
)
