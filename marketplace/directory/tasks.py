"""Timers of the directory."""

from celery import shared_task

from accounts.actor import Actor
from marketplace.directory.actions.certificates import expire_certificates, remind_of_expiry
from marketplace.directory.actions.exchange import take_rates
from marketplace.directory.rate_provider import fetch_rates


@shared_task
def run_certificate_timers() -> None:
    """Certificates that end soon, and those that ended."""
    expire_certificates()
    remind_of_expiry()


@shared_task
def fetch_exchange_rates() -> None:
    """The reference rates of the day, when a provider is set."""
    content = fetch_rates()
    if content is not None:
        take_rates(actor=Actor.system("exchange rate timer"), content=content)
