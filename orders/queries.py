"""Reads of orders. Every function starts from the actor; a stranger finds nothing."""

from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.roles import Permission, Side
from marketplace.core.errors import NotFound
from marketplace.core.history import PersonalData, acts_of
from orders.models import (
    ApprovalDecision,
    ApprovalRequest,
    CalendarFeed,
    ChangeApproval,
    ChangeOrder,
    Order,
    OrderReference,
    ProductionReport,
    Review,
    ReviewReport,
)
from orders.models.order import MAYBE_UNKNOWN
from orders.states import OrderState

# What a manufacturer may know of: everything but awards that wait for an approval or never got it.
KNOWN_TO_MANUFACTURER = (
    ~Q(state__in=MAYBE_UNKNOWN) | Q(approval=None) | Q(approval__approved_at__isnull=False)
)


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Orders the acting organization is a party of; staff and the system see all."""
    rows = Order.objects.select_related("buyer", "manufacturer", "approval__requested_by")
    if actor.is_staff or actor.is_system:
        return rows
    if actor.organization is None:
        return rows.none()
    return rows.filter(
        Q(buyer=actor.organization) | (Q(manufacturer=actor.organization) & KNOWN_TO_MANUFACTURER)
    )


def purchases_of(actor: Actor, state: str = "") -> QuerySet[Order]:
    """Orders the acting organization bought, in `state` when given."""
    rows = Order.objects.filter(buyer=actor.organization).select_related("manufacturer")
    return rows.filter(state=state) if state else rows


def sales_of(actor: Actor, state: str = "") -> QuerySet[Order]:
    """Orders the acting organization makes, in `state` when given."""
    rows = Order.objects.filter(KNOWN_TO_MANUFACTURER, manufacturer=actor.organization)
    rows = rows.select_related("buyer")
    return rows.filter(state=state) if state else rows


def reference_of(actor: Actor, order: Order) -> OrderReference | None:
    """What the acting side's own system calls the order; never the other side's."""
    return OrderReference.objects.filter(order=order, organization=actor.organization).first()


def orders_of(
    actor: Actor, *, side: str = "", state: str = "", external_id: str = ""
) -> QuerySet[Order]:
    """Orders the acting organization bought and sold, of one `side` and `state` if given, or what
    its own system calls `external_id`."""
    rows = orders_visible_to(actor)
    if external_id:
        rows = rows.filter(
            references__organization=actor.organization, references__external_id=external_id
        )
    if side:
        rows = rows.filter(**{side: actor.organization})
    return rows.filter(state=state) if state else rows


def get_order(actor: Actor, public_id: str) -> Order:
    """One order with everything its page shows. Raises NotFound for a stranger."""
    found = (
        orders_visible_to(actor)
        .prefetch_related(
            "lines__part_revision__thumbnail",
            "lines__part_revision__model_file",
            "lines__part_revision__drawing_file",
            "milestones",
            "reports__photo",
            "reports__author",
            "shipments",
            "reviews",
            "approval__approvers",
            "approval__decisions__person",
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def find_order(actor: Actor, public_id: str) -> Order:
    """One order without what hangs on it. Raises NotFound for a stranger."""
    found = orders_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def lock_order(public_id: str) -> Order:
    """One order, locked until the transaction ends. Raises NotFound."""
    found = (
        Order.objects.select_for_update(of=("self",))
        .select_related("buyer", "manufacturer")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def side_of(actor: Actor, order: Order) -> str:
    """Where the actor stands on this order. Raises NotFound for a stranger."""
    if actor.is_system:
        return Side.SYSTEM
    if actor.is_staff:
        return Side.STAFF
    if actor.organization is not None and actor.organization.pk == order.buyer_id:
        return Side.BUYER
    if actor.organization is not None and actor.organization.pk == order.manufacturer_id:
        if not order.is_known_to_manufacturer:
            raise NotFound()
        return Side.MANUFACTURER
    raise NotFound()


def orders_of_organization(organization: Organization) -> QuerySet[Order]:
    """Every order an organization is a party of."""
    return Order.objects.filter(Q(buyer=organization) | Q(manufacturer=organization))


def running_orders_of(organization: Organization) -> QuerySet[Order]:
    """The orders of an organization in which somebody still owes something."""
    return orders_of_organization(organization).exclude(
        state__in=[OrderState.CLOSED, OrderState.CANCELLED]
    )


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: reports, reviews and approvals the person wrote or asked for."""
    acts = acts_of(user.public_id)
    reviewed = acts.filter(type="order_reviewed").values("subject")
    answered = acts.filter(type="review_answered").values("subject")
    reported = acts.filter(type="review_reported").values("subject")
    return {
        "production_reports": list(
            ProductionReport.objects.filter(author=user).values(
                "order__reference", "note", "photo__name", "created_at"
            )
        ),
        "approval_requests": list(
            ApprovalRequest.objects.filter(requested_by=user).values(
                "order__reference", "reason", "created_at", "approved_at"
            )
        ),
        "approval_decisions": list(
            ApprovalDecision.objects.filter(person=user).values(
                "request__order__reference", "verdict", "reason", "at"
            )
        ),
        "change_orders": list(
            ChangeOrder.objects.filter(Q(person=user) | Q(accepted_by=user)).values(
                "order__reference", "number", "reason", "state", "created_at"
            )
        ),
        "change_approvals": list(
            ChangeApproval.objects.filter(person=user).values(
                "change__order__reference", "change__number", "at"
            )
        ),
        "reviews": list(
            Review.objects.filter(public_id__in=reviewed).values(
                "order__reference", "rating", "text", "created_at", "published_at"
            )
        ),
        "review_answers": list(
            Review.objects.filter(public_id__in=answered).values(
                "order__reference", "answer", "answered_at"
            )
        ),
        "calendar_feeds": list(
            CalendarFeed.objects.filter(user=user).values(
                "organization__name", "created_at", "read_at", "revoked_at"
            )
        ),
        "review_reports": list(
            ReviewReport.objects.filter(public_id__in=reported).values(
                "review__order__reference", "reason", "state", "created_at"
            )
        ),
    }


# Paid or begun and not yet with the buyer: what keeps a shop's machines busy.
IN_HAND = (
    OrderState.PLACED,
    OrderState.CONFIRMED,
    OrderState.IN_PRODUCTION,
    OrderState.FIRST_ARTICLE_REVIEW,
    OrderState.QUALITY_CHECK,
    OrderState.READY_TO_SHIP,
    OrderState.PARTLY_SHIPPED,
)


def coming_due(actor: Actor, today: date, last: date) -> QuerySet[Order]:
    """The acting buyer's orders with a date from `today` to `last`: to pay, as a whole or the next
    instalment, to be shipped, to be accepted."""
    due = Q(state=OrderState.AWAITING_PAYMENT, payment_due_at__date__range=(today, last))
    due |= Q(state=OrderState.DELIVERED, accept_by__date__range=(today, last))
    due |= Q(state__in=IN_HAND, ship_by__range=(today, last))
    due |= Q(instalment_due_at__date__range=(today, last))
    return Order.objects.filter(due, buyer=actor.organization)


def orders_in_hand() -> dict[int, int]:
    """Row of a manufacturer's profile -> its orders in hand, of all buyers; none is left out. One
    query."""
    counted = (
        Order.objects.filter(state__in=IN_HAND, manufacturer__manufacturer__isnull=False)
        .order_by()
        .values_list("manufacturer__manufacturer")
        .annotate(number=Count("pk"))
    )
    return dict(counted)


def awaiting_my_approval(actor: Actor) -> QuerySet[Order]:
    """Awards of the acting organization that this person can decide now."""
    if actor.organization is None or actor.user is None or not actor.may(Permission.APPROVE):
        return Order.objects.none()
    mine = Q(approval__approvers=None) | Q(approval__approvers=actor.user)
    decided = ApprovalDecision.objects.filter(person=actor.user).values("request")
    rows = Order.objects.filter(mine, buyer=actor.organization, state=OrderState.AWAITING_APPROVAL)
    rows = rows.exclude(approval__requested_by=actor.user).exclude(approval__in=decided)
    return rows.select_related("manufacturer", "approval__requested_by")


def approvals_of(actor: Actor) -> QuerySet[ApprovalRequest]:
    """Every award of the acting organization that needed an approval, decided or not."""
    return (
        ApprovalRequest.objects.filter(order__buyer=actor.organization)
        .select_related("order", "requested_by")
        .prefetch_related("approvers", "decisions__person")
    )


def buyer_of(actor: Actor, public_id: str) -> Organization:
    """The one of the person's organizations that bought an order. Raises NotFound."""
    mine = [organization.pk for organization in actor.organizations]
    found = (
        Order.objects.filter(public_id=public_id, buyer__in=mine).select_related("buyer").first()
    )
    if found is None:
        raise NotFound()
    return found.buyer
