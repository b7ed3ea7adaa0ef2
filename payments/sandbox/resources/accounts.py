"""/v1/account(s), capabilities and account links: who may be paid."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..errors import ApiError, invalid_param
from ..forms import string_map, text
from ..store import PLATFORM, Body, new_id

CREATE = (
    "business_profile",
    "business_type",
    "capabilities",
    "controller",
    "country",
    "default_currency",
    "email",
    "metadata",
    "settings",
    "type",
)
LINK = ("account", "refresh_url", "return_url", "type", "collect", "collection_options")

_DUE = ["business_profile.url", "external_account", "representative.first_name", "tos_acceptance"]


def account_body(ctx: Context, account_id: str, params: dict[str, Any]) -> Body:
    """Return a fresh account: nothing submitted, nothing enabled."""
    return {
        "id": account_id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": None,
            "minority_owned_business_designation": None,
            "name": None,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
        },
        "business_type": params.get("business_type"),
        "capabilities": {},
        "charges_enabled": False,
        "controller": {"type": "account"},
        "country": params.get("country", "DE"),
        "created": ctx.now(),
        "default_currency": params.get("default_currency", "eur"),
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/accounts/{account_id}/external_accounts",
        },
        "future_requirements": _requirements([]),
        "metadata": string_map(params),
        "payouts_enabled": False,
        "requirements": _requirements(_DUE),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "none",
    }


def _requirements(due: list[str], disabled_reason: str | None = None) -> Body:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": disabled_reason or ("requirements.past_due" if due else None),
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due),
        "pending_verification": [],
    }


def _settings() -> Body:
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": "Sandbox", "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": "SANDBOX",
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "manual"},
            "statement_descriptor": None,
        },
    }


def ensure_platform(ctx: Context) -> Body:
    """Create the platform's own account on the first start."""
    found = ctx.store.get(PLATFORM, "account")
    if found:
        return found
    body = account_body(ctx, PLATFORM, {"email": "platform@sandbox.example"})
    body.update(charges_enabled=True, payouts_enabled=True, details_submitted=True, type="standard")
    body["requirements"] = _requirements([])
    body["capabilities"] = {"card_payments": "active", "transfers": "active"}
    return ctx.save(body, PLATFORM)


def platform(ctx: Context, params: dict[str, Any]) -> Body:
    """GET /v1/account: the account of the key, or the connected one it acts for."""
    found = ctx.store.get(ctx.account, "account")
    assert found is not None
    return found


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/accounts with a ``controller`` hash."""
    controller = params.get("controller")
    if not isinstance(controller, dict):
        raise invalid_param("controller", "The sandbox creates accounts with a controller hash.")
    body = account_body(ctx, new_id("acct_1", 15), params)
    dashboard = (controller.get("stripe_dashboard") or {}).get("type", "full")
    body["controller"] = {
        "fees": {"payer": (controller.get("fees") or {}).get("payer", "account")},
        "is_controller": True,
        "losses": {"payments": (controller.get("losses") or {}).get("payments", "stripe")},
        "requirement_collection": controller.get("requirement_collection", "stripe"),
        "stripe_dashboard": {"type": dashboard},
        "type": "application",
    }
    body["type"] = "express" if dashboard == "express" else "none"
    if isinstance(params.get("business_profile"), dict):
        body["business_profile"].update(params["business_profile"])
    for name, wish in (params.get("capabilities") or {}).items():
        if wish.get("requested") == "true":
            body["capabilities"][name] = "inactive"
    ctx.save(body, body["id"])
    ctx.emit("account.updated", body, body["id"])
    return body


def _connected(ctx: Context, account_id: str) -> Body:
    body = ctx.store.get(account_id, "account")
    if body is None or (ctx.account not in (PLATFORM, account_id)):
        raise ApiError(
            403,
            f"The provided key does not have access to account '{account_id}' "
            "(or that account does not exist).",
            code="account_invalid",
            stored=False,
        )
    return body


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/accounts/{id}."""
    return _connected(ctx, object_id)


def capability(ctx: Context, params: dict[str, Any], object_id: str, name: str) -> Body:
    """GET /v1/accounts/{id}/capabilities/{name}."""
    body = _connected(ctx, object_id)
    due = body["requirements"]["past_due"]
    return {
        "id": name,
        "object": "capability",
        "account": object_id,
        "future_requirements": _requirements([]),
        "requested": name in body["capabilities"],
        "requested_at": body["created"] if name in body["capabilities"] else None,
        "requirements": _requirements(due, "requirements.fields_needed" if due else None),
        "status": body["capabilities"].get(name, "unrequested"),
    }


def create_link(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/account_links: a one-time address of the onboarding page, good for 5 minutes."""
    account = _connected(ctx, text(params, "account"))
    if params.get("type") not in ("account_onboarding", "account_update"):
        raise invalid_param("type", "Must be account_onboarding or account_update.")
    now = ctx.now()
    token = new_id("", 32)
    ctx.save(
        {
            "id": f"link_{token}",
            "object": "sandbox.onboarding",
            "account": account["id"],
            "return_url": text(params, "return_url"),
            "refresh_url": text(params, "refresh_url"),
            "expires_at": now + 300,
            "used": False,
        }
    )
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + 300,
        "url": f"{ctx.base_url}/setup/{token}",
    }


def login_link(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """POST /v1/accounts/{id}/login_links: a one-time address of the owner's own page."""
    account = _connected(ctx, object_id)
    if account["controller"].get("stripe_dashboard", {}).get("type") != "express":
        raise ApiError(400, f"Cannot create a login link for {object_id}: it is not Express.")
    if not account["details_submitted"]:
        raise ApiError(400, f"Cannot create a login link for {object_id}: onboarding is not done.")
    return {
        "object": "login_link",
        "created": ctx.now(),
        "url": f"{ctx.base_url}/_sandbox/#{object_id}",
    }


def set_enabled(ctx: Context, account_id: str, enabled: bool) -> Body:
    """Finish the onboarding, or restrict the account as Stripe's reviewers may."""
    if enabled:
        return _settle(ctx, account_id, "active", _requirements([]))
    return _settle(ctx, account_id, "inactive", _requirements(["external_account"], "listed"))


def require(ctx: Context, account_id: str, due: list[str], *, now: bool) -> Body:
    """Ask an account for more, by the names of Stripe's requirements.

    Due ``now``: transfers and payouts stop until it is given. Else it goes on as before, with
    a deadline in 14 days.
    """
    requirements = _requirements(due)
    if now:
        requirements["disabled_reason"] = "requirements.past_due"
        return _settle(ctx, account_id, "inactive", requirements)
    requirements.update(current_deadline=ctx.now() + 14 * 86_400, disabled_reason=None, past_due=[])
    return _settle(ctx, account_id, "active", requirements)


def reject(ctx: Context, account_id: str) -> Body:
    """Close an account for good, as Stripe does on fraud."""
    return _settle(ctx, account_id, "inactive", _requirements([], "rejected.fraud"))


def _settle(ctx: Context, account_id: str, status: str, requirements: Body) -> Body:
    body = _connected(ctx, account_id)
    body["capabilities"] = dict.fromkeys(body["capabilities"] or {"transfers": 1}, status)
    body["payouts_enabled"] = status == "active"
    body["details_submitted"] = True
    body["requirements"] = requirements
    body["tos_acceptance"] = {"date": ctx.now(), "ip": "127.0.0.1", "user_agent": None}
    ctx.save(body, account_id)
    for name in body["capabilities"]:
        ctx.emit("capability.updated", capability(ctx, {}, account_id, name), account_id)
    ctx.emit("account.updated", body, account_id)
    return body
