"""Lifecycles of money: request, attempt, instruction, payout account, bank dispute, credit."""

from __future__ import annotations

from django.db import models

from accounts.roles import Side
from marketplace.core.states import Lifecycle, Move

BUYER, MAKER, STAFF, SYSTEM = Side.BUYER, Side.MANUFACTURER, Side.STAFF, Side.SYSTEM


class PaymentState(models.TextChoices):
    DUE = "due", "To be paid"
    PROCESSING = "processing", "Being confirmed"
    # The order goes on although the buyer has not paid yet: a receivable stands for the money.
    INVOICED = "invoiced", "On account"
    FUNDED = "funded", "Payment held"
    RELEASED = "released", "Released"
    REFUNDED = "refunded", "Refunded"
    REVIEW = "review", "In review"
    DISPUTED = "disputed", "Disputed at the bank"
    LOST = "lost", "Lost to a dispute"
    CANCELLED = "cancelled", "Cancelled"


P = PaymentState
PAYMENT = Lifecycle(
    name="payment",
    states=PaymentState,
    initial=P.DUE,
    moves=(
        Move("process_payment", (P.DUE,), P.PROCESSING, by=(SYSTEM,)),
        Move("fail_payment", (P.PROCESSING,), P.DUE, by=(SYSTEM,)),
        Move("fund_payment", (P.DUE, P.PROCESSING), P.FUNDED, by=(SYSTEM,)),
        Move("fund_payment", (P.REVIEW,), P.FUNDED, by=(STAFF,)),
        Move("review_payment", (P.DUE, P.PROCESSING, P.CANCELLED), P.REVIEW, by=(SYSTEM,)),
        Move("release_payment", (P.FUNDED,), P.RELEASED, by=(SYSTEM, STAFF)),
        Move("refund_payment", (P.FUNDED,), P.REFUNDED, by=(SYSTEM, STAFF)),
        Move("reopen_payment", (P.REVIEW,), P.DUE, by=(STAFF, SYSTEM)),
        Move("dispute_payment", (P.FUNDED, P.RELEASED), P.DISPUTED, by=(SYSTEM,)),
        Move("win_dispute_held", (P.DISPUTED,), P.FUNDED, by=(SYSTEM,)),
        Move("win_dispute_released", (P.DISPUTED,), P.RELEASED, by=(SYSTEM,)),
        Move("lose_dispute", (P.DISPUTED,), P.LOST, by=(SYSTEM,)),
        # The bank took less than there is: the rest is held or released as before.
        Move("lose_part_held", (P.DISPUTED,), P.FUNDED, by=(SYSTEM,)),
        Move("lose_part_released", (P.DISPUTED,), P.RELEASED, by=(SYSTEM,)),
        Move("cancel_payment", (P.DUE, P.INVOICED), P.CANCELLED, by=(SYSTEM, STAFF)),
        Move("pay_on_account", (P.DUE,), P.INVOICED, by=(SYSTEM,)),
        Move("settle_payment", (P.INVOICED,), P.FUNDED, by=(SYSTEM,)),
    ),
    turn={
        P.DUE: BUYER,
        P.PROCESSING: SYSTEM,
        P.INVOICED: BUYER,
        P.FUNDED: SYSTEM,
        P.RELEASED: None,
        P.REFUNDED: None,
        P.REVIEW: STAFF,
        P.DISPUTED: STAFF,
        P.LOST: None,
        P.CANCELLED: None,
    },
)


class AttemptState(models.TextChoices):
    PREPARING = "preparing", "Being prepared"
    OPEN = "open", "Payment page open"
    # The page is filled in; a debit or a bank transfer arrives days later.
    PAID = "paid", "Completed"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Could not be opened"


A = AttemptState
ATTEMPT = Lifecycle(
    name="payment attempt",
    states=AttemptState,
    initial=A.PREPARING,
    moves=(
        Move("open_attempt", (A.PREPARING,), A.OPEN, by=(SYSTEM,)),
        Move("complete_attempt", (A.PREPARING, A.OPEN, A.EXPIRED), A.PAID, by=(SYSTEM,)),
        Move("expire_attempt", (A.PREPARING, A.OPEN), A.EXPIRED, by=(SYSTEM,)),
        Move("fail_attempt", (A.PREPARING,), A.FAILED, by=(SYSTEM,)),
    ),
    turn={A.PREPARING: SYSTEM, A.OPEN: BUYER, A.PAID: None, A.EXPIRED: None, A.FAILED: None},
)


class InstructionState(models.TextChoices):
    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    BLOCKED = "blocked", "Blocked"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Came back"


I = InstructionState  # noqa: E741 - the table below reads better with one letter
INSTRUCTION = Lifecycle(
    name="instruction",
    states=InstructionState,
    initial=I.PENDING,
    moves=(
        Move("finish_instruction", (I.PENDING, I.BLOCKED), I.DONE, by=(SYSTEM,)),
        Move("block_instruction", (I.PENDING,), I.BLOCKED, by=(SYSTEM,)),
        Move("unblock_instruction", (I.BLOCKED,), I.PENDING, by=(SYSTEM, STAFF)),
        Move("cancel_instruction", (I.PENDING, I.BLOCKED), I.CANCELLED, by=(SYSTEM, STAFF)),
        # Banks may send a refund back days later; then a person pays it another way.
        Move("fail_instruction", (I.DONE,), I.FAILED, by=(SYSTEM,)),
        Move("replace_instruction", (I.FAILED,), I.CANCELLED, by=(STAFF,)),
    ),
    turn={I.PENDING: SYSTEM, I.BLOCKED: STAFF, I.DONE: None, I.CANCELLED: None, I.FAILED: STAFF},
)


class AccountState(models.TextChoices):
    PENDING = "pending", "Not set up"
    ACTIVE = "active", "Active"
    RESTRICTED = "restricted", "Restricted"
    REJECTED = "rejected", "Rejected"


C = AccountState
ACCOUNT = Lifecycle(
    name="payout account",
    states=AccountState,
    initial=C.PENDING,
    moves=(
        Move("activate_account", (C.PENDING, C.RESTRICTED), C.ACTIVE, by=(SYSTEM,)),
        Move("restrict_account", (C.PENDING, C.ACTIVE), C.RESTRICTED, by=(SYSTEM,)),
        Move("reject_account", (C.PENDING, C.ACTIVE, C.RESTRICTED), C.REJECTED, by=(SYSTEM,)),
    ),
    turn={C.PENDING: MAKER, C.ACTIVE: SYSTEM, C.RESTRICTED: MAKER, C.REJECTED: None},
)


class DisputeState(models.TextChoices):
    OPEN = "open", "Open"
    WON = "won", "Won"
    LOST = "lost", "Lost"


D = DisputeState
DISPUTE = Lifecycle(
    name="bank dispute",
    states=DisputeState,
    initial=D.OPEN,
    moves=(
        Move("win_case", (D.OPEN,), D.WON, by=(SYSTEM,)),
        Move("lose_case", (D.OPEN,), D.LOST, by=(SYSTEM,)),
    ),
    turn={D.OPEN: STAFF, D.WON: None, D.LOST: None},
)


class ManualState(models.TextChoices):
    PROPOSED = "proposed", "Waits for a second person"
    CARRIED_OUT = "carried_out", "Carried out"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


M = ManualState
MANUAL = Lifecycle(
    name="manual settlement",
    states=ManualState,
    initial=M.PROPOSED,
    moves=(
        Move("carry_out_settlement", (M.PROPOSED,), M.CARRIED_OUT, by=(STAFF,)),
        Move("refuse_settlement", (M.PROPOSED,), M.REFUSED, by=(STAFF,)),
        Move("withdraw_settlement", (M.PROPOSED,), M.WITHDRAWN, by=(STAFF,)),
    ),
    turn={M.PROPOSED: STAFF, M.CARRIED_OUT: None, M.REFUSED: None, M.WITHDRAWN: None},
)


class CreditState(models.TextChoices):
    APPLIED = "applied", "Waits for a decision"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    SUSPENDED = "suspended", "Suspended"


K = CreditState
CREDIT = Lifecycle(
    name="credit account",
    states=CreditState,
    initial=K.APPLIED,
    moves=(
        Move("approve_credit", (K.APPLIED,), K.APPROVED, by=(STAFF,)),
        Move("refuse_credit", (K.APPLIED,), K.REFUSED, by=(STAFF,)),
        Move("apply_for_credit", (K.REFUSED,), K.APPLIED, by=(BUYER,)),
        Move("suspend_credit", (K.APPROVED,), K.SUSPENDED, by=(STAFF,)),
        Move("resume_credit", (K.SUSPENDED,), K.APPROVED, by=(STAFF,)),
    ),
    turn={K.APPLIED: STAFF, K.APPROVED: BUYER, K.REFUSED: BUYER, K.SUSPENDED: STAFF},
)


class ReceivableState(models.TextChoices):
    # It counts against the limit and has no due date before its goods are shipped.
    COMMITTED = "committed", "Not due yet"
    OPEN = "open", "Open"
    SETTLED = "settled", "Paid"
    WRITTEN_OFF = "written_off", "Written off"
    CANCELLED = "cancelled", "Nothing owed"


R = ReceivableState
RECEIVABLE = Lifecycle(
    name="receivable",
    states=ReceivableState,
    initial=R.COMMITTED,
    moves=(
        Move("open_receivable", (R.COMMITTED,), R.OPEN, by=(SYSTEM,)),
        Move("settle_receivable", (R.COMMITTED, R.OPEN), R.SETTLED, by=(SYSTEM,)),
        Move("cancel_receivable", (R.COMMITTED, R.OPEN), R.CANCELLED, by=(SYSTEM,)),
        Move("write_off_receivable", (R.OPEN,), R.WRITTEN_OFF, by=(STAFF,)),
        # The buyer paid after all.
        Move("recover_receivable", (R.WRITTEN_OFF,), R.SETTLED, by=(SYSTEM,)),
    ),
    turn={
        R.COMMITTED: SYSTEM,
        R.OPEN: BUYER,
        R.SETTLED: None,
        R.WRITTEN_OFF: STAFF,
        R.CANCELLED: None,
    },
)


class ExemptionState(models.TextChoices):
    WAITING = "waiting", "Waiting for our check"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


X = ExemptionState
EXEMPTION = Lifecycle(
    name="exemption certificate",
    states=ExemptionState,
    initial=X.WAITING,
    moves=(
        Move("accept_exemption", (X.WAITING,), X.ACCEPTED, by=(STAFF,)),
        Move("refuse_exemption", (X.WAITING, X.ACCEPTED), X.REFUSED, by=(STAFF,)),
        Move("withdraw_exemption", (X.WAITING, X.ACCEPTED, X.REFUSED), X.WITHDRAWN, by=(BUYER,)),
    ),
    turn={X.WAITING: STAFF, X.ACCEPTED: None, X.REFUSED: BUYER, X.WITHDRAWN: None},
)
