"""dj-stripe's tables, kept as a copy for support staff and reconciliation.

The mirror follows our books and never decides anything: it can lag, lose an update or be rebuilt.
"""

from __future__ import annotations

from typing import Any

from djstripe.models import Event, Refund

from payments.gateway import serving_mirror


def mirror_event(payload: dict[str, Any]) -> None:
    """Let dj-stripe take an event in. Raises the gateway's errors."""
    with serving_mirror():
        Event.process(payload)
        # dj-stripe has no handler for these, and charges no longer carry their refunds.
        if payload["type"].startswith("refund."):
            Refund.sync_from_stripe_data(payload["data"]["object"])
