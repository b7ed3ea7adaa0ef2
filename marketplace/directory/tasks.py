"""Timers of the directory."""

from celery import shared_task

from marketplace.directory.actions.certificates import expire_certificates, remind_of_expiry


@shared_task
def run_certificate_timers() -> None:
    """Certificates that end soon, and those that ended."""
    expire_certificates()
    remind_of_expiry()
