"""Who is told what about an order."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import Organization, User
from accounts.queries import approvers_for, members_with
from accounts.roles import Permission, Side
from marketplace.core.events import Event
from marketplace.messaging.queries import message_with_id
from marketplace.notifications.actions import notify
from orders.actions import documents, evidence
from orders.actions.scorecards import keep_order_figures
from orders.models import Order, OrderDocument, ReviewReport
from orders.rooms import url_of


def _order(event: Event) -> Order:
    return Order.objects.select_related("buyer", "manufacturer").get(public_id=event.thread)


def _tell(event: Event, order: Order, organization: Organization, permission: str) -> None:
    """Tell the members with `permission`, except the one who did it.

    A manufacturer that never learned of the order hears nothing of its end either.
    """
    if organization.pk == order.manufacturer_id and not order.is_known_to_manufacturer:
        return
    people = members_with(organization, permission).exclude(public_id=event.actor_id or "-")
    page = "order_detail" if organization.pk == order.buyer_id else "portal_order_detail"
    notify(
        event,
        people,
        organization=organization,
        template=f"orders/emails/{event.type}",
        link=reverse(page, args=[order.public_id]),
        link_text="Open the order",
        order=order,
        for_buyer=organization.pk == order.buyer_id,
    )


def tell_buyer(event: Event) -> None:
    """The buyer's people who receive goods."""
    order = _order(event)
    _tell(event, order, order.buyer, Permission.RECEIVE)


def tell_manufacturer(event: Event) -> None:
    """The manufacturer's people who produce."""
    order = _order(event)
    _tell(event, order, order.manufacturer, Permission.PRODUCE)


def tell_both(event: Event) -> None:
    """Both parties."""
    tell_buyer(event)
    tell_manufacturer(event)


def tell_of_shipment(event: Event) -> None:
    """A shipment arrived while others still travel; the last one is told with the delivery."""
    if not event.data["is_last"]:
        tell_both(event)


def issue_purchase_order(event: Event) -> None:
    """The order counts: its paper is issued."""
    documents.issue_purchase_order(event.thread)


def issue_confirmation(event: Event) -> None:
    """The shop took the order on: its paper is issued."""
    documents.issue_confirmation(event.thread)


def write_document(event: Event) -> None:
    """A paper was issued: its file is written."""
    documents.write_document(event.subject)


def write_evidence(event: Event) -> None:
    """An evidence pack was asked for: it is put together."""
    evidence.write_evidence(event.subject)


def tell_of_evidence(event: Event) -> None:
    """The side that asked for a pack finds it among its documents; staff look into the admin."""
    order = _order(event)
    document = OrderDocument.objects.get(public_id=event.subject)
    if document.audience == Side.BUYER:
        organization, permission = order.buyer, Permission.RECEIVE
    elif document.audience == Side.MANUFACTURER:
        organization, permission = order.manufacturer, Permission.PRODUCE
    else:
        return
    notify(
        event,
        members_with(organization, permission).filter(public_id=document.content["asked_by"]),
        organization=organization,
        template=f"orders/emails/{event.type}",
        link=url_of("order_documents", order, document.audience),
        link_text="Download it",
        order=order,
        document=document,
    )


def tell_of_problem(event: Event) -> None:
    """Both parties, with a link to the problem's page."""
    order = _order(event)
    problem = order.nonconformances.get(public_id=event.subject)
    for side, organization, permission in (
        (Side.BUYER, order.buyer, Permission.RECEIVE),
        (Side.MANUFACTURER, order.manufacturer, Permission.PRODUCE),
    ):
        notify(
            event,
            members_with(organization, permission).exclude(public_id=event.actor_id or "-"),
            organization=organization,
            template=f"orders/emails/{event.type}",
            link=url_of("order_problem", order, side, problem.public_id),
            link_text="Open the problem",
            order=order,
            problem=problem,
            for_buyer=side == Side.BUYER,
        )


# Whom a fact of a milestone is news to; the others are told to both sides.
MILESTONE_NEWS_FOR = {
    "milestone_submitted": (Side.BUYER,),
    "milestone_reminded": (Side.BUYER,),
    "milestone_rejected": (Side.MANUFACTURER,),
}


def tell_of_milestone(event: Event) -> None:
    """The side whose turn it is, or both, with a link to the milestones of the order."""
    order = _order(event)
    milestone = order.milestones.get(public_id=event.subject)
    milestone.order = order
    for side, organization, permission in (
        (Side.BUYER, order.buyer, Permission.RECEIVE),
        (Side.MANUFACTURER, order.manufacturer, Permission.PRODUCE),
    ):
        if side not in MILESTONE_NEWS_FOR.get(event.type, (side,)):
            continue
        notify(
            event,
            members_with(organization, permission).exclude(public_id=event.actor_id or "-"),
            organization=organization,
            template=f"orders/emails/{event.type}",
            link=url_of("order_milestones", order, side),
            link_text="Open the milestones",
            order=order,
            milestone=milestone,
            for_buyer=side == Side.BUYER,
        )


def tell_reviewer(event: Event) -> None:
    """Who wrote a review: the side that did not answer it."""
    if event.data["side"] == Side.BUYER:
        tell_manufacturer(event)
    else:
        tell_buyer(event)


def tell_reporter(event: Event) -> None:
    """The side that reported a review, and only that one."""
    report = ReviewReport.objects.get(public_id=event.subject)
    if report.organization_id == _order(event).buyer_id:
        tell_buyer(event)
    else:
        tell_manufacturer(event)


def ask_approvers(event: Event) -> None:
    """Those who can approve the award, with a link that leads there from any organization."""
    order = _order(event)
    named = [person.public_id for person in order.approval.approvers.all()]
    people = approvers_for(order.buyer, named, order.approval.requested_by)
    _tell_of_approval(event, order, people, link_text="Look at it and decide")


def tell_requester(event: Event) -> None:
    """Whoever accepted the quote learns what was decided."""
    order = _order(event)
    _tell_of_approval(event, order, [order.approval.requested_by], link_text="Open the order")


def tell_approval_circle(event: Event) -> None:
    """An order ended before it was approved: whoever asked and whoever was asked can forget it."""
    order = _order(event)
    if order.is_known_to_manufacturer:
        return
    named = [person.public_id for person in order.approval.approvers.all()]
    people = {order.approval.requested_by, *approvers_for(order.buyer, named, None)}
    _tell_of_approval(event, order, people, link_text="Open the order")


def _tell_of_approval(
    event: Event, order: Order, people: Iterable[User], *, link_text: str
) -> None:
    notify(
        event,
        [p for p in people if p.is_active and p.public_id != event.actor_id],
        organization=order.buyer,
        template=f"orders/emails/{event.type}",
        link=reverse("open_approval", args=[order.public_id]),
        link_text=link_text,
        order=order,
        approval=order.approval,
        for_buyer=True,
    )


def tell_of_message(event: Event) -> None:
    """The other party's people who can answer."""
    message = message_with_id(event.subject)
    order = Order.objects.select_related("buyer", "manufacturer").get(
        public_id=message.thread.subject
    )
    to_buyer = message.organization_id == order.manufacturer_id
    organization = order.buyer if to_buyer else order.manufacturer
    page = "order_messages" if to_buyer else "portal_order_messages"
    notify(
        event,
        members_with(organization, Permission.RECEIVE if to_buyer else Permission.PRODUCE),
        organization=organization,
        template="orders/emails/order_message_written",
        link=reverse(page, args=[order.public_id]),
        link_text="Read and answer",
        order=order,
        message=message,
        writer=order.manufacturer_name if to_buyer else order.buyer_name,
    )


def keep_score(event: Event) -> None:
    """The figures of the order's manufacturer, counted anew."""
    keep_order_figures(_order(event).manufacturer_id)
