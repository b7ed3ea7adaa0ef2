"""The platform pays its own money out at Stripe, and the books follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.core.models import Event
from payments import gateway
from payments.actions.own_payouts import apply_own_payout
from payments.actions.reconciliation import compare_books
from payments.books import free_at_stripe
from payments.comparisons import Kind
from payments.invariants import check_books
from payments.models import LedgerEntry
from payments.values import GatewayUnreachable
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene
from tests.payments.test_reconciliation import hear
from tests.payments.test_reconciliation_desk import member_of_staff, page_of
from tests.payments.test_returns import journey_at_once

pytestmark = pytest.mark.django_db


def pay_out(sandbox: Sandbox, minor: int, status: str = "pending") -> str:
    """Staff ask for a payout at Stripe; its id."""
    made = sandbox.command("payout", amount=str(minor), currency="eur", status=status)
    return str(made["id"])


def kinds() -> list[str]:
    rows = LedgerEntry.objects.filter(key__startswith="own_payout:").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def differing() -> list[str]:
    wrong = [each for each in [*compare_books(), *check_books()] if each.difference]
    return [each.kind for each in wrong]


def test_the_books_follow_a_payout_of_ours(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    ours = free_at_stripe("EUR")
    assert ours > 0
    desk = member_of_staff("view_reconciliation")
    assert "ours to pay out?" in page_of(desk)
    assert f"<strong>{ours / 100:,.2f} EUR</strong>" in page_of(desk, "?ours")
    payout = pay_out(sandbox, ours)
    hear()
    hear()
    assert kinds() == ["paid_out"] and free_at_stripe("EUR") == 0
    assert differing() == []
    sandbox.command("settle_payout", payout=payout, status="paid")
    hear()
    assert kinds() == ["paid_out"]
    # Banks send money back days after they took it.
    sandbox.command("settle_payout", payout=payout, status="failed")
    hear()
    hear()
    assert kinds() == ["paid_out", "payout_returned"] and free_at_stripe("EUR") == ours
    assert differing() == []
    told = Event.objects.filter(type__startswith="platform_").order_by("pk")
    assert [event.type for event in told] == ["platform_paid_out", "platform_payout_failed"]


def test_a_payout_that_came_back_before_we_heard_of_it(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    pay_out(sandbox, 500, "failed")
    hear()
    assert kinds() == ["paid_out", "payout_returned"]
    assert differing() == []


def test_who_takes_more_than_is_ours_is_told(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    before = free_at_stripe("EUR")
    sandbox.command("top_up", amount="5000", currency="eur")
    pay_out(sandbox, before + 1)
    hear()
    assert free_at_stripe("EUR") == -1
    assert Kind.BALANCE in differing()  # the top-up nobody noted
    assert "<strong>0.00 EUR</strong>" in page_of(member_of_staff("view_reconciliation"), "?ours")


def test_what_stripe_has_not_booked_is_asked_again(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    payout = gateway.retrieve_payout(pay_out(sandbox, 500))
    for early in (replace(payout, entry=""), replace(payout, status="failed")):
        with pytest.raises(GatewayUnreachable):
            apply_own_payout(early)
    assert not apply_own_payout(replace(payout, currency="JPY"))
    assert kinds() == []
