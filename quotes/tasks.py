"""Timers of requests and quotes."""

from celery import shared_task

from quotes.actions.best_and_final import lapse_best_and_finals
from quotes.actions.calibration import calibrate_estimates
from quotes.actions.counter_offers import expire_counters
from quotes.actions.deadline import expire_invitations, remind_unanswered
from quotes.actions.publication import close_due_rfqs
from quotes.actions.quote import expire_quotes
from quotes.actions.scorecards import recompute_scorecards


@shared_task
def run_quote_timers() -> None:
    """Remind before deadlines, close requests at them, end what is over."""
    remind_unanswered()
    close_due_rfqs()
    expire_counters()
    lapse_best_and_finals()
    expire_quotes()
    expire_invitations()


@shared_task
def measure_estimates() -> None:
    """Compare estimates with the quotes given since, and keep the correction of each process."""
    calibrate_estimates()


@shared_task
def keep_scorecards() -> None:
    """Days pass: what was in the period yesterday may be outside it, and what was due is late."""
    for _ in recompute_scorecards():
        pass
