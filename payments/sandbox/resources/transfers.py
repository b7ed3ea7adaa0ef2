"""/v1/transfers and their reversals: the platform's money to a connected account and back."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError, missing_resource
from ..forms import positive, string_map, text
from ..listing import page
from ..store import PLATFORM, Body, new_id
from .charges import charge_body

CREATE = (
    "amount",
    "currency",
    "destination",
    "description",
    "metadata",
    "source_transaction",
    "source_type",
    "transfer_group",
)
REVERSE = ("amount", "description", "metadata", "refund_application_fee")


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/transfers.

    Refused without the destination's ``transfers`` capability, beyond the charge named by
    ``source_transaction``, or (without one) beyond the available balance.
    """
    amount, currency = positive(params, "amount"), text(params, "currency")
    destination = _destination(ctx, text(params, "destination"))
    charge = _source(ctx, params.get("source_transaction"), amount, currency)
    if charge is None and balances.available(ctx, PLATFORM, currency) < amount:
        raise ApiError(
            400,
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    available_on = None
    if charge is not None:
        entry = ctx.store.get(charge["balance_transaction"])
        available_on = entry["available_on"] if entry else None
    transfer_id = new_id("tr_")
    entry = balances.post(
        ctx, "transfer", -amount, currency, transfer_id, available_on=available_on
    )
    payment = _destination_payment(ctx, destination, transfer_id, amount, currency, available_on)
    body: Body = {
        "id": transfer_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": entry["id"],
        "created": ctx.now(),
        "currency": currency,
        "description": params.get("description"),
        "destination": destination,
        "destination_payment": payment,
        "livemode": False,
        "metadata": string_map(params),
        "reversals": _reversal_list(transfer_id, []),
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": "card",
        "transfer_group": params.get("transfer_group")
        or (charge["transfer_group"] if charge else None),
    }
    ctx.save(body)
    ctx.emit("transfer.created", body)
    return body


def _destination(ctx: Context, account_id: str) -> str:
    account = ctx.store.get(account_id, "account")
    if account is None:
        raise missing_resource("destination", account_id, "destination")
    if account["capabilities"].get("transfers") != "active":
        raise ApiError(
            400,
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return account_id


def _source(ctx: Context, charge_id: str | None, amount: int, currency: str) -> Body | None:
    if not charge_id:
        return None
    charge = ctx.find("charge", charge_id, "source_transaction")
    if charge["currency"] != currency:
        raise ApiError(
            400,
            "The currency of source_transaction's balance transaction must be the same as the "
            "transfer currency",
        )
    used = sum(
        other["amount"] - other["amount_reversed"]
        for other in ctx.store.all("transfer", source_transaction=charge_id)
    )
    left = charge["amount"] - used
    if not charge["paid"] or amount > left:
        raise ApiError(
            400,
            f"Cannot use this charge as source_transaction: the transfer of {amount} exceeds the "
            f"{left} that is left of it.",
            param="source_transaction",
        )
    return charge


def _destination_payment(
    ctx: Context,
    account: str,
    transfer_id: str,
    amount: int,
    currency: str,
    available_on: int | None,
) -> str:
    payment = charge_body(ctx, new_id("py_"), amount, currency)
    entry = balances.post(
        ctx,
        "payment",
        amount,
        currency,
        payment["id"],
        account=account,
        available_on=available_on,
    )
    payment.update(
        balance_transaction=entry["id"],
        captured=True,
        amount_captured=amount,
        paid=True,
        status="succeeded",
        source_transfer=transfer_id,
    )
    ctx.save(payment, account)
    return str(payment["id"])


def _reversal_list(transfer_id: str, data: list[Body]) -> Body:
    return {
        "object": "list",
        "data": data,
        "has_more": False,
        "url": f"/v1/transfers/{transfer_id}/reversals",
    }


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/transfers/{id}."""
    return ctx.find("transfer", object_id)


def reverse(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/transfers/{id}/reversals: refused when the account no longer has the money."""
    transfer = ctx.find("transfer", object_id)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = positive(params, "amount", left or None)
    if amount > left:
        raise ApiError(
            400, f"Transfer reversal of {amount} exceeds the {left} that is left.", param="amount"
        )
    account, currency = transfer["destination"], transfer["currency"]
    if balances.total(ctx, account, currency) < amount:
        raise ApiError(
            400,
            "The connected account has insufficient funds for this reversal.",
            code="balance_insufficient",
        )
    reversal_id = new_id("trr_")
    entry = balances.post(ctx, "transfer_refund", amount, currency, reversal_id)
    balances.post(
        ctx,
        "payment_refund",
        -amount,
        currency,
        transfer["destination_payment"],
        account=account,
    )
    body: Body = {
        "id": reversal_id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": entry["id"],
        "created": ctx.now(),
        "currency": currency,
        "destination_payment_refund": None,
        "metadata": string_map(params),
        "source_refund": None,
        "transfer": object_id,
    }
    ctx.save(body)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"] = _reversal_list(object_id, [body, *transfer["reversals"]["data"]])
    ctx.save(transfer)
    ctx.emit("transfer.reversed", transfer)
    return body


def retrieve_reversal(
    ctx: Context, params: dict[str, Any], object_id: str, reversal_id: str
) -> Body:
    """GET /v1/transfers/{id}/reversals/{id}."""
    body = ctx.find("transfer_reversal", reversal_id)
    if body["transfer"] != object_id:
        raise missing_resource("transfer_reversal", reversal_id)
    return body


def list_reversals(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/transfers/{id}/reversals."""
    ctx.find("transfer", object_id)
    url = f"/v1/transfers/{object_id}/reversals"
    return page(ctx, "transfer_reversal", params, url, transfer=object_id)
