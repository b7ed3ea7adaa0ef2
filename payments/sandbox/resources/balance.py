"""/v1/balance, /v1/balance_transactions and /v1/payouts."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError
from ..forms import positive, string_map, text
from ..store import Body, new_id

PAYOUT = ("amount", "currency", "description", "metadata", "statement_descriptor", "method")
UNDER_WAY = ("pending", "in_transit")


def balance(ctx: Context, params: dict[str, Any]) -> Body:
    """GET /v1/balance."""
    return balances.balance_body(ctx, ctx.account)


def transaction(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/balance_transactions/{id}."""
    return balances.refresh(ctx, ctx.find("balance_transaction", object_id))


def create_payout(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/payouts: money leaves to the account's bank; it must be available."""
    amount, currency = positive(params, "amount"), text(params, "currency")
    if balances.available(ctx, ctx.account, currency) < amount:
        raise ApiError(
            400, "You have insufficient funds in your Stripe account.", code="balance_insufficient"
        )
    payout_id = new_id("po_")
    entry = balances.post(ctx, "payout", -amount, currency, payout_id, account=ctx.account)
    body: Body = {
        "id": payout_id,
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": ctx.now() + 2 * balances.DAY,
        "automatic": False,
        "balance_transaction": entry["id"],
        "created": ctx.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": string_map(params),
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": params.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }
    ctx.save(body)
    ctx.store.set_alarm(payout_id, body["arrival_date"])
    ctx.emit("payout.created", body)
    return body


def retrieve_payout(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/payouts/{id}."""
    return ctx.find("payout", object_id)


def pay_out_all(ctx: Context) -> list[Body]:
    """Send everything an account has to its bank, as a manufacturer who cashes out does."""
    found = balances.sums(ctx, ctx.account)
    return [
        create_payout(ctx, {"amount": str(pair[0]), "currency": currency})
        for currency, pair in sorted(found.items())
        if pair[0] > 0
    ]


def settle_payout(ctx: Context, payout_id: str, status: str) -> Body:
    """Let the bank take (``paid``) or refuse (``failed``) a payout; a refusal gives it back.

    A paid payout may still fail, days later; a failed one is over.
    """
    body = ctx.find("payout", payout_id)
    may_end = body["status"] in UNDER_WAY or (body["status"], status) == ("paid", "failed")
    if status not in ("paid", "failed") or not may_end:
        raise ApiError(400, f"A payout that is {body['status']} cannot become {status}.")
    body["status"] = status
    if status == "failed":
        entry = balances.post(
            ctx, "payout_failure", body["amount"], body["currency"], payout_id, account=ctx.account
        )
        body.update(
            failure_code="account_closed",
            failure_message="The bank account has been closed.",
            failure_balance_transaction=entry["id"],
        )
    ctx.save(body)
    ctx.emit(f"payout.{status}", body)
    return body
