"""Orders that are paid, released and paid out, and a ledger as long as that of years.

The first orders go through the product's own steps, with Stripe's answers made up; then one of
them is copied by SQL, on Stripe's side too, until the ledger has the rows asked for.
"""

# ruff: noqa: S608 - the names in these statements are the tables of models and the constants below.
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from itertools import islice
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions.organization import create_organization
from accounts.callers import actor_for
from accounts.models import User
from marketplace.files.models import StoredFile
from marketplace.parts.models import Part, PartRevision
from orders.actions.money import decide_money
from orders.actions.placement import LineSnapshot, Terms, place_order
from orders.models import MoneyDecision, Order
from orders.queries import lock_order
from payments import ledger_rules
from payments.actions.funding import apply_payment
from payments.actions.instructions import ACTOR, settle_instruction
from payments.actions.ledger import payable_to
from payments.actions.reconciliation import ask_reconciliation, carry_out_reconciliation
from payments.actions.releases import carry_out_decisions
from payments.actions.requests import request_payment
from payments.models import Instruction, LedgerAccount, LedgerEntry, PaymentRequest
from payments.values import BalanceEntry, Charge, Payment, Transfer

ENTRIES_OF_AN_ORDER = 6
FEE = 775
# The sandbox's name of the platform's account.
_PLATFORM = "acct_1SandboxPlatform"
# So far are the ids of one copy from those of the next.
_STEP = 1_000_000
# Rows written to the sandbox at once.
_BATCH = 10_000
# PostgreSQL's numbers of its types text and varchar.
_TEXTS = (25, 1043)
# Long before the copies of the last 30 days, which would be compared one by one.
LONG_AGO = timedelta(days=90)


@dataclass(frozen=True)
class Sample:
    """An order that has gone all the way, to be copied."""

    order: Order
    request: PaymentRequest


def place_orders(count: int) -> list[Order]:
    """Two parties, and orders of 500.00 EUR between them that wait for payment."""
    buyer, maker = (_person(name) for name in ("buyer", "maker"))
    organizations = [
        create_organization(
            actor=actor_for(person),
            name=f"Bench {side}",
            is_buyer=side == "buyer",
            is_manufacturer=side == "maker",
            country="DE",
            city="Aachen",
            address="Street 1, Aachen",
            currency="EUR",
        )
        for person, side in ((buyer, "buyer"), (maker, "maker"))
    ]
    part = Part.objects.create(organization=organizations[0], number="B-1", name="Bracket")
    file = StoredFile.objects.create(
        organization=organizations[0],
        kind=StoredFile.Kind.MODEL,
        name="bracket.step",
        content_type="model/step",
        size=1,
        sha256="0" * 64,
        content="aa/bracket",
    )
    line = LineSnapshot(
        part_revision=PartRevision.objects.create(part=part, model_file=file),
        process="CNC milling",
        material="EN AW-6082",
        finish="",
        tolerance="ISO 2768-m",
        quantity=40,
        unit_price=Decimal("12.5"),
        lead_time_days=10,
    )
    made = []
    for number in range(count):
        terms = Terms("Brackets", "EUR", "DAP", "Aachen", quote_id=f"quo_{number}")
        order = place_order(
            actor=actor_for(User.objects.get(pk=buyer.pk)),
            buyer=organizations[0],
            manufacturer=organizations[1],
            lines=[line],
            terms=terms,
        )
        request_payment(actor=ACTOR, order_id=order.public_id)
        made.append(order)
    return made


def _person(name: str) -> User:
    return User.objects.create_user(f"{name}@bench.example", None, name=name)


def settle(orders: list[Order]) -> Sample:
    """Fund, release and pay out every order: three steps each; return the last one."""
    for order in orders:
        request = PaymentRequest.objects.get(order=order)
        apply_payment(_paid(request))
        with transaction.atomic():
            decide_money(
                actor=ACTOR,
                order=lock_order(order.public_id),
                kind=MoneyDecision.Kind.RELEASE,
                because=MoneyDecision.Because.ACCEPTANCE,
                subject=order.public_id,
                amount_minor=order.total_minor,
            )
        carry_out_decisions(actor=ACTOR, order_id=order.public_id)
        instruction = Instruction.objects.get(request=request)
        settle_instruction(instruction.public_id, _transferred(instruction))
    return Sample(order, request)


def _paid(request: PaymentRequest) -> Payment:
    minor, currency, own = request.amount_minor, request.currency, request.public_id
    charge = Charge(
        id=f"ch_{own}",
        amount=minor,
        amount_refunded=0,
        currency=currency,
        status="succeeded",
        disputed=False,
        payment_intent=f"pi_{own}",
        transfer_group="",
        failure="",
        entry=BalanceEntry(f"txn_c_{own}", minor, FEE, minor - FEE, currency),
    )
    return Payment(f"pi_{own}", "succeeded", minor, minor, currency, charge, "", {"payment": own})


def _transferred(instruction: Instruction) -> Transfer:
    own = instruction.request.public_id
    return Transfer(
        id=f"tr_{own}",
        amount=instruction.amount_minor,
        amount_reversed=0,
        currency=instruction.currency,
        destination="acct_bench",
        source="",
        entry=f"txn_t_{own}",
        metadata={},
    )


def lengthen(sample: Sample, rows: int, database: Path) -> int:
    """Copy the sample until there are so many entries; Stripe's side too. Return the entries."""
    own, count = LedgerEntry._meta.db_table, max(1, rows // ENTRIES_OF_AN_ORDER)
    ledger_rules.remove(connection)
    _forget_all_but(sample)
    _copy_all(sample, count)
    payable = LedgerAccount.objects.get(name=payable_to(sample.order.manufacturer))
    paid = LedgerEntry.objects.filter(request=sample.request, debit=payable).get().amount_minor
    LedgerAccount.objects.filter(pk=payable.pk).update(
        credits=paid * (count + 1), debits=paid * (count + 1)
    )
    ledger_rules.install(connection)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"SELECT count(*) FROM {own}")
        entries = int(cursor.fetchone()[0])
    _tell_stripe(sample, count, paid, database)
    return entries


def _forget_all_but(sample: Sample) -> None:
    """Leave only the sample's money in the books; the ledger's rules are away meanwhile."""
    LedgerEntry.objects.exclude(request=sample.request).delete()
    used = LedgerEntry.objects.values_list("debit"), LedgerEntry.objects.values_list("credit")
    LedgerAccount.objects.exclude(pk__in=used[0]).exclude(pk__in=used[1]).delete()
    Instruction.objects.exclude(request=sample.request).delete()
    MoneyDecision.objects.exclude(order=sample.order).delete()
    Order.objects.exclude(pk=sample.order.pk).update(funded_minor=0)


def _copy_all(sample: Sample, count: int) -> None:
    """Copy the sample's rows; copy `g` has its ids moved by `g` steps and names of its own."""
    decision = MoneyDecision.objects.get(order=sample.order)
    instruction = Instruction.objects.get(request=sample.request)
    mine = LedgerAccount.objects.filter(name__contains=sample.order.public_id)
    mine |= LedgerAccount.objects.filter(name__contains=sample.request.public_id)
    accounts = list(mine.values_list("pk", flat=True))
    entries = LedgerEntry.objects.filter(request=sample.request).values_list("pk", flat=True)
    known = [
        sample.order.public_id,
        sample.request.public_id,
        decision.public_id,
        instruction.public_id,
    ]
    texts = {name: f"'{name[:4]}' || lpad(g::text, 20, '0')" for name in known}
    place = ",".join(map(str, accounts))
    sides = {
        side: f"CASE WHEN {side} IN ({place}) THEN {_moved(side)} ELSE {side} END"
        for side in ("debit_id", "credit_id")
    }
    of_order, of_request = {"order_id": _moved("order_id")}, {"request_id": _moved("request_id")}
    for model, pks, others in (
        (Order, [sample.order.pk], {"reference": "'B-' || g"}),
        (PaymentRequest, [sample.request.pk], of_order),
        (MoneyDecision, [decision.pk], of_order),
        (Instruction, [instruction.pk], of_request),
        (LedgerAccount, accounts, {}),
        (LedgerEntry, list(entries), {**of_request, **sides}),
    ):
        copy_rows(model._meta.db_table, pks, texts, others, count)


def _moved(column: str) -> str:
    return f"{column} + g::bigint * {_STEP}"


def copy_rows(
    table: str, pks: list[int], texts: Mapping[str, str], others: Mapping[str, str], count: int
) -> None:
    """Copy rows `count` times: `texts` are replaced in every text, `others` are whole columns."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
        wanted = {}
        for column in columns:
            value = f'"{column.name}"'
            if column.name in others:
                value = others[column.name]
            elif column.name == "id":
                value = _moved("id")
            elif column.type_code in _TEXTS:
                for old, new in texts.items():
                    value = f"replace({value}, '{old}', {new})"
            wanted[f'"{column.name}"'] = value
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(wanted)}) SELECT {', '.join(wanted.values())} "
            f"FROM {table}, generate_series(1, {count}) g WHERE id IN ({','.join(map(str, pks))})"
        )


def _tell_stripe(sample: Sample, count: int, paid: int, database: Path) -> None:
    """Write the charges' and transfers' movements into the sandbox's database."""
    created = int((timezone.now() - LONG_AGO).timestamp())
    minor = sample.request.amount_minor
    pairs = [(sample.request.public_id, sample.order.public_id)]
    pairs += [(f"pay_{g:020}", f"ord_{g:020}") for g in range(1, count + 1)]

    def rows() -> Iterator[tuple[str, str, str, str]]:
        for own, order in pairs:
            for kind, source, amount, fee in (
                ("charge", f"ch_{own}", minor, FEE),
                ("transfer", f"tr_{own}", -paid, 0),
            ):
                body = {
                    "id": f"txn_{kind[0]}_{own}",
                    "object": "balance_transaction",
                    "amount": amount,
                    "fee": fee,
                    "net": amount - fee,
                    "currency": "eur",
                    "type": kind,
                    "source": source,
                    "created": created,
                }
                yield f"txn_{kind[0]}_{own}", "balance_transaction", _PLATFORM, json.dumps(body)
            transfer = {
                "id": f"tr_{own}",
                "object": "transfer",
                "amount": paid,
                "amount_reversed": 0,
                "currency": "eur",
                "balance_transaction": f"txn_t_{own}",
                "transfer_group": order,
                "created": created,
            }
            yield f"tr_{own}", "transfer", _PLATFORM, json.dumps(transfer)

    stripe, left = sqlite3.connect(database), rows()
    # A part at a time: the sandbox itself waits a few seconds for its database, not minutes.
    while batch := list(islice(left, _BATCH)):
        with stripe:
            stripe.executemany(
                "INSERT INTO objects (id, kind, account, body) VALUES (?, ?, ?, ?)", batch
            )
    stripe.close()


def check_ledger() -> None:
    """Check every invariant of our own books; raises CommandError when one does not hold."""
    call_command("check_ledger", "--offline", stdout=StringIO())


def reconcile() -> int:
    """Compare with Stripe; return the movements compared. Raises RuntimeError on a difference."""
    run = ask_reconciliation(actor=ACTOR)
    if not carry_out_reconciliation(run.pk):
        run.refresh_from_db()
        raise RuntimeError(run.error)
    run.refresh_from_db()
    if run.differences:
        raise RuntimeError("; ".join(run.findings))
    return next(int(each["expected"]) for each in run.comparisons if each["kind"] == "movements")
