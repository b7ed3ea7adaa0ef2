"""The platform's own money leaves Stripe for its bank account, and the books follow.

A person asks for such a payout at Stripe, whose schedule for the platform's account stands at
"manual": automatic payouts would take buyers' held money along. The staff page "Books and Stripe"
says how much is ours; whoever takes more is told by the comparison of cover.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.events import record
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
        _book_departure(payout)
        if returned:
            _book_return(payout)
    return True


def _book_departure(payout: Payout) -> None:
    key, amount = f"own_payout:{payout.id}", Money(payout.amount, payout.currency)
    if LedgerEntry.objects.filter(key=key).exists():
        return
    post(
        key=key,
        kind="paid_out",
        debit=BANK,
        credit=STRIPE,
        amount=amount,
        note="Paid out to the platform's bank account",
        stripe_ref=payout.entry,
    )
    record(
        events.PLATFORM_PAID_OUT,
        _Own(payout.id),
        actor=ACTOR,
        amount=str(amount),
        amount_minor=amount.minor,
        currency=amount.currency,
    )


def _book_return(payout: Payout) -> None:
    key, amount = f"own_payout:{payout.id}:returned", Money(payout.amount, payout.currency)
    if LedgerEntry.objects.filter(key=key).exists():
        return
    post(
        key=key,
        kind="payout_returned",
        debit=STRIPE,
        credit=BANK,
        amount=amount,
        note="The payout to the platform's bank account came back",
        stripe_ref=payout.failure_entry,
    )
    record(
        events.PLATFORM_PAYOUT_FAILED,
        _Own(payout.id),
        actor=ACTOR,
        amount=str(amount),
        amount_minor=amount.minor,
        currency=amount.currency,
        why=payout.failure[:200] or "no reason was given",
    )
