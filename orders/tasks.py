"""Timers of orders."""

from celery import shared_task

from orders.actions.placement import cancel_unpaid_orders
from orders.actions.reviews import publish_lonely_reviews
from orders.actions.shipping import accept_silent_orders


@shared_task
def run_order_timers() -> None:
    """Unpaid orders, automatic acceptance, and reviews whose window closed."""
    cancel_unpaid_orders()
    accept_silent_orders()
    publish_lonely_reviews()
