"""What must hold in our own books at any moment, each as one statement over all rows.

Every statement yields (thing, currency, expected, found), minor units, one row for each thing;
the database adds them up, so a check costs two queries however long the books are.
"""

from __future__ import annotations

# ruff: noqa: S608 - the names in these statements are the tables of models and the constants below.
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Organization
from orders.models import ChangeOrder, ClaimRefund, MoneyDecision, Nonconformance, Order
from orders.states import OrderState
from payments.account_invariants import ON_ACCOUNT, Invariant
from payments.comparisons import MOST_FINDINGS, Comparison, Finding, Kind, amount_of
from payments.models import (
    DisputeCase,
    Instruction,
    LedgerAccount,
    LedgerEntry,
    MoneyHold,
    PaymentRequest,
)
from payments.rules import ENDED
from payments.states import DisputeState, InstructionState, PaymentState
from payments.tax_invariants import STATEMENTS as TAX_STATEMENTS

# A decision of a contract is carried out by a worker, seconds later unless something is wrong.
DECISION_TOO_LONG = timedelta(minutes=15)

_ENTRY, _ACCOUNT = LedgerEntry._meta.db_table, LedgerAccount._meta.db_table
_REQUEST, _INSTRUCTION = PaymentRequest._meta.db_table, Instruction._meta.db_table
_ORDER, _DECISION = Order._meta.db_table, MoneyDecision._meta.db_table
_CASE, _HOLD = DisputeCase._meta.db_table, MoneyHold._meta.db_table
_ORGANIZATION = Organization._meta.db_table
_CLAIM, _PROBLEM = ClaimRefund._meta.db_table, Nonconformance._meta.db_table
_CHANGE = ChangeOrder._meta.db_table
SUPPLEMENT = PaymentRequest.Kind.SUPPLEMENT
# Nothing was paid for an order in these yet.
UNPAID = (OrderState.AWAITING_APPROVAL, OrderState.AWAITING_PAYMENT)

# What came into and went out of each account, from its entries.
_MOVED = f"""
    SELECT account, SUM(came) AS came, SUM(went) AS went FROM (
        SELECT credit_id AS account, amount_minor AS came, 0 AS went FROM {_ENTRY}
        UNION ALL SELECT debit_id, 0, amount_minor FROM {_ENTRY}
    ) sides GROUP BY account
"""
# A key is "decision:<public id>:..."; a public id of a decision is 24 characters long.
_IS_DECISION = "SUBSTR(key, 1, 13) = 'decision:mon_'"
_LENGTH = len("mon_") + 20
# The same of a claim, "claim:<public id>:...".
_IS_CLAIM = "SUBSTR(key, 1, 10) = 'claim:crf_' AND kind IN ('owed', 'commission_back')"
# Orders of which a bank has, or had, something, or staff hold something: what was decided may wait
# for it, or lack it.
_FROZEN = f"""
    SELECT DISTINCT r.order_id FROM {_REQUEST} r
    LEFT JOIN {_CASE} c ON c.request_id = r.id AND c.state IN ('{DisputeState.LOST}')
    LEFT JOIN {_HOLD} h ON h.request_id = r.id AND h.lifted_at IS NULL
    WHERE r.state IN ('{PaymentState.DISPUTED}', '{PaymentState.LOST}')
       OR c.id IS NOT NULL OR h.id IS NOT NULL
"""


def _quoted(states: Sequence[str]) -> str:
    """States as a list of SQL."""
    return ", ".join(f"'{state}'" for state in states)


INVARIANTS = (
    Invariant(
        "overdraft",
        "No account of held, payable or returning money is below zero",
        f"""
        SELECT a.name AS thing, a.currency, 0 AS expected,
               CASE WHEN moved.went > moved.came THEN moved.went - moved.came ELSE 0 END AS found
        FROM {_ACCOUNT} a JOIN ({_MOVED}) moved ON moved.account = a.id WHERE a.no_overdraft
        """,
    ),
    Invariant(
        "balanced",
        "All accounts together are zero: debits are credits",
        f"""
        SELECT a.currency AS thing, a.currency, SUM(moved.went) AS expected,
               SUM(moved.came) AS found
        FROM {_ACCOUNT} a JOIN ({_MOVED}) moved ON moved.account = a.id GROUP BY a.currency
        """,
    ),
    Invariant(
        "caches",
        "The balances kept on accounts are the sums of their entries",
        f"""
        SELECT a.name || ' (credits)' AS thing, a.currency,
               CASE WHEN a.no_overdraft THEN COALESCE(moved.came, 0) ELSE 0 END AS expected,
               a.credits AS found
        FROM {_ACCOUNT} a LEFT JOIN ({_MOVED}) moved ON moved.account = a.id
        UNION ALL
        SELECT a.name || ' (debits)', a.currency,
               CASE WHEN a.no_overdraft THEN COALESCE(moved.went, 0) ELSE 0 END, a.debits
        FROM {_ACCOUNT} a LEFT JOIN ({_MOVED}) moved ON moved.account = a.id
        """,
    ),
    Invariant(
        "held",
        "What is held for an order is what was paid less what was released, returned and lost",
        f"""
        SELECT o.reference AS thing, o.currency,
               o.funded_minor - COALESCE(decided.minor, 0) - COALESCE(lost.minor, 0) AS expected,
               COALESCE(moved.came, 0) - COALESCE(moved.went, 0) AS found
        FROM {_ORDER} o
        LEFT JOIN {_ACCOUNT} a
            ON a.name = 'order:' || o.public_id || ':held' AND a.currency = o.currency
        LEFT JOIN ({_MOVED}) moved ON moved.account = a.id
        LEFT JOIN (
            SELECT debit_id, SUM(amount_minor) AS minor FROM {_ENTRY} WHERE {_IS_DECISION}
            GROUP BY debit_id
        ) decided ON decided.debit_id = a.id
        LEFT JOIN (
            SELECT debit_id, SUM(amount_minor) AS minor FROM {_ENTRY} WHERE kind = 'dispute_lost'
            GROUP BY debit_id
        ) lost ON lost.debit_id = a.id
        WHERE o.funded_minor <> 0 OR a.id IS NOT NULL
        """,
    ),
    Invariant(
        "decisions",
        "What contracts decided about held money is carried out, and no more",
        # What a bank disputes is frozen: the decision waits for the bank's.
        f"""
        SELECT d.public_id AS thing, o.currency,
               CASE WHEN COALESCE(done.minor, 0) < d.amount_minor
                         AND (d.created_at > %s OR frozen.order_id IS NOT NULL)
                    THEN COALESCE(done.minor, 0) ELSE d.amount_minor END AS expected,
               COALESCE(done.minor, 0) AS found
        FROM {_DECISION} d JOIN {_ORDER} o ON o.id = d.order_id
        LEFT JOIN (
            SELECT SUBSTR(key, 10, {_LENGTH}) AS decision, SUM(amount_minor) AS minor
            FROM {_ENTRY} WHERE {_IS_DECISION} GROUP BY SUBSTR(key, 10, {_LENGTH})
        ) done ON done.decision = d.public_id
        LEFT JOIN ({_FROZEN}) frozen ON frozen.order_id = d.order_id
        """,
        is_timed=True,
    ),
    Invariant(
        "claims",
        "What is owed for claims after the acceptance goes back to the buyer, and no more",
        f"""
        SELECT c.public_id AS thing, o.currency,
               CASE WHEN COALESCE(done.minor, 0) < c.amount_minor
                         AND (c.created_at > %s OR frozen.order_id IS NOT NULL
                              OR COALESCE(moved.came, 0) > COALESCE(moved.went, 0))
                    THEN COALESCE(done.minor, 0) ELSE c.amount_minor END AS expected,
               COALESCE(done.minor, 0) AS found
        FROM {_CLAIM} c JOIN {_PROBLEM} p ON p.id = c.nonconformance_id
        JOIN {_ORDER} o ON o.id = p.order_id
        LEFT JOIN (
            SELECT SUBSTR(key, 7, {_LENGTH}) AS claim, SUM(amount_minor) AS minor
            FROM {_ENTRY} WHERE {_IS_CLAIM} GROUP BY SUBSTR(key, 7, {_LENGTH})
        ) done ON done.claim = c.public_id
        LEFT JOIN ({_FROZEN}) frozen ON frozen.order_id = o.id
        LEFT JOIN {_ACCOUNT} a
            ON a.name = 'order:' || o.public_id || ':held' AND a.currency = o.currency
        LEFT JOIN ({_MOVED}) moved ON moved.account = a.id
        """,
        is_timed=True,
    ),
    Invariant(
        "debts",
        "No manufacturer owes less than nothing, or less than Stripe is asked to take back",
        f"""
        SELECT a.name AS thing, a.currency, 0 AS expected,
               CASE WHEN moved.went - moved.came < COALESCE(asked.minor, 0)
                    THEN COALESCE(asked.minor, 0) - moved.went + moved.came ELSE 0 END AS found
        FROM {_ACCOUNT} a JOIN ({_MOVED}) moved ON moved.account = a.id
        LEFT JOIN (
            SELECT org.public_id AS shop, i.currency, SUM(i.amount_minor) AS minor
            FROM {_INSTRUCTION} i JOIN {_ORGANIZATION} org ON org.id = i.organization_id
            WHERE i.kind = '{Instruction.Kind.REVERSAL}'
              AND i.state IN ('{InstructionState.PENDING}', '{InstructionState.BLOCKED}')
            GROUP BY org.public_id, i.currency
        ) asked ON a.name = 'mfr:' || asked.shop || ':debt' AND asked.currency = a.currency
        WHERE a.name LIKE 'mfr:%%:debt'
        """,
    ),
    Invariant(
        "disputes",
        "What banks took for good is booked as lost",
        f"""
        SELECT c.dispute AS thing, c.currency, c.amount_minor AS expected,
               COALESCE((
                   SELECT SUM(e.amount_minor) FROM {_ENTRY} e WHERE e.key IN (
                       'dispute:' || c.dispute || ':lost', 'dispute:' || c.dispute || ':lost:debt',
                       'dispute:' || c.dispute || ':lost:ours',
                       'dispute:' || c.dispute || ':lost:returned',
                       'dispute:' || c.dispute || ':lost:tax',
                       'dispute:' || c.dispute || ':lost:debt:tax'
                   )
               ), 0) AS found
        FROM {_CASE} c
        WHERE c.state IN ('{DisputeState.LOST}')
        """,
    ),
    Invariant(
        "instructions",
        "Every transfer and refund that is done is booked, with Stripe's reference and its amount",
        f"""
        SELECT i.key AS thing, i.currency, i.amount_minor AS expected,
               COALESCE(e.amount_minor, 0) AS found
        FROM {_INSTRUCTION} i LEFT JOIN {_ENTRY} e
            ON e.key = i.key || ':done' AND e.currency = i.currency
            AND e.stripe_ref <> '' AND i.stripe_ref <> ''
        WHERE i.state IN ('{InstructionState.DONE}', '{InstructionState.FAILED}')
        """,
    ),
    Invariant(
        "failed",
        "Every refund that came back is booked as returned",
        f"""
        SELECT i.key AS thing, i.currency, i.amount_minor AS expected,
               COALESCE(e.amount_minor, 0) AS found
        FROM {_INSTRUCTION} i LEFT JOIN {_ENTRY} e
            ON e.key = i.key || ':failed' AND e.currency = i.currency AND e.stripe_ref <> ''
        WHERE i.state IN ('{InstructionState.FAILED}')
        """,
    ),
    Invariant(
        "price",
        "What was paid for an order that runs, less what came back for changes, and what is still "
        "to be paid are its price",
        f"""
        SELECT o.reference AS thing, o.currency, o.total_minor AS expected,
               o.funded_minor + o.unpaid_minor - COALESCE(back.minor, 0) AS found
        FROM {_ORDER} o LEFT JOIN (
            SELECT order_id, SUM(amount_minor) AS minor FROM {_DECISION}
            WHERE kind IN ('{MoneyDecision.Kind.REFUND}')
                  AND because IN ('{MoneyDecision.Because.CHANGE}')
            GROUP BY order_id
        ) back ON back.order_id = o.id
        WHERE o.funded_minor <> 0 AND o.state NOT IN ({_quoted(ENDED)})
        """,
    ),
    Invariant(
        "instalments",
        "Open instalments ask for what is still to be paid",
        # What the buyer's bank works on, or a person, is taken in as it is. A price that fell is
        # followed by a worker, seconds later unless something is wrong.
        f"""
        SELECT o.reference AS thing, o.currency,
               CASE WHEN COALESCE(asked.minor, 0) > o.unpaid_minor
                         AND (o.state_changed_at > %s OR recent.order_id IS NOT NULL)
                    THEN COALESCE(asked.minor, 0) ELSE o.unpaid_minor END AS expected,
               COALESCE(asked.minor, 0) AS found
        FROM {_ORDER} o
        LEFT JOIN (
            SELECT order_id, SUM(amount_minor) AS minor FROM {_REQUEST}
            WHERE state IN ('{PaymentState.DUE}') AND kind NOT IN ('{SUPPLEMENT}')
            GROUP BY order_id
        ) asked ON asked.order_id = o.id
        LEFT JOIN (
            SELECT DISTINCT order_id FROM {_REQUEST}
            WHERE state IN ('{PaymentState.PROCESSING}', '{PaymentState.REVIEW}')
        ) moving ON moving.order_id = o.id
        LEFT JOIN (
            SELECT DISTINCT order_id FROM {_CHANGE} WHERE state_changed_at > %s
        ) recent ON recent.order_id = o.id
        WHERE moving.order_id IS NULL AND o.state NOT IN ({_quoted(UNPAID)})
        """,
        is_timed=True,
    ),
    Invariant(
        "decided",
        "No contract decided about more than was paid for it",
        f"""
        SELECT o.reference AS thing, o.currency, 0 AS expected,
               CASE WHEN SUM(d.amount_minor) > o.funded_minor
                    THEN SUM(d.amount_minor) - o.funded_minor ELSE 0 END AS found
        FROM {_DECISION} d JOIN {_ORDER} o ON o.id = d.order_id
        GROUP BY o.id, o.reference, o.currency, o.funded_minor
        """,
    ),
    *ON_ACCOUNT,
    *(Invariant(*each) for each in TAX_STATEMENTS),
)


def check_books(at: datetime | None = None) -> list[Comparison]:
    """Every invariant by currency; one without rows appears once, with zeros and no currency.

    `at` is the moment that counts as now for what may take a while; a backup's books are of its.
    """
    now = at or timezone.now()
    return [compared for invariant in INVARIANTS for compared in _check(invariant, now)]


def _check(invariant: Invariant, now: datetime) -> Iterator[Comparison]:
    since = connection.ops.adapt_datetimefield_value(now - DECISION_TOO_LONG)
    values = [since] * invariant.statement.count("%s") if invariant.is_timed else None
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT currency, SUM(expected), SUM(found), SUM(ABS(found - expected)),
                   SUM(CASE WHEN found <> expected THEN 1 ELSE 0 END)
            FROM ({invariant.statement}) things GROUP BY currency ORDER BY currency
            """,
            values,
        )
        sums = cursor.fetchall() or [("", 0, 0, 0, 0)]
        wrong: list[tuple[str, str, int, int]] = []
        if any(row[4] for row in sums):
            cursor.execute(
                f"""
                SELECT thing, currency, expected, found FROM ({invariant.statement}) things
                WHERE found <> expected ORDER BY currency, thing LIMIT {MOST_FINDINGS}
                """,
                values,
            )
            wrong = cursor.fetchall()
    for currency, expected, found, difference, count in sums:
        findings = [_finding(invariant, *row) for row in wrong if row[1] == currency]
        yield Comparison(
            Kind.BOOKS,
            invariant.label,
            currency,
            int(expected),
            int(found),
            int(difference),
            tuple(findings),
            len(findings) < count,
        )


def _finding(invariant: Invariant, thing: str, currency: str, expected: int, found: int) -> Finding:
    words = (
        f"{invariant.label}. Not so for {thing}: expected {amount_of(int(expected), currency)}, "
        f"found {amount_of(int(found), currency)}."
    )
    key = f"books:{invariant.code}:{thing}:{currency}"
    return Finding(Kind.BOOKS, key, words, int(found) - int(expected), currency)
