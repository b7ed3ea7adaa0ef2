"""Buying on account on pages, in the staff desk and over the API."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from payments.actions.credit import approve_credit
from payments.actions.on_account import pay_on_account
from payments.actions.requests import request_payment
from payments.credit_queries import aging
from payments.models import BankReceipt, CreditAccount, LedgerEntry, Receivable
from payments.states import CreditState, PaymentState, ReceivableState
from tests.orders.scene import make_order
from tests.payments.credit_scene import RIGHTS, age, approve, staff, terms
from tests.payments.test_api import client_of
from tests.payments.test_reconciliation_desk import member_of_staff
from tests.personas import Persona, make_buyer

pytestmark = pytest.mark.django_db
FORM = {
    "registration_number": "HRB 12345",
    "monthly": "20000",
    "currency": "EUR",
    "contact": "Ada",
    "email": "invoices@bea.example",
}


@pytest.fixture
def bea() -> Persona:
    return make_buyer("Bea", "Bea Robotics")


@pytest.fixture
def desk() -> Actor:
    return staff()


def lend(bea: Persona, milo: Persona) -> Receivable:
    """One more order on account."""
    order = make_order(bea, milo)
    return pay_on_account(actor=bea.actor, public_id=order.public_id)


def opened(receivable: Receivable, days: int) -> Receivable:
    """It is open and was due `days` ago."""
    receivable.due_on = timezone.localdate()
    receivable.state = ReceivableState.OPEN
    receivable.save()
    age(receivable, days)
    return receivable


def page(person: Persona, query: str = "") -> str:
    return str(person.client.get(f"/payments/on-account/{query}").content.decode())


def test_a_buyer_applies_on_the_page(bea: Persona) -> None:
    assert "Apply to buy on account" in page(bea)
    wrong = bea.client.post("/payments/on-account/apply/", {**FORM, "monthly": "a lot"})
    assert wrong.status_code == 422
    assert "HRB 12345" in wrong.content.decode()
    answer = bea.client.post("/payments/on-account/apply/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/payments/on-account/")
    assert "Your application is with us" in page(bea)
    again = bea.client.post("/payments/on-account/apply/", FORM)
    assert again.status_code == 422
    assert CreditAccount.objects.count() == 1


def test_the_page_says_limit_used_free_and_what_is_late(
    bea: Persona, milo: Persona, desk: Actor
) -> None:
    approve(bea, desk, limit=200_000)
    late = opened(lend(bea, milo), 0)
    lend(bea, milo)
    age(late, 9)
    shown = page(bea)
    for words in (
        "€2,000.00",
        "€1,010.00",
        "€990.00",
        "€505.00 are overdue",
        "9\u00a0days overdue",
    ):
        assert words in shown
    assert late.number in page(bea, "?state=overdue")
    assert late.number not in page(bea, "?state=paid")
    # Nobody else reads it.
    assert late.number not in page(make_buyer("Stefan", "Stranger GmbH"))
    assert milo.client.get("/payments/on-account/").status_code == 404


def test_queries_of_the_page_do_not_grow(
    bea: Persona, milo: Persona, desk: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approve(bea, desk, limit=900_000)
    lend(bea, milo)
    page(bea)
    for _ in range(2):
        with django_assert_num_queries(7):
            page(bea)
        lend(bea, milo)


def test_the_table_to_take_along_is_safe_for_spreadsheets(
    bea: Persona, milo: Persona, desk: Actor
) -> None:
    approve(bea, desk)
    made = lend(bea, milo)
    Receivable.objects.update(po_number="=1+1")
    answer = bea.client.get("/payments/on-account/export/")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["Number"], rows[0]["Open"], rows[0]["Days overdue"]) == (
        made.number,
        "505.00",
        "0",
    )
    assert rows[0]["PO number"].startswith("'")


def test_the_payment_page_offers_the_account_and_says_why_not(
    bea: Persona, milo: Persona, desk: Actor
) -> None:
    account = approve(bea, desk)
    order = make_order(bea, milo)
    payment = request_payment(actor=desk, order_id=order.public_id)
    assert payment is not None
    where = f"/payments/orders/{order.public_id}/pay/{payment.public_id}/"
    assert "Pay on account (net 30)" in bea.client.get(where).content.decode()
    CreditAccount.objects.filter(pk=account.pk).update(limit_minor=100)
    assert "1.00 EUR of your limit are free" in bea.client.get(where).content.decode()
    answer = bea.client.post(f"{where}on-account/", follow=True)
    assert "1.00 EUR of your limit are free" in answer.content.decode()
    CreditAccount.objects.filter(pk=account.pk).update(limit_minor=100_000)
    answer = bea.client.post(f"{where}on-account/")
    assert answer["Location"] == f"/payments/orders/{order.public_id}/"
    payment.refresh_from_db()
    assert payment.state == PaymentState.INVOICED
    assert "This payment is on your account" in bea.client.get(where).content.decode()


def test_the_shop_reads_what_it_means_and_nothing_of_the_limit(
    bea: Persona, milo: Persona, desk: Actor
) -> None:
    approve(bea, desk, limit=123_400)
    made = lend(bea, milo)
    order = made.request.order.public_id
    pages = (
        f"/portal/orders/{order}/",
        f"/portal/payouts/orders/{order}/",
        "/portal/payouts/",
    )
    shown = [milo.client.get(path).content.decode() for path in pages]
    assert "buys on account, net 30" in shown[0] and "cancel the order instead" in shown[0]
    assert "The buyer pays on account, net 30" in shown[1]
    assert "paid out when the buyer's invoice is settled" in shown[2].replace("&#x27;", "'")
    assert not any("1,234" in text for text in shown)


def test_staff_decide_match_and_note_at_the_desk(milo: Persona, bea: Persona) -> None:
    tim = member_of_staff(*RIGHTS, "view_bankreceipt")
    bea.client.post("/payments/on-account/apply/", FORM)
    account = CreditAccount.objects.get()
    decide = f"/admin/payments/creditaccount/{account.pk}/decide/"
    assert "HRB 12345" in tim.client.get(decide).content.decode()
    typed: dict[str, Any] = {
        "verb": "approve",
        "currency": "EUR",
        "net_days": "30",
        "reason": "Fine.",
    }
    assert tim.client.post(decide, typed).status_code == 422
    typed |= {"limit": "1000", "starts_production": "on"}
    assert tim.client.post(decide, typed).status_code == 302
    account.refresh_from_db()
    assert (account.state, account.limit_minor) == (CreditState.APPROVED, 100_000)
    made = lend(bea, milo)
    match = f"/admin/payments/receivable/{made.pk}/match/"
    assert made.number in tim.client.get("/admin/payments/receivable/").content.decode()
    found = {"reference": "TRF 1", "amount": "505.01", "received_on": timezone.localdate()}
    refused = tim.client.post(match, found)
    assert (refused.status_code, "Only 505.00" in refused.content.decode()) == (422, True)
    assert tim.client.post(match, {**found, "amount": "505"}).status_code == 302
    assert BankReceipt.objects.get().reference == "TRF 1"
    noted = {"amount": "500", "currency": "EUR", "reference": "txn_1"}
    assert tim.client.post("/admin/payments/receivable/top-up/", noted).status_code == 302
    assert LedgerEntry.objects.filter(kind="topped_up").exists()
    suspend = {"verb": "suspend", "currency": "EUR", "net_days": "30", "reason": "A claim."}
    assert tim.client.post(decide, suspend).status_code == 302
    account.refresh_from_db()
    assert account.state == CreditState.SUSPENDED


def test_staff_without_the_right_decide_nothing(bea: Persona, milo: Persona, desk: Actor) -> None:
    account = approve(bea, desk)
    made = lend(bea, milo)
    tim = desk.user
    assert tim is not None
    tim.user_permissions.set(tim.user_permissions.filter(codename__startswith="view_"))
    reader = Persona(type(tim).objects.get(pk=tim.pk))
    typed = {"verb": "suspend", "currency": "EUR", "net_days": "30", "reason": "No."}
    decide = f"/admin/payments/creditaccount/{account.pk}/decide/"
    assert reader.client.post(decide, typed).status_code == 403
    found = {"reference": "TRF 1", "amount": "5", "received_on": timezone.localdate()}
    match = f"/admin/payments/receivable/{made.pk}/match/"
    assert reader.client.post(match, found).status_code == 403
    account.refresh_from_db()
    assert account.state == CreditState.APPROVED
    assert not BankReceipt.objects.exists()


def test_what_is_owed_by_age(bea: Persona, milo: Persona, desk: Actor) -> None:
    approve(bea, desk, limit=900_000)
    for days in (0, 1, 30, 31, 60, 61):
        opened(lend(bea, milo), days)
        CreditAccount.objects.update(limit_minor=900_000)
        Receivable.objects.filter(due_on__lt=timezone.localdate()).update(
            state=ReceivableState.COMMITTED
        )
    lend(bea, milo)
    Receivable.objects.exclude(due_on=None).update(state=ReceivableState.OPEN)
    sums = {label: money.minor for label, money in aging()[0]["sums"]}
    one = 50500
    assert sums == {
        "Not due": 2 * one,
        "1-30 days": 2 * one,
        "31-60 days": 2 * one,
        "Over 60 days": one,
        "Together": 7 * one,
    }


def test_the_api_says_and_does_the_same(bea: Persona, milo: Persona, desk: Actor) -> None:
    api = client_of(bea, "view", "pay")
    as_json = "application/json"
    empty = api.get("/api/v1/credit-account/").json()
    assert (empty["state"], empty["limit"], empty["net_days"]) == ("none", None, None)
    body = {**FORM, "monthly_minor": 100}
    del body["monthly"]
    nothing = api.post("/api/v1/credit-account/", {**body, "monthly_minor": 0}, as_json)
    assert nothing.status_code == 422
    made = api.post("/api/v1/credit-account/", body, as_json)
    assert (made.status_code, made.json()["state"]) == (201, "applied")
    account = CreditAccount.objects.get()
    approve_credit(actor=desk, public_id=account.public_id, terms=terms(60_000), reason="Fine.")
    order = make_order(bea, milo)
    payment = request_payment(actor=desk, order_id=order.public_id)
    assert payment is not None
    path = f"/api/v1/orders/{order.public_id}/payments/{payment.public_id}/on-account/"
    used = api.post(path)
    assert (used.status_code, used.json()["open"]["amount_minor"]) == (201, 50500)
    assert api.post(path).json()["code"] == "wrong_state"
    second = make_order(bea, milo)
    other = request_payment(actor=desk, order_id=second.public_id)
    assert other is not None
    refused = api.post(f"/api/v1/orders/{second.public_id}/payments/{other.public_id}/on-account/")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_credit")
    standing = api.get("/api/v1/credit-account/").json()
    assert standing["free"] == {"amount_minor": 9500, "currency": "EUR", "decimal": "95.00"}
    found = api.get("/api/v1/receivables/?state=unpaid").json()["results"]
    assert [row["number"] for row in found] == [used.json()["number"]]
    link = api.post(f"/api/v1/receivables/{found[0]['id']}/pay/")
    assert (link.status_code, link.json()["state"]) == (202, "preparing")
    stranger = client_of(make_buyer("Stefan", "Stranger GmbH"), "view")
    assert stranger.get(f"/api/v1/receivables/{found[0]['id']}/").status_code == 404
