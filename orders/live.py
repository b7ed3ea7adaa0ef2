"""Who may watch an order's pages."""

from accounts.actor import Actor
from orders.queries import orders_visible_to


def may_watch_order(actor: Actor, public_id: str) -> bool:
    """Whether the order is there for the actor. One query."""
    return orders_visible_to(actor).filter(public_id=public_id).exists()
