"""The payout account in words: what Stripe wants, what stopped it, what comes and what went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from payments.actions.payouts import apply_account
from payments.models import BankPayout, ConnectedAccount, Instruction
from payments.payout_queries import expected_payouts
from payments.requirements import reason_of, sentence_of, wanted
from payments.values import Account
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, connect_maker, deliver_goods, pump
from tests.payments.test_reconciliation import pay, whole_journey

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("external_account", "The bank account your money should go to."),
        ("individual.dob.day", "Your date of birth."),
        ("person_1AbC.verification.document", "A photo of the identity document of a person"),
        ("representative.first_name", "The first name of the person who represents the company."),
        ("company.address.line1", "The address of the company."),
        ("something.brand_new", "Something: brand new."),
        ("", "Something Stripe does not name."),
        ("<script>", "<script>."),
    ],
)
def test_codes_in_words(code: str, sentence: str) -> None:
    assert sentence_of(code).startswith(sentence)


def test_each_thing_is_asked_for_once() -> None:
    codes = [
        "individual.dob.day",
        "individual.dob.month",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    ]
    assert len(wanted(codes)) == 2
    assert reason_of("") == "" and reason_of("new.reason") == "New: reason."


def page(scene: Scene) -> str:
    answer = scene.milo.client.get("/portal/payouts/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def said(account: ConnectedAccount, **values: object) -> None:
    """Stripe says how the account stands."""
    known = {
        "details_submitted": True,
        "transfers_active": True,
        "payouts_enabled": True,
        "due": [],
        "disabled_reason": "",
    }
    apply_account(Account(id=account.account, **{**known, **values}))  # type: ignore[arg-type]
    pump()


def test_restricted_and_enabled_again_are_told_with_what_to_do(
    scene: Scene, sandbox: Sandbox
) -> None:
    account = connect_maker(scene)
    assert "Payouts are set up" in page(scene)
    mail.outbox.clear()
    due_by = int((timezone.now() + timedelta(days=10)).timestamp())
    said(
        account,
        transfers_active=False,
        due=["company.tax_id", "new.thing_of_2030"],
        disabled_reason="requirements.past_due",
        due_by=due_by,
    )
    [letter] = mail.outbox
    for words in ("The tax number of the company.", "New: thing of 2030.", "Please send it by"):
        assert words in letter.body
    shown = page(scene)
    for words in (
        "Stripe needs more information",
        "Something Stripe asked for is late.",
        "The tax number of the company.",
        "New: thing of 2030.",
        "Continue the set-up",
    ):
        assert words in shown
    mail.outbox.clear()
    said(account)
    [letter] = mail.outbox
    assert letter.subject == "Payouts to you work again"
    assert "Payouts are set up" in page(scene)


def test_a_closed_account_says_so(scene: Scene, sandbox: Sandbox) -> None:
    account = connect_maker(scene)
    mail.outbox.clear()
    said(account, transfers_active=False, disabled_reason="rejected.fraud")
    [letter] = mail.outbox
    assert "closed your payout account" in letter.subject and "fraud" in letter.body
    shown = page(scene)
    assert "suspects fraud" in shown and "Continue the set-up" not in shown


def test_transfers_without_bank_payouts_are_said(scene: Scene, sandbox: Sandbox) -> None:
    account = connect_maker(scene)
    said(account, payouts_enabled=False, due=["external_account"])
    shown = page(scene)
    assert "does not pay out to your bank yet" in shown
    assert "The bank account your money should go to." in shown


def test_promise_and_fact_stand_side_by_side(scene: Scene, sandbox: Sandbox) -> None:
    connect_maker(scene)
    assert "To come" not in page(scene)
    pay(scene)
    [expected] = expected_payouts(scene.milo.actor)
    assert str(expected.amount) == "460.00 EUR"
    assert expected.by is not None
    assert "To come" in page(scene)
    deliver_goods(scene)
    [expected] = expected_payouts(scene.milo.actor)
    assert expected.by == timezone.localdate(scene.fresh_order().accept_by)
    from orders.actions import acceptance

    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    shown = page(scene)
    assert "To come" not in shown and "460.00" in shown and "Statements" in shown


def test_a_refused_bank_payout_stands_on_the_page(scene: Scene, sandbox: Sandbox) -> None:
    connect_maker(scene)
    BankPayout.objects.create(
        organization=scene.milo.organization,
        payout="po_1",
        amount_minor=1200,
        currency="EUR",
        status="failed",
        failure="The bank account has been <closed>.",
        made_at=timezone.now(),
    )
    shown = page(scene)
    assert "Refused by the bank" in shown and "has been &lt;closed&gt;" in shown


def test_the_page_costs_the_same_with_more_rows(
    scene: Scene, sandbox: Sandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    whole_journey(scene)
    page(scene)
    counts = []
    transfer = Instruction.objects.get()
    for count in (1, 3):
        for number in range(count):
            Instruction.objects.create(
                key=f"more:{count}:{number}",
                kind="transfer",
                request=transfer.request,
                organization=transfer.organization,
                amount_minor=100,
                currency="EUR",
                charge=transfer.charge,
                state="cancelled",
            )
        with django_assert_num_queries(QUERIES):
            page(scene)
        counts.append(count)
    assert counts == [1, 3]


# Sign-in, organization and sidebar are 8 of them.
QUERIES = 18
