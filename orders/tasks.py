"""Timers of orders."""

from celery import shared_task

from orders.actions.blanket_timers import run_blanket_timers
from orders.actions.placement import cancel_unpaid_orders
from orders.actions.reviews import publish_lonely_reviews
from orders.actions.shipping import accept_silent_orders


@shared_task
def run_order_timers() -> None:
    """Unpaid orders, automatic acceptance, reviews whose window closed, blanket orders."""
    cancel_unpaid_orders()
    accept_silent_orders()
    publish_lonely_reviews()
    run_blanket_timers()
