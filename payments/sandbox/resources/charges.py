"""/v1/charges and /v1/payment_methods: one attempt to take money, and what it was taken from."""

from __future__ import annotations

from typing import Any

from ..cards import Card, last4
from ..context import Context
from ..store import Body, new_id

_ADDRESS = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def billing(name: str | None = None, email: str | None = None) -> Body:
    """Return billing details of a person of whom only name and e-mail are known."""
    return {"address": dict(_ADDRESS), "email": email, "name": name, "phone": None, "tax_id": None}


def charge_body(ctx: Context, charge_id: str, amount: int, currency: str) -> Body:
    """Return a charge that has neither succeeded nor failed yet; ``amount`` in minor units."""
    return {
        "id": charge_id,
        "object": "charge",
        "amount": amount,
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": billing(),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": False,
        "created": ctx.now(),
        "currency": currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": None,
        "payment_method": None,
        "payment_method_details": None,
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }


def _card_details(ctx: Context, number: str) -> Body:
    return {
        "brand": "visa",
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2040,
        "fingerprint": f"sandbox{last4(number)}",
        "funding": "credit",
        "last4": last4(number),
        "three_d_secure": None,
        "wallet": None,
    }


def new_payment_method(
    ctx: Context, number: str, name: str | None = None, email: str | None = None
) -> Body:
    """Store the card typed on the pay page; only its last four digits are kept."""
    card = _card_details(ctx, number)
    card.pop("three_d_secure")
    details = {
        **card,
        "display_brand": "visa",
        "generated_from": None,
        "networks": {"available": ["visa"], "preferred": None},
        "three_d_secure_usage": {"supported": True},
    }
    return save_method(ctx, "card", details, name, email)


def save_method(
    ctx: Context, kind: str, details: Body, name: str | None, email: str | None
) -> Body:
    """Store what somebody pays with; ``details`` are those of its kind."""
    body: Body = {
        "id": new_id("pm_1"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing(name, email),
        kind: details,
        "created": ctx.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    return ctx.save(body)


def method_details(ctx: Context, number: str, amount: int) -> Body:
    """Return ``payment_method_details`` of a charge on that card."""
    card = _card_details(ctx, number)
    card.update(amount_authorized=amount, network="visa", installments=None, mandate=None)
    return {"card": card, "type": "card"}


def outcome(card: Card | None = None) -> Body:
    """Return how the networks answered to a card, or a bank to a debit."""
    if card is None or card.decline is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "advice_code": "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network",
        "reason": card.decline[1],
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/charges/{id}."""
    return ctx.find("charge", object_id)


def retrieve_method(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/payment_methods/{id}."""
    return ctx.find("payment_method", object_id)


def refunds_of(ctx: Context, charge_id: str) -> Body:
    """Return the list Stripe embeds when ``refunds`` is expanded."""
    data = ctx.store.all("refund", ctx.account, charge=charge_id)
    return {
        "object": "list",
        "data": data,
        "has_more": False,
        "url": f"/v1/charges/{charge_id}/refunds",
    }
