"""Celery entry points of the outbox; slow ones have a queue of their own (CELERY_TASK_ROUTES)."""

from celery import shared_task

from marketplace.core import outbox
from marketplace.core.api import idempotency


@shared_task
def deliver_facts(delivery_ids: list[int]) -> None:
    """Deliver what a commit just owed."""
    for delivery_id in delivery_ids:
        outbox.deliver(delivery_id)


@shared_task
def deliver_slow_facts(delivery_ids: list[int]) -> None:
    """Deliver as many slow ones as a commit just owed: whose turn it is, not these."""
    for _ in delivery_ids:
        outbox.deliver_next_slow()


@shared_task
def sweep_deliveries() -> None:
    """Deliver what a nudge did not reach."""
    outbox.sweep(but_slow=True)


@shared_task
def sweep_slow_deliveries() -> None:
    """The same of slow ones, a few at a time: new ones have messages of their own."""
    for _ in range(5):
        outbox.deliver_next_slow()


@shared_task
def forget_kept_answers() -> None:
    """Delete answers kept for callers that ask again, after their 24 hours."""
    idempotency.forget_kept_answers()
