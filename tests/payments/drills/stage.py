"""What the drills share: doing things at once, reading what came of it, how long a round is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.db import connections
from django.utils import timezone

from marketplace.core.models import Delivery, Event
from orders.states import OrderState
from payments import gateway
from payments.actions.reconciliation import compare_books
from payments.models import InboundEvent
from payments.sandbox import driver
from payments.states import PaymentState
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, ledger, open_page, pump

DRILL = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.drill]
# `make drill` runs the long round, `make test` the short one.
IS_LONG = os.environ.get("DRILL_ROUND") == "long"
Amount = TypeVar("Amount")
FUNDED = {"stripe:platform": -49225, "order:held": 50000, "expense:stripe_fees": -775}


def together(jobs: list[Callable[[], Any]]) -> None:
    """Run jobs at the same moment, each with its own connection; re-raise the first error."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            job()
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]


def facts(scene: Scene, kind: str) -> int:
    return Event.objects.filter(type=kind, thread=scene.order.public_id).count()


def assert_funded_once(scene: Scene) -> None:
    assert scene.payment.state == PaymentState.FUNDED
    assert scene.fresh_order().state == OrderState.PLACED
    assert ledger() == FUNDED
    assert facts(scene, "payment_funded") == facts(scene, "order_funded") == 1


def wait_until(true: Callable[[], bool]) -> None:
    until = timezone.now() + timedelta(seconds=10)
    while not true():
        assert timezone.now() < until, "It did not happen within 10 s."
        threading.Event().wait(0.05)


def release_two_fifths(scene: Scene, sandbox: Sandbox) -> None:
    scene.order.payments.update(commission_bps=6000, commission_minor=30000)
    connect_maker(scene)
    driver.pay(open_page(scene).url)
    sandbox.settle()
    pump()
    sandbox.command("hold")
    accept_goods(scene)


def transferred(sandbox: Sandbox) -> list[int]:
    return [-moved.entry.amount for moved in gateway.list_movements() if moved.kind == "transfer"]


def expire_leases() -> None:
    """The lease of every worker that died runs out."""
    now = timezone.now()
    Delivery.objects.filter(status=Delivery.State.RUNNING).update(due_at=now)
    InboundEvent.objects.filter(state=InboundEvent.State.RUNNING).update(due_at=now)


def assert_books_agree() -> None:
    """Every invariant holds, and our books are Stripe's to the cent."""
    assert [each.findings for each in compare_books() if each.difference] == []


def rounds(short: Amount, long: Amount) -> Amount:
    """How much of something this round does."""
    return long if IS_LONG else short


# What Stripe answers instead of doing it and saying so.
EVERY_FAULT = ["500", "429", "lost_response", "cut", "slow"]
SOME_FAULTS = rounds(["lost_response"], EVERY_FAULT)
