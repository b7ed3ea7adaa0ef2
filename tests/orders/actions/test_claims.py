"""Hidden defects: claimed after the acceptance, with the life of any problem."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import acceptance, claims, problem_timers
from orders.actions.problem_steps import Claim
from orders.models import ClaimRefund, Nonconformance, Order
from orders.records import pieces_of
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_problems import act, answer, money, paid, ship_again
from tests.personas import Persona
from tests.steps import step

pytestmark = pytest.mark.django_db
CRACK = Claim("nonconforming", "Cracks after a week of use.")


@step
def accepted(bea: Persona, milo: Persona) -> Order:
    """Forty brackets, paid, accepted and released."""
    order = paid(bea, milo)
    acceptance.accept_order(actor=bea.actor, public_id=order.public_id)
    order.refresh_from_db()
    return order


@step
def claimed(bea: Persona, order: Order, amount: int = 5000, pieces: int = 4) -> Nonconformance:
    return claims.raise_claim(
        actor=bea.actor,
        public_id=order.public_id,
        claim=CRACK,
        line=order.lines.get().public_id,
        quantity=pieces,
        claimed_minor=amount,
    )


def test_the_order_stays_accepted_and_what_is_agreed_is_owed(bea: Persona, milo: Persona) -> None:
    order = accepted(bea, milo)
    days = (order.claim_by - timezone.now()).total_seconds() / 86400  # type: ignore[operator]
    assert 20.9 < days <= 21
    last = last_event()
    problem = claimed(bea, order)
    assert facts_since(last) == ["nonconformance_raised"]
    assert (problem.held_minor, problem.claimed_minor, problem.quantity) == (0, 5000, 4)
    answer(milo, problem, "refund", refund_minor=3000)
    last = last_event()
    act("agree_nonconformance", bea, problem)
    assert facts_since(last) == ["nonconformance_resolved", "claim_refund_owed"]
    assert (problem.state, problem.order.state) == ("resolved", "accepted")
    assert problem.claim_refund.amount_minor == 3000
    assert money(order) == [("release", 50500)]
    assert pieces_of(Order.objects.filter(pk=order.pk)) == (40, 36)
    # The same pieces again: they count once, and no more than was paid can be claimed.
    with pytest.raises(DomainError, match="can be claimed"):
        claimed(bea, order, 47501)
    again = claimed(bea, order, 47500, 40)
    assert pieces_of(Order.objects.filter(pk=order.pk)) == (40, 0)
    act("withdraw_nonconformance", bea, again)
    assert ClaimRefund.objects.count() == 1
    assert claims.claimable_minor(order) == 47500


def test_replaced_and_decided(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = accepted(bea, milo)
    Order.objects.filter(pk=order.pk).update(state="closed")
    problem = claimed(bea, order, 0)
    answer(milo, problem, "replace", remedy_days=10)
    act("agree_nonconformance", bea, problem)
    ship_again(milo, problem, "4711", 4)
    act("resolve_nonconformance", bea, problem)
    assert (problem.order.state, ClaimRefund.objects.count()) == ("closed", 0)
    problem = claimed(bea, order)
    act("escalate_nonconformance", milo, problem, reason="It was misused.")
    assert (problem.state, problem.order.state) == ("escalated", "closed")
    with pytest.raises(DomainError):
        act(
            "decide_nonconformance", Actor.staff(sam.user), problem, refund_minor=5001, decision="x"
        )
    act(
        "decide_nonconformance",
        Actor.staff(sam.user),
        problem,
        refund_minor=2500,
        decision="Half each.",
    )
    assert (problem.state, problem.order.state) == ("resolved", "closed")
    assert problem.claim_refund.amount_minor == 2500


def test_silence_moves_a_claim_on(bea: Persona, milo: Persona) -> None:
    problem = claimed(bea, accepted(bea, milo))
    Nonconformance.objects.update(respond_by=timezone.now() - timedelta(seconds=1))
    assert problem_timers.run_problem_timers() == 1
    problem.refresh_from_db()
    assert (problem.state, problem.order.state) == ("escalated", "accepted")


def test_who_claims_when_and_what(
    bea: Persona, milo: Persona, stefan: Persona, rita: Persona
) -> None:
    order = accepted(bea, milo)
    for person, error in ((milo, NotAllowed), (stefan, NotFound), (rita, NotFound)):
        with pytest.raises(error):
            claimed(person, order)
    line = order.lines.get().public_id
    for wrong in (
        {"line": line, "quantity": 0},
        {"line": line, "quantity": 41},
        {"line": "oli_x", "quantity": 1},
        {"quantity": 1},
        {"claimed_minor": -1},
        {"claimed_minor": 50501},
    ):
        with pytest.raises(DomainError):
            claims.raise_claim(
                actor=bea.actor,
                public_id=order.public_id,
                claim=CRACK,
                **wrong,  # type: ignore[arg-type]
            )
    with pytest.raises(WrongState, match="once the goods are accepted"):
        claimed(bea, paid(bea, milo))
    Order.objects.filter(pk=order.pk).update(claim_by=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongState, match="could be claimed until"):
        claimed(bea, order)
    assert not Nonconformance.objects.exists()
