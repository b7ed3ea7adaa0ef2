"""Two people, or a person and a timer, at the same moment on PostgreSQL: one outcome, the money is
decided once, and whoever came second is told."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from orders.actions import acceptance, evidence, nonconformances, problem_timers, settlements
from orders.actions.claims import raise_claim
from orders.actions.problem_steps import Claim
from orders.models import Nonconformance, Order, OrderDocument
from tests.orders.actions.test_problems import WRONG, act, answer, paid, reject
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.actions.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
LATE = timedelta(seconds=1)
# Twice each: which of the two comes first is the machine's choice.
TWICE = pytest.mark.parametrize("turn", [0, 1])


def people() -> tuple[Persona, Persona]:
    return make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")


def shuffled(turn: int, *acts: Callable[[], object]) -> list[object]:
    """At once, started in either order; outcomes in the order of `acts`."""
    if turn == 0:
        return at_once(*acts)
    return at_once(*reversed(acts))[::-1]


def won(outcomes: list[object]) -> list[bool]:
    """Who was not refused; an unexpected error would have left None."""
    assert None not in outcomes
    return [not isinstance(outcome, DomainError) for outcome in outcomes]


def facts(order: Order, *types: str) -> list[str]:
    rows = Event.objects.filter(thread=order.public_id, type__in=types).order_by("pk")
    return list(rows.values_list("type", flat=True))


def decided(order: Order) -> int:
    order.refresh_from_db()
    return sum(row.amount_minor for row in order.money_decisions.all())


@TWICE
def test_accept_against_raise_a_problem(turn: int) -> None:
    bea, milo = people()
    order = paid(bea, milo)
    key: dict[str, Any] = {"actor": bea.actor, "public_id": order.public_id}
    raising = partial(nonconformances.raise_nonconformance, claimed_minor=500, claim=WRONG, **key)
    accepted, raised = won(
        shuffled(turn, lambda: acceptance.accept_order(**key), lambda: raising())
    )
    assert [accepted, raised].count(True) == 1
    assert decided(order) == (50500 if accepted else 0)
    assert (order.state, order.nonconformances.count()) == (
        ("accepted", 0) if accepted else ("delivered", 1)
    )


@TWICE
def test_agree_against_escalate(turn: int) -> None:
    bea, milo = people()
    order = paid(bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "refund", refund_minor=1000)
    key = {"public_id": order.public_id, "problem": problem.public_id}
    buyer, shop = bea.actor, milo.actor
    agreed, escalated = won(
        shuffled(
            turn,
            lambda: nonconformances.agree_nonconformance(actor=buyer, **key),
            lambda: nonconformances.escalate_nonconformance(actor=shop, reason="No.", **key),
        )
    )
    assert [agreed, escalated].count(True) == 1
    assert decided(order) == (50500 if agreed else 47975)
    assert order.state == ("accepted" if agreed else "disputed")


@TWICE
def test_accept_a_settlement_against_taking_it_back(turn: int) -> None:
    bea, milo = people()
    order = paid(bea, milo, "in_production")
    key: dict[str, Any] = {"public_id": order.public_id}
    shop, buyer = milo.actor, bea.actor
    key["settlement"] = settlements.propose_settlement(
        actor=shop, public_id=order.public_id, owed_minor=10000, reason="No material."
    ).public_id
    taken, back = won(
        shuffled(
            turn,
            lambda: settlements.accept_settlement(actor=buyer, **key),
            lambda: settlements.withdraw_settlement(actor=shop, **key),
        )
    )
    assert [taken, back].count(True) == 1
    assert decided(order) == (50500 if taken else 0)
    assert order.state == ("cancelled" if taken else "in_production")


@TWICE
def test_judge_against_the_acceptance_timer(turn: int) -> None:
    bea, milo = people()
    order = paid(bea, milo)
    Order.objects.filter(pk=order.pk).update(accept_by=timezone.now() - LATE)
    buyer, rejected = bea.actor, {order.lines.get().public_id: 2}
    judging = partial(
        acceptance.judge_goods,
        actor=buyer,
        public_id=order.public_id,
        rejected=rejected,
        claim=WRONG,
    )
    judged, _ = won(shuffled(turn, lambda: judging(), acceptance.accept_silent_orders))
    assert decided(order) == (47975 if judged else 50500)
    assert order.state == ("delivered" if judged else "accepted")
    assert len(facts(order, "goods_judged", "order_accepted")) == 1


@TWICE
def test_a_problem_timer_against_an_answer(turn: int) -> None:
    bea, milo = people()
    order = paid(bea, milo)
    problem = reject(bea, order)
    Nonconformance.objects.update(respond_by=timezone.now() - LATE)
    shop = milo.actor
    offer = nonconformances.Offer("use_as_is", "They fit.")
    answering = partial(
        nonconformances.answer_nonconformance,
        actor=shop,
        public_id=order.public_id,
        problem=problem.public_id,
        offer=offer,
    )
    answered, _ = won(shuffled(turn, lambda: answering(), problem_timers.run_problem_timers))
    problem.refresh_from_db()
    assert problem.state == ("answered" if answered else "escalated")
    assert len(facts(order, "nonconformance_answered", "nonconformance_escalated")) == 1


@pytest.mark.parametrize("decision_first", [True, False])
def test_a_timer_that_fires_while_somebody_decides(decision_first: bool) -> None:
    """Both orders of commit, made sure of: the first holds the order until the second waits."""
    bea, milo = people()
    order = paid(bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "rework", remedy_days=2)
    act("agree_nonconformance", bea, problem)
    act("report_remedy", milo, problem, note="Reamed.")
    Nonconformance.objects.update(respond_by=timezone.now() - LATE)
    buyer, key = bea.actor, {"public_id": order.public_id, "problem": problem.public_id}

    def decide() -> object:
        return nonconformances.reopen_nonconformance(actor=buyer, reason="Still 8.2.", **key)

    first, second = decide, problem_timers.run_problem_timers
    if not decision_first:
        first, second = second, first  # type: ignore[assignment]
    outcomes = holding(first, second)
    problem.refresh_from_db()
    assert problem.state == ("open" if decision_first else "resolved")
    assert won(outcomes) == ([True, True] if decision_first else [True, False])
    assert decided(order) == (47975 if decision_first else 50500)


def holding(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """`first` is done and not committed when `second` begins, which has to wait for it."""
    begun, done = threading.Event(), threading.Event()

    def holder() -> object:
        with transaction.atomic():
            outcome = first()
            begun.set()
            # Long enough for the other to reach the lock; it cannot be finished before.
            assert not done.wait(0.5)
        return outcome

    def waiter() -> object:
        assert begun.wait(10)
        try:
            return second()
        finally:
            done.set()

    return at_once(holder, waiter)


def test_two_colleagues_ask_for_the_evidence_at_once() -> None:
    bea, milo = people()
    order = paid(bea, milo)
    buyer = bea.actor

    def ask() -> object:
        return evidence.ask_evidence(actor=buyer, public_id=order.public_id)

    assert won(at_once(ask, ask)) == [True, True]
    pack = OrderDocument.objects.get(kind="evidence")

    def write() -> object:
        return evidence.write_evidence(pack.public_id)

    assert won(at_once(write, write)) == [True, True]
    assert facts(order, "evidence_asked", "evidence_written") == [
        "evidence_asked",
        "evidence_written",
    ]


def test_two_claims_at_once_claim_no_more_than_was_paid() -> None:
    bea, milo = people()
    order = paid(bea, milo)
    acceptance.accept_order(actor=bea.actor, public_id=order.public_id)
    buyer = bea.actor

    def claim() -> object:
        return raise_claim(
            actor=buyer,
            public_id=order.public_id,
            claim=Claim("nonconforming", "Cracks."),
            claimed_minor=30000,
        )

    assert sorted(won(at_once(claim, claim))) == [False, True]
