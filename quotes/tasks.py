"""Timers of requests and quotes."""

from celery import shared_task

from quotes.actions.calibration import calibrate_estimates
from quotes.actions.publication import close_due_rfqs
from quotes.actions.quote import expire_quotes


@shared_task
def run_quote_timers() -> None:
    """Close requests at their deadline and end quotes whose validity passed."""
    close_due_rfqs()
    expire_quotes()


@shared_task
def measure_estimates() -> None:
    """Compare estimates with the quotes given since, and keep the correction of each process."""
    calibrate_estimates()
