"""Money that is held for long is brought before staff, twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from payments.tasks import run_payment_timers
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, pump
from tests.payments.test_manual import staff
from tests.payments.test_reconciliation import pay

pytestmark = pytest.mark.django_db


def held_for(scene: Scene, days: int) -> list[str]:
    """What staff read when a payment is held for so many days."""
    scene.order.payments.update(paid_at=timezone.now() - timedelta(days=days))
    mail.outbox.clear()
    run_payment_timers()
    run_payment_timers()
    pump()
    return [letter.subject for letter in mail.outbox if letter.to == ["ann@example.com"]]


def test_staff_are_told_after_60_days_and_after_80(scene: Scene, sandbox: Sandbox) -> None:
    staff("Ann")
    pay(scene)
    assert held_for(scene, 59) == []
    [first] = held_for(scene, 61)
    assert f"500.00 EUR of {scene.order.reference} have been held for 61 days" in first
    assert held_for(scene, 79) == []
    [_] = held_for(scene, 80)
    assert "last call" in mail.outbox[0].body
    assert held_for(scene, 95) == []
    shown = scene.bea.client.get(f"/orders/{scene.order.public_id}/").content.decode()
    assert "somebody has to decide" not in shown
