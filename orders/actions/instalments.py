"""An order that is paid in instalments: what is still asked for, and what has to wait for it.

`payments` keeps the instalments themselves and calls these in its transactions; the caller holds
the order's lock.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.states import WrongState
from orders import events
from orders.actions.milestones import reschedule
from orders.actions.money import Because, Kind, decide_money, undecided_minor
from orders.change_queries import agreed_day_at
from orders.models import Milestone, Order
from orders.queries import lock_order
from orders.states import OrderState


def take_in_instalment(
    *,
    actor: Actor,
    public_id: str,
    subject: str,
    amount_minor: int,
    due_at: datetime | None,
    is_balance: bool,
) -> Order:
    """One more instalment is held: `amount_minor` of the payment `subject`, due at `due_at`.

    Days the shop had to wait for it are added to its day to ship by. What is more than was still
    asked for (the price fell while the page was open) goes back.
    """
    order = lock_order(public_id)
    more = max(0, amount_minor - order.unpaid_minor)
    order.funded_minor += amount_minor
    order.unpaid_minor -= amount_minor - more
    order.save(update_fields=["funded_minor", "unpaid_minor"])
    decide_money(
        actor=actor,
        order=order,
        kind=Kind.REFUND,
        because=Because.CHANGE,
        subject=subject,
        amount_minor=more,
    )
    days = days_waited(order, due_at, is_balance=is_balance)
    if days and order.ship_by is not None:
        order.ship_by += timedelta(days=days)
        order.save(update_fields=["ship_by"])
        reschedule(order)
        record(
            events.SHIP_DAY_MOVED,
            order,
            actor=actor,
            visible_to=order.parties,
            days=days,
            ship_by=order.ship_by.isoformat(),
        )
    return order


def days_waited(order: Order, due_at: datetime | None, *, is_balance: bool) -> int:
    """Days the shop could not go on because an instalment that arrives now was late.

    The balance holds up parts that are ready: from the day they were, or the day to ship by if
    that is later, to today, both counted. Any other instalment holds up its step: from the day it
    was due. Days that a hold of the buyer's gives back are not given twice.
    """
    today = timezone.localdate()
    stood = order.left_state or order.state
    if is_balance:
        if stood != OrderState.READY_TO_SHIP or order.ship_by is None:
            return 0
        begun = max(timezone.localdate(order.state_changed_at), order.ship_by)
        days = (today - begun).days + 1
    else:
        if due_at is None:
            return 0
        due_at = max(due_at, agreed_day_at(order) or due_at)
        begun = timezone.localdate(due_at)
        days = (today - begun).days
    return max(0, days - _given_back(order, begun, today))


def _given_back(order: Order, begun: date, today: date) -> int:
    """Days from `begun` on that a hold of the buyer's has added or will add."""
    resumed = Event.objects.filter(
        type=events.ORDER_RESUMED.name, thread=order.public_id, at__date__gte=begun
    )
    days = sum(int(event.data["days"]) for event in resumed)
    if order.state == OrderState.ON_HOLD and order.held_by != "manufacturer":
        days += (today - max(begun, timezone.localdate(order.state_changed_at))).days
    return days


def ask_less(order: Order, minor: int) -> int:
    """The price fell by `minor`: open instalments ask for less first. Returns what is left of it,
    which was paid already and goes back. Minor units."""
    less = min(order.unpaid_minor, minor)
    if less:
        order.unpaid_minor -= less
        order.save(update_fields=["unpaid_minor"])
    return minor - less


def stop_asking(order: Order) -> None:
    """The order has ended: nothing more is to be paid for it."""
    if order.unpaid_minor or order.instalment_due_at:
        order.unpaid_minor = order.instalment_minor = order.instalment_tax_minor = 0
        order.instalment_due_at = None
        order.save(
            update_fields=[
                *("unpaid_minor", "instalment_minor", "instalment_tax_minor", "instalment_due_at")
            ]
        )


def note_next_instalment(
    *, order: Order, amount_minor: int, due_at: datetime | None, tax_minor: int = 0
) -> None:
    """Write down which instalment is to be paid next: 0 and None while none has fallen due."""
    wanted = (amount_minor, tax_minor, due_at)
    if (order.instalment_minor, order.instalment_tax_minor, order.instalment_due_at) != wanted:
        order.instalment_minor, order.instalment_tax_minor, order.instalment_due_at = wanted
        order.save(update_fields=["instalment_minor", "instalment_tax_minor", "instalment_due_at"])


def note_vat(*, order: Order, rate_bps: int) -> None:
    """Write down the rate of VAT that comes on top of what is paid (1 bps is 0.01 %)."""
    if order.vat_bps != rate_bps:
        order.vat_bps = rate_bps
        order.save(update_fields=["vat_bps"])


def note_on_account(*, order: Order, days: int) -> None:
    """A payment of the order is on account: the manufacturer is paid when the buyer has paid its
    invoice, due `days` after the goods are shipped (a step before that: after it is ordered)."""
    if order.account_days != days:
        order.account_days = days
        order.save(update_fields=["account_days"])


def wait_for_bank(*, order: Order, change: str, until: datetime) -> None:
    """The money is on its way and may take until then: neither the order nor the change order it
    pays ends meanwhile because it is not paid."""
    if order.state == OrderState.AWAITING_PAYMENT and order.payment_due_at < until:
        order.payment_due_at = until
        order.save(update_fields=["payment_due_at"])
    if change:
        order.changes.filter(public_id=change, pay_by__lt=until).update(pay_by=until)


def check_everything_paid(order: Order) -> None:
    """Parts leave once everything that is due before is held. Raises WrongState."""
    if order.unpaid_minor:
        raise WrongState(
            f"{order.with_vat(str(order.unpaid_gross))} of this order are not paid yet, and parts "
            "leave once the whole price is held. The buyer pays under Payment; days you wait with "
            "parts that are ready are added to your day to ship by."
        )


def check_step_paid(order: Order, milestone: Milestone) -> None:
    """What a step releases is held. Raises DomainError with what is missing."""
    missing = unpaid_of_step(order, milestone)
    if missing:
        whole = missing.minor == milestone.amount_minor
        gross = milestone.gross if whole else order.gross(missing.minor)
        raise DomainError(
            f"{order.with_vat(str(gross))} of the instalment for this step are not paid yet. "
            "Pay under Payment, then approve it.",
            code="not_held",
        )


def unpaid_of_step(order: Order, milestone: Milestone) -> Money | None:
    """What is missing of the amount a step releases; None when it is held, or nothing more is
    asked for. One query."""
    if order.unpaid_minor == 0:
        return None
    missing = milestone.amount_minor - undecided_minor(order)
    if missing <= 0:
        return None
    return Money(min(missing, order.unpaid_minor), order.currency)
