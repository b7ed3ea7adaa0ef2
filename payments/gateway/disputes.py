"""What a payer's bank claims."""

from __future__ import annotations

from payments.gateway.client import talking
from payments.values import Dispute, read_dispute


def retrieve_dispute(dispute_id: str) -> Dispute:
    """Return a dispute with its balance entries."""
    with talking() as api:
        return read_dispute(api.disputes.retrieve(dispute_id))
