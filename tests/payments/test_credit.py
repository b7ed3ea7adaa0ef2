"""Applying to buy on account, deciding about it, matching transfers, reminders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.states import WrongState
from payments.actions import credit
from payments.actions.bank_receipts import match_bank_transfer, note_top_up
from payments.actions.forgetting import forget_payer
from payments.actions.funding import apply_payment
from payments.actions.on_account import pay_receivable
from payments.credit_queries import standing_of
from payments.dunning import reminder_for
from payments.models import BankReceipt, CreditAccount, LedgerEntry, Receivable
from payments.queries import personal_data_of
from payments.states import CreditState, ReceivableState
from payments.tasks import run_payment_timers
from tests.api.scene import facts_since, last_event
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import (
    APPLICATION,
    age,
    approve,
    assert_books_hold,
    buy_on_account,
    match,
    staff,
    terms,
)
from tests.payments.scene import Scene, deliver_goods, ledger, pump
from tests.payments.test_ways import answer
from tests.personas import Persona, make_buyer, make_shop

pytestmark = pytest.mark.django_db
WHY = "The register and two references are fine."


@pytest.fixture
def bea() -> Persona:
    return make_buyer("Bea", "Bea Robotics")


@pytest.fixture
def desk() -> Actor:
    return staff()


@pytest.fixture
def owed(scene: Scene, sandbox: Sandbox, desk: Actor) -> Receivable:
    """500.00 that are owed since the goods left."""
    receivable = buy_on_account(scene, desk)
    deliver_goods(scene)
    pump()
    receivable.refresh_from_db()
    return receivable


def test_a_buyer_applies_and_staff_approve(bea: Persona, desk: Actor) -> None:
    before = last_event()
    account = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    assert (account.state, account.monthly) == (CreditState.APPLIED, Money(2_000_000, "EUR"))
    with pytest.raises(Conflict, match="asked to buy on account already"):
        credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    key: dict[str, Any] = {"actor": desk, "public_id": account.public_id}
    account = credit.approve_credit(**key, terms=terms(), reason=WHY)
    assert (account.state, account.limit_minor, account.net_days) == ("approved", 100_000, 30)
    with pytest.raises(WrongState):
        credit.approve_credit(**key, terms=terms(), reason=WHY)
    credit.change_credit(**key, terms=terms(200_000, net_days=60), reason="More orders.")
    credit.suspend_credit(**key, reason="An invoice is in dispute.")
    with pytest.raises(WrongState):
        credit.suspend_credit(**key, reason=WHY)
    assert standing_of(CreditAccount.objects.get()).free.minor == 0
    page = bea.client.get("/payments/on-account/").content.decode()
    assert "while the account cannot be used" in page
    credit.resume_credit(**key, reason="It was settled.")
    assert standing_of(CreditAccount.objects.get()).free.minor == 200_000
    assert facts_since(before) == [
        *("credit_applied", "credit_approved", "credit_changed"),
        *("credit_suspended", "credit_resumed"),
    ]
    found = CreditAccount.objects.get()
    assert (found.state, found.limit_minor, found.reason) == (
        "approved",
        200_000,
        "It was settled.",
    )


def test_a_refused_buyer_may_ask_again(bea: Persona, desk: Actor) -> None:
    account = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    mail.outbox.clear()
    credit.refuse_credit(actor=desk, public_id=account.public_id, reason="No register entry found.")
    pump()
    assert "No register entry found." in mail.outbox[-1].body
    again = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    assert (again.pk, again.state, again.reason) == (account.pk, CreditState.APPLIED, "")


def test_who_may_apply_and_decide(bea: Persona, desk: Actor) -> None:
    with pytest.raises(NotFound):
        credit.apply_for_credit(actor=make_shop("Milo", "Milo").actor, application=APPLICATION)
    account = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    for actor in (bea.actor, make_buyer("Stefan", "Stranger").actor):
        with pytest.raises(NotAllowed):
            credit.approve_credit(
                actor=actor, public_id=account.public_id, terms=terms(), reason=WHY
            )
    with pytest.raises(NotFound):
        credit.refuse_credit(actor=desk, public_id="crd_nothing", reason=WHY)
    bea.user.memberships.update(role="engineer")
    with pytest.raises(NotAllowed):
        credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    account.refresh_from_db()
    assert account.state == CreditState.APPLIED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"registration_number": "  "}, "registration_number"),
        ({"registration_number": "9" * 61}, "registration_number"),
        ({"monthly": Money(0, "EUR")}, "monthly"),
        ({"contact": ""}, "contact"),
        ({"email": ""}, "email"),
    ],
)
def test_an_application_says_what_is_missing(
    bea: Persona, values: dict[str, Any], field: str
) -> None:
    application = credit.Application(**{**vars(APPLICATION), **values})
    with pytest.raises(DomainError) as refused:
        credit.apply_for_credit(actor=bea.actor, application=application)
    assert list(refused.value.fields) == [field]
    assert not CreditAccount.objects.exists()


@pytest.mark.parametrize(
    ("limit", "more", "reason", "field"),
    [
        (0, {}, WHY, "limit"),
        (-5, {}, WHY, "limit"),
        (100, {"net_days": 31}, WHY, "net_days"),
        (100, {}, "", "reason"),
        (100, {}, "x" * 301, "reason"),
    ],
)
def test_terms_that_do_not_work_are_refused(
    bea: Persona, desk: Actor, limit: int, more: dict[str, Any], reason: str, field: str
) -> None:
    account = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    with pytest.raises(DomainError) as refused:
        credit.approve_credit(
            actor=desk, public_id=account.public_id, terms=terms(limit, **more), reason=reason
        )
    assert list(refused.value.fields) == [field]
    account.refresh_from_db()
    assert account.state == CreditState.APPLIED


def test_the_currency_stays_while_something_was_bought(owed: Receivable, desk: Actor) -> None:
    account = owed.account
    with pytest.raises(DomainError, match="stays in it"):
        credit.change_credit(
            actor=desk, public_id=account.public_id, terms=terms(currency="USD"), reason=WHY
        )


def test_a_transfer_is_matched_once_for_each_reference(
    owed: Receivable, desk: Actor, scene: Scene
) -> None:
    before = last_event()
    first = match(desk, owed, 20000, "trf  77")
    assert (first.reference, owed.open_minor) == ("TRF 77", 30000)
    assert match(desk, owed, 20000, "TRF 77") == first
    assert owed.open_minor == 30000
    with pytest.raises(Conflict, match="was matched before: 200"):
        match(desk, owed, 30000, "TRF 77")
    assert facts_since(before) == ["receivable_paid_in_part"]
    assert ledger()["bank"] == -20000
    match(desk, owed, 30000, "TRF 78")
    assert owed.state == ReceivableState.SETTLED
    with pytest.raises(Conflict, match="Nothing is owed"):
        match(desk, owed, 1, "TRF 79")
    assert BankReceipt.objects.count() == 2
    assert_books_hold()


@pytest.mark.parametrize(
    ("minor", "reference", "days", "field"),
    [
        (50001, "TRF", 0, "amount"),
        (0, "TRF", 0, "amount"),
        (-1, "TRF", 0, "amount"),
        (100, " ", 0, "reference"),
        (100, "T" * 81, 0, "reference"),
        (100, "TRF", 1, "received_on"),
    ],
)
def test_a_transfer_that_does_not_fit_is_refused(
    owed: Receivable, desk: Actor, minor: int, reference: str, days: int, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        match_bank_transfer(
            actor=desk,
            public_id=owed.public_id,
            reference=reference,
            minor=minor,
            received_on=timezone.localdate() + timedelta(days=days),
        )
    assert list(refused.value.fields) == [field]
    assert not BankReceipt.objects.exists()


def test_who_may_match(owed: Receivable, desk: Actor, scene: Scene) -> None:
    for actor in (scene.bea.actor, scene.milo.actor):
        with pytest.raises(NotAllowed):
            match(actor, owed, 50000)
        with pytest.raises(NotAllowed):
            note_top_up(actor=actor, amount=Money(1, "EUR"), reference="txn_1")
    with pytest.raises(NotFound):
        match_bank_transfer(
            actor=desk,
            public_id="rcv_nothing",
            reference="TRF",
            minor=1,
            received_on=timezone.localdate(),
        )
    assert "bank" not in ledger()


def test_a_top_up_is_noted_once(desk: Actor) -> None:
    first = note_top_up(actor=desk, amount=Money(100, "EUR"), reference="txn_1")
    assert note_top_up(actor=desk, amount=Money(100, "EUR"), reference=" txn_1 ") == first
    with pytest.raises(Conflict, match="in the books already"):
        note_top_up(actor=desk, amount=Money(101, "EUR"), reference="txn_1")
    for amount, reference in ((0, "txn_2"), (5, "po_2"), (5, "txn_" + "2" * 90)):
        with pytest.raises(DomainError):
            note_top_up(actor=desk, amount=Money(amount, "EUR"), reference=reference)
    assert LedgerEntry.objects.count() == 1


DUE = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("days", "sent", "number"),
    [
        (-4, 0, None),
        (-3, 0, 1),
        (-3, 1, None),
        (0, 1, 2),
        (6, 2, None),
        (7, 2, 3),
        (14, 3, 4),
        (30, 4, 5),
        (90, 5, None),
        # A timer that stood still for a month sends the last one only.
        (31, 0, 5),
    ],
)
def test_reminders_by_day(days: int, sent: int, number: int | None) -> None:
    found = reminder_for(DUE, DUE + timedelta(days=days), sent)
    assert (found.number if found else None) == number


def test_each_reminder_goes_once_and_the_shop_hears_once(owed: Receivable, scene: Scene) -> None:
    from orders.actions import acceptance

    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    before = last_event()
    for days in (-10, -3, -3, 0, 7, 14, 30, 60):
        age(owed, days)
        run_payment_timers()
    assert facts_since(before) == [
        *("receivable_due", "receivable_due", "receivable_overdue", "payout_late"),
        *("receivable_overdue", "receivable_overdue"),
    ]
    late = Event.objects.filter(type="receivable_overdue").latest("pk")
    assert late.data["days"] == 30
    assert list(late.sightings.values_list("organization", flat=True)) == [
        scene.bea.organization.public_id
    ]


def test_nobody_is_reminded_of_what_is_paid_or_on_its_way(owed: Receivable, desk: Actor) -> None:
    age(owed, 8)
    Receivable.objects.update(on_its_way_at=timezone.now())
    assert run_payment_timers() == 0
    Receivable.objects.update(on_its_way_at=None)
    match(desk, owed, 50000)
    assert run_payment_timers() == 0


def test_an_account_is_one_a_company(bea: Persona, desk: Actor) -> None:
    account = approve(bea, desk)
    assert str(account) == "credit account of Bea Robotics"


def test_a_contact_is_exported_and_forgotten(bea: Persona, desk: Actor) -> None:
    account = approve(bea, desk)
    CreditAccount.objects.update(email=bea.user.email)
    assert personal_data_of(bea.user)["credit_applications"][0]["contact"] == "Ada Accounts"
    forget_payer(email=bea.user.email)
    account.refresh_from_db()
    assert (account.email, account.contact) == ("", "")


def test_a_debit_that_does_not_come_is_owed_as_before(owed: Receivable, scene: Scene) -> None:
    payment = owed.request
    apply_payment(answer(payment, "processing", charge=None, way="sepa_debit"))
    owed.refresh_from_db()
    assert owed.on_its_way_at is not None
    with pytest.raises(WrongState, match="being confirmed by the bank"):
        pay_receivable(actor=scene.bea.actor, public_id=owed.public_id)
    before = last_event()
    failed = answer(
        payment, "requires_payment_method", charge=None, way="sepa_debit", error="no funds"
    )
    for _ in range(2):
        apply_payment(failed)
    owed.refresh_from_db()
    assert (owed.on_its_way_at, owed.state) == (None, ReceivableState.OPEN)
    assert facts_since(before) == ["payment_failed"]
    assert pay_receivable(actor=scene.bea.actor, public_id=owed.public_id)
