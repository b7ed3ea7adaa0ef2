"""What must hold of the VAT in our books: (code, sentence, statement), as `invariants` has them.

A share of VAT is rounded to a whole minor unit, and a bank that takes a part of a payment takes
gross: two units of difference are rounding, more is not.
"""

from __future__ import annotations

# ruff: noqa: S608 - the names in these statements are the tables of models and the constants below.
from payments.models import LedgerAccount, LedgerEntry, OrderTax, PaymentRequest
from payments.states import PaymentState

_ENTRY, _ACCOUNT = LedgerEntry._meta.db_table, LedgerAccount._meta.db_table
_REQUEST, _TAX = PaymentRequest._meta.db_table, OrderTax._meta.db_table
_HELD, _TAX_HELD = "'order:%%:held'", "'order:%%:tax'"

# What came into and went out of each place of a taxed payment, net and VAT: what is held for the
# order, and what the manufacturer has of it.
_PLACES = f"""
    SELECT e.request_id, 'held' AS place,
           SUM(CASE WHEN c.name LIKE {_HELD} THEN e.amount_minor
                    WHEN d.name LIKE {_HELD} THEN -e.amount_minor ELSE 0 END) AS net,
           SUM(CASE WHEN c.name LIKE {_TAX_HELD} THEN e.amount_minor
                    WHEN d.name LIKE {_TAX_HELD} THEN -e.amount_minor ELSE 0 END) AS tax
    FROM {_ENTRY} e JOIN {_ACCOUNT} c ON c.id = e.credit_id JOIN {_ACCOUNT} d ON d.id = e.debit_id
    WHERE e.request_id IN (SELECT id FROM {_REQUEST} WHERE tax_minor > 0)
    GROUP BY e.request_id
    UNION ALL
    SELECT e.request_id, 'released',
           SUM(CASE WHEN e.kind IN ('commission', 'payable') THEN e.amount_minor
                    WHEN e.kind IN ('owed', 'commission_back') THEN -e.amount_minor
                    WHEN e.kind = 'dispute_lost' AND d.name LIKE 'mfr:%%' THEN -e.amount_minor
                    ELSE 0 END),
           SUM(CASE WHEN e.kind = 'tax_payable' THEN e.amount_minor
                    WHEN e.kind = 'tax_owed' THEN -e.amount_minor
                    WHEN e.kind = 'tax_lost' AND d.name LIKE 'mfr:%%' THEN -e.amount_minor
                    ELSE 0 END)
    FROM {_ENTRY} e JOIN {_ACCOUNT} d ON d.id = e.debit_id
    WHERE e.request_id IN (SELECT id FROM {_REQUEST} WHERE tax_minor > 0)
    GROUP BY e.request_id
"""

STATEMENTS = (
    (
        "tax_paid",
        "What is held of a payment came with the VAT on it",
        f"""
        SELECT r.public_id AS thing, r.currency, r.tax_minor AS expected, came.minor AS found
        FROM {_REQUEST} r JOIN (
            SELECT request_id, SUM(CASE WHEN kind = 'tax_held' THEN amount_minor ELSE 0 END)
                   AS minor
            FROM {_ENTRY} WHERE kind IN ('held', 'tax_held') GROUP BY request_id
        ) came ON came.request_id = r.id
        """,
    ),
    (
        "tax_goes_along",
        "VAT is where the money is that it is on, and none is left without it",
        f"""
        SELECT r.public_id || ' (' || places.place || ')' AS thing, r.currency,
               CASE WHEN (places.net > 0 OR places.tax = 0) AND ABS(
                        CAST(places.tax AS NUMERIC) * r.amount_minor
                        - CAST(r.tax_minor AS NUMERIC) * places.net
                    ) <= 2 * r.amount_minor
                    THEN places.tax
                    ELSE CAST(CAST(r.tax_minor AS NUMERIC) * places.net / r.amount_minor AS BIGINT)
               END AS expected,
               places.tax AS found
        FROM {_REQUEST} r JOIN ({_PLACES}) places ON places.request_id = r.id
        """,
    ),
    (
        "tax_rate",
        "The VAT of every payment is the order's rate on its amount",
        f"""
        SELECT r.public_id AS thing, r.currency,
               CASE WHEN ABS(r.tax_minor * 10000 - r.amount_minor * COALESCE(t.rate_bps, 0))
                         <= 10000 AND (r.tax_minor = 0 OR t.rate_bps > 0)
                    THEN r.tax_minor
                    ELSE (r.amount_minor * COALESCE(t.rate_bps, 0) + 5000) / 10000 END AS expected,
               r.tax_minor AS found
        FROM {_REQUEST} r LEFT JOIN {_TAX} t ON t.order_id = r.order_id
        WHERE r.state NOT IN ('{PaymentState.CANCELLED}')
        """,
    ),
)
