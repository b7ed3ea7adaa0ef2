"""/v1/refunds: money back to whoever paid."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..cards import CARDS
from ..context import Context
from ..errors import ApiError, missing_param
from ..forms import positive, string_map
from ..store import Body, new_id

# A refund of the card that promises it comes back after so many days.
_BOUNCE_DAYS = 3
CREATE = ("amount", "charge", "currency", "metadata", "payment_intent", "reason")


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/refunds by charge or payment intent; never beyond what was paid."""
    charge = _charge(ctx, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise ApiError(400, f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if not charge["paid"]:
        raise ApiError(400, f"Charge {charge['id']} has not been paid.")
    if left < 1:
        raise ApiError(
            400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = positive(params, "amount", left)
    if amount > left:
        raise ApiError(
            400,
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    # Beyond the balance too: Stripe takes what is missing from our bank account.
    refund_id = new_id("re_3")
    entry = balances.post(
        ctx, "refund", -amount, charge["currency"], refund_id, account=ctx.account
    )
    body = _body(ctx, refund_id, charge, amount, entry["id"], params)
    ctx.save(body)
    if _bounces(charge):
        ctx.store.set_alarm(refund_id, ctx.now() + _BOUNCE_DAYS * balances.DAY)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    ctx.save(charge)
    ctx.emit("refund.created", body)
    ctx.emit("charge.refunded", charge)
    return body


def _body(
    ctx: Context, refund_id: str, charge: Body, amount: int, entry: str, params: dict[str, Any]
) -> Body:
    return {
        "id": refund_id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": entry,
        "charge": charge["id"],
        "created": ctx.now(),
        "currency": charge["currency"],
        "destination_details": _destination(charge),
        "metadata": string_map(params),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _destination(charge: Body) -> Body:
    kind = charge["payment_method_details"]["type"]
    if kind == "card":
        reference = {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
        return {"card": reference, "type": "card"}
    if kind == "customer_balance":
        return {
            "eu_bank_transfer": {"reference": None, "reference_status": "pending"},
            "type": "eu_bank_transfer",
        }
    return {"type": kind}


def _charge(ctx: Context, params: dict[str, Any]) -> Body:
    if params.get("charge"):
        return ctx.find("charge", params["charge"], "charge")
    if not params.get("payment_intent"):
        raise missing_param("charge")
    intent = ctx.find("payment_intent", params["payment_intent"], "payment_intent")
    if not intent["latest_charge"] or intent["status"] != "succeeded":
        raise ApiError(400, "This PaymentIntent does not have a successful charge to refund.")
    return ctx.find("charge", intent["latest_charge"])


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/refunds/{id}."""
    return ctx.find("refund", object_id)


def fail(ctx: Context, refund_id: str) -> Body:
    """Let a refund bounce, as banks do days later: the money returns to our balance."""
    body = ctx.find("refund", refund_id)
    if body["status"] == "failed":
        raise ApiError(400, "This refund has failed already.")
    entry = balances.post(ctx, "refund_failure", body["amount"], body["currency"], refund_id)
    body.update(
        status="failed",
        failure_reason="lost_or_stolen_card",
        failure_balance_transaction=entry["id"],
    )
    ctx.save(body)
    charge = ctx.find("charge", body["charge"])
    charge["amount_refunded"] -= body["amount"]
    charge["refunded"] = False
    ctx.save(charge)
    # Stripe says it three times.
    for kind in ("refund.failed", "refund.updated", "charge.refund.updated"):
        ctx.emit(kind, body)
    return body


def _bounces(charge: Body) -> bool:
    details = charge["payment_method_details"]
    if details["type"] != "card":
        return False
    number = details["card"]["last4"]
    return any(card.refund_fails for full, card in CARDS.items() if full.endswith(number))
