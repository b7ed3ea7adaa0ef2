"""Lifecycle of a change order."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move
from orders.states import OrderState


class ChangeState(models.TextChoices):
    AWAITING_APPROVAL = "awaiting_approval", "Waiting for approval"
    OPEN = "open", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted, to be paid"
    IN_FORCE = "in_force", "In force"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Taken back"
    EXPIRED = "expired", "Expired"
    LAPSED = "lapsed", "Lapsed"


C = ChangeState
BUYER, MAKER, SYSTEM = Side.BUYER, Side.MANUFACTURER, Side.SYSTEM
BOTH = (BUYER, MAKER)
# Nothing else can be proposed for the order meanwhile.
ALIVE = (C.AWAITING_APPROVAL, C.OPEN, C.ACCEPTED)
# Who proposed is in the row: the other side answers, the proposer takes back (`change_rules.py`).
# A change that costs no more is in force with the answer; a dearer one when its supplement is
# paid.
CHANGE = Lifecycle(
    name="change order",
    states=ChangeState,
    initial=C.OPEN,
    moves=(
        # The buyer's own rules ask for another pair of eyes: before the manufacturer sees what the
        # buyer proposed, or before the buyer's yes counts.
        Move("ask_approval", (C.OPEN,), C.AWAITING_APPROVAL, by=(BUYER,)),
        Move("approve_change", (C.AWAITING_APPROVAL,), C.OPEN, by=(BUYER,)),
        Move("approve_change", (C.AWAITING_APPROVAL,), C.ACCEPTED, by=(BUYER,)),
        Move("accept_change", (C.OPEN,), C.IN_FORCE, by=BOTH),
        Move("accept_change", (C.OPEN,), C.ACCEPTED, by=BOTH),
        Move("fund_change", (C.ACCEPTED,), C.IN_FORCE, by=(SYSTEM,)),
        Move("decline_change", (C.AWAITING_APPROVAL,), C.DECLINED, by=(BUYER,)),
        Move("decline_change", (C.OPEN,), C.DECLINED, by=BOTH),
        Move("withdraw_change", (C.AWAITING_APPROVAL, C.OPEN), C.WITHDRAWN, by=BOTH),
        Move("expire_change", (C.AWAITING_APPROVAL, C.OPEN), C.EXPIRED, by=(SYSTEM,)),
        Move("lapse_change", (C.ACCEPTED,), C.LAPSED, by=(BUYER, SYSTEM)),
    ),
    turn={
        C.AWAITING_APPROVAL: BUYER,
        C.OPEN: MAKER,
        C.ACCEPTED: BUYER,
        C.IN_FORCE: None,
        C.DECLINED: None,
        C.WITHDRAWN: None,
        C.EXPIRED: None,
        C.LAPSED: None,
    },
)

O = OrderState  # noqa: E741 - the lists below read better with one letter
# From the payment until everything has been shipped, also while the work stands still.
CHANGEABLE = (
    O.PLACED,
    O.CONFIRMED,
    O.IN_PRODUCTION,
    O.FIRST_ARTICLE_REVIEW,
    O.QUALITY_CHECK,
    O.READY_TO_SHIP,
    O.PARTLY_SHIPPED,
    O.ON_HOLD,
)
# Other files can still be made: nothing is finished yet.
REVISABLE = (O.PLACED, O.CONFIRMED, O.IN_PRODUCTION, O.FIRST_ARTICLE_REVIEW, O.QUALITY_CHECK)
