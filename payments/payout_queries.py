"""What a manufacturer reads of its payouts: what was promised, what was done, what is to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.pages import Page
from orders.models import Order
from orders.promise import TRANSIT_DAYS
from payments.credit_queries import expected_days
from payments.debt_queries import debts_of
from payments.models import BankPayout, ConnectedAccount, Instruction, PaymentRequest
from payments.queries import payout_account_of
from payments.requirements import sentence_of
from payments.rules import check_can_manage_payouts
from payments.statements import Month, Statement, months_of, read_month, statements_of
from payments.states import InstructionState, PaymentState

MOST_EXPECTED = 50
MOST_BANK_PAYOUTS = 25
# What the books call that which is released to a manufacturer, and the VAT on it.
PAID_OUT = ("payable", "tax_payable")
TO_COME = (
    PaymentState.PROCESSING,
    PaymentState.INVOICED,
    PaymentState.FUNDED,
    PaymentState.DISPUTED,
)


@dataclass(frozen=True)
class Expected:
    """A payout that is still to come: how much, and when at the latest by the rules of the
    contract; None for a day that follows from something that has not happened yet. Of what is on
    account, when the buyer's invoice is due, `net_days` after the goods are shipped."""

    request: PaymentRequest
    amount: Money
    by: date | None
    net_days: int = 0


def promised_by(order: Order) -> date | None:
    """The day on which the order's money is released at the latest when the buyer keeps silent:
    the last day to accept, or before the delivery the day to ship, the usual transit and the time
    to accept. None before the lead time has begun."""
    if order.accept_by is not None:
        return timezone.localdate(order.accept_by)
    if order.ship_by is None:
        return None
    return order.ship_by + timedelta(days=TRANSIT_DAYS + settings.ACCEPTANCE_WINDOW_DAYS)


def expected_payouts(actor: Actor) -> list[Expected]:
    """What is paid or being paid and not yet released, the newest order first."""
    rows = (
        PaymentRequest.objects.filter(order__manufacturer=actor.organization, state__in=TO_COME)
        .select_related("order")
        .annotate(released=Sum("entries__amount_minor", filter=Q(entries__kind__in=PAID_OUT)))
        .order_by("-pk")
    )
    shown = list(rows[:MOST_EXPECTED])
    on_account = expected_days([row for row in shown if row.state == PaymentState.INVOICED])
    found = []
    for row in shown:
        # What is on account is transferred when the buyer pays, also of what is released.
        gone = 0 if row.pk in on_account else row.released or 0
        by, days = on_account.get(row.pk, (promised_by(row.order), 0))
        left = Money(max(0, row.payout.minor - gone), row.currency)
        found.append(Expected(row, left, by, days))
    return found


def with_promises(page: Page[Instruction]) -> Page[Instruction]:
    """The same page, every transfer with the day its order promised (`promised_by`)."""
    for row in page.rows:
        row.promised_by = promised_by(row.request.order)  # type: ignore[attr-defined]
    return page


def bank_payouts_of(actor: Actor) -> QuerySet[BankPayout]:
    """What Stripe paid out of the acting organization's account to its bank, newest first."""
    return BankPayout.objects.filter(organization=actor.organization)


def transferred_at(instruction: Instruction) -> datetime | None:
    """When a transfer was made; None while it was not."""
    is_done = instruction.state == InstructionState.DONE
    return instruction.state_changed_at if is_done else None


def payout_account(actor: Actor) -> dict[str, Any]:
    """How the acting organization's payout account stands, as plain values for programs."""
    account = payout_account_of(actor) or ConnectedAccount(due=[])
    return {
        "state": account.state,
        "details_submitted": account.details_submitted,
        "pays_out_to_bank": account.pays_out,
        "reason": account.reason,
        "wanted": [{"code": code, "sentence": sentence_of(str(code))} for code in account.due],
        "wanted_by": account.due_by,
        "owed": debts_of(actor),
    }


def plain_statement(found: Statement) -> dict[str, Any]:
    """A statement in major units, for programs."""

    def plain(minor: int) -> str:
        return str(found.money(minor).decimal)

    return {
        "currency": found.currency,
        "opening_payable": plain(found.opening_payable),
        "opening_owed": plain(found.opening_owed),
        "lines": [
            {
                "at": line.at,
                "order": line.order,
                "what": line.what,
                "payable": plain(line.payable),
                "owed": plain(line.owed),
            }
            for line in found.lines
        ],
        "closing_payable": plain(found.closing_payable),
        "closing_owed": plain(found.closing_owed),
    }


def statement_months(actor: Actor) -> list[Month]:
    """The months the acting organization has statements of, newest first."""
    check_can_manage_payouts(actor)
    return months_of(actor.company)


def get_statements(actor: Actor, month: str) -> tuple[Month, list[Statement]]:
    """The statements of a month written as 2026-11. Raises NotFound for a month without one."""
    check_can_manage_payouts(actor)
    found = read_month(month)
    if found is None or found not in months_of(actor.company):
        raise NotFound()
    return found, statements_of(actor.company, found)
