"""Stripe's door: what it lets in, and that it keeps nothing of what it refuses."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import Client

from payments.models import InboundEvent
from payments.sandbox.webhooks import signature

pytestmark = pytest.mark.django_db
SECRETS = ["whsec_old", "whsec_new"]
EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "charge.succeeded",
    "created": 1_700_000_000,
    "livemode": False,
    "data": {"object": {"id": "ch_1", "object": "charge"}},
}


@pytest.fixture(autouse=True)
def _secrets(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = SECRETS


def deliver(event: Any = EVENT, *, secret: str = "", at: float = 0, body: str = "") -> int:
    body = body or json.dumps(event)
    header = signature(body, secret or SECRETS[1], int(time.time() + at))
    return (
        Client()
        .post(
            "/webhooks/stripe/",
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": header},
        )
        .status_code
    )


@pytest.mark.parametrize("secret", SECRETS)
def test_an_event_signed_with_any_of_our_secrets_is_kept(secret: str) -> None:
    assert deliver(secret=secret) == 200
    event = InboundEvent.objects.get()
    assert (event.event_id, event.type, event.object_id) == ("evt_1", "charge.succeeded", "ch_1")


def test_a_second_delivery_only_counts() -> None:
    assert [deliver(), deliver()] == [200, 200]
    assert InboundEvent.objects.get().deliveries == 2


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "whsec_forged"}, 400),
        ({"at": -310}, 400),
        ({"at": -3600}, 400),
        ({"at": 400}, 400),
        ({"at": 86_400}, 400),
        ({"event": {**EVENT, "livemode": True}}, 400),
        ({"event": {"object": "charge"}}, 400),
        ({"event": {**EVENT, "data": []}}, 400),
        ({"body": "not json"}, 400),
        ({"body": "x" * 1_200_000}, 413),
    ],
)
def test_forged_old_early_foreign_or_huge_is_refused_and_not_kept(
    how: dict[str, Any], status: int
) -> None:
    assert deliver(**how) == status
    assert InboundEvent.objects.count() == 0


@pytest.mark.parametrize("header", ["", "junk", "t=,v1=", "t=1,v1=abc", "v1=abc", "t=x,v1=y"])
def test_a_malformed_signature_is_refused(header: str) -> None:
    answer = Client().post(
        "/webhooks/stripe/",
        data=json.dumps(EVENT),
        content_type="application/json",
        headers={"Stripe-Signature": header},
    )
    assert answer.status_code == 400
    assert InboundEvent.objects.count() == 0


def test_bytes_that_are_no_text_are_refused() -> None:
    answer = Client().post(
        "/webhooks/stripe/",
        data=b"\xff\xfe",
        content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=a"},
    )
    assert answer.status_code == 400


def test_only_posts() -> None:
    assert Client().get("/webhooks/stripe/").status_code == 405
