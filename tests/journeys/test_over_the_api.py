"""The same line by programs with tokens: part, request, quotes, award, payment, release."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actions.tokens import create_api_token
from marketplace.operations.demo_cad import DemoPart
from payments.actions.payouts import set_up_payouts
from payments.models import ConnectedAccount
from payments.sandbox import driver
from tests.orders.scene import SCORES
from tests.payments.conftest import Sandbox
from tests.personas import Persona, make_buyer, make_shop

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Program:
    """A caller with a token; every answer is JSON with the status it expects."""

    def __init__(self, owner: Persona) -> None:
        _, secret = create_api_token(actor=owner.actor, name="ERP")
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = Client()

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1{path}", headers=self.headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    def send(self, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
        call = getattr(self.client, method)
        answer = call(
            f"/api/v1{path}", body or {}, content_type="application/json", headers=self.headers
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    def upload(self, path: str, **fields: Any) -> Any:
        answer = self.client.post(f"/api/v1{path}", fields, headers=self.headers)
        assert answer.status_code in (200, 201), answer.content
        return answer.json()


def test_the_whole_line_with_tokens(
    site: str, sandbox: Sandbox, cad: dict[str, DemoPart], work: Callable[[], None]
) -> None:
    bea, milo, rita = (
        make_buyer("Bea", "Bea Robotics"),
        make_shop("Milo", "Milo Machining"),
        make_shop("Rita", "Rita Rapid Parts"),
    )
    buyer, shop, rival = Program(bea), Program(milo), Program(rita)
    assert buyer.get("/me/")["organization"]["name"] == "Bea Robotics"

    step = SimpleUploadedFile("BRK-1.step", cad["DP-1001"].path.read_bytes())
    part = buyer.upload("/parts/", file=step)
    work()
    part = buyer.get(f"/parts/{part['id']}/")
    assert part["number"] == "BRK-1" and part["current"]["state"] == "ready"

    rfq = buyer.send("/rfqs/", {"part_ids": [part["id"]], "title": "Brackets"}, 201)
    line = rfq["lines"][0]["id"]
    buyer.send(
        f"/rfqs/{rfq['id']}/",
        {
            "title": "Brackets",
            "currency": "EUR",
            "ship_to": "Aachen",
            "deadline": (timezone.now() + timedelta(days=3)).isoformat(),
            "lines": [
                {
                    "id": line,
                    "process": "cnc_milling",
                    "material": "al_6061",
                    "quantities": [10, 100],
                }
            ],
        },
        method="put",
    )
    matches = buyer.get(f"/rfqs/{rfq['id']}/matches/")["results"]
    assert {m["manufacturer"]["name"] for m in matches} == {"Milo Machining", "Rita Rapid Parts"}
    invited = [m["manufacturer"]["id"] for m in matches]
    buyer.send(f"/rfqs/{rfq['id']}/", {"invited": invited}, method="patch")
    buyer.send(f"/rfqs/{rfq['id']}/publish/")
    work()

    for program, price in ((shop, "12.5000"), (rival, "13.1000")):
        asked = program.get(f"/requests/{rfq['id']}/")
        assert "invitations" not in asked
        quote = program.send(f"/requests/{rfq['id']}/quote/")
        program.send(
            f"/quotes/{quote['id']}/",
            {
                "currency": "EUR",
                "valid_until": (timezone.localdate() + timedelta(days=9)).isoformat(),
                "freight": {"amount_minor": 500, "currency": "EUR"},
                "lines": [
                    {
                        "rfq_line": line,
                        "prices": [
                            {"quantity": 10, "unit_price": price, "lead_time_days": 7},
                            {"quantity": 100, "unit_price": price, "lead_time_days": 9},
                        ],
                    }
                ],
            },
            method="put",
        )
        program.send(f"/quotes/{quote['id']}/submit/")
    work()

    received = buyer.get(f"/rfqs/{rfq['id']}/quotes/")["results"]
    assert len(received) == 2
    best = min(received, key=lambda q: q["lines"][0]["prices"][0]["unit_price"])
    assert rival.get(f"/quotes/{best['id']}/", 404)["code"] == "not_found"
    order = buyer.send(
        f"/rfqs/{rfq['id']}/quotes/{best['id']}/accept/",
        {"quantities": {line: 100}, "seen": best["fingerprint"], "po_number": "PO-9"},
        201,
    )
    assert order["total"] == {"amount_minor": 125500, "currency": "EUR", "decimal": "1255.00"}
    work()

    attempt = buyer.send(f"/orders/{order['id']}/pay/", status=202)
    work()
    driver.pay(buyer.get(f"/payment-attempts/{attempt['id']}/")["url"])
    sandbox.settle()
    work()
    path = f"/orders/{order['id']}"
    assert shop.get(f"{path}/")["state"] == "placed"

    set_up_payouts(actor=milo.actor)
    work()
    driver.onboard(ConnectedAccount.objects.get().link_url)
    sandbox.settle()
    work()
    for verb in ("confirm", "start-production", "finish-production", "pass-quality-check"):
        assert re.fullmatch(r"[a-z_]+", shop.send(f"{path}/{verb}/")["state"])
    shop.send(f"{path}/ship/", {"carrier": "dhl", "tracking_number": "JD1"})
    buyer.send(f"{path}/confirm-delivery/")
    shop.send(f"{path}/accept/", status=403)
    buyer.send(f"{path}/accept/")
    work()
    sandbox.settle()
    work()
    assert buyer.get(f"{path}/")["state"] == "closed"
    assert shop.get("/payouts/")["results"][0]["state"] == "done"
    buyer.send(f"{path}/review/", {**SCORES["buyer"], "text": "Good."}, 201)
    shop.send(f"{path}/review/", {**SCORES["manufacturer"], "text": "Clear."}, 201)
    call_command("check_ledger")
