"""Reads of what the two parties of an order wrote each other."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.messaging.models import Message, Thread
from marketplace.messaging.queries import messages_with_files, unread_texts
from orders.models import Order
from orders.queries import orders_visible_to


def order_to_write_on(actor: Actor, public_id: str) -> Order:
    """The order without its lines. Raises NotFound for a stranger."""
    found = orders_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def thread_of_order(order: Order) -> Thread | None:
    """The two parties' thread; None before the first text. The caller has found the order."""
    return Thread.objects.filter(subject=order.public_id, asker=order.manufacturer_id).first()


def messages_of_order(order: Order) -> QuerySet[Message]:
    """The texts of an order with their files. The caller has found the order for its actor."""
    thread = thread_of_order(order)
    return messages_with_files(thread) if thread else Message.objects.none()


def with_unread(actor: Actor, orders: Iterable[Order]) -> list[tuple[Order, int]]:
    """Each order with the number of texts the person has not read. One query."""
    rows = list(orders)
    counts = unread_texts(actor, [order.public_id for order in rows])
    return [(order, counts.get(order.public_id, 0)) for order in rows]
