"""Reads of the comparison of our books with Stripe, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.money import Money
from payments.books import currencies_at_stripe, free_at_stripe
from payments.comparisons import Kind, amount_of
from payments.models import Discrepancy, Reconciliation
from payments.rules import check_can_read_reconciliation
from payments.staff_queries import staff_with

MOST_SHOWN = 100
LATEST = 12


@dataclass(frozen=True)
class Figure:
    """One comparison of a run as the page shows it."""

    group: str
    label: str
    expected: str
    found: str
    difference: str
    differs: bool


def open_discrepancies() -> QuerySet[Discrepancy]:
    """What differs and is not settled, the newest first."""
    return Discrepancy.objects.filter(closed_at__isnull=True)


def staff_who_reconcile() -> list[User]:
    """Active staff who may read what differs."""
    return staff_with("payments.view_discrepancy")


def reconciliation_board(actor: Actor) -> dict[str, Any]:
    """The last run with its figures, the one under way, what is open, and the runs before.

    Raises NotAllowed for anybody but staff who may read it.
    """
    check_can_read_reconciliation(actor)
    runs = Reconciliation.objects.select_related("asked_by")
    latest = list(runs[:LATEST])
    last = next((run for run in latest if run.ended_at and run.comparisons), None)
    tasks = list(open_discrepancies()[: MOST_SHOWN + 1])
    return {
        "last": last,
        "figures": [_figure(each) for each in last.comparisons] if last else [],
        "under_way": next((run for run in latest if run.ended_at is None), None),
        "discrepancies": tasks[:MOST_SHOWN],
        "more": len(tasks) > MOST_SHOWN,
        "runs": latest,
    }


def ours_at_stripe(actor: Actor) -> list[Money]:
    """What of the Stripe balance is the platform's own to pay out, by currency, never below 0.

    It adds the whole ledger up, so pages ask for it only when somebody wants to know. Raises
    NotAllowed as the board does.
    """
    check_can_read_reconciliation(actor)
    return [Money(max(0, free_at_stripe(code)), code) for code in currencies_at_stripe()]


def _figure(each: dict[str, Any]) -> Figure:
    currency = each["currency"]
    expected, found, difference = (
        amount_of(each[name], currency) for name in ("expected", "found", "difference")
    )
    return Figure(
        str(Kind(each["kind"]).label),
        each["label"],
        expected,
        found,
        difference,
        differs=each["difference"] != 0,
    )
