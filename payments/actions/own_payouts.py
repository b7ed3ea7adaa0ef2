"""The platform's own money leaves Stripe for its bank account, and the books follow.

A person asks for such a payout at Stripe, whose schedule for the platform's account stands at
"manual": automatic payouts would take buyers' held money along. The staff page "Books and Stripe"
says how much is ours; whoever takes more is told by the comparison of cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.events import Fact, record
from marketplace.core.money import EXPONENTS, Money
from payments import events
from payments.actions.ledger import BANK, STRIPE, post
from payments.books import lock_balance
from payments.models import BankPayout, LedgerEntry
from payments.values import GatewayUnreachable, Payout

ACTOR = Actor.system("Payments")
CAME_BACK = (BankPayout.Status.FAILED, BankPayout.Status.CANCELED)


@dataclass
class _Own:
    """The payout as facts speak of it."""

    public_id: str


@dataclass(frozen=True)
class _Way:
    """A movement between Stripe and the bank: its row of the ledger and its fact."""

    suffix: str
    kind: str
    debit: str
    credit: str
    note: str
    fact: Fact


DEPARTURE = _Way(
    suffix="",
    kind="paid_out",
    debit=BANK,
    credit=STRIPE,
    note="Paid out to the platform's bank account",
    fact=events.PLATFORM_PAID_OUT,
)
RETURN = _Way(
    suffix=":returned",
    kind="payout_returned",
    debit=STRIPE,
    credit=BANK,
    note="The payout to the platform's bank account came back",
    fact=events.PLATFORM_PAYOUT_FAILED,
)


def apply_own_payout(payout: Payout) -> bool:
    """Book a payout of the platform, and its return when the bank refused it or it was canceled.

    Any number of times, and in any order. False for a currency we do not trade in. Raises
    GatewayUnreachable while Stripe has not booked the movement itself.
    """
    if payout.currency not in EXPONENTS:
        return False
    returned = payout.status in CAME_BACK
    if not payout.entry or (returned and not payout.failure_entry):
        raise GatewayUnreachable("Stripe has not booked the payout yet.")
    with transaction.atomic():
        lock_balance(payout.currency)
        _book(payout, DEPARTURE)
        if returned:
            _book(payout, RETURN)
    return True


def _book(payout: Payout, way: _Way) -> None:
    """One row of the ledger and one fact, the first time."""
    key, amount = f"own_payout:{payout.id}{way.suffix}", Money(payout.amount, payout.currency)
    if LedgerEntry.objects.filter(key=key).exists():
        return
    post(
        key=key,
        kind=way.kind,
        debit=way.debit,
        credit=way.credit,
        amount=amount,
        note=way.note,
        stripe_ref=payout.failure_entry if way is RETURN else payout.entry,
    )
    why: dict[str, Any] = (
        {"why": payout.failure[:200] or "no reason was given"} if way is RETURN else {}
    )
    record(
        way.fact,
        _Own(payout.id),
        actor=ACTOR,
        amount=str(amount),
        amount_minor=amount.minor,
        currency=amount.currency,
        **why,
    )
