"""An order is placed again: at its price while the quote holds, else as a request to its shop."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.events import record
from marketplace.core.states import WrongState
from marketplace.directory.models import Finish, Material, Process
from orders.actions.placement import place_order
from orders.models import Order, OrderLine
from orders.queries import lock_order
from orders.reordering import line_again, terms_again
from quotes import events
from quotes.actions.rfq import Draft, Header, LineDraft, create_rfq, save_rfq
from quotes.models import RFQ, RFQLine
from quotes.queries import lines_of, lock_quote, lock_rfq
from quotes.queries.reorder import plan_for, plan_of

# A request made of an order starts with this much time to quote; its builder changes it.
DAYS_TO_QUOTE = 7


@transaction.atomic
def reorder(*, actor: Actor, order_id: str, seen: int, po_number: str = "") -> Order:
    """Place the same lines at the same price with the same manufacturer.

    The rules of an award hold: the right to award, and the approvals the new order's total asks
    for. Tooling that was paid is not charged again. `seen` is how often the order had been
    repeated when the page was shown; Raises Conflict when somebody was faster, WrongState with
    the reasons when the price does not hold any more, NotFound or NotAllowed.
    """
    plan = plan_of(actor, order_id)
    actor.check(Permission.AWARD)
    if plan.order.rfq_id:
        lock_rfq(plan.order.rfq_id)
    if plan.order.quote_id and plan.same_price:
        lock_quote(plan.order.quote_id)
    source = lock_order(order_id)
    plan = plan_for(source)
    if not plan.same_price:
        raise WrongState(f"The price does not hold any more. {' '.join(plan.reasons)}")
    if plan.seen != seen:
        raise Conflict(
            "This order was placed again a moment ago. Look at your orders; to order once more, "
            "open the page again."
        )
    order = place_order(
        actor=actor,
        buyer=source.buyer,
        manufacturer=source.manufacturer,
        lines=[line_again(line) for line in plan.lines],
        terms=terms_again(source, po_number),
    )
    record(
        events.ORDER_REPEATED,
        source,
        actor=actor,
        # Its manufacturer may not know of the new order yet.
        visible_to=[source.buyer],
        reference=order.reference,
        order=order.public_id,
    )
    return order


@transaction.atomic
def request_again(*, actor: Actor, order_id: str) -> RFQ:
    """A draft to the order's manufacturer with its lines, at the current revisions.

    Raises NotFound, NotAllowed, WrongState, or DomainError when no part of the order is left.
    """
    plan = plan_of(actor, order_id)
    actor.check(Permission.EDIT_RFQS)
    quantities: dict[int, list[int]] = {}
    for line in plan.lines:
        quantities.setdefault(line.part_revision.part_id, []).append(line.quantity)
    parts = list(dict.fromkeys(line.part_revision.part.public_id for line in plan.lines))
    rfq = create_rfq(actor=actor, part_ids=parts, title=plan.order.title)
    rows = lines_of(rfq)
    if not rows:
        raise DomainError("None of the parts of this order has a revision any more.")
    earlier = _asked_before(plan.order)
    by_part = {line.part_revision.part_id: line for line in plan.lines}
    drafts = [
        _again(
            row,
            by_part[row.part_revision.part_id],
            earlier.get(by_part[row.part_revision.part_id].part_revision_id),
            quantities[row.part_revision.part_id],
        )
        for row in rows
    ]
    header = Header(
        title=plan.order.title,
        currency=plan.order.currency,
        ship_to=plan.order.ship_to,
        deadline=timezone.now() + timedelta(days=DAYS_TO_QUOTE),
    )
    invited = [plan.manufacturer.public_id] if plan.manufacturer and plan.may_ask else []
    return save_rfq(actor=actor, public_id=rfq.public_id, draft=Draft(header, drafts, invited))


def _asked_before(order: Order) -> dict[int, RFQLine]:
    """Row of a revision -> the line of the request the order came from."""
    rows = RFQLine.objects.filter(rfq__public_id=order.rfq_id, rfq__organization=order.buyer_id)
    rows = rows.select_related("process", "material", "finish", "inspection")
    return {row.part_revision_id: row for row in rows.prefetch_related("documents")}


def _again(
    row: RFQLine, ordered: OrderLine, asked: RFQLine | None, quantities: list[int]
) -> LineDraft:
    """As it was ordered; what the order does not keep is as it was asked."""
    process = Process.objects.filter(name=ordered.process, is_active=True).first()
    material = Material.objects.filter(name=ordered.material, is_active=True).first()
    finish = Finish.objects.filter(name=ordered.finish, is_active=True).first()
    return LineDraft(
        line_id=row.public_id,
        process=process,
        material=material,
        finish=finish if ordered.finish else None,
        inspection=asked.inspection if asked else None,
        documents=list(asked.documents.all()) if asked else (),
        tolerance=asked.tolerance if asked else RFQLine.Tolerance.MEDIUM,
        threads=asked.threads if asked else "",
        quantities=sorted(set(quantities))[:5],
        notes=ordered.notes,
    )
