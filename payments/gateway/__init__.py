"""The only room that talks to Stripe. Its functions make a call or a few, return plain values.

Amounts are minor units, currencies ISO 4217 in capitals (Stripe writes them small).

Errors: ``GatewayRefused`` is a definite no (nothing happened; a later try needs a fresh
idempotency key, since Stripe replays the stored refusal). ``GatewayIndeterminate`` means Stripe
answered 5xx: it may or may not have happened, so look before using a fresh key.
``GatewayUnreachable`` means no answer, or "not now": the same key may simply be used again.

No function may be called inside a database transaction: a slow answer would hold locks. This is
checked on every call; the transaction Django's TestCase wraps around a test does not count.
"""

from payments.gateway.accounts import (
    create_account,
    create_account_link,
    find_account,
    platform_account,
    retrieve_account,
    retrieve_payout,
)
from payments.gateway.checkout import (
    cancel_payment,
    create_checkout_session,
    create_customer,
    expire_session,
    find_session,
    retrieve_payment,
    retrieve_session,
)
from payments.gateway.client import serving_mirror
from payments.gateway.disputes import retrieve_dispute, submit_evidence, upload_evidence_file
from payments.gateway.moving import (
    create_refund,
    create_reversal,
    create_transfer,
    find_refund,
    find_reversal,
    find_transfer,
    retrieve_refund,
    retrieve_transfer,
)
from payments.gateway.records import (
    create_webhook_endpoint,
    list_events,
    list_movements,
    list_objects,
    list_webhook_endpoints,
    read_balance,
    read_signed_event,
)

__all__ = [
    "cancel_payment",
    "create_account",
    "create_account_link",
    "create_checkout_session",
    "create_customer",
    "create_refund",
    "create_reversal",
    "create_transfer",
    "create_webhook_endpoint",
    "expire_session",
    "find_account",
    "find_refund",
    "find_reversal",
    "find_session",
    "find_transfer",
    "list_events",
    "list_movements",
    "list_objects",
    "list_webhook_endpoints",
    "platform_account",
    "read_balance",
    "read_signed_event",
    "retrieve_account",
    "retrieve_dispute",
    "retrieve_payment",
    "retrieve_payout",
    "retrieve_refund",
    "retrieve_session",
    "retrieve_transfer",
    "serving_mirror",
    "submit_evidence",
    "upload_evidence_file",
]
