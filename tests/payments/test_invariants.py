"""Every invariant of the books is broken once, past the rules of the database, and found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import MoneyDecision
from payments import ledger_rules
from payments.actions.ledger import ledger_account
from payments.invariants import INVARIANTS, check_books
from payments.models import LedgerAccount, LedgerEntry
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods
from tests.payments.test_reconciliation import book, pay, whole_journey

pytestmark = pytest.mark.django_db


@contextmanager
def without_rules() -> Iterator[None]:
    ledger_rules.remove(connection)
    yield
    ledger_rules.install(connection)


def broken() -> dict[str, int]:
    """Code of an invariant -> its difference, without zeros."""
    found: dict[str, int] = {}
    for each in check_books():
        if each.difference:
            code = each.findings[0].key.split(":")[1]
            found[code] = found.get(code, 0) + each.difference
    return found


def change(kind: str, **values: object) -> None:
    with without_rules():
        LedgerEntry.objects.filter(kind=kind).update(**values)


def _edit_cache() -> None:
    with without_rules():
        LedgerAccount.objects.filter(name__endswith=":payable").update(credits=46100)


def _overdraw() -> None:
    with without_rules():
        book("over", "mfr:x:payable", "bank", 250)


def _mix_currencies() -> None:
    with without_rules():
        LedgerEntry.objects.create(
            key="mixed",
            kind="x",
            debit=ledger_account("bank", "EUR"),
            credit=ledger_account("bank", "USD"),
            amount_minor=90,
            currency="EUR",
            note="-",
        )


def _take_held_money() -> None:
    book("more", "bank", held(), 900)
    book("away", held(), "bank", 200)


def held() -> str:
    return LedgerAccount.objects.get(name__endswith=":held").name


def _decide_and_forget() -> None:
    decision = MoneyDecision.objects.get()
    hour_ago = timezone.now() - timedelta(hours=1)
    MoneyDecision.objects.update(created_at=hour_ago, amount_minor=decision.amount_minor - 800)


@pytest.mark.journey
@pytest.mark.parametrize(
    ("spoil", "differs"),
    [
        (_edit_cache, {"caches": 100}),
        (_overdraw, {"overdraft": 250, "caches": 250}),
        (_mix_currencies, {"balanced": 180}),
        (_take_held_money, {"held": 700}),
        (_decide_and_forget, {"decisions": 800}),
        (lambda: change("transferred", stripe_ref=""), {"instructions": 46000}),
    ],
    ids=["caches", "overdraft", "balanced", "held", "decisions", "instructions"],
)
def test_what_is_broken_is_found_and_nothing_else(
    scene: Scene, sandbox: Sandbox, spoil: Callable[[], None], differs: dict[str, int]
) -> None:
    whole_journey(scene)
    assert broken() == {}
    spoil()
    assert broken() == differs


def test_more_decided_than_paid_is_found(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    accept_goods(scene)
    MoneyDecision.objects.update(amount_minor=50400)
    # The decision is young: the worker may be about to carry it out.
    assert broken() == {"decided": 400}


def test_a_decision_that_is_not_carried_out_in_time_is_found(
    scene: Scene, sandbox: Sandbox
) -> None:
    pay(scene)
    accept_goods(scene)
    assert broken() == {}
    MoneyDecision.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert broken() == {"decisions": 50000}


def test_the_check_costs_one_query_for_each_invariant(
    scene: Scene, sandbox: Sandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    whole_journey(scene)
    with django_assert_num_queries(len(INVARIANTS)):
        check_books()


def test_the_command_names_every_invariant_and_its_difference(
    scene: Scene, sandbox: Sandbox
) -> None:
    whole_journey(scene)
    out = StringIO()
    call_command("check_ledger", "--offline", stdout=out)
    for invariant in INVARIANTS:
        assert f"ok      {invariant.label}: expected" in out.getvalue()
    _edit_cache()
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 21 comparisons") as stopped:
        call_command("check_ledger", "--offline", stdout=out)
    assert stopped.value.returncode == 1
    assert "difference 1.00 EUR" in out.getvalue()


def test_the_command_says_when_stripe_does_not_answer(scene: Scene, sandbox: Sandbox) -> None:
    sandbox.command("fault", kind="500", method="GET", path="balance_transactions", times=9)
    with pytest.raises(CommandError, match="--offline") as stopped:
        call_command("check_ledger", stdout=StringIO())
    assert stopped.value.returncode == 2
