"""Incidents told step by step, on the status page, by mail to those who confirmed, and as RSS."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError
from marketplace.operations.actions.incidents import (
    close_incident,
    open_incident,
    reopen_incident,
    resolve_incident,
    tell_incident,
    watch_incident,
)
from marketplace.operations.incidents.subscribers import STOP, link_token
from marketplace.operations.models import (
    HealthCheck,
    Incident,
    Outage,
    StatusSubscription,
    SupportContact,
)
from marketplace.operations.privacy import personal_data_of
from marketplace.operations.watching import health, probes
from tests.operations.test_health import finding
from tests.personas import Persona

STAFF = Actor.system("test")
WORDS = "Card payments are refused."


def incident(**fields: Any) -> Incident:
    told = {"title": "Payments fail", "part": "payments", "severity": "major", "text": WORDS}
    return open_incident(actor=STAFF, **{**told, **fields})


def page() -> str:
    return Client().get("/status/").content.decode()


def links(letter: Any) -> list[str]:
    return re.findall(r"http://[^/]+(/status/[a-z]+/[^\s]+/)", letter.body)


def subscribe(email: str, work: Callable[[], None]) -> None:
    Client().post("/status/subscribe/", {"email": email})
    work()
    [link] = links(mail.outbox[-1])
    assert Client().post(link).status_code == 302


def test_an_incident_goes_from_detected_to_closed(db: None) -> None:
    opened = incident()
    assert opened.state == "detected"
    public_id = opened.public_id
    tell_incident(actor=STAFF, public_id=public_id, text="Transfers work meanwhile.")
    watch_incident(actor=STAFF, public_id=public_id, text="The service is back.")
    resolved = resolve_incident(actor=STAFF, public_id=public_id, text="No refusal for an hour.")
    assert resolved.resolved_at is not None
    with pytest.raises(DomainError, match="post-mortem"):
        close_incident(actor=STAFF, public_id=public_id, post_mortem="  ")
    assert Incident.objects.get().state == "resolved"
    close_incident(actor=STAFF, public_id=public_id, post_mortem="A key had ended.")
    closed = Incident.objects.get()
    assert (closed.state, closed.post_mortem) == ("closed", "A key had ended.")
    assert [u.state for u in closed.updates.order_by("pk")] == [
        "detected",
        "detected",
        "monitored",
        "resolved",
    ]
    for act in (tell_incident, reopen_incident):
        with pytest.raises((Conflict, DomainError)):
            act(actor=STAFF, public_id=public_id, text="It is back.")


def test_the_database_closes_nothing_without_a_post_mortem(db: None) -> None:
    incident()
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.update(state="closed")


def test_what_came_back_is_no_longer_resolved(db: None) -> None:
    public_id = incident().public_id
    resolve_incident(actor=STAFF, public_id=public_id, text="Over.")
    back = reopen_incident(actor=STAFF, public_id=public_id, text="It is back.")
    assert (back.state, back.resolved_at) == ("assessed", None)


def test_an_incident_without_words_is_refused(db: None) -> None:
    with pytest.raises(DomainError, match="what people notice"):
        incident(text=" ")
    assert not Incident.objects.exists()


def test_staff_open_and_close_one_in_the_admin(sam: Persona) -> None:
    new = {"title": "Mail is late", "part": "mail", "severity": "minor", "text": "Mails wait."}
    assert sam.client.post("/admin/operations/incident/add/", new).status_code == 302
    row = Incident.objects.get()
    assert row.updates.get().text == "Mails wait."
    base = f"/admin/operations/incident/{row.pk}"
    assert "Close with post-mortem" not in sam.client.get(f"{base}/change/").content.decode()
    sam.client.post(f"{base}/decide/resolve_incident/", {"text": "The queue is empty."})
    assert "Close with post-mortem" in sam.client.get(f"{base}/change/").content.decode()
    answer = sam.client.post(f"{base}/decide/close_incident/", {"post_mortem": ""})
    assert answer.status_code == 422
    sam.client.post(f"{base}/decide/close_incident/", {"post_mortem": "A worker stood still."})
    row.refresh_from_db()
    assert row.state == "closed"


def test_the_page_tells_parts_incidents_and_contacts(
    db: None, django_assert_max_num_queries: Any
) -> None:
    for name in (*health.NEAR, *probes.FAR):
        probes.keep(finding(name))
    SupportContact.objects.create(role="Support", email="help@example.com", is_public=True)
    SupportContact.objects.create(role="On call", phone="+49 30 1", is_public=False)
    assert "Everything works" in page()
    probes.keep(finding("email", is_ok=False))
    incident(title="<b>Payments</b> fail")
    text = page()
    assert "A part of the marketplace does not work" in text
    assert "&lt;b&gt;Payments&lt;/b&gt; fail" in text and WORDS in text
    assert "help@example.com" in text and "On call" not in text
    for _ in range(3):
        incident()
    with django_assert_max_num_queries(7):
        page()


def test_a_part_nobody_checks_is_not_called_well(db: None) -> None:
    assert "Not every part is known at the moment" in page()
    for name in (*health.NEAR, *probes.FAR):
        probes.keep(finding(name))
    HealthCheck.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
    assert "Not every part is known at the moment" in page()


def test_the_history_counts_minutes_once(db: None) -> None:
    began = timezone.now().replace(hour=12, minute=0, second=0) - timedelta(days=3)
    for name in ("redis", "workers"):
        ended = began + timedelta(minutes=40)
        Outage.objects.create(name=name, began_at=began, ended_at=ended)
    long_ago = began - timedelta(days=200)
    Outage.objects.create(name="email", began_at=long_ago, ended_at=long_ago + timedelta(hours=9))
    text = page()
    assert f"{began:%Y-%m-%d}: out for 40 min" in text
    # Nothing is said of the days before anything was measured.
    before = began - timedelta(days=1)
    assert f"{before:%Y-%m-%d}: not measured" in text
    assert "out for 40 minutes in 90 days" in text and "540" not in text


def test_an_address_is_kept_only_after_its_owner_opened_the_link(
    db: None, work: Callable[[], None]
) -> None:
    answer = Client().post("/status/subscribe/", {"email": "Ona@example.com"}, follow=True)
    assert "A mail with a link is on its way" in answer.content.decode()
    work()
    assert not StatusSubscription.objects.exists()
    [letter] = mail.outbox
    assert letter.to == ["ona@example.com"]
    [link] = links(letter)
    # A program that opens links confirms nothing.
    assert Client().get(link).status_code == 200
    assert not StatusSubscription.objects.exists()
    for _ in range(2):
        assert Client().post(link).status_code == 302
    assert StatusSubscription.objects.get().email == "ona@example.com"


def test_an_old_link_and_a_link_for_something_else_confirm_nothing(
    db: None, work: Callable[[], None]
) -> None:
    Client().post("/status/subscribe/", {"email": "ona@example.com"})
    work()
    [link] = links(mail.outbox[0])
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert Client().post(link).status_code == 404
    stop = link_token("ona@example.com", STOP)
    assert Client().post(f"/status/confirm/{stop}/").status_code == 404
    assert not StatusSubscription.objects.exists()


def test_nobodys_inbox_is_filled(db: None, work: Callable[[], None]) -> None:
    for _ in range(3):
        Client().post("/status/subscribe/", {"email": "ona@example.com"})
    work()
    assert len(mail.outbox) == 1
    for number in range(20):
        Client().post("/status/subscribe/", {"email": f"a{number}@example.com"})
    work()
    assert len(mail.outbox) <= 10


def test_no_address_is_told_so_and_stays_in_the_form(db: None) -> None:
    answer = Client().post("/status/subscribe/", {"email": "not an address"})
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.content.decode()


def test_subscribers_hear_of_each_step_once_and_stop_in_one_click(
    db: None, work: Callable[[], None]
) -> None:
    subscribe("ona@example.com", work)
    subscribe("ilo@example.com", work)
    mail.outbox.clear()
    incident()
    work()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["ilo@example.com", "ona@example.com"]
    letter = next(one for one in mail.outbox if one.to == ["ona@example.com"])
    assert letter.subject == "Detected: Payments fail"
    assert WORDS in letter.body
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/status/" + stop.split("/status/")[1]
    assert Client().get(path).status_code == 200
    assert StatusSubscription.objects.count() == 2
    assert Client(enforce_csrf_checks=True).post(path).status_code == 200
    assert [row.email for row in StatusSubscription.objects.all()] == ["ilo@example.com"]


def test_the_feed_has_each_step(db: None) -> None:
    opened = incident(title="A & B")
    resolve_incident(actor=STAFF, public_id=opened.public_id, text="Over.")
    answer = Client().get("/status/feed.xml")
    assert answer["Content-Type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(answer.content).findall("channel/item")  # noqa: S314 - our own
    assert [item.findtext("title") for item in items] == ["A & B: Resolved", "A & B: Detected"]
    assert len({item.findtext("guid") for item in items}) == 2


def test_a_contact_can_be_reached(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportContact.objects.create(role="Nobody")


def test_a_persons_subscription_is_in_their_copy_and_goes_with_them(
    bea: Persona, work: Callable[[], None]
) -> None:
    from marketplace.operations.actions.status_mails import forget_status_mails

    StatusSubscription.objects.create(email=bea.user.email)
    [row] = personal_data_of(bea.user)["status_mails"]
    assert row["email"] == bea.user.email
    forget_status_mails(email=bea.user.email)
    assert not StatusSubscription.objects.exists()
