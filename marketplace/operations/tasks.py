"""Timers of the data of people and organizations, and of the test twin."""

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


@shared_task
def play_bots() -> None:
    """In the test twin: a step of everybody who is no person."""
    # Bots read and draw with heavy libraries, and pay at the sandbox, which production never loads.
    from marketplace.operations.twin.playing import play

    play()
