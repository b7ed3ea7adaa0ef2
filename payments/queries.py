"""Reads of money. Every function starts from the actor; a stranger finds nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData
from marketplace.core.money import Money
from orders.change_queries import accepted_change
from orders.models import Order
from orders.queries import orders_visible_to, side_of
from orders.states import OrderState
from payments.models import (
    ConnectedAccount,
    CreditAccount,
    Instruction,
    LedgerAccount,
    LedgerEntry,
    ManualSettlement,
    PaymentAttempt,
    PaymentRequest,
    Reconciliation,
)
from payments.states import PaymentState


def payments_visible_to(actor: Actor) -> QuerySet[PaymentRequest]:
    """Payment requests of the orders the actor sees."""
    rows = PaymentRequest.objects.select_related("order__buyer", "order__manufacturer")
    return rows.filter(order__in=orders_visible_to(actor).order_by())


def payments_of(actor: Actor, order: Order) -> list[PaymentRequest]:
    """The instalments of an order, in the order they fall due. Raises NotFound."""
    side_of(actor, order)
    found = PaymentRequest.objects.filter(order=order).select_related("receivable")
    rows = list(found.order_by("seq"))
    for row in rows:
        row.order = order
    return rows


def get_due_payment(actor: Actor, order_id: str, payment: str = "") -> PaymentRequest:
    """The instalment of a purchase to look at now: the one named by `payment` (its public id, or
    that of the change order it pays), else the one that is due first, else the latest.

    Raises NotFound for anybody but the buyer, and for a name that is not of this order.
    """
    rows = [
        row
        for row in payments_visible_to(actor).filter(order__public_id=order_id).order_by("seq")
        if side_of(actor, row.order) == Side.BUYER
    ]
    if payment:
        rows = [row for row in rows if payment in (row.public_id, row.subject)]
    if not rows:
        raise NotFound()
    due = [row for row in rows if row.state == PaymentState.DUE]
    supplements = [row for row in due if row.kind == PaymentRequest.Kind.SUPPLEMENT]
    # Instalments are paid in their order; what has not fallen due yet comes after what has.
    first = [row for row in due if row not in supplements][:1]
    return min([*first, *supplements], key=_when_due, default=rows[-1])


def is_being_prepared(actor: Actor, order_id: str, payment: str = "") -> bool:
    """Whether a purchase waits for a payment that the worker is about to ask for: the first of the
    order, or the supplement of an accepted change order, named by its public id."""
    order = orders_visible_to(actor).filter(public_id=order_id).first()
    if order is None or side_of(actor, order) != Side.BUYER:
        return False
    if payment:
        change = accepted_change(order)
        return change is not None and change.public_id == payment
    return order.state == OrderState.AWAITING_PAYMENT


def _when_due(row: PaymentRequest) -> tuple[bool, float, int]:
    return (row.due_at is None, row.due_at.timestamp() if row.due_at else 0, row.seq)


def get_attempt(actor: Actor, public_id: str) -> PaymentAttempt:
    """An attempt of the buyer's own organization. Raises NotFound."""
    found = (
        PaymentAttempt.objects.select_related("request__order__buyer")
        .filter(public_id=public_id, request__order__buyer=actor.organization)
        .first()
    )
    if found is None or actor.organization is None:
        raise NotFound()
    return found


def payout_account_of(actor: Actor) -> ConnectedAccount | None:
    """The acting organization's payout account, if it has begun to set one up."""
    if actor.organization is None:
        return None
    return ConnectedAccount.objects.filter(organization=actor.organization).first()


def payouts_of(actor: Actor) -> QuerySet[Instruction]:
    """Transfers to the acting organization, newest first."""
    return Instruction.objects.filter(
        organization=actor.organization, kind=Instruction.Kind.TRANSFER
    ).select_related("request__order")


def lock_payment(pk: int) -> PaymentRequest:
    """A payment request, locked until the transaction ends; lock its order first."""
    return PaymentRequest.objects.select_for_update(of=("self",)).select_related("order").get(pk=pk)


# What each side reads of the books, in words. The fee Stripe takes is the platform's business,
# and the platform's fee is the manufacturer's, who bears it.
_SIDES_OF_KIND = {
    "paid": {Side.BUYER, Side.STAFF},
    "on_account": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "received": {Side.BUYER, Side.STAFF},
    "lowered": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "receivable_lost": {Side.BUYER, Side.STAFF},
    "held": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "commission": {Side.MANUFACTURER, Side.STAFF},
    "payable": {Side.MANUFACTURER, Side.STAFF},
    "transferred": {Side.MANUFACTURER, Side.STAFF},
    "refund_asked": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "refunded": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "owed": {Side.MANUFACTURER, Side.STAFF},
    "commission_back": {Side.MANUFACTURER, Side.STAFF},
    "netted": {Side.MANUFACTURER, Side.STAFF},
    "taken_back": {Side.MANUFACTURER, Side.STAFF},
    "written_off": {Side.MANUFACTURER, Side.STAFF},
    "refund_failed": {Side.BUYER, Side.STAFF},
    "paid_otherwise": {Side.BUYER, Side.STAFF},
    "dispute_lost": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "tax_held": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "tax_payable": {Side.MANUFACTURER, Side.STAFF},
    "tax_lowered": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "tax_back": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
    "tax_owed": {Side.MANUFACTURER, Side.STAFF},
    "tax_lost": {Side.BUYER, Side.MANUFACTURER, Side.STAFF},
}
# Who pays what goes back after the release, and what of a release is our commission, is between the
# manufacturer and us; the buyer reads one sum.
_PARTS_OF_RETURN = ("owed", "commission_back", "tax_owed")
_PARTS_OF_RELEASE = ("commission", "payable", "tax_payable")
_PARTS_OF_REFUND = ("refund_asked", "tax_back", "lowered", "tax_lowered", *_PARTS_OF_RETURN)


@dataclass(frozen=True)
class MoneyRow:
    """One line of an order's money page."""

    at: object
    words: str
    amount: Money


@dataclass(frozen=True)
class Moved:
    """What has left a payment, with its VAT: to the manufacturer (the commission in it), and back
    to the buyer, who may have got it out of what was released."""

    released: Money
    returned: Money


def money_rows(actor: Actor, order: Order) -> list[MoneyRow]:
    """The ledger of an order as the actor's side may read it, oldest first."""
    side = side_of(actor, order)
    entries = LedgerEntry.objects.filter(request__order=order).order_by("pk")
    entries = entries.select_related("credit")
    if side == Side.BUYER:
        return _rows_of_buyer(entries)
    return [
        MoneyRow(entry.at, entry.note, entry.amount)
        for entry in entries
        if side == Side.STAFF or side in _SIDES_OF_KIND.get(entry.kind, set())
    ]


def _rows_of_buyer(entries: Iterable[LedgerEntry]) -> list[MoneyRow]:
    rows: list[MoneyRow] = []
    place: dict[str, int] = {}
    for entry in entries:
        if entry.kind in (*_PARTS_OF_RETURN, *_PARTS_OF_RELEASE):
            # "claim:...:owed", "claim:...:commission_back", "decision:...:payable", and the VAT:
            # "tax:claim:...", "tax:decision:...".
            whole = entry.key.removeprefix("tax:")
            is_tax = entry.kind in ("tax_owed", "tax_payable")
            whole = whole if is_tax else whole.rpartition(":")[0]
            if whole in place:
                row = rows[place[whole]]
                rows[place[whole]] = MoneyRow(row.at, row.words, row.amount + entry.amount)
            else:
                place[whole] = len(rows)
                rows.append(MoneyRow(entry.at, _words_of_buyer(entry), entry.amount))
        elif Side.BUYER in _SIDES_OF_KIND.get(entry.kind, set()):
            rows.append(MoneyRow(entry.at, entry.note, entry.amount))
    return rows


def _words_of_buyer(entry: LedgerEntry) -> str:
    if entry.kind in _PARTS_OF_RELEASE:
        return "Released to the manufacturer"
    is_owed = entry.credit.name.startswith("buyer:")
    what = "Need not be paid" if is_owed else "Goes back to you"
    return f"{what}: {entry.note.rpartition(': ')[2]}"


def moved_of(payments: Iterable[PaymentRequest]) -> dict[int, Moved]:
    """Row of a payment -> what of it was released and what went back, with VAT, before our
    commission; from the books, in one query."""
    found: dict[int, Moved] = {}
    rows = LedgerEntry.objects.filter(
        request__in=list(payments), kind__in=[*_PARTS_OF_RELEASE, *_PARTS_OF_REFUND]
    ).order_by()
    # What was paid without need goes back as well, and is of no payment of the plan.
    rows = rows.exclude(~Q(key__startswith="decision:"), kind="refund_asked")
    sums = rows.values_list("request", "kind", "currency").annotate(sum=Sum("amount_minor"))
    for pk, kind, currency, minor in sums:
        if pk is None:
            continue
        row = found.get(pk, Moved(Money(0, currency), Money(0, currency)))
        amount = Money(int(minor), currency)
        if kind in _PARTS_OF_RELEASE:
            found[pk] = Moved(row.released + amount, row.returned)
        else:
            found[pk] = Moved(row.released, row.returned + amount)
    return found


def balance_of(name: str, currency: str) -> Money:
    """Credits minus debits of one account, summed from its entries; 0 when it has none."""
    return Money(_sums(LedgerAccount.objects.filter(name=name, currency=currency)), currency)


def _sums(accounts: Iterable[LedgerAccount] | QuerySet[LedgerAccount]) -> int:
    ids = [account.pk for account in accounts]
    credited = LedgerEntry.objects.filter(credit__in=ids).aggregate(sum=Sum("amount_minor"))["sum"]
    debited = LedgerEntry.objects.filter(debit__in=ids).aggregate(sum=Sum("amount_minor"))["sum"]
    return (credited or 0) - (debited or 0)


def blocked_transfers_to(organization: Organization) -> QuerySet[Instruction]:
    """Transfers that wait for this organization's payout account."""
    return Instruction.objects.filter(
        Q(state="blocked"), organization=organization, kind=Instruction.Kind.TRANSFER
    )


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: the payment pages, reconciliations and settlements of the person."""
    pages = PaymentAttempt.objects.filter(email=user.email)
    runs = Reconciliation.objects.filter(asked_by=user)
    settled = ManualSettlement.objects.filter(Q(proposed_by=user) | Q(decided_by=user))
    credit = CreditAccount.objects.filter(email=user.email)
    return {
        "credit_applications": list(
            credit.values("organization__name", "contact", "email", "created_at")
        ),
        "payment_pages": list(
            pages.values("request__order__reference", "state", "email", "created_at")
        ),
        "manual_settlements": list(
            settled.values("public_id", "kind", "reason", "state", "created_at", "decided_at")
        ),
        "reconciliations": list(runs.values("public_id", "asked_at")),
    }
