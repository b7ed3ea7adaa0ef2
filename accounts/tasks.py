"""Celery entry points of people's accounts."""

from celery import shared_task

from accounts.actions.sessions import forget_dead_sessions
from accounts.actions.sign_in import forget_sign_in_addresses


@shared_task
def forget_what_ended() -> None:
    """Delete sessions that ran out and addresses people signed in from long ago."""
    forget_dead_sessions()
    forget_sign_in_addresses()
