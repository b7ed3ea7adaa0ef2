"""What a payer's bank claims, and what we answer."""

from __future__ import annotations

from typing import Any

from payments.gateway.client import talking
from payments.values import Dispute, read_dispute


def retrieve_dispute(dispute_id: str) -> Dispute:
    """Return a dispute with its balance entries."""
    with talking() as api:
        return read_dispute(api.disputes.retrieve(dispute_id))


def submit_evidence(*, key: str, dispute: str, evidence: dict[str, str]) -> Dispute:
    """Send evidence to the bank, for good: ``evidence`` is Stripe's field -> text.

    Raises ``GatewayRefused`` after the last day, or when the dispute is decided.
    """
    params: dict[str, Any] = {"evidence": evidence, "submit": True}
    with talking() as api:
        return read_dispute(api.disputes.update(dispute, params, {"idempotency_key": key}))
