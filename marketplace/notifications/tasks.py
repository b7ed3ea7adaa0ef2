"""Timers of notifications."""

from celery import shared_task

from marketplace.notifications.actions import send_digests


@shared_task
def send_daily_digests() -> None:
    """The digest of whoever wants one and has none of today."""
    send_digests()
