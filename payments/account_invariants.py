"""What must hold of purchases on account, and the shape all invariants have."""

from __future__ import annotations

# ruff: noqa: S608 - the names in these statements are the tables of models and states.
from dataclasses import dataclass

from payments.models import LedgerAccount, LedgerEntry, PaymentRequest, Receivable
from payments.states import PaymentState, ReceivableState

_ENTRY, _ACCOUNT = LedgerEntry._meta.db_table, LedgerAccount._meta.db_table
_REQUEST, _RECEIVABLE = PaymentRequest._meta.db_table, Receivable._meta.db_table
_UNPAID = f"('{ReceivableState.COMMITTED}', '{ReceivableState.OPEN}')"
_COVERED = f"('{ReceivableState.SETTLED}', '{ReceivableState.WRITTEN_OFF}')"
# What each payment's entries say its buyer owes.
_OWED = f"""
    SELECT e.request_id, SUM(
        CASE WHEN SUBSTR(d.name, 1, 6) = 'buyer:' THEN e.amount_minor ELSE -e.amount_minor END
    ) AS minor
    FROM {_ENTRY} e JOIN {_ACCOUNT} d ON d.id = e.debit_id JOIN {_ACCOUNT} c ON c.id = e.credit_id
    WHERE SUBSTR(d.name, 1, 6) = 'buyer:' OR SUBSTR(c.name, 1, 6) = 'buyer:' GROUP BY e.request_id
"""


@dataclass(frozen=True)
class Invariant:
    """A sentence that is true, and the statement that says so; "%s" in it is a time."""

    code: str
    label: str
    statement: str
    is_timed: bool = False


ON_ACCOUNT = (
    Invariant(
        "receivables",
        "What buyers owe on account is what was put on account less what arrived and was taken off",
        f"""
        SELECT COALESCE(v.number, 'payment ' || r.public_id) AS thing, r.currency,
               COALESCE(
                   v.amount_minor - v.lowered_minor - v.received_minor - v.written_off_minor, 0
               ) AS expected,
               COALESCE(owed.minor, 0) AS found
        FROM {_REQUEST} r LEFT JOIN {_RECEIVABLE} v ON v.request_id = r.id
        LEFT JOIN ({_OWED}) owed ON owed.request_id = r.id
        WHERE v.id IS NOT NULL OR owed.request_id IS NOT NULL
        """,
    ),
    Invariant(
        "on_account",
        "Every payment on account has a receivable that is not settled, and no other has one",
        f"""
        SELECT r.public_id AS thing, r.currency,
               CASE WHEN v.state IN {_UNPAID} THEN r.amount_minor ELSE 0 END AS expected,
               CASE WHEN r.state IN ('{PaymentState.INVOICED}') THEN r.amount_minor ELSE 0 END
               AS found
        FROM {_REQUEST} r LEFT JOIN {_RECEIVABLE} v ON v.request_id = r.id
        WHERE v.id IS NOT NULL OR r.state IN ('{PaymentState.INVOICED}')
        """,
    ),
    Invariant(
        "unpaid",
        "Nothing was paid out of what a buyer still owes, and nothing sent back that never came in",
        # What was paid without need, by an old page, went back as it came.
        f"""
        SELECT v.number AS thing, v.currency, 0 AS expected,
               CASE WHEN v.state IN {_COVERED} THEN 0
                    ELSE COALESCE(gone.out, 0) END
               + CASE WHEN COALESCE(gone.back, 0) > v.received_minor
                      THEN gone.back - v.received_minor ELSE 0 END AS found
        FROM {_RECEIVABLE} v LEFT JOIN (
            SELECT e.request_id,
                   SUM(CASE WHEN e.kind = 'transferred' THEN e.amount_minor ELSE 0 END) AS out,
                   SUM(CASE WHEN SUBSTR(c.name, 1, 7) = 'refund:'
                             AND SUBSTR(d.name, 1, 9) <> 'suspense:'
                             AND e.kind <> 'refund_failed'
                            THEN e.amount_minor ELSE 0 END) AS back
            FROM {_ENTRY} e JOIN {_ACCOUNT} d ON d.id = e.debit_id
            JOIN {_ACCOUNT} c ON c.id = e.credit_id GROUP BY e.request_id
        ) gone ON gone.request_id = v.request_id
        """,
    ),
)
