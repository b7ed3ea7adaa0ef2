"""Writing the books. The accounts' names are here and nowhere else."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import Organization
from marketplace.core.money import Money
from orders.models import Order
from payments.models import LedgerAccount, LedgerEntry, PaymentRequest

STRIPE = "stripe:platform"
COMMISSION = "revenue:commission"
STRIPE_FEES = "expense:stripe_fees"
DISPUTE_FEES = "expense:dispute_fees"
DISPUTED = "dispute:receivable"
LOSSES = "loss:disputes"
RECEIVABLE_LOSSES = "loss:receivables"
BANK = "bank"


class LedgerMismatch(Exception):
    """A programming error: the same key was posted before with other values."""


def held_of(order: Order) -> str:
    """The account of what is held for an order."""
    return f"order:{order.public_id}:held"


def tax_of(order: Order) -> str:
    """The account of the VAT on what is held for an order."""
    return f"order:{order.public_id}:tax"


def debt_of(organization: Organization) -> str:
    """The account of what a manufacturer owes us, because paid-out money had to be given back."""
    return f"mfr:{organization.public_id}:debt"


def receivable_of(organization: Organization) -> str:
    """The account of what a buyer owes us for what it bought on account; what is owed is its
    debits above its credits."""
    return f"buyer:{organization.public_id}:receivable"


def suspense_of(request: PaymentRequest) -> str:
    """The account of money that came in and is not yet known to be what was asked for."""
    return f"suspense:{request.public_id}"


def payable_to(organization: Organization) -> str:
    """The account of what is due to a manufacturer."""
    return f"mfr:{organization.public_id}:payable"


def refund_of(charge: str) -> str:
    """The account of what is on its way back to whoever paid a charge."""
    return f"refund:{charge}:payable"


def lock_shop(organization: Organization) -> None:
    """Hold the lock under which a manufacturer's debt is read and changed, until the transaction
    ends; lock the order and the payment first. Rows that refer to the organization do not wait."""
    list(Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk))


def _may_not_overdraw(name: str) -> bool:
    return name.endswith((":held", ":tax", ":payable"))


def ledger_account(name: str, currency: str) -> LedgerAccount:
    """The account of that name and currency, made at its first use."""
    found, _ = LedgerAccount.objects.get_or_create(
        name=name, currency=currency, defaults={"no_overdraft": _may_not_overdraw(name)}
    )
    return found


def post(
    *,
    key: str,
    kind: str,
    debit: str,
    credit: str,
    amount: Money,
    note: str,
    request: PaymentRequest | None = None,
    stripe_ref: str = "",
) -> LedgerEntry:
    """Debit one account and credit another, once for each `key`.

    The same key with the same values is a no-op; with others it raises LedgerMismatch. The
    database raises when the debited account would be overdrawn.
    """
    values = {
        "kind": kind,
        "debit": ledger_account(debit, amount.currency),
        "credit": ledger_account(credit, amount.currency),
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "request": request,
        "stripe_ref": stripe_ref,
    }
    found = LedgerEntry.objects.filter(key=key).first()
    if found is None:
        try:
            with transaction.atomic():
                return LedgerEntry.objects.create(key=key, note=note, **values)
        except IntegrityError:
            # Either somebody posted this key a moment ago, or a rule of the ledger said no.
            found = LedgerEntry.objects.filter(key=key).first()
            if found is None:
                raise
    if any(getattr(found, name) != value for name, value in values.items()):
        raise LedgerMismatch(f"The ledger entry {key} exists with other values.")
    return found
