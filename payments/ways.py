"""The ways to pay on a hosted page, and how long the slow ones take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

CARD, DEBIT, TRANSFER = "card", "sepa_debit", "customer_balance"
# Not a way of Stripe's: the buyer owes, or paid by a transfer to our own bank account.
ON_ACCOUNT = "on_account"
_BANK = "bank:"


@dataclass(frozen=True)
class Way:
    """A way to pay by Stripe's name of it. `days` until the money is there at the latest, calendar
    days, 0 for at once; `words` say so to whoever waits."""

    label: str
    currencies: Sequence[str]
    days: int = 0
    words: str = ""


WAYS: dict[str, Way] = {
    CARD: Way("card", ("EUR", "USD", "GBP")),
    # Stripe: "up to 14 business days to receive notification [...], the average is five business
    # days" (docs, SEPA Direct Debit).
    DEBIT: Way(
        "SEPA debit",
        ("EUR",),
        days=20,
        words="The bank usually needs five business days to confirm the debit, at most fourteen. "
        "There is nothing more to do.",
    ),
    # A SEPA transfer arrives on the next business day (regulation (EU) 260/2012); the rest is time
    # to make it.
    TRANSFER: Way(
        "bank transfer",
        ("EUR",),
        days=14,
        words="The money arrives one or two business days after the transfer is made.",
    ),
}


def ways_for(currency: str) -> list[str]:
    """What a page in this currency offers: those switched on by PAYMENT_WAYS that know it."""
    return [
        name
        for name, way in WAYS.items()
        if name in settings.PAYMENT_WAYS and currency in way.currencies
    ]


def way_of(name: str) -> Way | None:
    """A way that takes days; None for any other."""
    found = WAYS.get(name)
    return found if found and found.days else None


def bank_source(receivable: str) -> str:
    """What stands in the place of a charge for money that came to our bank account; of the
    receivable (public id) it paid."""
    return f"{_BANK}{receivable}"


def is_bank_source(charge: str) -> bool:
    """The money is in our bank account and not at Stripe."""
    return charge.startswith(_BANK)
