"""What a payer's bank claims, and what we answer."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from payments.gateway.client import talking
from payments.values import Dispute, read_dispute


def retrieve_dispute(dispute_id: str) -> Dispute:
    """Return a dispute with its balance entries."""
    with talking() as api:
        return read_dispute(api.disputes.retrieve(dispute_id))


def upload_evidence_file(*, name: str, content: bytes) -> str:
    """Hand over a file for a bank, a PDF, JPEG or PNG; return Stripe's id of it.

    Nobody sees it before a dispute names it, so a second upload does no harm.
    """
    file = BytesIO(content)
    file.name = name.encode("ascii", "replace").decode().replace("?", "_")
    with talking() as api:
        return str(api.files.create({"purpose": "dispute_evidence", "file": file}).id)


def submit_evidence(*, key: str, dispute: str, evidence: dict[str, str]) -> Dispute:
    """Send evidence to the bank, for good: ``evidence`` is Stripe's field -> text, or the
    id of a file that was handed over.

    Raises ``GatewayRefused`` after the last day, or when the dispute is decided.
    """
    params: dict[str, Any] = {"evidence": evidence, "submit": True}
    with talking() as api:
        return read_dispute(api.disputes.update(dispute, params, {"idempotency_key": key}))
