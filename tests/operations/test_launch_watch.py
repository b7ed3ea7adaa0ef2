"""The first days: each thing that is looked at, well and unwell."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AccountMail
from marketplace.core.models import Delivery, Event
from marketplace.operations.launch import watching
from marketplace.operations.launch.checks import Asked
from marketplace.operations.launch.running import run
from marketplace.operations.launch.watching import HOURLY, QUARTER_HOURLY
from marketplace.operations.management.commands import launch_watch
from payments.models import PaymentRequest
from tests.operations.far_side import a_site
from tests.payments.conftest import Sandbox, sandbox
from tests.payments.scene import set_scene
from tests.personas import Persona

__all__ = ["sandbox"]


def outcome(name: str) -> tuple[bool, str]:
    check = next(check for check in (*QUARTER_HOURLY, *HOURLY) if check.name == name)
    (result,) = run([check], Asked(mail_to=""))
    return result.passed, result.sentence


def test_the_site_answers(settings: Any) -> None:
    settings.SITE_URL = "http://localhost:1"
    assert "does not answer" in outcome("answers")[1]
    with a_site() as site:
        settings.SITE_URL = site.url
        assert outcome("answers")[0]
        site.status = 503
        assert outcome("answers") == (
            False,
            "/readyz answers 503; look at the logs of web and db.",
        )


@pytest.mark.django_db
def test_what_is_owed_is_delivered() -> None:
    fact = Event.objects.create(type="said", subject="a", thread="a", actor_label="A", sentence="A")
    one = Delivery.objects.create(event=fact, handler="a.handler")
    assert outcome("outbox") == (True, "No delivery waits.")
    late = timezone.now() - timedelta(minutes=6)
    Delivery.objects.filter(pk=one.pk).update(due_at=late)
    assert "1 deliveries wait for over 5 minutes" in outcome("outbox")[1]
    Delivery.objects.filter(pk=one.pk).update(status="dead")
    assert "1 deliveries failed for good" in outcome("outbox")[1]


@pytest.mark.django_db
def test_no_payment_waits_for_a_person(sandbox: Sandbox) -> None:
    scene = set_scene()
    assert outcome("money") == (True, "No payment waits for a person.")
    PaymentRequest.objects.filter(pk=scene.payment.pk).update(state="review")
    assert "1 payments in review; see the desk" in outcome("money")[1]
    assert outcome("books") == (True, "The books agree.")


@pytest.mark.django_db
def test_mails_leave_and_nobody_tries_passwords_by_the_hundred(bea: Persona) -> None:
    assert outcome("mail") == (True, "No mail waits.")
    AccountMail.objects.create(sealed="{}", created_at=timezone.now() - timedelta(minutes=6))
    assert "1 mails about accounts wait" in outcome("mail")[1]
    assert outcome("attacks") == (True, "0 failed sign-ins in the last hour.")
    AccessAttempt.objects.create(username="a@b.example", failures_since_start=101)
    assert "101 failed sign-ins in an hour" in outcome("attacks")[1]
    assert "1 sign-ups, 0 requests sent out, 0 orders" in outcome("arrivals")[1]


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome("disk")[1].startswith("The disk is")
    monkeypatch.setattr(watching, "DISK_PERCENT", -1)
    assert "make room before it is full" in outcome("disk")[1]


@pytest.mark.django_db
def test_once_asks_everything_and_the_watch_more_every_hour(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SITE_URL = "http://localhost:1"
    settings.STRIPE_API_HOST = "http://127.0.0.1:1"
    said = StringIO()
    with pytest.raises(CommandError, match="checks fail"):
        call_command("launch_watch", once=True, stdout=said)
    assert "FAILS Site answers" in said.getvalue()
    assert "ok    Books" in said.getvalue()
    rounds: list[int] = []
    monkeypatch.setattr(launch_watch, "run", lambda checks, asked: rounds.append(len(checks)) or [])
    monkeypatch.setattr(launch_watch, "close_old_connections", lambda: None)
    monkeypatch.setattr(launch_watch.time, "sleep", lambda seconds: None)
    call_command("launch_watch", hours=2, stdout=StringIO())
    often, all_of_them = len(QUARTER_HOURLY), len(QUARTER_HOURLY) + len(HOURLY)
    assert rounds == [all_of_them, often, often, often] * 2
