"""/v1/disputes: the buyer's bank takes the money back, and sometimes returns it."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError
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


def open_dispute(ctx: Context, charge_id: str, reason: str = "product_not_received") -> Body:
    """Take amount and fee from the platform and ask for evidence within 14 days."""
    charge = ctx.find("charge", charge_id)
    if charge["disputed"] or not charge["paid"]:
        raise ApiError(400, "Only a paid charge without a dispute can be disputed.")
    dispute_id = new_id("du_1")
    entry = balances.post(
        ctx,
        "adjustment",
        -charge["amount"],
        charge["currency"],
        dispute_id,
        fee=balances.DISPUTE_FEE,
        description="Chargeback withdrawal",
    )
    now = ctx.now()
    body: Body = {
        "id": dispute_id,
        "object": "dispute",
        "amount": charge["amount"],
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
