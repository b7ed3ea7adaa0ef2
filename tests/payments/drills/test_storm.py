"""Webhooks by the thousand: shuffled, each three times, one in twenty never delivered."""

from __future__ import annotations

from orders.models import Order
from orders.states import OrderState
from payments.actions.attempts import pay_order
from payments.models import InboundEvent, PaymentAttempt
from payments.sandbox import driver
from payments.tasks import backfill_events, sweep_payments
from tests.payments.conftest import Sandbox
from tests.payments.drills.report import counted
from tests.payments.drills.stage import DRILL, assert_books_agree, rounds
from tests.payments.scene import Scene, hurry, new_order, pump

pytestmark = DRILL
# A payment says four things, each three times: 60 webhooks, 10,000 in a long round.
ORDERS = rounds(5, 834)
COPIES = 3


def test_a_storm_of_webhooks_funds_every_order_once(wired: Scene, sandbox: Sandbox) -> None:
    """Kills: no unique event id, trusting the order of events, no back-fill."""
    sandbox.command("hold")
    orders = [wired.order] + [new_order(wired.bea, wired.milo) for _ in range(ORDERS - 1)]
    for order in orders:
        pay_order(actor=wired.bea.actor, public_id=order.public_id)
    work_until_quiet()
    for attempt in PaymentAttempt.objects.all():
        driver.pay(attempt.url)
    released = sandbox.command("release", order="shuffle", copies=COPIES, lose=0.05)
    counted.update(webhooks=released["released"] + released["dropped"], lost=released["dropped"])
    assert released["dropped"] >= ORDERS * 4 * 0.04
    assert set(driver.settle(sandbox.base, seconds=30 + ORDERS)) <= {"done", "dropped"}
    counts = InboundEvent.objects.values_list("deliveries", flat=True)
    assert (set(counts), sum(counts)) == ({COPIES}, released["released"])
    work_until_quiet()
    assert backfill_events() == released["dropped"]
    work_until_quiet()
    assert set(Order.objects.values_list("state", flat=True)) == {OrderState.PLACED}
    assert set(InboundEvent.objects.values_list("state", flat=True)) <= {"done", "ignored"}
    assert_books_agree()


def work_until_quiet() -> None:
    pump()
    while True:
        hurry()
        if not sweep_payments():
            return
