"""Browsers are told that there is news, and nothing of what."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.utils import timezone

from config.env import EnvironmentFault, read_environment
from config.schedule import SCHEDULE
from marketplace.core.errors import DomainError
from marketplace.core.vapid import public_key
from marketplace.integrations import browser_push
from marketplace.integrations.browser_push import nudge_browsers, subscribe_browser
from marketplace.integrations.models import BrowserPush
from marketplace.notifications.models import Notification
from tests.integrations.conftest import Receiver
from tests.operations.test_environment import production
from tests.personas import Persona

__all__ = ["production"]
pytestmark = pytest.mark.django_db
ADD, REMOVE = "/settings/notifications/browsers/add/", "/settings/notifications/browsers/remove/"


@pytest.fixture(autouse=True)
def vapid(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(b"k" * 32).rstrip(b"=").decode()


def news(
    person: Persona, title: str = "Order ORD-1: 12,000.00 EUR for Secret bracket"
) -> Notification:
    return Notification.objects.create(
        user=person.user,
        event_id=f"evt_{Notification.objects.count()}",
        kind="order_placed",
        title=title,
        body=title,
        link="/orders/",
    )


def later(span: timedelta) -> Any:
    return time_machine.travel(timezone.now() + span, tick=False)


def test_a_nudge_says_that_there_is_news_and_nothing_of_what(
    bea: Persona, receiver: Receiver
) -> None:
    news(bea)
    subscribe_browser(actor=bea.actor, endpoint=receiver.url, device="Firefox on Linux")
    assert nudge_browsers() == 0, "What was there before is no news."
    note = news(bea)
    assert nudge_browsers() == 1
    (taken,) = receiver.taken()
    assert taken["body"] == ""
    told = json.dumps(taken)
    assert "Secret" not in told and "12,000" not in told and note.public_id not in told
    assert taken["headers"]["ttl"] == "86400"
    assert nudge_browsers() == 0, "Twice is once."
    news(bea)
    news(bea)
    assert nudge_browsers() == 1, "Several are one nudge."


def test_the_push_service_can_tell_that_it_is_us(
    bea: Persona, receiver: Receiver, settings: Any
) -> None:
    subscribe_browser(actor=bea.actor, endpoint=receiver.url)
    news(bea)
    nudge_browsers()
    header = receiver.taken()[0]["headers"]["authorization"]
    token, key = header.removeprefix("vapid t=").split(", k=")
    assert key == public_key()
    point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    verifier = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    origin = receiver.url.split("/hook")[0]
    claims = jwt.decode(token, verifier, algorithms=["ES256"], audience=origin)
    assert claims["sub"] == settings.SITE_URL
    assert 0 < claims["exp"] - timezone.now().timestamp() <= 86400


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_unsubscribed_is_forgotten(
    bea: Persona, receiver: Receiver, status: int
) -> None:
    subscribe_browser(actor=bea.actor, endpoint=receiver.url)
    news(bea)
    receiver.answers(status)
    assert nudge_browsers() == 0
    assert not BrowserPush.objects.exists()


def test_a_service_that_is_away_is_asked_again_ever_later_and_then_no_more(
    bea: Persona, receiver: Receiver
) -> None:
    row = subscribe_browser(actor=bea.actor, endpoint=receiver.url)
    news(bea)
    receiver.answers(503)
    assert nudge_browsers() == nudge_browsers() == 0
    assert len(receiver.taken()) == 1
    with later(timedelta(minutes=2)):
        receiver.answers(201)
        assert nudge_browsers() == 1
    row.refresh_from_db()
    assert row.failures == 0
    receiver.answers(500)
    BrowserPush.objects.update(failures=browser_push.MOST_FAILURES - 1, due_at=timezone.now())
    news(bea)
    nudge_browsers()
    assert not BrowserPush.objects.exists()


def test_what_was_read_already_is_no_news(bea: Persona, receiver: Receiver) -> None:
    subscribe_browser(actor=bea.actor, endpoint=receiver.url)
    news(bea)
    Notification.objects.update(read_at=timezone.now())
    assert nudge_browsers() == 0
    news(bea)
    bea.user.is_active = False
    bea.user.save()
    assert nudge_browsers() == 0
    assert receiver.taken() == []


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example.com/x", "https://127.0.0.1/x", "https://push.example.com:22/x", "x", ""],
)
def test_an_address_is_checked_like_a_webhooks(bea: Persona, endpoint: str) -> None:
    with pytest.raises(DomainError):
        subscribe_browser(actor=bea.actor, endpoint=endpoint)
    assert bea.client.post(ADD, {"endpoint": endpoint}).status_code in (409, 422)


def test_a_name_that_leads_into_our_network_later_is_not_called(
    bea: Persona, receiver: Receiver, settings: Any
) -> None:
    subscribe_browser(actor=bea.actor, endpoint=receiver.url)
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    news(bea)
    assert nudge_browsers() == 0
    assert receiver.taken() == []


def test_a_person_opts_in_and_out_under_notifications(bea: Persona) -> None:
    page = bea.client.get("/settings/notifications/").content.decode()
    assert f'data-push-key="{public_key()}"' in page
    endpoint = "https://push.example.com/abc"
    assert bea.client.post(ADD, {"endpoint": endpoint}).status_code == 204
    assert bea.client.post(ADD, {"endpoint": endpoint}).status_code == 204
    assert BrowserPush.objects.get().user == bea.user
    assert bea.client.post(REMOVE, {"endpoint": endpoint}).status_code == 204
    assert not BrowserPush.objects.exists()
    for number in range(browser_push.MOST_BROWSERS + 2):
        bea.client.post(ADD, {"endpoint": f"{endpoint}{number}"})
    assert BrowserPush.objects.count() == browser_push.MOST_BROWSERS
    assert bea.client.post(REMOVE)["Location"] == "/settings/notifications/"
    assert not BrowserPush.objects.exists()


def test_a_browser_is_that_of_who_signed_in_last_and_nobody_elses_to_stop(
    bea: Persona, milo: Persona
) -> None:
    endpoint = "https://push.example.com/abc"
    bea.client.post(ADD, {"endpoint": endpoint})
    milo.client.post(REMOVE, {"endpoint": endpoint})
    assert BrowserPush.objects.get().user == bea.user
    milo.client.post(ADD, {"endpoint": endpoint})
    assert BrowserPush.objects.get().user == milo.user


def test_the_worker_is_our_own_script_at_the_root(client: Client) -> None:
    answer = client.get("/push-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "There is news in your inbox." in answer.content.decode()


def test_without_a_key_there_is_none_of_it(bea: Persona, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert "data-push" not in bea.client.get("/settings/notifications/").content.decode()
    assert bea.client.post(ADD, {"endpoint": "https://push.example.com/"}).status_code == 404
    assert bea.client.get("/push-worker.js").status_code == 404
    assert nudge_browsers() == 0


def test_only_a_worker_sends() -> None:
    tasks = [line["task"] for line in SCHEDULE.values()]
    assert "marketplace.integrations.tasks.nudge_browsers" in tasks


def test_a_key_has_its_shape(production: pytest.MonkeyPatch) -> None:
    production.setenv("VAPID_PRIVATE_KEY", "short")
    with pytest.raises(EnvironmentFault, match="VAPID_PRIVATE_KEY is 32 random bytes"):
        read_environment()
