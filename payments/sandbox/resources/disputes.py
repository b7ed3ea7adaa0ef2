"""/v1/disputes: the buyer's bank takes the money back, and sometimes returns it."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError, invalid_param, missing_resource
from ..forms import string_map, truth
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
# The evidence that is not text but the id of a file.
FILES = (
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
)
UPDATE = ("evidence", "metadata", "submit")
OUTCOMES = ("won", "lost")
_VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}
_LONGEST_TEXT = 20_000
_LONGEST_IN_ALL = 150_000


def open_dispute(
    ctx: Context, charge_id: str, reason: str = "product_not_received", minor: int | None = None
) -> Body:
    """Take the money and a fee from the platform and ask for evidence within 14 days.

    ``minor`` is what is claimed, minor units; without it what was not refunded, or all when all
    was: a bank may claim what its customer has already.
    """
    charge = ctx.find("charge", charge_id)
    left = charge["amount"] - charge["amount_refunded"]
    amount = (left or charge["amount"]) if minor is None else minor
    if charge["disputed"] or not charge["paid"] or not 0 < amount <= charge["amount"]:
        raise ApiError(400, "Only what was paid can be disputed, and a charge only once.")
    dispute_id = new_id("du_1")
    entry = balances.post(
        ctx,
        "adjustment",
        -amount,
        charge["currency"],
        dispute_id,
        fee=balances.DISPUTE_FEE,
        description="Chargeback withdrawal",
    )
    now = ctx.now()
    body: Body = {
        "id": dispute_id,
        "object": "dispute",
        "amount": amount,
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
        "payment_method_details": _method(charge),
        "reason": reason,
        "status": "needs_response",
    }
    ctx.save(body)
    ctx.store.set_alarm(dispute_id, body["evidence_details"]["due_by"])
    charge["disputed"] = True
    ctx.save(charge)
    ctx.emit("charge.dispute.created", body)
    ctx.emit("charge.dispute.funds_withdrawn", body)
    return body


def _method(charge: Body) -> Body | None:
    if charge["payment_method_details"]["type"] != "card":
        return None
    card = {
        "brand": "visa",
        "case_type": "chargeback",
        "network": "visa",
        "network_reason_code": "13.1",
    }
    return {"card": card, "type": "card"}


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
    """POST /v1/disputes/{id}: keep evidence, and send it to the bank unless ``submit=false``.

    The bank reads it once. As in Stripe's test mode the text decides at once when it is
    ``winning_evidence`` or ``losing_evidence``.
    """
    body = ctx.find("dispute", object_id)
    evidence = string_map(params, "evidence")
    if evidence and body["status"] != "needs_response":
        raise ApiError(400, "Evidence for this dispute has been submitted, or it is decided.")
    _check_evidence(ctx, evidence)
    body["evidence"].update(evidence)
    body["metadata"].update(string_map(params))
    details = body["evidence_details"]
    details["has_evidence"] = any(body["evidence"][name] for name in _EVIDENCE.split())
    submitted = bool(evidence) and truth(params, "submit", default=True)
    if submitted:
        details["submission_count"] += 1
        body["status"] = "under_review"
    ctx.save(body)
    ctx.emit("charge.dispute.updated", body)
    verdict = _VERDICTS.get(str(body["evidence"]["uncategorized_text"]))
    return close_dispute(ctx, object_id, verdict) if submitted and verdict else body


def _check_evidence(ctx: Context, evidence: dict[str, str]) -> None:
    for name, value in evidence.items():
        if name in FILES and value and ctx.store.get(value, "file") is None:
            raise missing_resource("file", value, f"evidence[{name}]")
        if len(value) > _LONGEST_TEXT:
            raise invalid_param(f"evidence[{name}]", "At most 20,000 characters are allowed.")
    if sum(len(value) for value in evidence.values()) > _LONGEST_IN_ALL:
        raise invalid_param("evidence", "At most 150,000 characters are allowed in all.")


def close(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/disputes/{id}/close: accept the claim; it is lost."""
    return close_dispute(ctx, object_id, "lost")


def run_out(ctx: Context, body: Body) -> None:
    """A dispute nobody answered in time is lost."""
    if body["status"] == "needs_response":
        body["evidence_details"]["past_due"] = True
        ctx.save(body)
        close_dispute(ctx, body["id"], "lost")
