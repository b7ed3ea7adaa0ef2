"""Timers of the data of people and organizations."""

from celery import shared_task

from marketplace.operations.actions.deletion import carry_out_deletions
from marketplace.operations.actions.exports import expire_exports
from marketplace.operations.actions.organization_exports import expire_organization_exports


@shared_task
def run_privacy_timers() -> None:
    """Copies whose days are over, and accounts whose days of grace are."""
    expire_exports()
    expire_organization_exports()
    carry_out_deletions()
