"""Lifecycles before the contract: request, invitation, quote, counter-offer, best and final."""

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move


class RFQState(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed for quotes"
    AWARDED = "awarded", "Awarded"
    PARTIALLY_AWARDED = "partially_awarded", "Partly awarded"
    NO_AWARD = "no_award", "No award"
    CANCELLED = "cancelled", "Cancelled"


BUYER, MAKER, STAFF, SYSTEM = Side.BUYER, Side.MANUFACTURER, Side.STAFF, Side.SYSTEM
R = RFQState
RFQ_LIFECYCLE = Lifecycle(
    name="request",
    states=RFQState,
    initial=R.DRAFT,
    moves=(
        Move("publish_rfq", (R.DRAFT,), R.OPEN, by=(BUYER,)),
        Move("amend_rfq", (R.OPEN,), R.OPEN, by=(BUYER,)),
        Move("close_rfq", (R.OPEN,), R.CLOSED, by=(BUYER, SYSTEM)),
        Move("extend_rfq", (R.CLOSED,), R.OPEN, by=(BUYER,)),
        Move("award_rfq", (R.OPEN, R.CLOSED, R.PARTIALLY_AWARDED), R.AWARDED, by=(BUYER,)),
        Move("award_part_of_rfq", (R.OPEN, R.CLOSED), R.PARTIALLY_AWARDED, by=(BUYER,)),
        Move("finish_rfq", (R.PARTIALLY_AWARDED,), R.AWARDED, by=(BUYER,)),
        Move("end_without_award", (R.CLOSED,), R.NO_AWARD, by=(BUYER, SYSTEM)),
        Move("cancel_rfq", (R.DRAFT, R.OPEN, R.CLOSED), R.CANCELLED, by=(BUYER, STAFF)),
    ),
    turn={
        R.DRAFT: BUYER,
        R.OPEN: MAKER,
        R.CLOSED: BUYER,
        R.AWARDED: None,
        R.PARTIALLY_AWARDED: BUYER,
        R.NO_AWARD: None,
        R.CANCELLED: None,
    },
)


class InvitationState(models.TextChoices):
    SENT = "sent", "Invited"
    VIEWED = "viewed", "Seen"
    QUOTING = "quoting", "Quoting"
    NO_BID = "no_bid", "Declined"
    EXPIRED = "expired", "Expired"
    REVOKED = "revoked", "Revoked"


I = InvitationState  # noqa: E741 - the table below reads better with one letter
INVITATION = Lifecycle(
    name="invitation",
    states=InvitationState,
    initial=I.SENT,
    moves=(
        Move("view_rfq", (I.SENT,), I.VIEWED, by=(MAKER,)),
        Move("start_quote", (I.SENT, I.VIEWED, I.NO_BID), I.QUOTING, by=(MAKER,)),
        Move("decline_to_quote", (I.SENT, I.VIEWED, I.QUOTING), I.NO_BID, by=(MAKER,)),
        Move("expire_invitation", (I.SENT, I.VIEWED, I.QUOTING), I.EXPIRED, by=(SYSTEM,)),
        Move(
            "revoke_invitation",
            (I.SENT, I.VIEWED, I.QUOTING, I.NO_BID),
            I.REVOKED,
            by=(BUYER, STAFF),
        ),
        Move("restore_invitation", (I.REVOKED,), I.VIEWED, by=(BUYER,)),
    ),
    turn={
        I.SENT: MAKER,
        I.VIEWED: MAKER,
        I.QUOTING: MAKER,
        I.NO_BID: None,
        I.EXPIRED: None,
        I.REVOKED: None,
    },
)


class QuoteState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    NEEDS_RECONFIRMATION = "needs_reconfirmation", "Needs reconfirmation"
    ACCEPTED = "accepted", "Accepted"
    PARTIALLY_ACCEPTED = "partially_accepted", "Partly accepted"
    DECLINED = "declined", "Not chosen"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Replaced"


Q = QuoteState
LIVE = (Q.SUBMITTED, Q.NEEDS_RECONFIRMATION)
QUOTE = Lifecycle(
    name="quote",
    states=QuoteState,
    initial=Q.DRAFT,
    moves=(
        Move("submit_quote", (Q.DRAFT,), Q.SUBMITTED, by=(MAKER,)),
        Move("edit_quote", LIVE, Q.DRAFT, by=(MAKER,)),
        Move("withdraw_quote", (Q.DRAFT, *LIVE), Q.WITHDRAWN, by=(MAKER,)),
        Move("ask_reconfirmation", (Q.SUBMITTED,), Q.NEEDS_RECONFIRMATION, by=(BUYER,)),
        Move("reconfirm_quote", (Q.NEEDS_RECONFIRMATION,), Q.SUBMITTED, by=(MAKER,)),
        Move("accept_quote", (Q.SUBMITTED, Q.PARTIALLY_ACCEPTED), Q.ACCEPTED, by=(BUYER,)),
        Move(
            "accept_part_of_quote",
            (Q.SUBMITTED, Q.PARTIALLY_ACCEPTED),
            Q.PARTIALLY_ACCEPTED,
            by=(BUYER,),
        ),
        Move("decline_quote", (Q.DRAFT, *LIVE), Q.DECLINED, by=(BUYER, SYSTEM)),
        Move("expire_quote", (Q.DRAFT, *LIVE), Q.EXPIRED, by=(SYSTEM,)),
        Move("supersede_quote", LIVE, Q.SUPERSEDED, by=(MAKER, SYSTEM)),
    ),
    turn={
        Q.DRAFT: MAKER,
        Q.SUBMITTED: BUYER,
        Q.NEEDS_RECONFIRMATION: MAKER,
        Q.ACCEPTED: None,
        Q.PARTIALLY_ACCEPTED: None,
        Q.DECLINED: None,
        Q.WITHDRAWN: None,
        Q.EXPIRED: None,
        Q.SUPERSEDED: None,
    },
)


class CounterOfferState(models.TextChoices):
    OPEN = "open", "Waits for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Ended unanswered"
    REPLACED = "replaced", "Countered"


C = CounterOfferState
BOTH = (BUYER, MAKER)
# Whose turn an open one is stands in its row (`by_side`, the other one answers); of the table both
# may make every move, and `rules` says which of the two.
COUNTER_OFFER = Lifecycle(
    name="counter-offer",
    states=CounterOfferState,
    initial=C.OPEN,
    moves=(
        Move("accept_counter", (C.OPEN,), C.ACCEPTED, by=BOTH),
        Move("decline_counter", (C.OPEN,), C.DECLINED, by=BOTH),
        Move("withdraw_counter", (C.OPEN,), C.WITHDRAWN, by=BOTH),
        Move("replace_counter", (C.OPEN,), C.REPLACED, by=BOTH),
        Move("expire_counter", (C.OPEN,), C.EXPIRED, by=(SYSTEM,)),
    ),
    turn={
        C.OPEN: MAKER,
        C.ACCEPTED: None,
        C.DECLINED: None,
        C.WITHDRAWN: None,
        C.EXPIRED: None,
        C.REPLACED: None,
    },
)


class BestAndFinalState(models.TextChoices):
    ASKED = "asked", "Asked"
    CONFIRMED = "confirmed", "Confirmed as final"
    IMPROVED = "improved", "New prices"
    LAPSED = "lapsed", "No answer in time"
    ENDED = "ended", "Ended"


B = BestAndFinalState
BEST_AND_FINAL = Lifecycle(
    name="best and final",
    states=BestAndFinalState,
    initial=B.ASKED,
    moves=(
        Move("confirm_final", (B.ASKED,), B.CONFIRMED, by=(MAKER,)),
        Move("improve_offer", (B.ASKED,), B.IMPROVED, by=(MAKER,)),
        Move("lapse_best_and_final", (B.ASKED,), B.LAPSED, by=(SYSTEM,)),
        Move("end_best_and_final", (B.ASKED,), B.ENDED, by=(SYSTEM,)),
    ),
    turn={
        B.ASKED: MAKER,
        B.CONFIRMED: None,
        B.IMPROVED: None,
        B.LAPSED: None,
        B.ENDED: None,
    },
)
