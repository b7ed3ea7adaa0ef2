"""The books: what the database itself refuses, on both engines."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError

from marketplace.core.money import Money
from payments.actions.ledger import LedgerMismatch, ledger_account, post
from payments.invariants import INVARIANTS, check_books
from payments.models import LedgerAccount, LedgerEntry
from payments.queries import balance_of

pytestmark = pytest.mark.django_db
HELD = "order:ord_1:held"


def fill(minor: int = 1000, key: str = "in") -> LedgerEntry:
    return post(
        key=key,
        kind="held",
        debit="stripe:platform",
        credit=HELD,
        amount=Money(minor, "EUR"),
        note="Held",
    )


def take(minor: int, key: str = "out", credit: str = "revenue:commission") -> LedgerEntry:
    return post(
        key=key,
        kind="commission",
        debit=HELD,
        credit=credit,
        amount=Money(minor, "EUR"),
        note="Fee",
    )


def test_what_comes_in_can_go_out_and_no_more() -> None:
    fill()
    take(600)
    with pytest.raises(IntegrityError):
        take(401, "too much")
    take(400, "rest")
    assert balance_of(HELD, "EUR") == Money(0, "EUR")
    held = LedgerAccount.objects.get(name=HELD)
    assert (held.debits, held.credits) == (1000, 1000)
    assert [each.difference for each in check_books()] == [0] * len(INVARIANTS)


def test_an_overdraft_by_bulk_create_is_refused_too() -> None:
    fill()
    held, other = LedgerAccount.objects.get(name=HELD), ledger_account("bank", "EUR")
    rows = [
        LedgerEntry(
            key=f"b{n}",
            kind="x",
            debit=held,
            credit=other,
            amount_minor=400,
            currency="EUR",
            note="-",
        )
        for n in range(3)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.bulk_create(rows)
    assert LedgerEntry.objects.count() == 1


def test_twice_is_once_and_another_amount_is_an_error() -> None:
    assert fill().pk == fill().pk
    assert LedgerEntry.objects.count() == 1
    with pytest.raises(LedgerMismatch):
        fill(999)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payments_ledgerentry SET amount_minor = 1",
        "UPDATE payments_ledgerentry SET note = 'x'",
        "DELETE FROM payments_ledgerentry",
        "UPDATE payments_ledgeraccount SET credits = 5000 WHERE no_overdraft",
        "UPDATE payments_ledgeraccount SET debits = 1 WHERE NOT no_overdraft",
        "UPDATE payments_ledgeraccount SET no_overdraft = NOT no_overdraft",
        "UPDATE payments_ledgeraccount SET currency = 'USD'",
    ],
)
def test_no_statement_changes_the_books(sql: str) -> None:
    fill()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert balance_of(HELD, "EUR") == Money(1000, "EUR")


def test_the_orm_cannot_edit_or_delete_either() -> None:
    entry = fill()
    entry.amount_minor = 1
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.filter(name=HELD).update(credits=9000)


def test_truncate_is_refused_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        return
    fill()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE payments_ledgerentry")


@pytest.mark.parametrize("minor", [0, -1])
def test_an_amount_is_positive(minor: int) -> None:
    with pytest.raises(IntegrityError):
        fill(minor)


def test_an_entry_has_two_accounts_of_its_currency() -> None:
    held, usd = ledger_account(HELD, "EUR"), ledger_account("bank", "USD")
    values = {"kind": "x", "amount_minor": 1, "currency": "EUR", "note": "-"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(key="same", debit=held, credit=held, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(key="mixed", debit=usd, credit=held, **values)


def test_an_account_starts_empty() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerAccount.objects.create(name="x:held", currency="EUR", no_overdraft=True, credits=5)
