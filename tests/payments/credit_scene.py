"""A buyer with an approved account, and what tests of it share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.money import Money
from payments.actions import bank_receipts, credit
from payments.actions.on_account import pay_on_account
from payments.invariants import check_books
from payments.models import BankReceipt, CreditAccount, Receivable
from tests.payments.scene import Scene, pump
from tests.payments.test_reconciliation_desk import member_of_staff
from tests.personas import Persona
from tests.steps import step

RIGHTS = (
    *("change_creditaccount", "view_creditaccount", "add_bankreceipt", "view_receivable"),
    *("add_manualsettlement", "view_manualsettlement"),
)
APPLICATION = credit.Application(
    registration_number="HRB 12345 Aachen",
    monthly=Money(2_000_000, "EUR"),
    contact="Ada Accounts",
    email="invoices@bea.example",
)


def staff() -> Actor:
    """The person of staff who decides and matches."""
    return Actor.staff(member_of_staff(*RIGHTS).user, "credit desk")


def terms(limit: int = 100_000, **more: Any) -> credit.CreditTerms:
    values = {"net_days": 30, "starts_production": True, **more}
    return credit.CreditTerms(limit=Money(limit, values.pop("currency", "EUR")), **values)


@step
def approve(bea: Persona, desk: Actor, limit: int = 100_000, **more: Any) -> CreditAccount:
    """Bea's company has applied and was approved."""
    account = credit.apply_for_credit(actor=bea.actor, application=APPLICATION)
    return credit.approve_credit(
        actor=desk, public_id=account.public_id, terms=terms(limit, **more), reason="Paid well."
    )


@step
def buy_on_account(scene: Scene, desk: Actor, **more: Any) -> Receivable:
    """The account is approved and pays the order of the scene."""
    approve(scene.bea, desk, **more)
    return use(scene)


@step
def use(scene: Scene) -> Receivable:
    made = pay_on_account(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()
    made.refresh_from_db()
    return made


@step
def match(desk: Actor, receivable: Receivable, minor: int, reference: str = "TRF 1") -> BankReceipt:
    made = bank_receipts.match_bank_transfer(
        actor=desk,
        public_id=receivable.public_id,
        reference=reference,
        minor=minor,
        received_on=timezone.localdate(),
    )
    pump()
    receivable.refresh_from_db()
    return made


def age(receivable: Receivable, days: int) -> None:
    """It was due `days` ago (in so many days, when negative)."""
    receivable.due_on = timezone.localdate() - timedelta(days=days)
    receivable.save(update_fields=["due_on"])


def assert_books_hold() -> None:
    assert [each.findings for each in check_books() if each.difference] == []
