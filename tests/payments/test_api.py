"""Paying through the API: the same action, the same rules, the same strangers."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actions.tokens import create_api_token
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, pump
from tests.personas import Persona, make_buyer

pytestmark = pytest.mark.django_db


def client_of(person: Persona, *scopes: str) -> Client:
    _, secret = create_api_token(actor=person.actor, name="ERP", scopes=list(scopes))
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_program_pays(scene: Scene, sandbox: Sandbox) -> None:
    client = client_of(scene.bea, "view", "pay")
    path = f"/api/v1/orders/{scene.order.public_id}"
    listed = client.get(f"{path}/payments/").json()
    assert [(row["state"], row["amount"]["decimal"]) for row in listed] == [("due", "500.00")]
    assert "commission" not in listed[0]
    attempt = client.post(f"{path}/pay/")
    assert (attempt.status_code, attempt.json()["state"]) == (202, "preparing")
    assert sandbox.calls() == []
    pump()
    shown = client.get(f"/api/v1/payment-attempts/{attempt.json()['id']}/").json()
    assert shown["state"] == "open"
    assert shown["url"].startswith(sandbox.base)


def test_the_manufacturer_sees_the_commission(scene: Scene) -> None:
    client = client_of(scene.milo, "view")
    listed = client.get(f"/api/v1/orders/{scene.order.public_id}/payments/").json()
    assert listed[0]["commission"]["decimal"] == "40.00"
    assert listed[0]["payout"]["decimal"] == "460.00"


def test_scopes_sides_and_strangers(scene: Scene) -> None:
    path = f"/api/v1/orders/{scene.order.public_id}/pay/"
    assert client_of(scene.bea, "view").post(path).status_code == 403
    assert client_of(scene.milo, "view").post(path).status_code == 404
    stefan = make_buyer("Stefan", "Stranger")
    assert client_of(stefan, "view", "pay").post(path).status_code == 404
    assert Client().post(path).status_code == 401
    assert scene.payment.attempts.count() == 0
