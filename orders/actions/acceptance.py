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
from orders.models import Judgment, Milestone, Nonconformance, Order
from orders.queries import lock_order
from orders.rules import check_can
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
    """Accept what is good and open a problem for each line with rejected pieces.

    `rejected`: line (public id) -> pieces. The money follows the pieces at once: what the good
    ones cost is released, the rest waits. Without a rejected piece it is `accept_order`. Raises
    DomainError for a line or count that cannot be, or a missing description.
    """
    order = lock_order(public_id)
    side = check_can("judge_goods", actor, order)
    check_move(order, ORDER, "accept_order", by=side)
    lines = list(order.lines.all())
    counts = _counts(rejected, {line.public_id: line.quantity for line in lines})
    if not any(counts.values()):
        accept_order(actor=actor, public_id=public_id)
        return []
    claim.check()
    if order.judgments.exists():
        raise WrongState("The pieces of this order have been judged already.")
    pass_milestones(actor=actor, order=order, kinds=[K.TOOLING, K.FIRST_ARTICLE, K.SHIPMENT])
    bad = [counts.get(line.public_id, 0) for line in lines]
    good_minor, parts = shares_of_rejected(free_minor(order), lines, bad, order.currency)
    Judgment.objects.bulk_create(
        Judgment(order=order, line=line, accepted=line.quantity - count, rejected=count)
        for line, count in zip(lines, bad, strict=True)
    )
    # Silence no longer means that all is good.
    order.accept_by = None
    order.save(update_fields=["accept_by"])
    record(
        events.GOODS_JUDGED,
        order,
        actor=actor,
        visible_to=order.parties,
        accepted=sum(line.quantity for line in lines) - sum(bad),
        rejected=sum(bad),
    )
    decide_money(
        actor=actor,
        order=order,
        kind=Kind.RELEASE,
        because=Because.ACCEPTANCE,
        subject=f"{order.public_id}:good",
        amount_minor=good_minor,
    )
    return [
        open_nonconformance(
            actor=actor,
            order=order,
            side=side,
            claim=claim,
            line=line,
            quantity=count,
            held_minor=part,
            files=files,
        )
        for line, count, part in zip(lines, bad, parts, strict=True)
        if count
    ]


def _counts(rejected: Mapping[str, int], ordered: Mapping[str, int]) -> dict[str, int]:
    for line, count in rejected.items():
        if line not in ordered:
            raise DomainError("This line is not of this order. Reload the page.")
        if not 0 <= count <= ordered[line]:
            raise DomainError(
                f"Between 0 and {ordered[line]} pieces of a line can be rejected.",
                fields={line: f"From 0 to {ordered[line]}."},
            )
    return {line: count for line, count in rejected.items() if count}


def accept_silent_orders() -> int:
    """Accept what was delivered and not answered within the window; the number accepted.

    Called by the timer. Each order is its own transaction, and one that somebody decides at the
    same moment is left to that decision.
    """
    now = timezone.now()
    due = Order.objects.filter(state=OrderState.DELIVERED, accept_by__lt=now)
    actor = Actor.system("acceptance timer")
    accepted = 0
    for public_id in list(due.values_list("public_id", flat=True)[:500]):
        with transaction.atomic():
            order = lock_order(public_id)
            silent = order.accept_by is not None and order.accept_by < now
            if order.state == OrderState.DELIVERED and silent:
                accept_order(actor=actor, public_id=public_id)
                accepted += 1
    return accepted


def remind_of_acceptance() -> int:
    """Tell buyers once that silence will be acceptance; the number told. Called by the timer."""
    soon = timezone.now() + timedelta(days=REMIND_DAYS_BEFORE)
    due = Order.objects.filter(
        state=OrderState.DELIVERED, accept_by__lt=soon, acceptance_reminded=False
    )
    actor = Actor.system("acceptance timer")
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
