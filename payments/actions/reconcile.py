"""The nightly comparison: our books against themselves and against Stripe. It only reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from payments import gateway
from payments.actions.ledger import STRIPE
from payments.models import InboundEvent, Instruction, LedgerAccount, LedgerEntry
from payments.queries import balance_of, wrong_caches
from payments.states import InstructionState

PENDING_TOO_LONG = timedelta(minutes=15)
BLOCKED_TOO_LONG = timedelta(days=1)


@dataclass
class Report:
    """Faults as sentences; balances in minor units by currency."""

    books: dict[str, int] = field(default_factory=dict)
    stripe: dict[str, int] = field(default_factory=dict)
    asked_stripe: bool = False
    entries: int = 0
    faults: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return dict(vars(self))

    def lines(self) -> list[str]:
        """Everything, for people."""
        shown = [f"{self.entries} ledger entries."]
        for currency in sorted({*self.books, *self.stripe}):
            stripe = self.stripe.get(currency, 0) if self.asked_stripe else "not asked"
            shown.append(f"{currency}: books {self.books.get(currency, 0)}, Stripe {stripe}")
        return shown + (self.faults or ["No differences."])


def reconcile(*, ask_stripe: bool = True) -> Report:
    """Compare and report. Raises GatewayError when Stripe is asked and does not answer."""
    report = Report(asked_stripe=ask_stripe, entries=LedgerEntry.objects.count())
    for account in LedgerAccount.objects.filter(name=STRIPE):
        # Money in Stripe is ours to account for: an asset, so debits minus credits.
        report.books[account.currency] = -balance_of(STRIPE, account.currency).minor
    for account in wrong_caches():
        report.faults.append(f"The cached balance of {account} is not the sum of its entries.")
    _check_leftovers(report)
    if ask_stripe:
        _compare(report)
    return report


def _check_leftovers(report: Report) -> None:
    now = timezone.now()
    waiting = Instruction.objects.filter(
        state=InstructionState.PENDING, state_changed_at__lt=now - PENDING_TOO_LONG
    )
    blocked = Instruction.objects.filter(
        state=InstructionState.BLOCKED, state_changed_at__lt=now - BLOCKED_TOO_LONG
    )
    report.faults += [f"Instruction {row.key} is pending for long." for row in waiting]
    report.faults += [f"Instruction {row.key} is blocked: {row.last_error}" for row in blocked]
    dead = InboundEvent.objects.filter(state=InboundEvent.State.DEAD)
    report.faults += [f"Event {row} failed for good: {row.last_error}" for row in dead]


def _compare(report: Report) -> None:
    known = set(LedgerEntry.objects.exclude(stripe_ref="").values_list("stripe_ref", flat=True))
    seen = set()
    for entry, kind, source in gateway.list_balance_entries():
        seen.add(entry.id)
        report.stripe[entry.currency] = report.stripe.get(entry.currency, 0) + entry.net
        if entry.id not in known:
            report.faults.append(
                f"Stripe moved {entry.net} {entry.currency} ({kind} {source}), our books did not."
            )
    report.faults += [
        f"Our books name the Stripe movement {ref}, Stripe does not know it."
        for ref in sorted(known - seen)
    ]
    for currency in sorted({*report.books, *report.stripe}):
        ours, theirs = report.books.get(currency, 0), report.stripe.get(currency, 0)
        if ours != theirs:
            report.faults.append(f"{currency}: our books say {ours}, Stripe says {theirs}.")
