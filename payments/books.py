"""Our side of a reconciliation: what the books and the outbox say, added up by the database."""

from __future__ import annotations

# ruff: noqa: S608 - the names in the statement are the tables of models.
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Min, Q, QuerySet, Sum, When
from django.utils import timezone

from payments.actions.ledger import DISPUTED, STRIPE
from payments.comparisons import (
    MOST_FINDINGS,
    Booked,
    Comparison,
    Finding,
    Kind,
    Sent,
    amount_of,
    comparison,
)
from payments.credit_queries import unsettled_payments
from payments.hold_queries import claimed_charges, stopped_payments
from payments.models import InboundEvent, Instruction, LedgerAccount, LedgerEntry, PaymentRequest
from payments.states import InstructionState, PaymentState
from payments.ways import ON_ACCOUNT, bank_source

# Beginnings of the names of accounts whose money is not ours.
THEIRS = ("order:", "mfr:", "refund:", "suspense:")
PENDING_TOO_LONG = timedelta(minutes=15)
BLOCKED_TOO_LONG = timedelta(days=1)
FAILED_TOO_LONG = timedelta(minutes=15)


def booked_movements() -> tuple[dict[str, int], dict[str, Booked]]:
    """Our Stripe balance by currency, and what each movement of Stripe did to it, minor units.

    Both from one statement: an entry that comes in between would make them disagree.
    """
    effect = Sum(
        Case(
            When(debit__name=STRIPE, then=F("amount_minor")),
            When(credit__name=STRIPE, then=-F("amount_minor")),
            default=0,
        )
    )
    rows = LedgerEntry.objects.filter(
        Q(debit__name=STRIPE) | Q(credit__name=STRIPE) | ~Q(stripe_ref="")
    ).order_by()
    balances: dict[str, int] = {}
    booked: dict[str, Booked] = {}
    sums = rows.values_list("stripe_ref", "currency").annotate(net=effect, row=Min("pk"))
    for ref, currency, net, row in sums.iterator():
        balances[currency] = balances.get(currency, 0) + net
        if ref:
            booked[ref] = Booked(net, currency, row)
    return balances, booked


def done_instructions() -> dict[str, tuple[str, int]]:
    """Stripe's id of a transfer or refund -> (key, row) of the instruction it carried out."""
    rows = Instruction.objects.filter(state=InstructionState.DONE).order_by()
    found = rows.values_list("stripe_ref", "key", "pk")
    return {ref: (key, pk) for ref, key, pk in found.iterator()}


def booked_transfers() -> tuple[dict[tuple[str, str], Sent], set[str]]:
    """What was transferred for each (order's public id, currency), less what was taken back, and
    Stripe's movements of both."""
    rows = (
        LedgerEntry.objects.filter(kind__in=["transferred", "taken_back"])
        .order_by()
        .values_list(
            "request__order__public_id",
            "currency",
            "request__order__reference",
            "request__order",
            "amount_minor",
            "stripe_ref",
            "kind",
        )
    )
    sent: dict[tuple[str, str], Sent] = {}
    refs = set()
    for group, currency, reference, order_pk, minor, ref, kind in rows.iterator():
        before = sent.get((group, currency))
        moved = minor if kind == "transferred" else -minor
        total = moved + (before.minor if before else 0)
        sent[group, currency] = Sent(total, reference, order_pk)
        refs.add(ref)
    return sent, refs


def owed_to_others() -> dict[str, int]:
    """Currency -> what of the Stripe balance belongs to others, minor units.

    Held for orders, payable to manufacturers, on its way back to buyers and not yet assigned; less
    the commission that is ours once the held money is released, and less what a bank has taken
    for the time of a dispute. What a buyer owes on account, or paid to our bank account, is not in
    it: that money is not at Stripe.
    """
    owed = _balances(_named(*THEIRS) & ~Q(name__endswith=":debt"))
    elsewhere = _balances(
        _named("order:", "mfr:") & ~Q(name__endswith=":debt"), request__way=ON_ACCOUNT
    )
    elsewhere_back = _balances(_named(f"refund:{bank_source('')}"))
    owed = {
        currency: minor - elsewhere.get(currency, 0) - elsewhere_back.get(currency, 0)
        for currency, minor in owed.items()
    }
    taken = _balances(name=DISPUTED)
    ours = _commission_to_come()
    return {
        currency: minor + min(0, taken.get(currency, 0)) - ours.get(currency, 0)
        for currency, minor in owed.items()
    }


def lock_balance(currency: str) -> None:
    """Hold the lock under which money is set aside out of our own part of the Stripe balance."""
    rows = LedgerAccount.objects.select_for_update(no_key=True)
    list(rows.filter(name=STRIPE, currency=currency))


def free_at_stripe(currency: str) -> int:
    """What of the Stripe balance belongs to nobody else and is not about to leave for payments
    whose money is in our bank account, minor units; below 0 when it is short. A commission that
    may still go back with what is held does not count as ours."""
    under_way = Instruction.objects.filter(
        kind=Instruction.Kind.TRANSFER,
        state=InstructionState.PENDING,
        currency=currency,
        key_used_at__isnull=False,
        charge__startswith=bank_source(""),
    ).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    balance = -_balances(name=STRIPE).get(currency, 0)
    owed = owed_to_others().get(currency, 0) + _commission_to_come().get(currency, 0)
    return balance - owed - int(under_way)


def currencies_at_stripe() -> list[str]:
    """The currencies our books have a Stripe balance in."""
    rows = LedgerAccount.objects.filter(name=STRIPE).order_by("currency")
    return list(rows.values_list("currency", flat=True))


def _named(*beginnings: str) -> Q:
    found = Q()
    for beginning in beginnings:
        found |= Q(name__startswith=beginning)
    return found


def unfinished_work() -> list[Comparison]:
    """Money that should have left by now, and events of Stripe that could not be worked through."""
    now = timezone.now()
    late = Instruction.objects.filter(
        Q(state=InstructionState.PENDING, state_changed_at__lt=now - PENDING_TOO_LONG)
        # What is blocked is tried again every hour, which moves it.
        | Q(state=InstructionState.BLOCKED, created_at__lt=now - BLOCKED_TOO_LONG)
    )
    # What a bank disputes or staff hold waits rightly.
    late = late.exclude(request__state=PaymentState.DISPUTED)
    late = late.exclude(charge__in=claimed_charges())
    late = late.exclude(request__in=stopped_payments())
    # So does what a buyer has not paid yet.
    late = late.exclude(request__in=unsettled_payments())
    states = InboundEvent.State
    failed = InboundEvent.objects.filter(
        Q(state=states.DEAD) | Q(state=states.FAILED, received_at__lt=now - FAILED_TOO_LONG)
    )
    return [*_late_instructions(late), _failed_events(failed)]


def _late_instructions(late: QuerySet[Instruction]) -> Iterable[Comparison]:
    label = "No transfer or refund waits for too long"
    sums = late.order_by("currency").values_list("currency").annotate(minor=Sum("amount_minor"))
    for currency, minor in list(sums) or [("", 0)]:
        rows = late.filter(currency=currency).order_by("pk")[: MOST_FINDINGS + 1]
        findings = [_late(row) for row in rows] if minor else []
        yield comparison(Kind.UNFINISHED, label, (0, minor, minor), findings, currency)


def _late(row: Instruction) -> Finding:
    why = f": {row.last_error}" if row.last_error else ""
    amount = amount_of(row.amount_minor, row.currency)
    words = f"{amount}: instruction {row.key} is {row.state} since {row.state_changed_at:%Y-%m-%d}"
    return Finding(
        Kind.UNFINISHED,
        f"instruction:{row.public_id}",
        f"{words}{why}",
        row.amount_minor,
        row.currency,
        "payments.instruction",
        row.pk,
    )


def _failed_events(failed: QuerySet[InboundEvent]) -> Comparison:
    count = failed.aggregate(count=Count("pk"))["count"]
    rows = failed.order_by("pk")[: MOST_FINDINGS + 1] if count else []
    findings = [
        Finding(
            Kind.UNFINISHED,
            f"event:{row.event_id}",
            f"Stripe's event {row.event_id} ({row.type}) could not be worked through: "
            f"{row.last_error or 'no reason noted'}",
            model="payments.inboundevent",
            row=row.pk,
        )
        for row in rows
    ]
    return comparison(
        Kind.UNFINISHED, "Every event of Stripe is worked through", (0, count, count), findings
    )


def _balances(*which: Q, name: str = "", **entries: Any) -> dict[str, int]:
    """Currency -> credits minus debits of some accounts, of some of their `entries` if given."""
    accounts = LedgerAccount.objects.filter(*which).order_by()
    accounts = accounts.filter(name=name) if name else accounts
    found: dict[str, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = LedgerEntry.objects.filter(**{f"{side}__in": accounts}, **entries).order_by()
        for currency, minor in rows.values_list("currency").annotate(sum=Sum("amount_minor")):
            found[currency] = found.get(currency, 0) + sign * minor
    return found


def _commission_to_come() -> dict[str, int]:
    """Currency -> our part of what is held, as if all of it were released to manufacturers."""
    entry, account = LedgerEntry._meta.db_table, LedgerAccount._meta.db_table
    request, is_held = PaymentRequest._meta.db_table, "a.name LIKE 'order:%%:held'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r.currency,
                   SUM(CAST(r.commission_minor AS NUMERIC) * held.minor / r.amount_minor)
            FROM {request} r JOIN (
                SELECT request_id, SUM(minor) AS minor FROM (
                    SELECT e.request_id, e.amount_minor AS minor FROM {entry} e
                    JOIN {account} a ON a.id = e.credit_id WHERE {is_held}
                    UNION ALL SELECT e.request_id, -e.amount_minor FROM {entry} e
                    JOIN {account} a ON a.id = e.debit_id WHERE {is_held}
                ) sides GROUP BY request_id
            ) held ON held.request_id = r.id
            WHERE r.way <> '{ON_ACCOUNT}' GROUP BY r.currency
            """
        )
        return {currency: int(minor) for currency, minor in cursor.fetchall()}
