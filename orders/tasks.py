"""Timers of orders."""

from celery import shared_task

from orders.actions.acceptance import accept_silent_orders, remind_of_acceptance
from orders.actions.blanket_timers import run_blanket_timers
from orders.actions.changes import run_change_timers
from orders.actions.placement import cancel_unpaid_orders
from orders.actions.problem_timers import remind_of_problems, run_problem_timers
from orders.actions.reviews import publish_lonely_reviews
from orders.actions.settlements import expire_settlements


@shared_task
def run_order_timers() -> None:
    """Unpaid orders, acceptance in silence, problems and proposals nobody answered, reviews,
    blanket orders."""
    cancel_unpaid_orders()
    remind_of_acceptance()
    accept_silent_orders()
    remind_of_problems()
    run_problem_timers()
    expire_settlements()
    run_change_timers()
    publish_lonely_reviews()
    run_blanket_timers()
