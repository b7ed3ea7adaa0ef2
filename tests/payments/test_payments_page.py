"""A buyer's payments over all its orders, the table to take along, and the receipts."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from marketplace.files.models import StoredFile
from payments.actions.receipts import issue_receipt, write_receipt
from payments.models import PaymentRequest, Receipt
from payments.purchase_queries import moved, standing_of
from tests.payments.conftest import Sandbox
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    new_order,
    pay_next,
    pump,
    set_scene,
)
from tests.payments.test_api import client_of
from tests.payments.test_instalments import IN_PARTS, advance, nth
from tests.personas import make_buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(sandbox: Sandbox, db: None) -> Scene:
    """Three instalments: the first released, the second to be paid, the third later."""
    scene = set_scene(agreed=IN_PARTS)
    pay_next(scene)
    advance(scene, "confirm_order")
    return scene


def page(scene: Scene, query: str = "") -> str:
    return str(scene.bea.client.get(f"/payments/{query}").content.decode())


def test_it_says_what_is_where_and_what_comes_next(parts: Scene) -> None:
    shown = page(parts)
    for words in ("€150.00", "To be paid", "Later", "Released", "when production is finished"):
        assert words in shown
    second = nth(parts, 2)
    assert f"/payments/orders/{parts.order.public_id}/pay/{second.public_id}/" in shown
    standing = standing_of(parts.bea.actor, timezone.now())[0]
    figures = (standing.due, standing.later, standing.held, standing.released, standing.back)
    assert [money.minor for money in figures] == [15000, 20000, 0, 15000, 0]


@pytest.mark.parametrize(
    ("state", "count"),
    [("to_pay", 1), ("later", 1), ("held", 0), ("released", 1), ("back", 0), ("junk", 3)],
)
def test_it_is_filtered_by_where_the_money_is(parts: Scene, state: str, count: int) -> None:
    shown = page(parts, f"?state={state}")
    assert shown.count('data-label="What comes next"') == count
    if not count:
        assert "No payment in this state" in shown


def test_it_costs_the_same_for_many(
    parts: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = parts.bea.client
    page(parts)
    with CaptureQueriesContext(connection) as few:
        client.get("/payments/")
    for _ in range(3):
        new_order(parts.bea, parts.milo, agreed=IN_PARTS)
    with django_assert_num_queries(len(few)):
        shown = client.get("/payments/").content.decode()
    assert shown.count('data-label="What comes next"') == 12


def test_others_see_their_own(parts: Scene) -> None:
    stranger = make_buyer("Stefan", "Stefan Tools")
    assert "No payment yet" in stranger.client.get("/payments/").content.decode()
    assert parts.order.title not in stranger.client.get("/payments/export/").content.decode()
    receipt = Receipt.objects.get()
    for person in (stranger, parts.milo):
        answer = person.client.get(f"/payments/receipts/{receipt.public_id}/")
        assert answer.status_code == 404
    assert parts.bea.client.get("/payments/receipts/rcp_none/").status_code == 404


def test_the_table_to_take_along(parts: Scene) -> None:
    parts.order.title = "=Brackets"
    PaymentRequest.objects.filter(pk=nth(parts, 1).pk).update(way="card")
    answer = parts.bea.client.get("/payments/export/")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Payment"] for row in rows] == ["Balance", "Tooling", "Deposit"]
    last = rows[-1]
    assert (last["Amount"], last["Released"], last["Held"]) == ("150.00", "150.00", "0.00")
    assert last["Receipt"] == Receipt.objects.get().number
    only = parts.bea.client.get("/payments/export/?state=later").content.decode()
    assert only.count("\n") == 2


def test_a_receipt_is_numbered_and_written_once(parts: Scene) -> None:
    receipt = Receipt.objects.get()
    first = nth(parts, 1)
    assert receipt.request_id == first.pk
    assert receipt.file is not None
    assert len(receipt.file.sha256) == 64
    assert issue_receipt(payment=first.public_id) == receipt
    assert write_receipt(receipt.public_id).file_id == receipt.file_id
    assert StoredFile.objects.filter(name=receipt.file_name).count() == 1
    said = str(receipt.content)
    for words in ("Deposit", "150.00 EUR", "500.00 EUR", parts.order.reference, first.charge):
        assert words in said
    pay_next(parts)
    numbers = list(Receipt.objects.order_by("pk").values_list("number", flat=True))
    assert [int(number[-5:]) for number in numbers] == [1, 2]
    assert issue_receipt(payment=nth(parts, 3).public_id) is None
    answer = parts.bea.client.get(f"/payments/receipts/{receipt.public_id}/")
    assert answer.status_code == 302
    Receipt.objects.filter(pk=receipt.pk).update(file=None)
    direct = parts.bea.client.get(f"/payments/receipts/{receipt.public_id}/")
    assert direct.content.startswith(b"%PDF")


def test_a_paid_order_has_its_receipt_and_its_money_released(scene: Scene, sandbox: Any) -> None:
    connect_maker(scene)
    payment = pay_next(scene)
    accept_goods(scene)
    pump()
    where = moved([payment])[payment.pk]
    assert (where.paid, where.held, where.released, where.back) == (50000, 0, 50000, 0)
    assert "Whole order" in page(scene)


def test_a_program_reads_and_pays_an_instalment(parts: Scene) -> None:
    client = client_of(parts.bea, "view", "pay")
    listed = client.get("/api/v1/payments/").json()["results"]
    assert [row["stage"] for row in listed] == ["balance", "tooling", "deposit"]
    assert [bool(row["receipt"]) for row in listed] == [False, False, True]
    assert [row["due_at"] is None for row in listed] == [True, False, False]
    only = client.get("/api/v1/payments/?state=to_pay").json()["results"]
    assert [row["id"] for row in only] == [nth(parts, 2).public_id]
    path = f"/api/v1/orders/{parts.order.public_id}/payments"
    refused = client.post(f"{path}/{nth(parts, 3).public_id}/pay/")
    assert (refused.status_code, "earlier instalment" in refused.json()["detail"]) == (409, True)
    asked = client.post(f"{path}/{nth(parts, 2).public_id}/pay/")
    assert (asked.status_code, asked.json()["payment"]) == (202, nth(parts, 2).public_id)
    assert client.post(f"{path}/pay_x/pay/").status_code == 404
    assert client_of(parts.milo, "view").get("/api/v1/payments/").status_code == 404
