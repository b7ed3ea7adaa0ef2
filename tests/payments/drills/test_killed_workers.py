"""kill -9 of the worker process between every two steps of paying, funding, release and refund.

A first order shows the steps; then one order for each step dies there, another worker takes over
when the leases run out, and in the end the books are the sandbox's to the cent. Webhooks are held
meanwhile, so that nobody else does the worker's work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from orders.actions import acceptance
from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments.actions import attempts
from payments.models import Instruction, PaymentAttempt
from payments.sandbox import driver
from payments.states import AttemptState, InstructionState, PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.drills.conftest import Worker
from tests.payments.drills.stage import (
    DRILL,
    IS_LONG,
    assert_books_agree,
    expire_leases,
    rounds,
)
from tests.payments.scene import Scene, connect_maker, deliver_goods, new_order, open_page, pump

pytestmark = DRILL


@dataclass(frozen=True)
class Story:
    """What a worker is to do for an order, how it is asked to, and how it must end."""

    ask: Callable[[Scene, Sandbox], Any]
    check: Callable[[Scene], None]


def _ask_for_a_page(scene: Scene, sandbox: Sandbox) -> None:
    attempts.pay_order(actor=scene.bea.actor, public_id=scene.order.public_id)


def _page_is_open(scene: Scene) -> None:
    attempt = PaymentAttempt.objects.get(request=scene.payment)
    assert attempt.state == AttemptState.OPEN
    driver.pay(attempt.url)


def _pay(scene: Scene, sandbox: Sandbox) -> None:
    page = open_page(scene)
    sandbox.command("release")
    driver.pay(page.url)
    sandbox.settle()
    sandbox.command("hold")


def _is_funded(scene: Scene) -> None:
    assert scene.payment.state == PaymentState.FUNDED
    assert scene.fresh_order().state == OrderState.PLACED


def _pay_and_accept(scene: Scene, sandbox: Sandbox) -> None:
    # The shop gets less than half: the cap of `source_transaction` would hide a second transfer.
    scene.order.payments.update(commission_bps=6000, commission_minor=30000)
    _pay(scene, sandbox)
    pump()
    deliver_goods(scene)
    pump()
    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)


def _is_paid_out(scene: Scene) -> None:
    _is_carried_out(scene, Instruction.Kind.TRANSFER, 20000)
    assert scene.payment.state == PaymentState.RELEASED
    assert scene.fresh_order().state == OrderState.CLOSED


def _pay_and_cancel(scene: Scene, sandbox: Sandbox) -> None:
    _pay(scene, sandbox)
    pump()
    cancel_order(actor=scene.milo.actor, public_id=scene.order.public_id, reason="Machine broke")


def _is_refunded(scene: Scene) -> None:
    _is_carried_out(scene, Instruction.Kind.REFUND, 50000)
    assert scene.payment.state == PaymentState.REFUNDED


def _is_carried_out(scene: Scene, kind: str, minor: int) -> None:
    done = Instruction.objects.get(request=scene.payment)
    assert (done.kind, done.state, done.amount_minor) == (kind, InstructionState.DONE, minor)


STORIES = {
    "page": Story(_ask_for_a_page, _page_is_open),
    "funding": Story(_pay, _is_funded),
    "release": Story(_pay_and_accept, _is_paid_out),
    "refund": Story(_pay_and_cancel, _is_refunded),
}


@pytest.mark.parametrize("name", rounds(["page", "funding", "release"], [*STORIES]))
def test_a_killed_worker_loses_and_doubles_nothing(
    wired: Scene, sandbox: Sandbox, worker: Worker, name: str
) -> None:
    """Kills: a random key for each try, a claim without a lease, money booked outside the
    transaction that says so."""
    connect_maker(wired)
    sandbox.command("hold")
    story = STORIES[name]
    story.ask(wired, sandbox)
    for point in points(worker.work()):
        story.check(wired)
        scene = Scene(wired.bea, wired.milo, new_order(wired.bea, wired.milo))
        story.ask(scene, sandbox)
        worker.work(point)
        expire_leases()
        worker.work()
        wired = scene
    story.check(wired)
    sandbox.command("release")
    sandbox.settle()
    worker.work()
    opened = sandbox.calls("POST", "/v1/checkout/sessions$")
    assert len([call for call in opened if not call["replayed"]]) == PaymentAttempt.objects.count()
    assert_books_agree()


def points(steps: list[str]) -> list[int]:
    """The steps to die at: all in a long round; in a short one when Stripe has answered the first
    call, and when what follows from it is committed."""
    if IS_LONG:
        return list(range(1, len(steps) + 1))
    calls = (n for n, step in enumerate(steps, start=1) if " after " in step and "/v1/" in step)
    answered = next(calls)
    return [answered, answered + 2]
