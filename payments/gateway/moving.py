"""Money that leaves, transfers and refunds, and transfers that are taken back."""

from __future__ import annotations

from typing import Any

from payments.gateway.client import marked, talking
from payments.values import (
    Refund,
    Reversal,
    Transfer,
    read_refund,
    read_reversal,
    read_transfer,
)


def create_transfer(
    *,
    key: str,
    amount: int,
    currency: str,
    destination: str,
    source_charge: str,
    transfer_group: str,
    metadata: dict[str, str],
) -> Transfer:
    """Send part of a charge to a connected account, never more than the charge; without a
    `source_charge` out of what is available in our balance. Minor units."""
    source: Any = {"source_transaction": source_charge} if source_charge else {}
    with talking() as api:
        return read_transfer(
            api.transfers.create(
                {
                    "amount": amount,
                    "currency": currency.lower(),
                    "destination": destination,
                    "transfer_group": transfer_group,
                    "metadata": metadata,
                    **source,
                },
                {"idempotency_key": key},
            )
        )


def retrieve_transfer(transfer_id: str) -> Transfer:
    """Return a transfer as it is now."""
    with talking() as api:
        return read_transfer(api.transfers.retrieve(transfer_id))


def find_transfer(*, transfer_group: str, instruction: str) -> Transfer | None:
    """Look for the transfer an instruction made, by its metadata."""
    with talking() as api:
        page = api.transfers.list({"transfer_group": transfer_group, "limit": 100})
        found = marked(page, "instruction", instruction)
        return read_transfer(found) if found else None


def create_reversal(*, key: str, transfer: str, amount: int, metadata: dict[str, str]) -> Reversal:
    """Take ``amount`` minor units of a transfer back from the connected account.

    Raises ``GatewayRefused`` when the account no longer has that much.
    """
    with talking() as api:
        return read_reversal(
            api.transfers.reversals.create(
                transfer, {"amount": amount, "metadata": metadata}, {"idempotency_key": key}
            )
        )


def find_reversal(*, transfer: str, instruction: str) -> Reversal | None:
    """Look for the reversal an instruction made of a transfer, by its metadata."""
    with talking() as api:
        # The list inside a transfer goes on where Stripe cuts it off.
        found = marked(api.transfers.retrieve(transfer).reversals, "instruction", instruction)
        return read_reversal(found) if found else None


def create_refund(*, key: str, charge: str, amount: int, metadata: dict[str, str]) -> Refund:
    """Send ``amount`` minor units of a charge back to whoever paid."""
    with talking() as api:
        return read_refund(
            api.refunds.create(
                {"charge": charge, "amount": amount, "metadata": metadata},
                {"idempotency_key": key},
            )
        )


def retrieve_refund(refund_id: str) -> Refund:
    """Return a refund as it is now."""
    with talking() as api:
        return read_refund(api.refunds.retrieve(refund_id))


def find_refund(*, charge: str, instruction: str) -> Refund | None:
    """Look for the refund an instruction made, by its metadata."""
    with talking() as api:
        page = api.refunds.list({"charge": charge, "limit": 100})
        found = marked(page, "instruction", instruction)
        return read_refund(found) if found else None
