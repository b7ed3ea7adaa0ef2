"""What Stripe says, as plain values, and the three ways in which it says no.

Amounts are minor units, currencies ISO 4217 in capitals (Stripe writes them small). The readers
take the objects of Stripe's client, which only the gateway has.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


class GatewayError(Exception):
    """Stripe did not do what was asked; ``code`` is Stripe's error code or ""."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class GatewayRefused(GatewayError):
    """A definite no."""


class GatewayIndeterminate(GatewayError):
    """A 5xx: look whether it happened before trying with a fresh key."""


class GatewayUnreachable(GatewayError):
    """No answer, or a request to come back later: try again with the same key."""


class SignatureRefused(Exception):
    """A webhook that is not provably from Stripe, or too old."""


class CalledInTransaction(Exception):
    """A programming error: Stripe was called while a database transaction was open."""


@dataclass(frozen=True)
class BalanceEntry:
    """What a movement did to our Stripe balance, minor units; ``net`` = ``amount`` - ``fee``."""

    id: str
    amount: int
    fee: int
    net: int
    currency: str


@dataclass(frozen=True)
class Movement:
    """One line of our Stripe balance: of what kind, for which object, when (Unix seconds)."""

    entry: BalanceEntry
    kind: str
    source: str
    created: int


@dataclass(frozen=True)
class Balance:
    """Our Stripe balance: whether it is real money, and what can be paid out (minor units)."""

    is_live: bool
    available: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Session:
    """A Checkout Session; ``status`` is open, complete or expired."""

    id: str
    url: str
    status: str
    payment_status: str
    amount: int
    currency: str
    payment_intent: str
    expires_at: int
    metadata: dict[str, str]
    livemode: bool


@dataclass(frozen=True)
class Charge:
    """One attempt to take money, with its balance entry when it succeeded."""

    id: str
    amount: int
    amount_refunded: int
    currency: str
    status: str
    disputed: bool
    payment_intent: str
    transfer_group: str
    failure: str
    entry: BalanceEntry | None


@dataclass(frozen=True)
class Payment:
    """A PaymentIntent with its latest charge."""

    id: str
    status: str
    amount: int
    amount_received: int
    currency: str
    charge: Charge | None
    error: str
    metadata: dict[str, str]
    # How it is paid, by Stripe's name; for a bank transfer that is waited for, where it says how.
    way: str = ""
    transfer_page: str = ""


@dataclass(frozen=True)
class Reversal:
    """Money of a transfer taken back; ``entry`` is the id of its balance transaction."""

    id: str
    amount: int
    currency: str
    transfer: str
    entry: str
    metadata: dict[str, str]


@dataclass(frozen=True)
class Transfer:
    """Money sent to a connected account; ``entry`` is the id of its balance transaction.

    ``reversals`` are the newest ten, as Stripe embeds them.
    """

    id: str
    amount: int
    amount_reversed: int
    currency: str
    destination: str
    source: str
    entry: str
    metadata: dict[str, str]
    reversals: tuple[Reversal, ...] = ()


@dataclass(frozen=True)
class Refund:
    """Money sent back to the buyer; a failed one says why, and which movement brought it back."""

    id: str
    amount: int
    currency: str
    charge: str
    status: str
    entry: str
    metadata: dict[str, str]
    failure: str = ""
    failure_entry: str = ""


@dataclass(frozen=True)
class Dispute:
    """A bank's claim on a charge; `due_by` in Unix seconds, 0 for none.

    `payment` is the PaymentIntent of the charge, `submissions` how often evidence was sent.
    """

    id: str
    charge: str
    amount: int
    currency: str
    status: str
    reason: str
    due_by: int
    entries: list[BalanceEntry]
    payment: str = ""
    submissions: int = 0


@dataclass(frozen=True)
class Account:
    """A connected account; ``due`` names what Stripe still wants to know, until ``due_by`` (Unix
    seconds, 0 for no day)."""

    id: str
    details_submitted: bool
    transfers_active: bool
    payouts_enabled: bool
    due: list[str]
    disabled_reason: str
    due_by: int = 0


@dataclass(frozen=True)
class Payout:
    """Money an account pays out to its bank; dates in Unix seconds.

    ``entry`` is the movement of the account's balance, ``failure_entry`` the one by which it came
    back; "" while there is none.
    """

    id: str
    amount: int
    currency: str
    status: str
    failure: str
    arrives: int
    created: int
    entry: str
    failure_entry: str


@dataclass(frozen=True)
class Link:
    """A one-time address of the onboarding page; ``expires_at`` in Unix seconds."""

    url: str
    expires_at: int


def metadata_of(found: Any) -> dict[str, str]:
    """Return the metadata as a plain dict."""
    return dict(found.metadata.to_dict()) if found.metadata else {}


def id_of(value: Any) -> str:
    """Return the id of a reference, expanded or not; "" for none."""
    return value if isinstance(value, str) else (value.id if value else "")


def read_session(found: Any) -> Session:
    """Read a Checkout Session."""
    return Session(
        id=found.id,
        url=found.url or "",
        status=found.status or "",
        payment_status=found.payment_status,
        amount=found.amount_total or 0,
        currency=(found.currency or "").upper(),
        payment_intent=id_of(found.payment_intent),
        expires_at=found.expires_at,
        metadata=metadata_of(found),
        livemode=found.livemode,
    )


def read_entry(found: Any) -> BalanceEntry:
    """Read a balance transaction."""
    return BalanceEntry(found.id, found.amount, found.fee, found.net, found.currency.upper())


def read_movement(found: Any) -> Movement:
    """Read a balance transaction with what it is for."""
    return Movement(read_entry(found), found.type, id_of(found.source), found.created)


def read_charge(found: Any) -> Charge:
    """Read a charge."""
    entry = found.balance_transaction
    return Charge(
        id=found.id,
        amount=found.amount,
        amount_refunded=found.amount_refunded,
        currency=found.currency.upper(),
        status=found.status,
        disputed=found.disputed,
        payment_intent=id_of(found.payment_intent),
        transfer_group=found.transfer_group or "",
        failure=found.failure_message or "",
        entry=read_entry(entry) if entry and not isinstance(entry, str) else None,
    )


def read_payment(found: Any) -> Payment:
    """Read a PaymentIntent."""
    charge = found.latest_charge
    error = found.last_payment_error
    way = found.payment_method
    transfer = getattr(found.next_action, "display_bank_transfer_instructions", None)
    return Payment(
        id=found.id,
        status=found.status,
        amount=found.amount,
        amount_received=found.amount_received,
        currency=found.currency.upper(),
        charge=read_charge(charge) if charge and not isinstance(charge, str) else None,
        error=(error.message or "") if error else "",
        metadata=metadata_of(found),
        way=way.type if way and not isinstance(way, str) else "",
        transfer_page=(transfer.hosted_instructions_url or "") if transfer else "",
    )


def read_reversal(found: Any) -> Reversal:
    """Read a reversal of a transfer."""
    return Reversal(
        id=found.id,
        amount=found.amount,
        currency=found.currency.upper(),
        transfer=id_of(found.transfer),
        entry=id_of(found.balance_transaction),
        metadata=metadata_of(found),
    )


def read_transfer(found: Any) -> Transfer:
    """Read a transfer."""
    return Transfer(
        id=found.id,
        amount=found.amount,
        amount_reversed=found.amount_reversed,
        currency=found.currency.upper(),
        destination=id_of(found.destination),
        source=id_of(found.source_transaction),
        entry=id_of(found.balance_transaction),
        metadata=metadata_of(found),
        reversals=tuple(read_reversal(row) for row in found.reversals.data),
    )


def read_refund(found: Any) -> Refund:
    """Read a refund."""
    return Refund(
        id=found.id,
        amount=found.amount,
        currency=found.currency.upper(),
        charge=id_of(found.charge),
        status=found.status or "",
        entry=id_of(found.balance_transaction),
        metadata=metadata_of(found),
        failure=getattr(found, "failure_reason", None) or "",
        failure_entry=id_of(getattr(found, "failure_balance_transaction", None)),
    )


def read_account(found: Any) -> Account:
    """Read an account."""
    requirements = found.requirements
    capabilities = found.capabilities
    return Account(
        id=found.id,
        details_submitted=bool(found.details_submitted),
        transfers_active=getattr(capabilities, "transfers", "") == "active",
        payouts_enabled=bool(found.payouts_enabled),
        due=list(requirements.currently_due or []) if requirements else [],
        disabled_reason=(requirements.disabled_reason or "") if requirements else "",
        due_by=(requirements.current_deadline or 0) if requirements else 0,
    )


def read_payout(found: Any) -> Payout:
    """Read a payout."""
    return Payout(
        id=found.id,
        amount=found.amount,
        currency=found.currency.upper(),
        status=found.status,
        failure=found.failure_message or found.failure_code or "",
        arrives=found.arrival_date or 0,
        created=found.created,
        entry=id_of(found.balance_transaction),
        failure_entry=id_of(found.failure_balance_transaction),
    )


def read_dispute(found: Any) -> Dispute:
    """Read a dispute; its balance entries come with it."""
    details = found.evidence_details
    return Dispute(
        id=found.id,
        charge=id_of(found.charge),
        amount=found.amount,
        currency=found.currency.upper(),
        status=found.status,
        reason=found.reason,
        due_by=(details.due_by or 0) if details else 0,
        entries=[read_entry(entry) for entry in found.balance_transactions],
        payment=id_of(found.payment_intent),
        submissions=(details.submission_count or 0) if details else 0,
    )


def read_event(payload: bytes) -> dict[str, Any]:
    """Read the body of a webhook. Raises ``SignatureRefused`` when it is no event."""
    try:
        event = json.loads(payload)
        known = event["object"] == "event" and event["id"] and event["type"]
        known = known and isinstance(event["data"]["object"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise SignatureRefused("The body is no event.") from error
    if not known:
        raise SignatureRefused("The body is no event.")
    found: dict[str, Any] = event
    return found
