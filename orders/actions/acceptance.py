"""The buyer inspects what arrived: all is good, or some pieces are not."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.states import WrongState, check_move
from marketplace.files.models import StoredFile
from orders import events
from orders.acceptance import shares_of_rejected
from orders.actions.conclusion import conclude_order, has_open_problem
from orders.actions.milestones import pass_milestones
from orders.actions.money import Because, Kind, decide_money, free_minor
from orders.actions.problem_steps import Claim, open_nonconformance
from orders.judging import (
    ToJudge,
    pieces_to_judge,
    pieces_with_problems,
    waits_for_judgment,
)
from orders.models import Judgment, Milestone, Nonconformance, Order
from orders.queries import lock_order
from orders.rules import JUDGE, check_can
from orders.states import ORDER, OrderState

REMIND_DAYS_BEFORE = 5
K = Milestone.Kind


@transaction.atomic
def accept_order(*, actor: Actor, public_id: str) -> Order:
    """Everything that arrived is as ordered; what is still held is released.

    Raises WrongState while a problem is open: it says what becomes of the money.
    """
    order = lock_order(public_id)
    side = check_can("accept_order", actor, order)
    check_move(order, ORDER, "accept_order", by=side)
    if has_open_problem(order):
        raise WrongState(
            "A problem with this order is still open. Settle or withdraw it first; the other "
            "pieces are accepted already or are with it."
        )
    conclude_order(actor=actor, order=order, side=side)
    return order


@transaction.atomic
def judge_goods(
    *,
    actor: Actor,
    public_id: str,
    rejected: Mapping[str, int],
    claim: Claim,
    files: Sequence[StoredFile] = (),
) -> list[Nonconformance]:
    """Say of everything that has arrived which pieces are good; each line with rejected ones
    becomes a problem.

    `rejected`: line (public id) -> pieces of those that arrived and were not judged before. With
    the last pieces the money follows at once: what the good ones cost is released, the rest waits
    for its problem. Before, the money of good pieces stays held until the acceptance. All good,
    with nothing open, is `accept_order`. Raises WrongState when nothing waits to be judged,
    DomainError for a line or count that cannot be, or a missing description.
    """
    order = lock_order(public_id)
    side = JUDGE.check(actor, order)
    rows = pieces_to_judge(order)
    if not any(row.arrived for row in rows):
        raise WrongState("No piece has arrived yet. Confirm the delivery when they are there.")
    if not waits_for_judgment(rows):
        raise WrongState(
            "The pieces that have arrived are judged already. The others can be judged when they "
            "arrive."
        )
    counts = _counts(rejected, {row.line.public_id: row.to_judge for row in rows})
    is_last = order.state == OrderState.DELIVERED
    if is_last and not any(counts.values()) and not has_open_problem(order):
        accept_order(actor=actor, public_id=public_id)
        return []
    if any(counts.values()):
        claim.check()
    bad = [counts.get(row.line.public_id, 0) for row in rows]
    parts = _hold_for(actor, order, rows, bad, is_last=is_last)
    return [
        open_nonconformance(
            actor=actor,
            order=order,
            side=side,
            claim=claim,
            line=row.line,
            quantity=count,
            held_minor=part,
            files=files,
        )
        for row, count, part in zip(rows, bad, parts, strict=True)
        if count
    ]


def _hold_for(
    actor: Actor, order: Order, rows: Sequence[ToJudge], bad: Sequence[int], *, is_last: bool
) -> list[int]:
    """Write the judgment down; what waits for the rejected pieces, line by line, minor units."""
    if is_last:
        pass_milestones(actor=actor, order=order, kinds=[K.TOOLING, K.FIRST_ARTICLE, K.SHIPMENT])
        # Silence no longer means that all is good.
        order.accept_by = None
        order.save(update_fields=["accept_by"])
    before = pieces_with_problems(order)
    good_minor, parts = shares_of_rejected(
        free_minor(order),
        [row.line for row in rows],
        bad,
        order.currency,
        elsewhere=[before.get(row.line.pk, 0) for row in rows],
    )
    Judgment.objects.bulk_create(
        Judgment(order=order, line=row.line, accepted=row.to_judge - count, rejected=count)
        for row, count in zip(rows, bad, strict=True)
        if row.to_judge > 0
    )
    record(
        events.GOODS_JUDGED,
        order,
        actor=actor,
        visible_to=order.parties,
        accepted=sum(row.to_judge for row in rows) - sum(bad),
        rejected=sum(bad),
    )
    if is_last:
        decide_money(
            actor=actor,
            order=order,
            kind=Kind.RELEASE,
            because=Because.ACCEPTANCE,
            subject=f"{order.public_id}:good",
            amount_minor=good_minor,
        )
    return parts


def _counts(rejected: Mapping[str, int], arrived: Mapping[str, int]) -> dict[str, int]:
    for line, count in rejected.items():
        if line not in arrived:
            raise DomainError("This line is not of this order. Reload the page.")
        if not 0 <= count <= arrived[line]:
            raise DomainError(
                f"Between 0 and {arrived[line]} pieces of a line can be rejected: so many have "
                "arrived and are not judged yet.",
                fields={line: f"From 0 to {arrived[line]}."},
            )
    return {line: count for line, count in rejected.items() if count}


def accept_silent_orders() -> int:
    """Accept what was delivered and not answered within the window; the number accepted.

    Called by the timer. Each order is its own transaction, and one that somebody decides at the
    same moment is left to that decision.
    """
    now = timezone.now()
    due = Order.objects.filter(state=OrderState.DELIVERED, accept_by__lt=now)
    actor = Actor.system("The acceptance timer")
    accepted = 0
    for public_id in list(due.values_list("public_id", flat=True)[:500]):
        with transaction.atomic():
            order = lock_order(public_id)
            silent = order.accept_by is not None and order.accept_by < now
            if order.state == OrderState.DELIVERED and silent and not has_open_problem(order):
                accept_order(actor=actor, public_id=public_id)
                accepted += 1
    return accepted


def remind_of_acceptance() -> int:
    """Tell buyers once that silence will be acceptance; the number told. Called by the timer."""
    soon = timezone.now() + timedelta(days=REMIND_DAYS_BEFORE)
    due = Order.objects.filter(
        state=OrderState.DELIVERED, accept_by__lt=soon, acceptance_reminded=False
    )
    actor = Actor.system("The acceptance timer")
    told = 0
    for public_id in list(due.values_list("public_id", flat=True)[:500]):
        with transaction.atomic():
            order = lock_order(public_id)
            if order.state != OrderState.DELIVERED or order.acceptance_reminded:
                continue
            order.acceptance_reminded = True
            order.save(update_fields=["acceptance_reminded"])
            record(events.ACCEPTANCE_REMINDED, order, actor=actor, visible_to=[order.buyer])
            told += 1
    return told
