"""What manufacturers owe us, read from the books: how much, what for, and what is on its way."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.money import EXPONENTS, Money
from payments.actions.ledger import debt_of
from payments.models import Instruction, LedgerEntry, PaymentRequest
from payments.states import InstructionState

UNDER_WAY = (InstructionState.PENDING, InstructionState.BLOCKED)


@dataclass(frozen=True)
class Debt:
    """What is left of one thing that made a manufacturer owe money."""

    entry: LedgerEntry
    left: Money

    @property
    def what(self) -> str:
        """What it is owed for: the end of the entry's sentence, such as "claim NCR-1"."""
        words = self.entry.note.rpartition(": ")[2]
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def currency(self) -> str:
        """What it is owed in."""
        return self.left.currency


def debt_to_us(organization: Organization, currency: str) -> int:
    """What a manufacturer owes us, minor units, 0 or more."""
    name = debt_of(organization)
    own = LedgerEntry.objects.filter(currency=currency).order_by()
    owed = own.filter(debit__name=name).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    paid = own.filter(credit__name=name).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return int(owed - paid)


def coming_back_minor(organization: Organization, currency: str) -> int:
    """What Stripe is asked to take back from the manufacturer and has not yet, minor units."""
    asked = Instruction.objects.filter(
        organization=organization,
        currency=currency,
        kind=Instruction.Kind.REVERSAL,
        state__in=UNDER_WAY,
    )
    return int(asked.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def open_debts(organization: Organization, currency: str) -> list[Debt]:
    """What is still owed and what for, the oldest first; what was paid paid the oldest first."""
    left = debt_to_us(organization, currency)
    found: list[Debt] = []
    made = LedgerEntry.objects.filter(debit__name=debt_of(organization), currency=currency)
    for entry in made.select_related("request__order").order_by("-pk").iterator(chunk_size=50):
        if left <= 0:
            break
        part = min(left, entry.amount_minor)
        found.append(Debt(entry, Money(part, currency)))
        left -= part
    return found[::-1]


def debts_of(actor: Actor) -> list[Debt]:
    """What the acting organization owes, in every currency, the oldest first."""
    if actor.organization is None:
        return []
    return [debt for currency in EXPONENTS for debt in open_debts(actor.organization, currency)]


def released_minor(request: PaymentRequest) -> int:
    """What of an instalment was released to the manufacturer, with the commission, minor units."""
    return _booked(request, "commission", "payable")


def returned_minor(request: PaymentRequest) -> int:
    """What of the released part of an instalment went back to the buyer, minor units."""
    return _booked(request, "owed", "commission_back")


def commission_back_minor(request: PaymentRequest) -> int:
    """What of our commission on an instalment was given back, minor units."""
    return _booked(request, "commission_back")


def returnable_minor(request: PaymentRequest) -> int:
    """What of the released part of an instalment can still go back to the buyer, minor units.

    What the buyer's bank took back of it is with the buyer already.
    """
    lost = LedgerEntry.objects.filter(
        request=request, kind="dispute_lost", debit__name=debt_of(request.order.manufacturer)
    ).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return max(0, released_minor(request) - returned_minor(request) - int(lost))


def _booked(request: PaymentRequest, *kinds: str) -> int:
    rows = LedgerEntry.objects.filter(request=request, kind__in=kinds)
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])
