"""Reads of blanket orders. A stranger finds nothing; the manufacturer nothing that waits for the
buyer's approval."""

from django.db.models import Prefetch, Q, QuerySet, Sum

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import NotFound
from orders.models import BlanketLine, BlanketOrder, CallOff, CallOffLine, Order
from orders.queries import orders_visible_to


def blankets_of(actor: Actor, *, side: str = "") -> QuerySet[BlanketOrder]:
    """Those the acting organization is a party of, on one `side` if given."""
    rows = BlanketOrder.objects.select_related("buyer", "manufacturer")
    if actor.organization is None:
        return rows.none()
    if side:
        return rows.filter(**{side: actor.organization})
    return rows.filter(Q(buyer=actor.organization) | Q(manufacturer=actor.organization))


def get_blanket(actor: Actor, public_id: str) -> BlanketOrder:
    """One with its lines. Raises NotFound for a stranger."""
    lines = Prefetch("lines", BlanketLine.objects.select_related("source__part_revision__part"))
    found = (
        blankets_of(actor)
        .select_related("buyer", "manufacturer", "source")
        .prefetch_related(lines)
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def lock_blanket(public_id: str) -> BlanketOrder:
    """One, locked until the transaction ends. Raises NotFound."""
    found = (
        BlanketOrder.objects.select_for_update(of=("self",))
        .select_related("buyer", "manufacturer", "source")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def side_of_blanket(actor: Actor, blanket: BlanketOrder) -> str:
    """Where the actor stands. Raises NotFound for a stranger."""
    if actor.organization is not None and actor.organization.pk == blanket.buyer_id:
        return Side.BUYER
    if actor.organization is not None and actor.organization.pk == blanket.manufacturer_id:
        return Side.MANUFACTURER
    raise NotFound()


def call_offs_of(actor: Actor, blanket: BlanketOrder) -> QuerySet[CallOff]:
    """The call-offs whose orders the actor knows, newest first."""
    rows = blanket.call_offs.filter(order__in=orders_visible_to(actor).order_by().values("pk"))
    lines = Prefetch("lines", CallOffLine.objects.select_related("line__source"))
    return rows.select_related("order").prefetch_related(lines)


def known_orders(blanket: BlanketOrder) -> QuerySet[Order]:
    """The orders of a blanket order that its manufacturer knows of."""
    actor = Actor(organization=blanket.manufacturer)
    return orders_visible_to(actor).filter(call_off__blanket=blanket)


def called_by_line(actor: Actor, blanket: BlanketOrder) -> dict[int, int]:
    """Row of a line -> pieces called off, as far as the actor knows. One query."""
    known = orders_visible_to(actor).order_by().values("pk")
    rows = CallOffLine.objects.filter(
        call_off__blanket=blanket, call_off__counts=True, call_off__order__in=known
    )
    counted = rows.order_by().values_list("line").annotate(pieces=Sum("quantity"))
    return dict(counted)
