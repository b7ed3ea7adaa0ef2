"""/v1/customers: somebody who pays, by name and e-mail address."""

from __future__ import annotations

from typing import Any

from ..context import Context
from ..forms import string_map
from ..store import Body, new_id

CREATE = ("name", "email", "description", "metadata", "address", "phone")


def create(ctx: Context, params: dict[str, Any]) -> Body:
    """POST /v1/customers."""
    body: Body = {
        "id": new_id("cus_", 14),
        "object": "customer",
        "address": params.get("address"),
        "balance": 0,
        "created": ctx.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": params.get("description"),
        "discount": None,
        "email": params.get("email"),
        "invoice_prefix": new_id("", 8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": string_map(params),
        "name": params.get("name"),
        "next_invoice_sequence": 1,
        "phone": params.get("phone"),
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    ctx.save(body)
    ctx.emit("customer.created", body)
    return body


def retrieve(ctx: Context, params: dict[str, Any], object_id: str) -> Body:
    """GET /v1/customers/{id}."""
    return ctx.find("customer", object_id)
