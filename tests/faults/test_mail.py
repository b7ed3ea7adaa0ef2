"""The mail server refuses, or takes connections and says nothing: no request waits for it, staff
see what is owed, and afterwards each mail arrives once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.models import Delivery
from marketplace.operations.watching import health, probes
from tests.faults import report
from tests.faults.house import House, fresh
from tests.faults.stage import FAULT, PATIENCE, rounds
from tests.personas import Persona

pytestmark = FAULT


@pytest.fixture
def by_smtp(house: House, settings: Any) -> None:
    """The sweep of this test sends mails as a worker of the house does."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", house.mail.port
    # What happens when it is over is the same; waiting for it ten times as long shows no more.
    settings.EMAIL_TIMEOUT = django_settings.EMAIL_TIMEOUT / 10


def away(house: House, fault: str) -> AbstractContextManager[None]:
    return house.mail.refusing() if fault == "refuses" else house.mail.faulty("hang")


@pytest.mark.parametrize("fault", rounds(["hangs"], ["refuses", "hangs"]))
def test_without_the_mail_server(
    house: House, bea: Persona, token: str, by_smtp: None, fault: str
) -> None:
    """Kills: a mail that is sent inside a request, one that is tried once."""
    web = house.web
    guests = [f"{fresh('guest')}@example.com" for _ in range(2)]
    sweep_all()
    with away(house, fault):
        answers = [
            web.ask("POST", "/api/v1/invitations/", {"email": guest, "role": "viewer"}, token=token)
            for guest in guests
        ]
        forgot = web.form("/accounts/password/reset/", {}, email=bea.user.email)
        sweep_all()
        seen = health.find("email", probes.email)
    assert [answer.status for answer in (*answers, forgot)] == [201, 201, 302]
    slowest = max(answer.seconds for answer in (*answers, forgot))
    assert slowest < PATIENCE
    owed = Delivery.objects.filter(status=Delivery.State.PENDING).exclude(last_error="")
    assert owed.count() >= 3 and not any(house.postbox.got(guest) for guest in guests)
    assert not seen.is_ok and "does not answer" in seen.detail
    for _ in range(2):
        Delivery.objects.filter(status=Delivery.State.PENDING).update(due_at=timezone.now())
        sweep_all()
    assert [house.postbox.got(guest) for guest in guests] == [1, 1]
    assert house.postbox.got(bea.user.email) == 1
    report.row(
        f"mail server {fault}",
        caused=f"a proxy before it {fault}",
        seen=f"nothing waits: slowest {slowest:.1f} s; the desk of staff lists each mail with its "
        "error; afterwards each arrives once",
        healed="next try (30 s)",
    )


def sweep_all() -> None:
    while outbox.sweep(but_slow=True):
        pass
