"""/v1/payment_intents: one wish to be paid, confirmed on the hosted page."""

from __future__ import annotations

from typing import Any

from .. import balances
from ..cards import card_for
from ..context import Context
from ..errors import ApiError
from ..forms import string_map
from ..store import Body, new_id
from .charges import billing, charge_body, method_details, new_payment_method, outcome

CANCEL = ("cancellation_reason",)
_OPTIONS: dict[str, Body] = {
    "card": {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    },
    "customer_balance": {
        "bank_transfer": {"eu_bank_transfer": {"country": "DE"}, "type": "eu_bank_transfer"},
        "funding_type": "bank_transfer",
    },
    "sepa_debit": {},
}
WAYS = tuple(_OPTIONS)


def new_intent(
    ctx: Context, amount: int, currency: str, data: dict[str, Any], ways: list[str]
) -> Body:
    """Create the intent a Checkout Session confirms; ``data`` is ``payment_intent_data``."""
    intent_id = new_id("pi_3")
    body: Body = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{intent_id}_secret_{new_id('', 24)}",
        "confirmation_method": "automatic",
        "created": ctx.now(),
        "currency": currency,
        "customer": None,
        "description": data.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": string_map(data),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {way: dict(_OPTIONS[way]) for way in ways},
        "payment_method_types": ways,
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": data.get("transfer_group"),
    }
    ctx.save(body)
    ctx.emit("payment_intent.created", body)
    return body


def confirm(
    ctx: Context,
    intent: Body,
    number: str,
    *,
    name: str | None = None,
    email: str | None = None,
    authenticated: bool = False,
) -> Body:
    """Try a card: the intent succeeds, is declined, or asks for 3-D Secure first."""
    card = card_for(number)
    method = new_payment_method(ctx, number, name, email)
    if card.needs_3ds and not authenticated:
        intent.update(
            status="requires_action",
            payment_method=method["id"],
            next_action={
                "type": "redirect_to_url",
                "redirect_to_url": {
                    "return_url": None,
                    "url": f"{ctx.base_url}/authenticate/{intent['id']}",
                },
            },
        )
        ctx.save(intent)
        ctx.emit("payment_intent.requires_action", intent)
        return intent
    charge = charge_body(ctx, new_id("ch_3"), intent["amount"], intent["currency"])
    charge.update(
        billing_details=billing(name, email),
        customer=intent["customer"],
        description=intent["description"],
        metadata=intent["metadata"],
        outcome=outcome(card),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=method_details(ctx, number, intent["amount"]),
        transfer_group=intent["transfer_group"],
    )
    if card.decline:
        return fail(ctx, intent, charge, method, card.decline)
    succeed(ctx, intent, charge, days=0 if card.available_now else None)
    if card.disputed:
        from .disputes import open_dispute  # disputes builds on charges and intents

        open_dispute(ctx, charge["id"], "fraudulent")
    return intent


def fail(
    ctx: Context, intent: Body, charge: Body | None, method: Body, decline: tuple[str, str, str]
) -> Body:
    """Record a refused try; the intent waits for another card."""
    code, decline_code, message = decline
    if charge is not None:
        charge.update(status="failed", failure_code=code, failure_message=message)
        ctx.save(charge)
        intent["latest_charge"] = charge["id"]
    intent.update(
        status="requires_payment_method",
        next_action=None,
        payment_method=None,
        last_payment_error={
            "charge": charge["id"] if charge else None,
            "code": code,
            "decline_code": decline_code,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "message": message,
            "payment_method": method,
            "type": "card_error",
        },
    )
    ctx.save(intent)
    if charge is not None:
        ctx.emit("charge.failed", charge)
    ctx.emit("payment_intent.payment_failed", intent)
    return intent


def succeed(
    ctx: Context, intent: Body, charge: Body, *, kind: str = "charge", days: int | None = None
) -> Body:
    """Book a charge that was paid; its money is available after ``days`` (two unless said)."""
    amount = intent["amount"]
    wait = balances.SETTLEMENT_DAYS if days is None else days
    entry = balances.post(
        ctx,
        kind,
        amount,
        intent["currency"],
        charge["id"],
        fee=balances.charge_fee(amount),
        available_on=ctx.now() + wait * balances.DAY,
        description=intent["description"],
    )
    charge.update(
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=amount,
        balance_transaction=entry["id"],
        receipt_url=f"{ctx.base_url}/receipts/{charge['id']}",
    )
    ctx.save(charge)
    intent.update(
        status="succeeded",
        amount_received=amount,
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        last_payment_error=None,
        next_action=None,
    )
    ctx.save(intent)
    ctx.emit("charge.succeeded", charge)
    ctx.emit("payment_intent.succeeded", intent)
    return intent


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/payment_intents/{id}."""
    return ctx.find("payment_intent", object_id)


def cancel(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/payment_intents/{id}/cancel."""
    intent = ctx.find("payment_intent", object_id)
    if intent["status"] in ("succeeded", "canceled"):
        raise ApiError(
            400,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    intent.update(
        status="canceled",
        canceled_at=ctx.now(),
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
    )
    ctx.save(intent)
    ctx.emit("payment_intent.canceled", intent)
    return intent
