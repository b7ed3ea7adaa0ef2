"""A blanket order: proposed, answered, called off in batches, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import MAX_MINOR, line_total
from marketplace.core.states import move
from orders import blanket_rules as rules
from orders import events
from orders.actions.placement import Terms, place_order
from orders.blanket_queries import lock_blanket
from orders.blanket_states import BLANKET
from orders.models import BlanketLine, BlanketOrder, CallOff, CallOffLine, Order
from orders.queries import get_order, side_of
from orders.reordering import REPEATS, check_reorderable, line_again, terms_again

# Key of `Order.terms` that names the blanket order a call-off belongs to.
CALLED_OFF = "called_off_from"


@dataclass(frozen=True)
class LineAgreed:
    """Pieces for the whole period and fewest of a call-off, for the order line `line_id`."""

    line_id: str
    quantity: int
    least: int = 1


@dataclass(frozen=True)
class Period:
    """First and last day of a call-off, and the lead time of each, days from payment."""

    starts_on: date
    ends_on: date
    lead_time_days: int


@transaction.atomic
def propose_blanket(
    *,
    actor: Actor,
    order_id: str,
    period: Period,
    lines: Sequence[LineAgreed],
    ship_to: str,
    title: str = "",
    notes: str = "",
) -> BlanketOrder:
    """Propose to an order's manufacturer to call off its lines at their unit prices.

    Raises NotFound, NotAllowed, WrongState for an order that was never paid or was cancelled, or
    DomainError beside each value that cannot be.
    """
    order = get_order(actor, order_id)
    if side_of(actor, order) != Side.BUYER:
        raise NotFound()
    actor.check(Permission.AWARD)
    check_reorderable(order)
    rules.check_takes_orders(order.manufacturer)
    _check_period(period)
    if not ship_to.strip():
        raise DomainError("Enter where the parts go.", fields={"ship_to": "Enter an address."})
    blanket = BlanketOrder.objects.create(
        source=order,
        buyer=order.buyer,
        manufacturer=order.manufacturer,
        title=title.strip()[:140] or order.title,
        currency=order.currency,
        ship_to=ship_to.strip()[:500],
        notes=notes.strip()[:2000],
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        lead_time_days=period.lead_time_days,
    )
    BlanketLine.objects.bulk_create(_lines(order, blanket, lines))
    _record(events.BLANKET_PROPOSED, blanket, actor, title=blanket.title)
    return blanket


def _check_period(period: Period) -> None:
    today = timezone.localdate()
    faults = {}
    if period.starts_on < today:
        faults["starts_on"] = "Choose today or a later day."
    if period.ends_on <= period.starts_on:
        faults["ends_on"] = "Choose a day after the first one."
    elif period.ends_on > period.starts_on + timedelta(days=366 * rules.MOST_YEARS):
        faults["ends_on"] = f"A blanket order runs at most {rules.MOST_YEARS} years."
    if not 1 <= period.lead_time_days <= 365:
        faults["lead_time_days"] = "Enter 1 to 365 days."
    if faults:
        raise DomainError(" ".join(faults.values()), fields=faults)


def _lines(order: Order, blanket: BlanketOrder, wanted: Sequence[LineAgreed]) -> list[BlanketLine]:
    """The rows of the chosen lines. Raises DomainError for none, or for pieces that cannot be."""
    sources = {line.public_id: line for line in order.lines.all()}
    if not wanted:
        raise DomainError("Enter the pieces of at least one line.")
    if len({one.line_id for one in wanted}) < len(wanted) or {one.line_id for one in wanted} - set(
        sources
    ):
        raise NotFound()
    rows = []
    for position, one in enumerate(wanted, start=1):
        source = sources[one.line_id]
        if not 1 <= one.least <= one.quantity <= rules.MOST_PIECES:
            raise DomainError(
                f"{source.part_number}: enter 1 to {rules.MOST_PIECES:,} pieces, and a least "
                "call-off that is not more than that.",
                fields={one.line_id: "These pieces cannot be."},
            )
        if line_total(source.unit_price, one.quantity, order.currency) > MAX_MINOR:
            raise DomainError(f"{source.part_number}: this comes to more than an order can hold.")
        rows.append(
            BlanketLine(
                blanket=blanket,
                source=source,
                position=position,
                quantity=one.quantity,
                least=one.least,
                unit_price=source.unit_price,
            )
        )
    return rows


@transaction.atomic
def accept_blanket(*, actor: Actor, public_id: str) -> BlanketOrder:
    """The manufacturer agrees; from its first day on the buyer calls off.

    Raises NotFound, NotAllowed or WrongState.
    """
    blanket = lock_blanket(public_id)
    side = rules.check_can_move(actor, blanket, "accept_blanket")
    move(blanket, BLANKET, "accept_blanket", by=side)
    _record(events.BLANKET_ACCEPTED, blanket, actor)
    return blanket


@transaction.atomic
def decline_blanket(*, actor: Actor, public_id: str, reason: str) -> BlanketOrder:
    """The manufacturer says no, and why. Raises as `accept_blanket`, or DomainError."""
    return _end_with_reason(actor, public_id, "decline_blanket", events.BLANKET_DECLINED, reason)


@transaction.atomic
def cancel_blanket(*, actor: Actor, public_id: str, reason: str) -> BlanketOrder:
    """The buyer ends it; what was called off stays ordered. Raises as `decline_blanket`."""
    return _end_with_reason(actor, public_id, "cancel_blanket", events.BLANKET_CANCELLED, reason)


def _end_with_reason(
    actor: Actor, public_id: str, verb: str, fact: Fact, reason: str
) -> BlanketOrder:
    blanket = lock_blanket(public_id)
    side = rules.check_can_move(actor, blanket, verb)
    clean = " ".join(reason.split())[:400]
    if not clean:
        raise DomainError("Say why; the other side reads it.", fields={"reason": "Say why."})
    move(blanket, BLANKET, verb, by=side)
    blanket.reason = clean
    blanket.save(update_fields=["reason"])
    _record(fact, blanket, actor, reason=clean)
    return blanket


@transaction.atomic
def call_off(
    *,
    actor: Actor,
    public_id: str,
    quantities: Mapping[str, int],
    seen: int,
    po_number: str = "",
) -> Order:
    """Order a batch at the agreed prices: an ordinary order, with the approvals and the payment of
    any other.

    `quantities` maps lines (public ids) to pieces; `seen` is how many call-offs the page showed.
    Raises NotFound, NotAllowed, WrongState outside the period, Conflict when somebody was faster,
    DomainError beside each quantity below the least or above what is left.
    """
    blanket = lock_blanket(public_id)
    rules.check_can_call_off(actor, blanket, timezone.localdate())
    rules.check_takes_orders(blanket.manufacturer)
    if seen != blanket.call_offs.count():
        raise Conflict(
            "Somebody called off a moment ago. The page shows what is left now; look at it and "
            "send yours again."
        )
    lines = list(blanket.lines.select_related("source__part_revision__part"))
    if set(quantities) - {line.public_id for line in lines}:
        raise NotFound()
    rules.check_quantities(lines, quantities)
    chosen = [
        (line, quantities[line.public_id]) for line in lines if quantities.get(line.public_id)
    ]
    order = place_order(
        actor=actor,
        buyer=blanket.buyer,
        manufacturer=blanket.manufacturer,
        lines=[
            replace(
                line_again(line.source, pieces),
                unit_price=line.unit_price,
                lead_time_days=blanket.lead_time_days,
            )
            for line, pieces in chosen
        ],
        terms=_terms(blanket, po_number),
    )
    batch = CallOff.objects.create(blanket=blanket, order=order)
    CallOffLine.objects.bulk_create(
        CallOffLine(call_off=batch, line=line, quantity=pieces) for line, pieces in chosen
    )
    count_called(blanket)
    record(
        events.CALLED_OFF,
        blanket,
        actor=actor,
        visible_to=order.parties,
        reference=order.reference,
        pieces=sum(pieces for _, pieces in chosen),
    )
    return order


def _terms(blanket: BlanketOrder, po_number: str) -> Terms:
    terms = terms_again(blanket.source, po_number)
    agreed = {key: value for key, value in terms.agreed.items() if key != REPEATS}
    return replace(
        terms,
        title=blanket.title,
        ship_to=blanket.ship_to,
        agreed={**agreed, CALLED_OFF: blanket.public_id},
    )


@transaction.atomic
def release_call_off(*, order_id: str) -> None:
    """The order of a call-off was cancelled: its pieces can be called off again. Twice is once."""
    batch = CallOff.objects.filter(order__public_id=order_id).select_related("blanket").first()
    if batch is None:
        return
    blanket = lock_blanket(batch.blanket.public_id)
    if not CallOff.objects.filter(pk=batch.pk, counts=True).update(counts=False):
        return
    count_called(blanket)
    record(
        events.CALL_OFF_RELEASED,
        blanket,
        actor=Actor.system("The end of the order"),
        visible_to=[blanket.buyer],
        order=order_id,
    )


def count_called(blanket: BlanketOrder) -> None:
    """Write down what is called off of each line. The caller holds the lock."""
    for line in blanket.lines.all():
        rows = CallOffLine.objects.filter(line=line, call_off__counts=True)
        line.called = rows.aggregate(pieces=Sum("quantity"))["pieces"] or 0
        line.save(update_fields=["called"])


def _record(fact: Fact, blanket: BlanketOrder, actor: Actor, **data: Any) -> None:
    record(fact, blanket, actor=actor, visible_to=blanket.parties, **data)
