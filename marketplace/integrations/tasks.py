"""Sending webhooks: a nudge for speed, a sweep as the guarantee, and the end of old logs."""

import time

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from marketplace.core import threads
from marketplace.core.outbox import publish
from marketplace.integrations import browser_push, deliveries
from marketplace.integrations.models import WebhookMessage
from marketplace.integrations.rules import LOG_KEPT

# A sweep ends after so long, so that the next beat does not find it still at work.
SWEEP_SECONDS = 15.0
AT_ONCE = 100
DELETED_AT_ONCE = 5000


def send_soon(message_ids: list[int]) -> None:
    """Ask for these messages once the transaction is over. Never raises and never waits."""
    if message_ids:
        transaction.on_commit(lambda: _nudge(message_ids), robust=True)


def _nudge(message_ids: list[int]) -> None:
    if settings.BACKGROUND == "thread":
        threads.start(_send_all, message_ids)
    elif settings.BACKGROUND == "celery":
        for message_id in message_ids:
            publish(send_webhook, message_id)


def _send_all(message_ids: list[int]) -> None:
    for message_id in message_ids:
        deliveries.send(message_id)


@shared_task
def send_webhook(message_id: int) -> None:
    """Send one message."""
    deliveries.send(message_id)


@shared_task
def sweep_webhooks() -> int:
    """Send what is due, oldest first, for SWEEP_SECONDS; the number that was tried.

    An endpoint that failed once is left alone until the next sweep.
    """
    started = time.monotonic()
    tried = 0
    failed: set[int] = set()
    for message_id, endpoint_id in deliveries.due_messages(AT_ONCE):
        if time.monotonic() - started > SWEEP_SECONDS:
            break
        if endpoint_id in failed:
            continue
        if not deliveries.send(message_id):
            failed.add(endpoint_id)
        tried += 1
    return tried


@shared_task
def forget_old_webhooks() -> int:
    """Delete messages with their tries after 30 days; the number of messages."""
    old = WebhookMessage.objects.filter(created_at__lt=timezone.now() - LOG_KEPT)
    chosen = list(old.order_by("pk").values_list("pk", flat=True)[:DELETED_AT_ONCE])
    WebhookMessage.objects.filter(pk__in=chosen).delete()
    return len(chosen)


@shared_task
def nudge_browsers() -> int:
    """Nudge browsers whose people have news; how many took it."""
    return browser_push.nudge_browsers()
