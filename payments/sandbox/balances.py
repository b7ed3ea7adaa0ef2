"""Balance transactions: the only place where money moves, and the sums made of them."""

from __future__ import annotations

from .context import Context
from .store import PLATFORM, Body, new_id

DAY = 86_400
# Made up for the sandbox: 1.5 % and 25 minor units on a charge, 2000 for a dispute.
CHARGE_FEE_BPS = 150
CHARGE_FEE_FIXED = 25
DISPUTE_FEE = 2000
SETTLEMENT_DAYS = 2


def charge_fee(amount: int) -> int:
    """Return the fee in minor units on a charge of ``amount`` minor units."""
    return (amount * CHARGE_FEE_BPS + 5_000) // 10_000 + CHARGE_FEE_FIXED


def post(
    ctx: Context,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    *,
    fee: int = 0,
    available_on: int | None = None,
    account: str = PLATFORM,
    description: str | None = None,
) -> Body:
    """Write one balance transaction; ``amount`` and ``fee`` are minor units, signed."""
    now = ctx.now()
    due = now if available_on is None else available_on
    details = []
    if fee:
        details.append(
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        )
    body: Body = {
        "id": new_id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": due,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details,
        "net": amount - fee,
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source,
        "status": "available" if due <= now else "pending",
        "type": kind,
    }
    return ctx.save(body, account)


_CATEGORIES = {
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
    "adjustment": "dispute",
    "refund_failure": "refund_failure",
}


def refresh(ctx: Context, body: Body) -> Body:
    """Mark a balance transaction available once its date has come."""
    if body["status"] == "pending" and body["available_on"] <= ctx.now():
        body["status"] = "available"
        ctx.save(body, ctx.store.owner(body["id"]))
    return body


def sums(ctx: Context, account: str) -> dict[str, tuple[int, int]]:
    """Return {currency: (available, pending)} of an account in minor units."""
    rows = ctx.store.rows(
        "SELECT json_extract(body, '$.currency') AS currency, "
        "SUM(CASE WHEN json_extract(body, '$.available_on') <= ? "
        "    THEN json_extract(body, '$.net') ELSE 0 END) AS available, "
        "SUM(json_extract(body, '$.net')) AS total "
        "FROM objects WHERE kind='balance_transaction' AND account=? GROUP BY 1",
        ctx.now(),
        account,
    )
    return {row["currency"]: (row["available"], row["total"] - row["available"]) for row in rows}


def available(ctx: Context, account: str, currency: str) -> int:
    """Return what an account can spend now, minor units."""
    return sums(ctx, account).get(currency, (0, 0))[0]


def total(ctx: Context, account: str, currency: str) -> int:
    """Return available plus pending, minor units."""
    return sum(sums(ctx, account).get(currency, (0, 0)))


def balance_body(ctx: Context, account: str) -> Body:
    """Return the balance object of an account."""
    totals = sums(ctx, account) or {"eur": (0, 0)}
    return {
        "object": "balance",
        "available": [
            {"amount": pair[0], "currency": currency, "source_types": {"card": pair[0]}}
            for currency, pair in sorted(totals.items())
        ],
        "livemode": False,
        "pending": [
            {"amount": pair[1], "currency": currency, "source_types": {"card": pair[1]}}
            for currency, pair in sorted(totals.items())
        ],
    }
