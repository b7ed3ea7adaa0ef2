"""Celery entry points of the outbox."""

from celery import shared_task

from marketplace.core import outbox


@shared_task
def deliver_facts(delivery_ids: list[int]) -> None:
    """Deliver what a commit just owed."""
    for delivery_id in delivery_ids:
        outbox.deliver(delivery_id)


@shared_task
def sweep_deliveries() -> None:
    """Deliver what a nudge did not reach."""
    outbox.sweep()
