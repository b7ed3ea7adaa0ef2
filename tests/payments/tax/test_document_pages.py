"""Invoices as both sides, programs and strangers see them."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from payments.models import Document
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, new_order, pay_next
from tests.payments.tax.world import set_taxed_scene
from tests.payments.test_api import client_of
from tests.personas import make_buyer, make_shop

pytestmark = pytest.mark.django_db
BUYER, SHOP = "/payments/documents/", "/portal/payouts/documents/"


@pytest.fixture
def invoiced(sandbox: Sandbox, db: None) -> Scene:
    scene = set_taxed_scene()
    pay_next(scene)
    return scene


def text(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_both_sides_read_it_and_take_it_along(invoiced: Scene) -> None:
    invoice = Document.objects.get()
    for person, base, other in (
        (invoiced.bea, BUYER, "Milo Machining GmbH"),
        (invoiced.milo, SHOP, "Bea Robotics"),
    ):
        page = text(person.client, base)
        for words in (invoice.number, other, "€95.00", "€595.00", f"{base}{invoice.public_id}.xml"):
            assert words in page
        for form, head in (("pdf", b"%PDF"), ("xml", b"<?xml")):
            got = person.client.get(f"{base}{invoice.public_id}.{form}", follow=True)
            content = b"".join(got) if got.streaming else got.content
            assert got.status_code == 200 and content.startswith(head)
        assert person.client.get(f"{base}{invoice.public_id}.exe").status_code == 404
        table = list(csv.reader(io.StringIO(person.client.get(f"{base}export/").content.decode())))
        assert table[1][0] == invoice.number
        assert table[1][-4:] == ["EUR", "500.00", "95.00", "595.00"]
    money = text(invoiced.bea.client, f"/payments/orders/{invoiced.order.public_id}/")
    assert invoice.number in money and "VAT 19 %" in money
    assert invoice.number in text(
        invoiced.milo.client, f"/portal/payouts/orders/{invoiced.order.public_id}/"
    )


def test_filters_and_strangers(invoiced: Scene) -> None:
    invoice = Document.objects.get()
    assert invoice.number in text(invoiced.bea.client, f"{BUYER}?state=invoices")
    assert "None of this kind" in text(invoiced.bea.client, f"{BUYER}?state=credit_notes")
    assert "None of this kind" in text(invoiced.milo.client, f"{SHOP}?state=commission")
    assert invoice.number in text(invoiced.bea.client, f"{BUYER}?state=nonsense")
    for stranger, base in (
        (make_buyer("Stefan", "Stranger Systems"), BUYER),
        (make_shop("Rita", "Rita Rapid Parts"), SHOP),
    ):
        assert stranger.client.get(f"{base}{invoice.public_id}.pdf").status_code == 404
        assert "No invoice yet" in text(stranger.client, base)


def test_as_many_queries_however_long_the_list(
    invoiced: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pairs = ((invoiced.bea.client, BUYER), (invoiced.milo.client, SHOP))
    counted = []
    for client, url in pairs:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(url)
        counted.append(len(few))
    for _ in range(2):
        pay_next(Scene(invoiced.bea, invoiced.milo, new_order(invoiced.bea, invoiced.milo)))
    for (client, url), count in zip(pairs, counted, strict=True):
        with django_assert_num_queries(count):
            client.get(url)


def test_programs_read_the_same(invoiced: Scene) -> None:
    invoice = Document.objects.get()
    bought = client_of(invoiced.bea, "view").get("/api/v1/purchase-documents/?kind=invoices").json()
    [row] = bought["results"]
    assert (row["number"], row["tax"]["amount_minor"], row["gross"]["decimal"]) == (
        invoice.number,
        9_500,
        "595.00",
    )
    assert row["facts"]["seller"]["vat_id"] == "DE136695976"
    sold = (
        client_of(invoiced.milo, "view", "manage_payouts")
        .get(f"/api/v1/sales-documents/{invoice.public_id}/")
        .json()
    )
    assert sold["issuer"] == invoiced.milo.organization.public_id
    assert client_of(invoiced.bea, "view").get("/api/v1/sales-documents/").status_code == 404
    payments = client_of(invoiced.bea, "view").get("/api/v1/payments/").json()["results"]
    assert [payments[0][name]["decimal"] for name in ("amount", "tax", "total")] == [
        "500.00",
        "95.00",
        "595.00",
    ]
