"""Milestones and days to ship: both sides are warned before and told after, and silence approves
what was submitted with its evidence. Called by the timer; twice is once."""

from datetime import date, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.events import Fact, record
from marketplace.core.templatetags.formats import plain_day
from orders import events
from orders.actions.milestone_decisions import pass_submitted
from orders.actions.milestones import start_answer_times
from orders.actions.money import undecided_minor
from orders.milestones import BY_HAND, OPEN, stands_still
from orders.models import Milestone, Order
from orders.queries import IN_HAND, lock_order
from orders.states import RUNNING, MilestoneState

Row = TypeVar("Row", bound=Model)
TIMER = Actor.system("The milestone timer")
REMIND_DAYS_BEFORE = 1
MOST_AT_ONCE = 500
K = Milestone.Kind
# The shop's own steps. The shipment is the order's day to ship, told once; the acceptance has its
# own time with its own reminder.
WARNED = (K.TOOLING.value, K.FIRST_ARTICLE.value)


def run_milestone_timers() -> None:
    """Everything that happens to milestones as days pass."""
    remind_of_answers()
    run_answer_times()
    warn_of_milestones()
    warn_of_ship_days()


def run_answer_times() -> int:
    """Approve what waited its whole time without an answer; the number approved.

    While an order is on hold, disputed or has an open problem the time stands still, and then runs
    anew as a whole. What is not covered by held money is left to people.
    """
    waiting = Milestone.objects.filter(
        state=MilestoneState.SUBMITTED, kind__in=BY_HAND, order__funded_minor__gt=0
    )
    approved = 0
    rows = waiting.order_by("pk").values_list("order__public_id", "pk")
    for order_id, pk in list(rows[:MOST_AT_ONCE]):
        with transaction.atomic():
            order = lock_order(order_id)
            found = Milestone.objects.get(pk=pk)
            if found.state != MilestoneState.SUBMITTED:
                continue
            found.order = order
            if stands_still(order):
                Milestone.objects.filter(pk=pk).update(answer_by=None)
            elif found.answer_by is None:
                start_answer_times(order)
            elif found.answer_by < timezone.now() and found.amount_minor <= undecided_minor(order):
                pass_submitted(TIMER, order, found, Side.SYSTEM)
                approved += 1
    return approved


def remind_of_answers() -> int:
    """Tell the buyer once, a day before silence approves; the number told."""
    soon = timezone.now() + timedelta(days=REMIND_DAYS_BEFORE)
    due = Milestone.objects.filter(
        state=MilestoneState.SUBMITTED, kind__in=BY_HAND, answer_by__lt=soon, reminded=False
    )
    told = 0
    for order_id, pk in list(due.values_list("order__public_id", "pk")[:MOST_AT_ONCE]):
        with transaction.atomic():
            order = lock_order(order_id)
            if stands_still(order) or not due.filter(pk=pk).update(reminded=True):
                continue
            found = Milestone.objects.get(pk=pk)
            record(
                events.MILESTONE_REMINDED,
                found,
                thread=order,
                actor=TIMER,
                visible_to=[order.buyer],
                milestone=_name(found),
            )
            told += 1
    return told


def warn_of_milestones() -> int:
    """Tell both sides MILESTONE_WARNING_DAYS before a milestone is due and when it is missed, once
    each for a due date; the number told."""
    rows = Milestone.objects.filter(state__in=OPEN, kind__in=WARNED, order__state__in=RUNNING)
    told = 0
    for fact, column, due in (
        (events.MILESTONE_LATE, "late_for", _missed(rows, "due_on")),
        (events.MILESTONE_DUE, "warned_for", _near(rows, "due_on")),
    ):
        for order_id, pk in list(due.values_list("order__public_id", "pk")[:MOST_AT_ONCE]):
            with transaction.atomic():
                order = lock_order(order_id)
                if due.filter(pk=pk).update(**{column: F("due_on")}):
                    found = Milestone.objects.get(pk=pk)
                    _tell_both(fact, found, order, found.due_on, milestone=_name(found))
                    told += 1
    return told


def warn_of_ship_days() -> int:
    """The same for the day an order has to ship by."""
    rows = Order.objects.filter(state__in=IN_HAND)
    told = 0
    for fact, column, due in (
        (events.SHIP_DAY_PASSED, "late_for", _missed(rows, "ship_by")),
        (events.SHIP_DAY_NEAR, "warned_for", _near(rows, "ship_by")),
    ):
        for order_id, pk in list(due.values_list("public_id", "pk")[:MOST_AT_ONCE]):
            with transaction.atomic():
                order = lock_order(order_id)
                if due.filter(pk=pk).update(**{column: F("ship_by")}):
                    _tell_both(fact, order, order, order.ship_by)
                    told += 1
    return told


def _near(rows: QuerySet[Row], column: str) -> QuerySet[Row]:
    """Due within the days of warning and not warned of yet. Days are the platform's local ones, so
    a change of clocks makes none of them longer."""
    today = timezone.localdate()
    last = today + timedelta(days=settings.MILESTONE_WARNING_DAYS)
    return rows.filter(**{f"{column}__range": (today, last)}).exclude(warned_for=F(column))


def _missed(rows: QuerySet[Row], column: str) -> QuerySet[Row]:
    return rows.filter(**{f"{column}__lt": timezone.localdate()}).exclude(late_for=F(column))


def _tell_both(
    fact: Fact, subject: Milestone | Order, order: Order, day: date | None, **data: str
) -> None:
    record(
        fact,
        subject,
        thread=order,
        actor=TIMER,
        visible_to=order.parties,
        day=plain_day(day),
        **data,
    )


def _name(found: Milestone) -> str:
    return found.get_kind_display().lower()
