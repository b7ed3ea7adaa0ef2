"""Reads of change orders. A manufacturer finds none that still waits for the buyer's approval."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import NotFound
from marketplace.parts.models import PartRevision
from marketplace.parts.states import AnalysisState
from orders.change_states import ALIVE, ChangeState
from orders.change_terms import LineTerms, OrderTerms
from orders.models import ChangeApproval, ChangeOrder, Order, OrderLine
from orders.states import OrderState


def changes_of(order: Order, side: str) -> QuerySet[ChangeOrder]:
    """The change orders of an order that this side knows of, newest first."""
    rows = order.changes.select_related("order", "person", "accepted_by")
    return rows.filter(shown_at__isnull=False) if side == Side.MANUFACTURER else rows


def find_change(order: Order, side: str, public_id: str) -> ChangeOrder:
    """One that this side knows of. Raises NotFound."""
    found = changes_of(order, side).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.order = order
    return found


def waiting_change(order: Order, side: str) -> ChangeOrder | None:
    """The one that waits for an answer, an approval or its payment; a hidden one of the buyer's
    own only when nothing else waits."""
    rows = list(changes_of(order, side).filter(state__in=ALIVE))
    return next((row for row in rows if row.shown_at), rows[0] if rows else None)


def accepted_change(order: Order) -> ChangeOrder | None:
    """The one whose supplement is to be paid."""
    return order.changes.filter(state=ChangeState.ACCEPTED).first()


def changed_lines(order: Order) -> dict[str, list[ChangeOrder]]:
    """Line (public id), "" for the order itself -> the change orders in force that made it other,
    oldest first. One query."""
    found: dict[str, list[ChangeOrder]] = {}
    for change in order.changes.filter(state=ChangeState.IN_FORCE).order_by("edition"):
        change.order = order
        for name in dict.fromkeys(difference.line for difference in change.differences):
            found.setdefault(name, []).append(change)
    return found


def agreed_day_at(order: Order) -> datetime | None:
    """When the newest change order that moved the day to ship came into force. One query."""
    rows = order.changes.filter(state=ChangeState.IN_FORCE).order_by("-edition")
    moved = (row for row in rows if row.before["ship_by"] != row.after["ship_by"])
    return next((row.state_changed_at for row in moved), None)


def terms_of(order: Order) -> OrderTerms:
    """What is agreed now. One query."""
    lines = {line.public_id: line_terms(line) for line in _lines_of(order)}
    return OrderTerms(lines, order.freight_minor, order.ship_by)


def _lines_of(order: Order) -> QuerySet[OrderLine]:
    return order.lines.select_related("part_revision").order_by("position")


def line_terms(line: OrderLine) -> LineTerms:
    """What is agreed of one line; its revision comes with it."""
    return LineTerms(
        part_number=line.part_number,
        quantity=line.quantity,
        unit_price=line.unit_price,
        revision=line.part_revision.public_id,
        label=line.revision_label,
        files=line.files,
        setup_minor=line.setup_minor,
        tooling_minor=line.tooling_minor,
        charges=tuple((charge["name"], charge["amount_minor"]) for charge in line.charges),
    )


def newer_revisions(order: Order) -> dict[str, list[PartRevision]]:
    """Line (public id) -> the revisions of its part that came later and are read, newest first.
    Two queries."""
    lines = list(_lines_of(order))
    rows = PartRevision.objects.filter(
        part__in=[line.part_revision.part_id for line in lines],
        part__organization=order.buyer_id,
        state=AnalysisState.READY,
    ).select_related("model_file", "drawing_file")
    return {
        line.public_id: [
            row
            for row in rows
            if row.part_id == line.part_revision.part_id and row.pk > line.part_revision_id
        ]
        for line in lines
    }


def revisions_in(change: ChangeOrder) -> dict[str, PartRevision]:
    """Line (public id) -> the revision the change brings, for lines that get another. One query."""
    old, new = change.old_terms.lines, change.new_terms.lines
    wanted = {name: row.revision for name, row in new.items() if row.revision != old[name].revision}
    rows = PartRevision.objects.select_related("part", "model_file", "drawing_file")
    by_id = {row.public_id: row for row in rows.filter(public_id__in=wanted.values())}
    return {name: by_id[revision] for name, revision in wanted.items()}


# Orders in which an answer still counts.
_RUNNING = ~Q(order__state__in=[OrderState.CLOSED, OrderState.CANCELLED, OrderState.ACCEPTED])


def changes_waiting_for(actor: Actor, side: str) -> QuerySet[ChangeOrder]:
    """Change orders that wait for this person, on one side of its orders: to answer, to approve,
    to pay."""
    rows = ChangeOrder.objects.filter(_RUNNING).select_related("order")
    if side == Side.MANUFACTURER:
        if not actor.may(Permission.PRODUCE):
            return rows.none()
        mine = rows.filter(order__manufacturer=actor.organization, proposed_by=Side.BUYER)
        return mine.filter(state=ChangeState.OPEN)
    waits = Q(pk=None)
    if actor.may(Permission.AWARD):
        waits |= Q(state=ChangeState.OPEN, proposed_by=Side.MANUFACTURER)
    if actor.may(Permission.PAY):
        waits |= Q(state=ChangeState.ACCEPTED)
    if actor.may(Permission.APPROVE) and actor.user is not None:
        given = ChangeApproval.objects.filter(person=actor.user).values("change")
        own = Q(proposed_by=Side.BUYER, person=actor.user) | Q(
            proposed_by=Side.MANUFACTURER, accepted_by=actor.user
        )
        waits |= Q(state=ChangeState.AWAITING_APPROVAL) & ~own & ~Q(pk__in=given)
    return rows.filter(waits, order__buyer=actor.organization)
