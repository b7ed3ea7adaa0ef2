"""What a buyer has to do with money, over all its orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from payments.models import LedgerEntry, PaymentRequest, Receipt
from payments.states import PaymentState, ReceivableState

S = PaymentState
# What a buyer filters by -> the rows.
FILTERS: dict[str, tuple[str, Q]] = {
    "to_pay": ("To be paid", Q(state=S.DUE, due_at__isnull=False)),
    "later": ("Later", Q(state=S.DUE, due_at__isnull=True)),
    "processing": ("Being confirmed", Q(state__in=[S.PROCESSING, S.REVIEW])),
    "on_account": ("On account", Q(state=S.INVOICED)),
    "held": ("Held", Q(state__in=[S.FUNDED, S.DISPUTED])),
    "released": ("Released", Q(state=S.RELEASED)),
    "back": ("Gone back", Q(state__in=[S.REFUNDED, S.LOST])),
}
# What is held for an order, and the VAT on it: the buyer reads both as one.
_HELD = "order:"
_RELEASED = ("commission", "payable", "tax_payable")
# The platform paid it in the buyer's place.
_NEVER_CAME = Q(request__receivable__state=ReceivableState.WRITTEN_OFF)
_GROSS = F("amount_minor") + F("tax_minor")


@dataclass(frozen=True)
class Moved:
    """Where the money of a payment is, minor units with VAT: paid in, and of that held, released to
    the manufacturer and gone back."""

    paid: int = 0
    held: int = 0
    released: int = 0
    back: int = 0


@dataclass(frozen=True)
class Standing:
    """All payments of a buyer in one currency; what is late is a part of what is due."""

    currency: str
    due: Money
    late: Money
    later: Money
    held: Money
    released: Money
    back: Money


def purchase_payments(actor: Actor, kind: str = "") -> QuerySet[PaymentRequest]:
    """Payments of what the acting organization bought, of one of FILTERS if named. Those that are
    not asked for any more are left out."""
    rows = PaymentRequest.objects.filter(order__buyer=actor.organization)
    rows = rows.select_related("order", "receipt", "receivable").exclude(state=S.CANCELLED)
    return rows.filter(FILTERS[kind][1]) if kind in FILTERS else rows


_SUMS: dict[str, Any] = {
    "paid": Sum("amount_minor", filter=Q(credit__name__startswith=_HELD), default=0),
    "gone": Sum("amount_minor", filter=Q(debit__name__startswith=_HELD), default=0),
    "released": Sum("amount_minor", filter=Q(kind__in=_RELEASED), default=0),
    # What was paid without need never counted as paid.
    "back": Sum(
        "amount_minor",
        filter=Q(kind__in=["refund_asked", "tax_back"]) & ~Q(debit__name__startswith="suspense:"),
        default=0,
    ),
}


def moved(payments: Iterable[PaymentRequest]) -> dict[int, Moved]:
    """Row of a payment -> where its money is, from the books. One query. Of what is on account
    nothing has come in, so nothing is anywhere."""
    there = [payment.pk for payment in payments if payment.state != S.INVOICED]
    rows = LedgerEntry.objects.filter(request__in=there).exclude(_NEVER_CAME)
    sums: Any = rows.order_by().values("request").annotate(**_SUMS)
    return {
        row["request"]: Moved(row["paid"], row["paid"] - row["gone"], row["released"], row["back"])
        for row in sums
    }


def standing_of(actor: Actor, now: object) -> list[Standing]:
    """What is due, held, released and gone back, one row a currency. Two queries."""
    own = PaymentRequest.objects.filter(order__buyer=actor.organization, state=S.DUE).order_by()
    asked: dict[str, Any] = {
        row["currency"]: row
        for row in own.values("currency").annotate(
            due=Sum(_GROSS, filter=Q(due_at__isnull=False), default=0),
            late=Sum(_GROSS, filter=Q(due_at__lt=now), default=0),
            later=Sum(_GROSS, filter=Q(due_at__isnull=True), default=0),
        )
    }
    entries = LedgerEntry.objects.filter(request__order__buyer=actor.organization).order_by()
    entries = entries.exclude(request__state=S.INVOICED).exclude(_NEVER_CAME)
    booked: dict[str, Any] = {
        row["currency"]: row for row in entries.values("currency").annotate(**_SUMS)
    }
    found = []
    for currency in sorted({*asked, *booked}):
        wanted: dict[str, int] = asked.get(currency, {})
        done: dict[str, int] = booked.get(currency, {})
        values = {
            "due": wanted.get("due", 0),
            "late": wanted.get("late", 0),
            "later": wanted.get("later", 0),
            "held": done.get("paid", 0) - done.get("gone", 0),
            "released": done.get("released", 0),
            "back": done.get("back", 0),
        }
        found.append(Standing(currency, **{k: Money(v, currency) for k, v in values.items()}))
    return found


def get_receipt(actor: Actor, public_id: str) -> Receipt:
    """A receipt of the acting buyer's own. Raises NotFound."""
    if actor.organization is None:
        raise NotFound()
    found = (
        Receipt.objects.select_related("file", "request__order")
        .filter(public_id=public_id, request__order__buyer=actor.organization)
        .first()
    )
    if found is None:
        raise NotFound()
    return found
