"""/v1/disputes: the buyer's bank takes the money back, and sometimes returns it."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError, invalid_param
from ..forms import truth
from ..store import Body, new_id

_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation "
    "duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy "
    "refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation "
    "shipping_tracking_number uncategorized_file uncategorized_text"
)
OUTCOMES = ("won", "lost")
UPDATE = ("evidence", "metadata", "submit")
_MOST_TEXT = 20_000


def open_dispute(
    ctx: Context, charge_id: str, reason: str = "product_not_received", amount: int | None = None
) -> Body:
    """Take ``amount`` (all of the charge unless said) and the fee from the platform, and ask for
    evidence within 14 days."""
    charge = ctx.find("charge", charge_id)
    claimed = charge["amount"] if amount is None else amount
    if not 0 < claimed <= charge["amount"]:
        raise ApiError(400, "A dispute claims at least 1 and at most the charge.")
    if charge["disputed"] or not charge["paid"]:
        raise ApiError(400, "Only a paid charge without a dispute can be disputed.")
    dispute_id = new_id("du_1")
    entry = balances.post(
        ctx,
        "adjustment",
        -claimed,
        charge["currency"],
        dispute_id,
        fee=balances.DISPUTE_FEE,
        description="Chargeback withdrawal",
    )
    now = ctx.now()
    body: Body = {
        "id": dispute_id,
        "object": "dispute",
        "amount": claimed,
        "balance_transactions": [entry],
        "charge": charge_id,
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + 14 * balances.DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": "visa",
                "case_type": "chargeback",
                "network": "visa",
                "network_reason_code": "13.1",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
    ctx.save(body)
    charge["disputed"] = True
    ctx.save(charge)
    ctx.emit("charge.dispute.created", body)
    ctx.emit("charge.dispute.funds_withdrawn", body)
    return body


def close_dispute(ctx: Context, dispute_id: str, status: str) -> Body:
    """Decide a dispute: ``won`` returns amount and fee, ``lost`` keeps them."""
    body = ctx.find("dispute", dispute_id)
    if status not in OUTCOMES or body["status"] in OUTCOMES:
        raise ApiError(400, "A dispute is decided once, as won or lost.")
    body["status"] = status
    if status == "won":
        entry = balances.post(
            ctx,
            "adjustment",
            body["amount"],
            body["currency"],
            dispute_id,
            fee=-balances.DISPUTE_FEE,
            description="Chargeback reversal",
        )
        body["balance_transactions"] = [*body["balance_transactions"], entry]
    ctx.save(body)
    if status == "won":
        ctx.emit("charge.dispute.funds_reinstated", body)
    ctx.emit("charge.dispute.closed", body)
    return body


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/disputes/{id}."""
    return ctx.find("dispute", object_id)


def update(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/disputes/{id}: evidence, and with ``submit`` it goes to the bank."""
    body = ctx.find("dispute", object_id)
    if body["status"] in OUTCOMES:
        raise ApiError(400, "This dispute is already closed.", code="dispute_closed")
    evidence = params.get("evidence") or {}
    for name, text in evidence.items():
        if name not in body["evidence"] or not isinstance(text, str):
            raise invalid_param(f"evidence[{name}]", f"Received unknown parameter: {name}")
        if len(text) > _MOST_TEXT:
            raise invalid_param(f"evidence[{name}]", "Must be at most 20000 characters.")
    body["evidence"].update(evidence)
    details = body["evidence_details"]
    details["has_evidence"] = any(body["evidence"].values())
    if truth(params, "submit"):
        details["submission_count"] += 1
        body["status"] = "under_review"
    ctx.save(body)
    ctx.emit("charge.dispute.updated", body)
    return body
