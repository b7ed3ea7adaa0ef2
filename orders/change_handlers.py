"""Who is told what about a change order, and what ends with the order."""

from collections.abc import Iterable

from accounts.models import User
from accounts.queries import approvers_for, members_with
from accounts.roles import Permission, Side
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from orders.actions import changes
from orders.models import ChangeOrder
from orders.rooms import url_of

_ROWS = ChangeOrder.objects.select_related(
    "order__buyer", "order__manufacturer", "person", "accepted_by"
)


def tell_buyer(event: Event) -> None:
    """The buyer's people who award."""
    change = _ROWS.get(public_id=event.subject)
    _tell(event, change, Side.BUYER, members_with(change.order.buyer, Permission.AWARD))


def tell_both(event: Event) -> None:
    """Both sides; the manufacturer only of what was shown to it."""
    change = _ROWS.get(public_id=event.subject)
    _tell(event, change, Side.BUYER, members_with(change.order.buyer, Permission.AWARD))
    if change.shown_at is not None:
        people = members_with(change.order.manufacturer, Permission.PRODUCE)
        _tell(event, change, Side.MANUFACTURER, people)


def ask_approvers(event: Event) -> None:
    """The buyer's people who can approve it."""
    change = _ROWS.get(public_id=event.subject)
    bound = change.person if change.proposed_by == Side.BUYER else change.accepted_by
    people = approvers_for(change.order.buyer, change.approvers, bound)
    _tell(event, change, Side.BUYER, people)


def end_changes(event: Event) -> None:
    """The order no longer changes: what waits for an answer or a payment ends."""
    changes.end_changes(event.thread)


def _tell(event: Event, change: ChangeOrder, side: str, people: Iterable[User]) -> None:
    order = change.order
    notify(
        event,
        [person for person in people if person.public_id != event.actor_id],
        organization=order.buyer if side == Side.BUYER else order.manufacturer,
        template=f"orders/emails/{event.type}",
        link=url_of("order_changes", order, side),
        link_text="Open the change",
        order=order,
        change=change,
        for_buyer=side == Side.BUYER,
    )
