"""/v1/checkout/sessions: a hosted page that takes one payment."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..errors import ApiError, invalid_param, missing_param
from ..forms import integer, string_map, text
from ..store import Body, new_id
from . import delayed, intents

CREATE = (
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_email",
    "expires_at",
    "integration_identifier",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "payment_method_options",
    "payment_method_types",
    "submit_type",
    "success_url",
)
_SHORTEST = 30 * 60
_LONGEST = 24 * 3600


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/checkout/sessions in ``payment`` mode; no PaymentIntent exists yet."""
    if params.get("mode") != "payment":
        raise invalid_param("mode", "The sandbox knows mode=payment only.")
    items, total, currency = _line_items(params.get("line_items"))
    now = ctx.now()
    expires = integer(params, "expires_at", now + _LONGEST) or 0
    if not now + _SHORTEST - 60 <= expires <= now + _LONGEST + 60:
        raise invalid_param(
            "expires_at", "`expires_at` must be between 30 minutes and 24 hours from now."
        )
    if params.get("customer"):
        ctx.find("customer", params["customer"], "customer")
    body = _body(ctx, new_id("cs_test_", 58), total, currency, params)
    body["expires_at"] = expires
    body["payment_method_types"] = _ways(params, currency)
    ctx.save(body)
    ctx.store.set_alarm(body["id"], expires)
    ctx.save(
        {
            "id": f"sandbox_{body['id']}",
            "object": "sandbox.session",
            "intent_data": params.get("payment_intent_data") or {},
            "items": items,
        }
    )
    return body


def _ways(params: dict[str, Any], currency: str) -> list[str]:
    """The ways to pay, with what Stripe asks of the two that take days."""
    ways = delayed.ways(params)
    for way in ways:
        if way not in intents.WAYS:
            raise invalid_param("payment_method_types", f"The sandbox does not know {way}.")
        if way != "card" and currency != "eur":
            raise invalid_param(
                "payment_method_types",
                f"The payment method `{way}` cannot be used with `{currency}`; use `eur`.",
            )
    if delayed.TRANSFER in ways:
        options = (params.get("payment_method_options") or {}).get(delayed.TRANSFER) or {}
        if options.get("funding_type") != "bank_transfer":
            raise missing_param("payment_method_options[customer_balance][funding_type]")
        if not params.get("customer"):
            # Money that arrives needs somebody whose balance it enters.
            raise missing_param("customer")
    return ways


def _line_items(raw: Any) -> tuple[list[Body], int, str]:
    if not isinstance(raw, list) or not raw:
        raise missing_param("line_items")
    items, total, currency = [], 0, ""
    for index, item in enumerate(raw):
        price = item.get("price_data") if isinstance(item, dict) else None
        if not isinstance(price, dict):
            raise missing_param(f"line_items[{index}][price_data]")
        unit = integer(price, "unit_amount")
        if unit is None or unit < 0:
            raise invalid_param(f"line_items[{index}][price_data][unit_amount]", "Invalid amount.")
        quantity = integer(item, "quantity", 1) or 1
        currency = text(price, "currency")
        name = str((price.get("product_data") or {}).get("name", ""))
        if not name:
            raise missing_param(f"line_items[{index}][price_data][product_data][name]")
        total += unit * quantity
        items.append({"name": name, "quantity": quantity, "amount": unit * quantity})
    if total < 50:
        raise ApiError(
            400,
            "The Checkout Session's total amount must convert to at least 50 cents.",
            code="amount_too_small",
            stored=False,
        )
    return items, total, currency


def _body(ctx: Context, session_id: str, total: int, currency: str, params: dict[str, Any]) -> Body:
    known = ctx.store.get(params["customer"], "customer") if params.get("customer") else None
    email = params.get("customer_email") or (known or {}).get("email")
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,  # nosec B105
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": ctx.now(),
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"),
        "customer_creation": "if_required",
        "customer_details": _person(email, None) if email else None,
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "expires_at": 0,
        "integration_identifier": params.get("integration_identifier"),
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": string_map(params),
        "mode": "payment",
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": [],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": text(params, "success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{ctx.base_url}/c/pay/{session_id}",
        "wallet_options": None,
    }


def _person(email: str | None, name: str | None) -> Body:
    return {
        "address": None,
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/checkout/sessions/{id}."""
    return lapse(ctx, ctx.find("checkout.session", object_id))


def items_of(ctx: Context, session_id: str) -> list[Body]:
    """Return the lines the pay page shows: name, quantity, amount in minor units."""
    hidden = ctx.store.get(f"sandbox_{session_id}")
    return list(hidden["items"]) if hidden else []


def line_items(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/checkout/sessions/{id}/line_items."""
    session = ctx.find("checkout.session", object_id)
    data = [
        {
            "id": f"li_{object_id[-14:]}{index}",
            "object": "item",
            "adjustable_quantity": None,
            "amount_discount": 0,
            "amount_subtotal": item["amount"],
            "amount_tax": 0,
            "amount_total": item["amount"],
            "currency": session["currency"],
            "description": item["name"],
            "metadata": {},
            "price": None,
            "quantity": item["quantity"],
        }
        for index, item in enumerate(items_of(ctx, object_id))
    ]
    url = f"/v1/checkout/sessions/{object_id}/line_items"
    return {"object": "list", "data": data, "has_more": False, "url": url}


def lapse(ctx: Context, session: Body) -> Body:
    """Expire an open session whose time is over."""
    if session["status"] == "open" and session["expires_at"] <= ctx.now():
        return _expired(ctx, session)
    return session


def expire(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/checkout/sessions/{id}/expire: only an open session can be expired."""
    session = lapse(ctx, ctx.find("checkout.session", object_id))
    if session["status"] != "open":
        raise ApiError(
            400,
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {session['status']}.",
        )
    return _expired(ctx, session)


def _expired(ctx: Context, session: Body) -> Body:
    session.update(status="expired", url=None)
    ctx.save(session)
    if session["payment_intent"]:
        intent = ctx.find("payment_intent", session["payment_intent"])
        if intent["status"] not in ("succeeded", "canceled"):
            intents.cancel(ctx, {"cancellation_reason": "automatic"}, intent["id"])
    ctx.emit("checkout.session.expired", session)
    return session


def pay(
    ctx: Context,
    session: Body,
    number: str,
    *,
    name: str | None = None,
    email: str | None = None,
    authenticated: bool = False,
) -> Body:
    """Confirm with a card as the pay page does; return the PaymentIntent afterwards."""
    intent = intents.confirm(
        ctx, _intent(ctx, session), number, name=name, email=email, authenticated=authenticated
    )
    if intent["status"] == "succeeded":
        _complete(ctx, session, "paid", name, email)
    return intent


def pay_later(
    ctx: Context,
    session: Body,
    way: str,
    iban: str = "",
    *,
    name: str | None = None,
    email: str | None = None,
) -> Body:
    """Confirm with a debit or a bank transfer: the page is complete, the money is to come.

    Raises ``ApiError`` 400 for a way the page does not offer or an IBAN that is none.
    """
    if way not in session["payment_method_types"] or way == "card":
        raise ApiError(400, "This page does not offer that way to pay.")
    intent = _intent(ctx, session)
    if way == delayed.DEBIT:
        intent = delayed.debit(ctx, intent, iban, name=name, email=email)
    else:
        intent = delayed.await_transfer(ctx, intent, name=name, email=email)
    _complete(ctx, session, "unpaid", name, email)
    return intent


def _intent(ctx: Context, session: Body) -> Body:
    if session["payment_intent"]:
        return ctx.find("payment_intent", session["payment_intent"])
    hidden = ctx.store.get(f"sandbox_{session['id']}") or {"intent_data": {}}
    intent = intents.new_intent(
        ctx,
        session["amount_total"],
        session["currency"],
        hidden["intent_data"],
        session["payment_method_types"],
    )
    intent["customer"] = session["customer"]
    ctx.save(intent)
    session["payment_intent"] = intent["id"]
    ctx.save(session)
    return intent


def _complete(
    ctx: Context, session: Body, payment_status: str, name: str | None, email: str | None
) -> None:
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details=_person(email or email_of(session), name),
    )
    ctx.save(session)
    ctx.emit("checkout.session.completed", session)


def email_of(session: Body) -> str | None:
    """Return the address the page shows before anybody types: what was given, or the customer's.

    Source: docs.stripe.com/api/checkout/sessions/create, at `customer`.
    """
    email: str | None = (session["customer_details"] or {}).get("email")
    return email


def session_of(ctx: Context, intent_id: str) -> Body:
    """Return the session whose page made an intent."""
    return ctx.store.all("checkout.session", payment_intent=intent_id)[0]
