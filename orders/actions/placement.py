"""An order comes to be, is funded, ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.approvals import Need
from accounts.models import Organization
from accounts.queries import approval_need
from accounts.roles import Side
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.money import Money, line_total, split
from marketplace.core.states import move
from marketplace.parts.actions.parts import note_use
from marketplace.parts.models import PartRevision
from orders import events
from orders.actions.approvals import ask_for_approval, record_placed
from orders.actions.conclusion import end_problems
from orders.actions.instalments import stop_asking
from orders.actions.milestones import end_milestones
from orders.actions.money import Because, Kind, decide_rest
from orders.commission_rules import Sale, rules_on, terms_of
from orders.models import Milestone, Order, OrderLine
from orders.queries import lock_order
from orders.rules import check_can
from orders.states import ORDER, OrderState


@dataclass(frozen=True)
class LineSnapshot:
    """One line as agreed. `unit_price` in major units, what is paid once in minor units.

    `charges` are documents and inspections by name; `inspection` is the level as (code, name), and
    `documents` are those that were asked for, priced or not. `alternate` says why the line is made
    otherwise than it was asked.
    """

    part_revision: PartRevision
    process: str
    material: str
    finish: str
    tolerance: str
    quantity: int
    unit_price: Decimal
    lead_time_days: int
    setup_minor: int = 0
    tooling_minor: int = 0
    tooling_owner: str = ""
    charges: Sequence[tuple[str, int]] = ()
    inspection: tuple[str, str] = ("", "")
    documents: Sequence[tuple[str, str]] = ()
    alternate: str = ""
    notes: str = ""


# Why the timer ends an order; the buyer's payment record counts these.
UNPAID = "not paid in time"


@dataclass(frozen=True)
class Terms:
    """What holds for the whole order. `freight_minor` in minor units of `currency`.

    `agreed` is what the order keeps beside its amounts: where the lead time starts, the
    milestones proposed, the exchange rate the quotes were compared at.
    """

    title: str
    currency: str
    incoterm: str
    ship_to: str
    freight_minor: int = 0
    po_number: str = ""
    notes: str = ""
    rfq_id: str = ""
    rfq_reference: str = ""
    quote_id: str = ""
    quote_reference: str = ""
    quote_number: str = ""
    exceptions: str = ""
    agreed: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""


@transaction.atomic
def place_order(
    *,
    actor: Actor,
    buyer: Organization,
    manufacturer: Organization,
    lines: Sequence[LineSnapshot],
    terms: Terms,
    need: Need | None = None,
) -> Order:
    """Write the contract down. Called by the award, in its transaction.

    When the buyer's rules or the actor's spend limit ask for it, the order waits for approval and
    only the buyer knows of it. `need` is what an award of several orders needs as a whole; without
    it this order's total decides. The caller has checked that the actor may commit the buyer.
    Raises DomainError without lines, or when nobody could give the approval.
    """
    if not lines:
        raise DomainError("An order needs at least one line.")
    totals = [line_total(line.unit_price, line.quantity, terms.currency) for line in lines]
    amounts = {
        "goods_minor": sum(totals),
        "setup_minor": sum(line.setup_minor for line in lines),
        "tooling_minor": sum(line.tooling_minor for line in lines),
        "charges_minor": sum(amount for line in lines for _, amount in line.charges),
        "freight_minor": terms.freight_minor,
    }
    total = Money(sum(amounts.values()), terms.currency)
    if need is None:
        need = approval_need(buyer, actor.user, total)
    order = Order.objects.create(
        buyer=buyer,
        manufacturer=manufacturer,
        buyer_name=buyer.name,
        manufacturer_name=manufacturer.name,
        state=OrderState.AWAITING_APPROVAL if need.approvals else OrderState.AWAITING_PAYMENT,
        currency=terms.currency,
        **amounts,
        total_minor=total.minor,
        title=terms.title,
        po_number=terms.po_number,
        incoterm=terms.incoterm,
        ship_to=terms.ship_to,
        notes=terms.notes,
        rfq_id=terms.rfq_id,
        rfq_reference=terms.rfq_reference,
        quote_id=terms.quote_id,
        quote_reference=terms.quote_reference,
        quote_number=terms.quote_number,
        exceptions=terms.exceptions,
        terms=dict(terms.agreed),
        external_id=terms.external_id,
        lead_time_days=max(line.lead_time_days for line in lines),
        **_commission(buyer, manufacturer, lines, total),
        payment_due_at=timezone.now() + timedelta(days=settings.PAYMENT_DUE_DAYS),
    )
    OrderLine.objects.bulk_create(
        _line(order, position, line, total)
        for position, (line, total) in enumerate(zip(lines, totals, strict=True), start=1)
    )
    revisions = [line.part_revision for line in lines]
    note_use(revisions=revisions, kind="order", thing=order.public_id, label=order.reference)
    _write_milestones(order)
    if need.approvals:
        ask_for_approval(actor=actor, order=order, need=need)
    else:
        record_placed(order, actor)
    return order


def _commission(
    buyer: Organization, manufacturer: Organization, lines: Sequence[LineSnapshot], total: Money
) -> dict[str, Any]:
    """What the platform keeps, by the rules of today; the contract keeps these terms."""
    today = timezone.localdate()
    processes = frozenset(line.process for line in lines)
    sale = Sale(manufacturer.pk, buyer.pk, processes, total.minor, total.currency, today)
    terms = terms_of(rules_on(today), sale)
    return {
        "commission_bps": terms.bps,
        "commission_fixed_minor": terms.fixed_minor,
        "commission_minimum_minor": terms.minimum_minor,
        "commission_rule": terms.rule,
    }


def _write_milestones(order: Order) -> None:
    """The parts in which the money is released, as the quote proposed them; all on acceptance when
    it proposed none. An order without a part on acceptance gets one of 0, which ends it."""
    proposed = list(order.terms.get("milestones", []))
    if all(part["kind"] != Milestone.Kind.ACCEPTANCE for part in proposed):
        rest = 100 - sum(part["percent"] for part in proposed)
        proposed.append({"kind": Milestone.Kind.ACCEPTANCE, "percent": rest})
    amounts = split(order.total_minor, [part["percent"] for part in proposed])
    Milestone.objects.bulk_create(
        Milestone(order=order, position=at, kind=part["kind"], amount_minor=amount)
        for at, (part, amount) in enumerate(zip(proposed, amounts, strict=True), start=1)
    )


def _line(order: Order, position: int, line: LineSnapshot, total: int) -> OrderLine:
    revision = line.part_revision
    return OrderLine(
        order=order,
        position=position,
        part_revision=revision,
        part_number=revision.part.number,
        part_name=revision.part.name,
        revision_label=revision.label,
        files=[{"name": file.name, "sha256": file.sha256} for file in revision.files],
        process=line.process,
        material=line.material,
        finish=line.finish,
        tolerance=line.tolerance,
        notes=line.notes,
        quantity=line.quantity,
        unit_price=line.unit_price,
        total_minor=total,
        setup_minor=line.setup_minor,
        tooling_minor=line.tooling_minor,
        tooling_owner=line.tooling_owner,
        charges=[{"name": name, "amount_minor": amount} for name, amount in line.charges],
        inspection_level=line.inspection[0],
        inspection_name=line.inspection[1],
        documents=[{"code": code, "name": name} for code, name in line.documents],
        alternate=line.alternate,
        lead_time_days=line.lead_time_days,
    )


@transaction.atomic
def mark_order_funded(*, actor: Actor, public_id: str, amount_minor: int) -> Order:
    """`amount_minor` is held, or owed by a buyer who buys on account (`account_days`): the whole or
    the first instalment; the lead time starts. Payments calls this in its transaction."""
    order = lock_order(public_id)
    move(order, ORDER, "fund_order", by=Side.SYSTEM)
    order.ship_by = timezone.localdate() + timedelta(days=order.lead_time_days)
    order.funded_minor = amount_minor
    order.unpaid_minor = order.total_minor - amount_minor
    order.save(update_fields=["ship_by", "funded_minor", "unpaid_minor"])
    how = "It is bought on account" if order.account_days else "The payment is held"
    record(events.ORDER_FUNDED, order, actor=actor, visible_to=order.parties, how=how)
    return order


@transaction.atomic
def close_order(*, actor: Actor, public_id: str) -> Order:
    """Everything is paid out; the story ends. Payments calls this."""
    order = lock_order(public_id)
    move(order, ORDER, "close_order", by=Side.SYSTEM)
    record(events.ORDER_CLOSED, order, actor=actor, visible_to=order.parties)
    return order


@transaction.atomic
def cancel_order(*, actor: Actor, public_id: str, reason: str) -> Order:
    """End an order before it is made. A held payment goes back to the buyer (payments hears it)."""
    order = lock_order(public_id)
    side = check_can("cancel_order", actor, order)
    if not reason.strip():
        raise DomainError(
            "Say why, so that the other side understands.", fields={"reason": "Say why."}
        )
    move(order, ORDER, "cancel_order", by=side)
    end_milestones(order, approved=False)
    end_problems(order, f"The order was cancelled: {reason.strip()}")
    stop_asking(order)
    record(
        events.ORDER_CANCELLED, order, actor=actor, visible_to=order.parties, reason=reason.strip()
    )
    decide_rest(actor=actor, order=order, kind=Kind.REFUND, because=Because.CANCELLATION)
    return order


def cancel_unpaid_orders() -> int:
    """Cancel what was not paid within its time; the number cancelled. Called by the timer.

    Payments hears of it and closes the payment pages; money that arrives all the same goes back.
    """
    due = Order.objects.filter(state=OrderState.AWAITING_PAYMENT, payment_due_at__lt=timezone.now())
    actor = Actor.system("The payment timer")
    cancelled = 0
    for public_id in list(due.values_list("public_id", flat=True)[:500]):
        with transaction.atomic():
            if lock_order(public_id).state == OrderState.AWAITING_PAYMENT:
                cancel_order(actor=actor, public_id=public_id, reason=UNPAID)
                cancelled += 1
    return cancelled
