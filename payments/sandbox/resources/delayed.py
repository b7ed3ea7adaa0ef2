"""Ways to pay that take days: a SEPA debit and a bank transfer.

The page is complete at once (``payment_status`` is ``unpaid``), the money comes or fails later:
by the sandbox's clock, or when somebody says so at ``/_sandbox/``.
"""

from __future__ import annotations

from typing import Any

from .. import balances
from ..context import Context
from ..errors import ApiError
from ..store import Body, new_id
from . import intents
from .charges import billing, charge_body, outcome, save_method

DEBIT, TRANSFER = "sepa_debit", "customer_balance"
DEBIT_DAYS = 5
# Stripe's own test numbers and what a debit of them comes to.
IBANS = {
    "DE89370400440532013000": ("succeeded", "is paid after five days"),
    "DE62370400440532013001": ("failed", "is refused after five days"),
    "DE35370400440532013002": ("disputed", "is paid, then disputed"),
}
_REFUSED = ("insufficient_funds", "insufficient_funds", "The bank account has too little money.")
_ADDRESS: Body = {
    "city": "Dublin",
    "country": "IE",
    "line1": "1 Sandbox Street",
    "line2": None,
    "postal_code": "D01",
    "state": None,
}


def debit(
    ctx: Context, intent: Body, iban: str, *, name: str | None = None, email: str | None = None
) -> Body:
    """Begin a debit of a bank account; its charge is pending until the bank has answered."""
    number = iban.replace(" ", "").upper()
    if number not in IBANS:
        raise ApiError(400, "The IBAN you entered is invalid.", code="invalid_bank_account_iban")
    details = {
        "bank_code": number[4:12],
        "branch_code": "",
        "country": number[:2],
        "fingerprint": f"sandbox{number[-4:]}",
        "last4": number[-4:],
    }
    method = save_method(ctx, DEBIT, {**details, "generated_from": None}, name, email)
    charge = _charge(ctx, intent, method, {**details, "mandate": new_id("mandate_1")})
    ctx.save(charge)
    intent.update(
        status="processing",
        latest_charge=charge["id"],
        payment_method=method["id"],
        last_payment_error=None,
    )
    ctx.save(intent)
    ctx.store.set_alarm(intent["id"], ctx.now() + DEBIT_DAYS * balances.DAY)
    ctx.emit("charge.pending", charge)
    ctx.emit("payment_intent.processing", intent)
    return intent


def await_transfer(
    ctx: Context, intent: Body, *, name: str | None = None, email: str | None = None
) -> Body:
    """Tell the payer to which account to transfer; the money comes when it comes."""
    method = save_method(ctx, TRANSFER, {}, name, email)
    intent.update(
        status="requires_action",
        payment_method=method["id"],
        last_payment_error=None,
        next_action={
            "display_bank_transfer_instructions": _instructions(ctx, intent),
            "type": "display_bank_transfer_instructions",
        },
    )
    ctx.save(intent)
    ctx.emit("payment_intent.requires_action", intent)
    return intent


def _instructions(ctx: Context, intent: Body) -> Body:
    iban = {
        "account_holder_address": dict(_ADDRESS),
        "account_holder_name": "Sandbox Platform",
        "bank_address": dict(_ADDRESS),
        "bic": "SNDBIE2DXXX",
        "country": "IE",
        "iban": "IE29SNDB93115212345678",
    }
    return {
        "amount_remaining": intent["amount"],
        "currency": intent["currency"],
        "financial_addresses": [{"iban": iban, "supported_networks": ["sepa"], "type": "iban"}],
        "hosted_instructions_url": f"{ctx.base_url}/bank/{intent['id']}",
        "reference": f"SB{intent['id'][-10:].upper()}",
        "type": "eu_bank_transfer",
    }


def _charge(ctx: Context, intent: Body, method: Body, details: Body) -> Body:
    charge = charge_body(ctx, new_id("py_3"), intent["amount"], intent["currency"])
    charge.update(
        billing_details=billing(
            method["billing_details"]["name"], method["billing_details"]["email"]
        ),
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        outcome=outcome(),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={method["type"]: details, "type": method["type"]},
        transfer_group=intent["transfer_group"],
    )
    return charge


def settle(ctx: Context, intent_id: str, status: str) -> Body:
    """Let the money of a debit or a transfer arrive (``succeeded``) or the bank say no
    (``failed``)."""
    intent = ctx.find("payment_intent", intent_id)
    waiting = intent["status"] == "processing" or (
        intent["status"] == "requires_action" and _kind(ctx, intent) == TRANSFER
    )
    if not waiting or status not in ("succeeded", "failed"):
        raise ApiError(400, "Only a payment that is under way succeeds or fails, and once.")
    method = ctx.find("payment_method", intent["payment_method"])
    if status == "failed":
        _fail(ctx, intent, method)
    else:
        _succeed(ctx, intent, method)
    return intent


def settle_as_promised(ctx: Context, intent: Body) -> None:
    """Let a debit end as its test number promises; nothing when it has ended."""
    if intent["status"] != "processing":
        return
    method = ctx.find("payment_method", intent["payment_method"])
    wish = next(
        what for number, (what, _) in IBANS.items() if number.endswith(method[DEBIT]["last4"])
    )
    settle(ctx, intent["id"], "failed" if wish == "failed" else "succeeded")
    if wish == "disputed":
        from .disputes import open_dispute  # disputes builds on charges and intents

        open_dispute(ctx, intent["latest_charge"], "incorrect_account_details")


def _kind(ctx: Context, intent: Body) -> str:
    method = ctx.store.get(intent["payment_method"] or "", "payment_method")
    return str(method["type"]) if method else ""


def _succeed(ctx: Context, intent: Body, method: Body) -> None:
    if method["type"] == DEBIT:
        charge = ctx.find("charge", intent["latest_charge"])
    else:
        charge = _charge(ctx, intent, method, {})
    intents.succeed(ctx, intent, charge, kind="payment")
    session = _session(ctx, intent)
    if session is not None:
        session["payment_status"] = "paid"
        ctx.save(session)
        ctx.emit("checkout.session.async_payment_succeeded", session)


def _fail(ctx: Context, intent: Body, method: Body) -> None:
    charge = ctx.store.get(intent["latest_charge"] or "", "charge")
    intents.fail(ctx, intent, charge, method, _REFUSED)
    session = _session(ctx, intent)
    if session is not None:
        ctx.emit("checkout.session.async_payment_failed", session)


def _session(ctx: Context, intent: Body) -> Body | None:
    found = ctx.store.all("checkout.session", payment_intent=intent["id"])
    return found[0] if found else None


def ways(params: dict[str, Any]) -> list[str]:
    """The ways to pay of a new page: those asked for, else by card."""
    asked = params.get("payment_method_types")
    return [str(way) for way in asked] if isinstance(asked, list) and asked else ["card"]
