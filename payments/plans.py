"""The plan of an order's payments as its pages show it: what, how much, when, how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from marketplace.core.templatetags.formats import money
from orders.models import Milestone, Order
from orders.states import OrderState
from payments.models import PaymentRequest
from payments.models.request import PAID_STATES
from payments.queries import Moved
from payments.rules import ENDED
from payments.states import PaymentState
from payments.ways import Way, way_of

Kind, When, Stage = PaymentRequest.Kind, PaymentRequest.When, PaymentRequest.Stage
# The milestone before the one an instalment waits for tells when about it falls due.
_MILESTONES = {
    When.TOOLING.value: Milestone.Kind.TOOLING,
    When.FIRST_ARTICLE.value: Milestone.Kind.FIRST_ARTICLE,
}


@dataclass(frozen=True)
class PlanRow:
    """One payment of the plan. `due_at` is empty until it has fallen due, `expected_on` until
    the day is known; `state_label` is for people; `is_backed` says that the money is held, or
    was, or is owed on account."""

    payment: PaymentRequest
    due_at: datetime | None
    when: str
    expected_on: date | None
    is_late: bool
    is_backed: bool
    state_label: str
    tone: str
    moved: Moved | None
    may_pay: bool
    way: Way | None


def plan_rows(
    order: Order,
    payments: Sequence[PaymentRequest],
    payable: Sequence[PaymentRequest] = (),
    moved: Mapping[int, Moved] | None = None,
) -> list[PlanRow]:
    """The payments of an order whose milestones are prefetched, in their order; `moved` says what
    has left them (`moved_of`). No query."""
    milestones = {row.kind: row.due_on for row in order.milestones.all()}
    return [
        row_of(
            payment,
            expected_on=_expected_on(order, payment, milestones),
            may_pay=payment in payable,
            moved=(moved or {}).get(payment.pk),
        )
        for payment in payments
    ]


def row_of(
    payment: PaymentRequest,
    *,
    expected_on: date | None = None,
    may_pay: bool = False,
    moved: Moved | None = None,
) -> PlanRow:
    """One payment as a row; no query."""
    is_due = payment.state == PaymentState.DUE
    upcoming = is_due and payment.due_at is None
    is_late = is_due and payment.due_at is not None and payment.due_at < timezone.now()
    return PlanRow(
        payment=payment,
        due_at=payment.due_at,
        when=payment.get_due_when_display(),
        expected_on=expected_on if upcoming else None,
        is_late=is_late,
        # On account is as good for the order: its step goes on.
        is_backed=payment.state in (*PAID_STATES, PaymentState.INVOICED),
        state_label=_label(payment, moved, upcoming=upcoming, is_late=is_late),
        moved=moved,
        tone="error" if is_late else "neutral" if upcoming else "",
        may_pay=may_pay,
        way=way_of(payment.way) if payment.state == PaymentState.PROCESSING else None,
    )


_RELEASED_WHEN = {
    Stage.WHOLE.value: "released when you accept the parts",
    Stage.DEPOSIT.value: "released when the manufacturer confirms the order",
    Stage.TOOLING.value: "released when you approve the tool",
    Stage.FIRST_ARTICLE.value: "released when you approve the first article",
    Stage.BALANCE.value: "released as the parts arrive and when you accept them",
}
_NEXT = {
    PaymentState.PROCESSING: "the bank confirms it; there is nothing more to do",
    PaymentState.INVOICED: "paid under On account, by the day its invoice is due",
    PaymentState.REVIEW: "a person looks at it and writes to you",
    PaymentState.DISPUTED: "the bank decides; the money stays where it is",
}


def next_step(payment: PaymentRequest) -> str:
    """What happens to a payment next, from the buyer's side; "" when nothing does."""
    if payment.state == PaymentState.DUE and payment.due_at is None:
        return f"falls due {payment.get_due_when_display()}"
    if payment.state == PaymentState.PROCESSING and payment.transfer_page:
        return "held when your bank transfer arrives"
    if payment.is_covered:
        return "written off; what you still transfer under its number settles it"
    if payment.state == PaymentState.FUNDED:
        return _RELEASED_WHEN[payment.stage]
    return _NEXT.get(PaymentState(payment.state), "")


def _label(payment: PaymentRequest, moved: Moved | None, *, upcoming: bool, is_late: bool) -> str:
    if upcoming:
        return "Later"
    if moved is not None and payment.state in (PaymentState.FUNDED, PaymentState.RELEASED):
        if moved.released.minor and moved.returned.minor:
            return "Released in part, refunded in part"
        if payment.state == PaymentState.FUNDED:
            return "Released in part" if moved.released.minor else "Refunded in part"
    return "Late" if is_late else str(payment.get_state_display())


def _expected_on(
    order: Order, payment: PaymentRequest, milestones: dict[str, date | None]
) -> date | None:
    if payment.due_when == When.FINISHED:
        return order.ship_by
    kind = _MILESTONES.get(payment.due_when)
    return milestones.get(kind) if kind else None


def plan_steps(rows: Sequence[PlanRow]) -> list[dict[str, str]]:
    """The instalments as steps {label, state: done | current | todo, note}; [] for an order that
    is paid at once."""
    steps = [
        row
        for row in rows
        if row.payment.kind != Kind.SUPPLEMENT and row.payment.state != PaymentState.CANCELLED
    ]
    if len(steps) < 2:
        return []
    here = next((at for at, row in enumerate(steps) if not row.is_backed), len(steps))
    return [
        {
            "label": row.payment.label,
            "state": "done" if row.is_backed else "current" if at == here else "todo",
            "note": money(row.payment.gross),
        }
        for at, row in enumerate(steps)
    ]


def waits_for_instalment(order: Order, rows: Sequence[PlanRow]) -> PlanRow | None:
    """The instalment an order that runs waits for now: the first that has fallen due."""
    if order.state in (OrderState.AWAITING_PAYMENT, *ENDED):
        return None
    return next(
        (
            row
            for row in rows
            if row.payment.state == PaymentState.DUE
            and row.due_at is not None
            and row.payment.kind != Kind.SUPPLEMENT
        ),
        None,
    )
