"""Timers of people's own data."""

from celery import shared_task

from marketplace.operations.actions.deletion import carry_out_deletions
from marketplace.operations.actions.exports import expire_exports


@shared_task
def run_privacy_timers() -> None:
    """Copies whose days are over, and accounts whose days of grace are."""
    expire_exports()
    carry_out_deletions()
