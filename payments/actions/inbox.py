"""Stripe's events: stored first, then worked through, each object by one worker at a time.

Which handler runs follows from the object, not from the type of event: every handler fetches the
present state and converges to it, so duplicates, disorder and gaps need no code of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from payments import gateway
from payments.actions.attempts import apply_session
from payments.actions.disputes import apply_dispute
from payments.actions.failures import apply_failed_refund, apply_payout
from payments.actions.funding import apply_payment
from payments.actions.instructions import settle_instruction
from payments.actions.own_payouts import apply_own_payout
from payments.actions.payouts import sync_account
from payments.background import soon
from payments.mirror import mirror_event
from payments.models import InboundEvent
from payments.values import GatewayRefused

logger = logging.getLogger(__name__)

MAX_TRIES = 10
LEASE = timedelta(minutes=5)
RETRY_BUSY = timedelta(seconds=1)
S = InboundEvent.State


def receive_event(payload: dict[str, Any]) -> InboundEvent:
    """Store a verified event once and ask for work on it; a duplicate is only counted."""
    body = payload["data"]["object"]
    # A capability is named alike on every account, so the account is the object.
    by_account = body.get("object") in ("capability", "balance")
    object_id = payload.get("account", "") if by_account else body.get("id", "")
    with transaction.atomic():
        event, created = InboundEvent.objects.get_or_create(
            event_id=payload["id"],
            defaults={
                "type": payload["type"],
                "object_id": object_id or payload["id"],
                "account": payload.get("account") or "",
                "payload": payload,
                "happened_at": datetime.fromtimestamp(payload["created"], UTC),
            },
        )
        if not created:
            InboundEvent.objects.filter(pk=event.pk).update(deliveries=F("deliveries") + 1)
            return event
        soon("process_inbound_event", event.pk)
    return event


def process_event(pk: int) -> bool:
    """Take one event into our books, then into the mirror. True when it is finished now."""
    event = _claim(pk)
    if event is None:
        return False
    try:
        state = S.DONE
        if event.applied_at is None:
            known = apply_object(event.payload)
            InboundEvent.objects.filter(pk=pk).update(applied_at=timezone.now())
            state = S.DONE if known else S.IGNORED
        mirror_event(event.payload)
    except GatewayRefused as error:
        if error.code == "resource_missing":
            _finish(event, S.IGNORED, str(error))
            return True
        _postpone(event, error)
        return False
    except Exception as error:  # whatever goes wrong is written down and retried
        logger.exception("Event %s failed", event)
        _postpone(event, error)
        return False
    _finish(event, state, "")
    return True


def _claim(pk: int) -> InboundEvent | None:
    now = timezone.now()
    waiting = InboundEvent.objects.filter(
        Q(state__in=[S.NEW, S.FAILED]) | Q(state=S.RUNNING), pk=pk, due_at__lte=now
    )
    try:
        with transaction.atomic():
            if not waiting.update(state=S.RUNNING, due_at=now + LEASE, tries=F("tries") + 1):
                return None
    except IntegrityError:
        # Another worker has an event of the same object in hand.
        InboundEvent.objects.filter(pk=pk, state__in=[S.NEW, S.FAILED]).update(
            due_at=now + RETRY_BUSY
        )
        return None
    return InboundEvent.objects.get(pk=pk)


def _finish(event: InboundEvent, state: str, why: str) -> None:
    InboundEvent.objects.filter(pk=event.pk).update(state=state, last_error=why[:2000])
    _wake_next(event)


def _postpone(event: InboundEvent, error: Exception) -> None:
    dead = event.tries >= MAX_TRIES
    pause = min(timedelta(seconds=2**event.tries), timedelta(hours=1))
    InboundEvent.objects.filter(pk=event.pk).update(
        state=S.DEAD if dead else S.FAILED,
        due_at=timezone.now() + pause,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )
    _wake_next(event)


def _wake_next(event: InboundEvent) -> None:
    """An event of the same object may have been turned away while this one was in hand."""
    waiting = InboundEvent.objects.filter(
        object_id=event.object_id, state__in=[S.NEW, S.FAILED], tries=0
    )
    pk = waiting.order_by("pk").values_list("pk", flat=True).first()
    if pk is not None:
        InboundEvent.objects.filter(pk=pk).update(due_at=timezone.now())
        soon("process_inbound_event", pk)


def apply_object(payload: dict[str, Any]) -> bool:
    """Fetch what an event speaks of and converge to it. False when it is not ours."""
    body = payload["data"]["object"]
    kind = str(body.get("object", ""))
    account = payload.get("account") or ""
    if kind in ("account", "capability") or payload["type"].startswith("account.application"):
        return sync_account(account or str(body.get("id", "")))
    if kind == "payout" and account:
        return apply_payout(account, gateway.retrieve_payout(str(body["id"]), account=account))
    if kind == "payout":
        return apply_own_payout(gateway.retrieve_payout(str(body["id"])))
    # Whatever else happens inside a connected account is its owner's business.
    handler = _HANDLERS.get(kind) if not account else None
    return handler(body) if handler else False


def _session(body: dict[str, Any]) -> bool:
    return apply_session(gateway.retrieve_session(body["id"]))


def _payment(body: dict[str, Any]) -> bool:
    return apply_payment(gateway.retrieve_payment(body["id"]))


def _charge(body: dict[str, Any]) -> bool:
    intent = body.get("payment_intent")
    return bool(intent) and apply_payment(gateway.retrieve_payment(str(intent)))


def _dispute(body: dict[str, Any]) -> bool:
    dispute = gateway.retrieve_dispute(body["id"])
    if apply_dispute(dispute):
        return True
    # Perhaps the bank is heard before the payment it claims.
    paid = bool(dispute.payment) and apply_payment(gateway.retrieve_payment(dispute.payment))
    return paid and apply_dispute(dispute)


def _transfer(body: dict[str, Any]) -> bool:
    transfer = gateway.retrieve_transfer(body["id"])
    known = settle_instruction(transfer.metadata.get("instruction", "-"), transfer)
    for reversal in transfer.reversals:
        settle_instruction(reversal.metadata.get("instruction", "-"), reversal)
    return known


def _refund(body: dict[str, Any]) -> bool:
    refund = gateway.retrieve_refund(body["id"])
    if refund.status in ("failed", "canceled"):
        return apply_failed_refund(refund)
    if refund.status not in ("succeeded", "pending"):
        return True
    return settle_instruction(refund.metadata.get("instruction", "-"), refund)


_HANDLERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "checkout.session": _session,
    "payment_intent": _payment,
    "charge": _charge,
    "transfer": _transfer,
    "refund": _refund,
    "dispute": _dispute,
}


def events_to_process() -> list[int]:
    """Events that are owed and due, oldest first."""
    rows = InboundEvent.objects.filter(
        state__in=[S.NEW, S.FAILED, S.RUNNING], due_at__lte=timezone.now()
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:200])
