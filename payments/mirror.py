"""dj-stripe's tables, kept as a copy for support staff and reconciliation.

The mirror follows our books and never decides anything: it can lag, lose an update or be rebuilt.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from djstripe.models import Charge, Event, Refund, Transfer
from djstripe.settings import djstripe_settings

from payments.gateway import serving_mirror

logger = logging.getLogger(__name__)

# What of the copy is compared with Stripe, and by which fields.
COPIED: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "charges": (Charge, ("status", "amount", "amount_refunded", "disputed")),
    "refunds": (Refund, ("status", "amount")),
    "transfers": (Transfer, ("amount", "amount_reversed")),
}


def mirror_event(payload: dict[str, Any]) -> None:
    """Let dj-stripe take an event in. Raises the gateway's errors."""
    with serving_mirror():
        Event.process(payload)
        # dj-stripe has no handler for these, and charges no longer carry their refunds.
        if payload["type"].startswith("refund."):
            Refund.sync_from_stripe_data(payload["data"]["object"])


def picture(name: str, body: Mapping[str, Any]) -> tuple[object, ...]:
    """The compared fields of one object as Stripe writes it."""
    return tuple(body.get(field) for field in COPIED[name][1])


def pictures(name: str, since: datetime) -> dict[str, tuple[object, ...]]:
    """The same of every copied object made since then, by its id."""
    rows = COPIED[name][0].objects.filter(created__gte=since)
    return {one: picture(name, body) for one, body in rows.values_list("id", "stripe_data")}


def copy_again(name: str, ids: Iterable[str]) -> None:
    """Bring the copy of some objects up to date; one that fails is left to the next time."""
    model = COPIED[name][0]
    with serving_mirror():
        for one in ids:
            try:
                body = model(id=one).api_retrieve(api_key=djstripe_settings.STRIPE_SECRET_KEY)
                model.sync_from_stripe_data(body)
            except Exception:
                # A fault of the copy must not keep the books from being compared.
                logger.exception("The copy of %s could not be brought up to date", one)
