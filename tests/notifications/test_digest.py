"""The daily digest: once a local morning, what is unread, no row twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from marketplace.notifications.actions import DIGEST_LEASE, choose_mails, send_digests
from marketplace.notifications.models import Digest, Notification
from tests.notifications.broken_mail import Eventful
from tests.personas import Persona, make_member
from tests.quotes.scene import open_rfq

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
# Tomorrow: what the scene leaves behind is told by then.
MORNING = (datetime.now(BERLIN) + timedelta(days=1)).replace(hour=8, minute=0)


@pytest.fixture
def waiting(bea: Persona, milo: Persona, work: Callable[[], None], settings: Any) -> Persona:
    """Milo, with an invitation that waits for his digest."""
    settings.DIGEST_TIME_ZONE = "Europe/Berlin"
    work()
    Notification.objects.all().delete()
    mail.outbox.clear()
    choose_mails(actor=milo.actor, groups={"requests": "digest"})
    open_rfq(bea, milo)
    work()
    assert mail.outbox == []
    return milo


def test_it_comes_once_a_day_from_the_morning_on(waiting: Persona) -> None:
    assert send_digests(MORNING.replace(hour=6, minute=59)) == 0
    assert send_digests(MORNING) == 1
    assert send_digests(MORNING + timedelta(hours=4)) == 0
    assert send_digests(MORNING + timedelta(days=1)) == 0  # nothing is new, so there is no mail
    [letter] = mail.outbox
    assert letter.to == [waiting.user.email]
    row = Notification.objects.get(user=waiting.user)
    html = letter.alternatives[0][0]  # type: ignore[attr-defined]
    for text in (letter.body, html):
        assert "Milo Machining" in text and row.link in text
    assert row.title in letter.body and row.mailed_at is not None
    assert letter.extra_headers["List-Unsubscribe"].startswith("<http")


def test_what_was_read_or_came_later_is_not_in_it(
    bea: Persona, waiting: Persona, work: Callable[[], None]
) -> None:
    Notification.objects.update(read_at=timezone.now())
    assert send_digests(MORNING) == 0
    open_rfq(bea, waiting)
    work()
    assert send_digests(MORNING) == 1
    open_rfq(bea, waiting)
    work()
    assert send_digests(MORNING + timedelta(hours=2)) == 0
    assert send_digests(MORNING + timedelta(days=1)) == 1
    assert [m.subject.split()[0] for m in mail.outbox] == ["1", "1"]


def test_two_workers_write_one_mail(
    waiting: Persona, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    second: list[int] = []
    settings.EMAIL_BACKEND = "tests.notifications.broken_mail.Eventful"
    monkeypatch.setattr(Eventful, "after", lambda: second.append(send_digests(MORNING)))
    assert send_digests(MORNING) == 1
    assert second == [0]
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_is_tried_again_the_same_day(waiting: Persona, settings: Any) -> None:
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.notifications.broken_mail.Broken"
    assert send_digests(MORNING) == 0
    settings.EMAIL_BACKEND = backend
    assert send_digests(MORNING + timedelta(minutes=1)) == 0  # the claim is still held
    assert send_digests(MORNING + DIGEST_LEASE + timedelta(minutes=1)) == 1
    assert len(mail.outbox) == 1


def test_a_worker_killed_after_the_mail_repeats_that_one_mail_only(
    waiting: Persona, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed() -> None:
        raise SystemExit

    settings.EMAIL_BACKEND = "tests.notifications.broken_mail.Eventful"
    monkeypatch.setattr(Eventful, "after", killed)
    with pytest.raises(SystemExit):
        send_digests(MORNING)
    monkeypatch.setattr(Eventful, "after", lambda: None)
    later = MORNING + DIGEST_LEASE + timedelta(minutes=1)
    assert send_digests(later) == 1
    assert send_digests(later + timedelta(hours=1)) == 0
    assert len(mail.outbox) == 2


def test_who_left_hears_no_more_of_the_organization(
    bea: Persona, milo: Persona, work: Callable[[], None], settings: Any
) -> None:
    colleague = make_member(milo, "Quentin", "quoter")
    choose_mails(actor=colleague.actor, groups={"requests": "digest"})
    open_rfq(bea, milo)
    work()
    assert Notification.objects.filter(user=colleague.user, in_digest=True).count() == 1
    Membership.objects.filter(user=colleague.user).update(deactivated_at=timezone.now())
    assert send_digests(MORNING) == 0
    assert not Digest.objects.exists()


def test_another_choice_takes_out_what_waits(waiting: Persona) -> None:
    choose_mails(actor=waiting.actor, groups={"requests": "off"})
    assert send_digests(MORNING) == 0


def test_the_link_in_a_digest_ends_every_digest(waiting: Persona) -> None:
    choose_mails(actor=waiting.actor, groups={"money": "now"}, kinds={"order_shipped": "digest"})
    send_digests(MORNING)
    address = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    assert Client().post(address[address.index("/stop-mails/") :]).status_code == 200
    rows = waiting.user.notification_preferences.values_list("group", "kind", "mail")
    assert sorted(rows) == [
        ("money", "", "now"),
        ("orders", "order_shipped", "off"),
        ("requests", "", "off"),
    ]
