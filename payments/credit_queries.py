"""What a buyer owes on account, what is free of its limit, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from orders.models import Order
from payments.models import CreditAccount, PaymentRequest, Receivable
from payments.states import CreditState, ReceivableState

R = ReceivableState
UNPAID = (R.COMMITTED, R.OPEN)
# What a buyer filters by -> the rows.
FILTERS: dict[str, str] = {"unpaid": "To be paid", "overdue": "Overdue", "paid": "Paid"}
# The manufacturer is paid: the money came, or the platform bears that it did not.
COVERED = (R.SETTLED, R.WRITTEN_OFF)
_OPEN = F("amount_minor") - F("lowered_minor") - F("received_minor") - F("written_off_minor")


@dataclass(frozen=True)
class Standing:
    """How a credit account stands: its limit, what of it is used and free, and what is overdue.
    Nothing is free of an account that cannot be used."""

    limit: Money
    used: Money
    free: Money
    committed: Money
    overdue: Money


def used_minor(account: CreditAccount) -> int:
    """What is owed and committed on an account, minor units."""
    return _sum(account.receivables.filter(state__in=UNPAID))


def overdue_minor(account: CreditAccount) -> int:
    """What of it should have been paid before today, minor units."""
    late = account.receivables.filter(state=R.OPEN, due_on__lt=timezone.localdate())
    return _sum(late)


def _sum(rows: QuerySet[Receivable]) -> int:
    return int(rows.order_by().aggregate(sum=Sum(_OPEN, default=0))["sum"])


def standing_of(account: CreditAccount) -> Standing:
    """The figures of an account. One query."""
    today = timezone.localdate()
    sums: Any = account.receivables.order_by().aggregate(
        used=Sum(_OPEN, filter=Q(state__in=UNPAID), default=0),
        committed=Sum(_OPEN, filter=Q(state=R.COMMITTED), default=0),
        overdue=Sum(_OPEN, filter=Q(state=R.OPEN, due_on__lt=today), default=0),
    )
    limit = account.limit
    free = max(0, limit.minor - sums["used"]) if account.state == CreditState.APPROVED else 0

    def money(minor: int) -> Money:
        return Money(int(minor), limit.currency)

    return Standing(
        limit=limit,
        used=money(sums["used"]),
        free=money(free),
        committed=money(sums["committed"]),
        overdue=money(sums["overdue"]),
    )


def _late(today: date, first: int, last: int = 0) -> Q:
    """Owed since `first` days or more, and for at most `last` days if given."""
    late = Q(state=R.OPEN, due_on__lte=today - timedelta(days=first))
    return late & Q(due_on__gte=today - timedelta(days=last)) if last else late


def aging() -> list[dict[str, Any]]:
    """What is owed by age, one row a currency: (label, amount) for what is not due, 1-30, 31-60 and
    more than 60 days overdue, and all together. For staff. One query."""
    today = timezone.localdate()
    ages = {
        "Not due": Q(state=R.COMMITTED) | Q(due_on__gte=today),
        "1-30 days": _late(today, 1, 30),
        "31-60 days": _late(today, 31, 60),
        "Over 60 days": _late(today, 61),
        "Together": Q(),
    }
    sums = {
        f"age_{at}": Sum(_OPEN, filter=which, default=0) for at, which in enumerate(ages.values())
    }
    owed = Receivable.objects.filter(state__in=UNPAID).order_by("currency")
    rows: Any = owed.values("currency").annotate(**sums)
    return [
        {
            "currency": row["currency"],
            "sums": [
                (label, Money(int(row[f"age_{at}"]), row["currency"]))
                for at, label in enumerate(ages)
            ],
        }
        for row in rows
    ]


def applications_that_wait() -> QuerySet[CreditAccount]:
    """Applications nobody has decided about. For staff."""
    return CreditAccount.objects.filter(state=CreditState.APPLIED)


def credit_account_of(actor: Actor) -> CreditAccount | None:
    """The credit account of the acting buyer, None before it applied. Raises NotFound for anybody
    who does not buy."""
    if actor.organization is None or not actor.organization.is_buyer:
        raise NotFound()
    return CreditAccount.objects.filter(organization=actor.organization).first()


def plain_account(account: CreditAccount | None) -> dict[str, Any]:
    """How an account stands, as plain values for programs; without terms the amounts are None."""
    found: dict[str, Any] = dict.fromkeys(("limit", "used", "free", "overdue"))
    if account is not None and account.currency:
        found = vars(standing_of(account))
    return {
        **found,
        "state": account.state if account else "none",
        "reason": account.reason if account else "",
        "net_days": (account.net_days or None) if account else None,
        "starts_production": account.starts_production if account else False,
    }


def lock_credit_account(organization: Organization) -> CreditAccount | None:
    """The account, locked until the transaction ends; lock order and payment first."""
    rows = CreditAccount.objects.select_for_update(of=("self",))
    return rows.filter(organization=organization).first()


def receivables_of(actor: Actor, kind: str = "") -> QuerySet[Receivable]:
    """What the acting buyer bought on account, newest first, of one of FILTERS if named."""
    if actor.organization is None:
        raise NotFound()
    rows = Receivable.objects.filter(account__organization=actor.organization)
    rows = rows.select_related("account", "request__order")
    if kind == "unpaid":
        return rows.filter(state__in=UNPAID)
    if kind == "overdue":
        return rows.filter(state=R.OPEN, due_on__lt=timezone.localdate())
    return rows.filter(state=R.SETTLED) if kind == "paid" else rows


def get_receivable(actor: Actor, public_id: str) -> Receivable:
    """A receivable of the acting buyer's own. Raises NotFound."""
    found = receivables_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def receivable_of_payment(request: PaymentRequest) -> Receivable | None:
    """What is owed for a payment that went on account; the caller may see the payment."""
    return Receivable.objects.filter(request=request).first()


def owed_minor(request: PaymentRequest) -> int:
    """What the buyer still owes for a payment on account, minor units; 0 for any other."""
    found = Receivable.objects.filter(request=request, state__in=UNPAID).first()
    return found.open_minor if found else 0


def missing_minor(request: PaymentRequest) -> int:
    """What of a payment on account never came, minor units: owed, or written off. Whatever goes
    back takes it first."""
    found = Receivable.objects.filter(request=request).first()
    return found.missing.minor if found else 0


def waits_for_buyer(request: PaymentRequest) -> bool:
    """The payment is on account and was not settled: nothing of it may be paid out."""
    return Receivable.objects.filter(request=request).exclude(state__in=COVERED).exists()


def unsettled_payments() -> QuerySet[Receivable, Any]:
    """The payments (keys) of which nothing may be paid out, because the buyer has not paid."""
    return Receivable.objects.exclude(state__in=COVERED).values("request")


def expected_on(receivable: Receivable, order: Order) -> date | None:
    """When the buyer's invoice is due, before it is opened as far as the day to ship tells."""
    if receivable.due_on is not None:
        return receivable.due_on
    if order.ship_by is None:
        return None
    return order.ship_by + timedelta(days=receivable.net_days)


def expected_days(rows: Iterable[PaymentRequest]) -> dict[int, tuple[date | None, int]]:
    """Row of a payment on account that is not settled -> (the day its invoice is due, the days to
    pay it). One query; the payments have their orders."""
    orders = {row.pk: row.order for row in rows}
    found = Receivable.objects.filter(request__in=list(orders), state__in=UNPAID)
    return {
        row.request_id: (expected_on(row, orders[row.request_id]), row.net_days) for row in found
    }
