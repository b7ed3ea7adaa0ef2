"""Instalments fall due as work goes on, ask for less when the price falls, are reminded of."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import Fact, record
from orders.commission import commission
from orders.models import Milestone, Order
from orders.queries import lock_order
from orders.states import MilestoneState, OrderState
from orders.vat import taxes_of
from payments import events
from payments.actions.attempts import close_pages
from payments.actions.requests import cancel_payment, note_next, record_requested
from payments.instalments import commissions
from payments.models import PaymentRequest
from payments.rules import ENDED
from payments.states import PaymentState
from payments.tax_queries import tax_of_order

TIMER = Actor.system("Payment timer")
MOST_AT_ONCE = 500
When, Kind = PaymentRequest.When, PaymentRequest.Kind
ASKED = (PaymentState.DUE, PaymentState.PROCESSING)
# The shop has not taken the order on in these.
NOT_CONFIRMED = (OrderState.AWAITING_APPROVAL, OrderState.AWAITING_PAYMENT, OrderState.PLACED)
FINISHED = (
    OrderState.QUALITY_CHECK,
    OrderState.READY_TO_SHIP,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
    OrderState.DELIVERED,
)
STEPS = {
    When.TOOLING.value: Milestone.Kind.TOOLING,
    When.FIRST_ARTICLE.value: Milestone.Kind.FIRST_ARTICLE,
}


def instalments_of(order: Order) -> QuerySet[PaymentRequest]:
    """The payments of the contract itself, first to last; supplements come on top."""
    return PaymentRequest.objects.filter(order=order).exclude(kind=Kind.SUPPLEMENT).order_by("seq")


@transaction.atomic
def call_instalments(*, actor: Actor, order_id: str) -> int:
    """Ask for every instalment whose time has come, to be paid within INSTALMENT_DAYS; the number
    asked for. Twice is once."""
    order = lock_order(order_id)
    if order.state in (*NOT_CONFIRMED, *ENDED):
        return 0
    called = 0
    for request in instalments_of(order).filter(state=PaymentState.DUE, due_at=None):
        if not _has_come(order, request):
            continue
        request.due_at = timezone.now() + timedelta(days=settings.INSTALMENT_DAYS)
        request.save(update_fields=["due_at"])
        record_requested(actor, order, request)
        called += 1
    if called:
        note_next(order)
    return called


def _has_come(order: Order, request: PaymentRequest) -> bool:
    """Its step is next, or the work has gone past it."""
    stands = order.left_state or order.state
    is_reviewed = stands == OrderState.FIRST_ARTICLE_REVIEW
    if request.due_when == When.CONFIRMED or stands in FINISHED:
        return True
    if request.due_when == When.FINISHED:
        return False
    if is_reviewed and request.stage == PaymentRequest.Stage.FIRST_ARTICLE:
        return True
    approved = order.milestones.filter(kind=STEPS[request.due_when], state=MilestoneState.APPROVED)
    return approved.exists()


def asked_too_much(order: Order) -> int:
    """What open instalments ask for above what the contract still wants, minor units; 0 while they
    agree."""
    wanted = order.unpaid_minor
    if order.state in (OrderState.AWAITING_APPROVAL, OrderState.AWAITING_PAYMENT):
        wanted = order.total_minor
    asked = instalments_of(order).filter(state__in=ASKED)
    total = asked.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return max(0, int(total) - wanted)


def fit_instalments(*, actor: Actor, order_id: str) -> None:
    """The price fell or the order ended: the last instalments ask for less, or are cancelled.

    For the worker; twice is once. Their pages are closed at Stripe first. What the buyer's bank
    works on stays: it is taken in, and what is too much of it goes back.
    """
    order = Order.objects.get(public_id=order_id)
    for request in instalments_of(order).filter(state=PaymentState.DUE).reverse():
        if not asked_too_much(order):
            return
        close_pages(request)
        _ask_less(actor, order_id, request.pk)
        order.refresh_from_db()


@transaction.atomic
def _ask_less(actor: Actor, order_id: str, pk: int) -> None:
    order = lock_order(order_id)
    request = PaymentRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    less = min(asked_too_much(order), request.amount_minor)
    if request.state != PaymentState.DUE or less == 0:
        return
    if less == request.amount_minor:
        cancel_payment(actor=actor, request_pk=pk)
    else:
        request.amount_minor -= less
        request.tax_minor = _tax_of_less(order, request)
        request.commission_minor = min(request.commission_minor, request.amount_minor)
        request.save(update_fields=["amount_minor", "tax_minor", "commission_minor"])
        record(
            events.INSTALMENT_LOWERED,
            request,
            thread=order,
            actor=actor,
            visible_to=[order.buyer],
            amount=str(request.gross),
            amount_minor=request.gross_minor,
            currency=request.currency,
        )
    _share_commission(order)
    note_next(order)


def _share_commission(order: Order) -> None:
    """The open instalments bear what the commission on the new total leaves for them."""
    counted = PaymentRequest.objects.filter(order=order).exclude(state=PaymentState.CANCELLED)
    open_ones = list(instalments_of(order).filter(state=PaymentState.DUE))
    others = counted.exclude(pk__in=[row.pk for row in open_ones])
    taken = int(others.aggregate(sum=Sum("commission_minor", default=0))["sum"])
    amounts = [row.amount_minor for row in open_ones]
    left = commission(order.total_minor, order.commission_terms) - taken
    for row, share in zip(
        open_ones, commissions(amounts, min(max(0, left), sum(amounts))), strict=True
    ):
        row.commission_minor = share
        row.save(update_fields=["commission_minor"])


def _tax_of_less(order: Order, request: PaymentRequest) -> int:
    """The VAT on a lowered instalment: what it adds to that on all others. Theirs stays as it is,
    since a page may be open on which one of them is paid."""
    tax = tax_of_order(order)
    if tax is None or tax.rate_bps == 0:
        return 0
    counted = PaymentRequest.objects.filter(order=order).exclude(state=PaymentState.CANCELLED)
    before = counted.exclude(pk=request.pk).aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return taxes_of(int(before), [request.amount_minor], tax.rate_bps)[0]


def remind_of_payments() -> int:
    """Remind buyers before a payment is due and after; long after, tell both sides. The number
    told. Called by the timer; twice is once."""
    now = timezone.now()
    soon = now + timedelta(days=settings.INSTALMENT_REMINDER_DAYS)
    long_ago = now - timedelta(days=settings.INSTALMENT_OVERDUE_DAYS)
    due = PaymentRequest.objects.filter(state=PaymentState.DUE)
    # An order that never began, and a supplement, end by themselves when they are not paid.
    running = due.exclude(kind=Kind.SUPPLEMENT).exclude(order__state__in=NOT_CONFIRMED)
    told = 0
    for rows, count, fact in (
        (running.filter(due_at__lt=long_ago), 3, events.PAYMENT_OVERDUE),
        (running.filter(due_at__lt=now), 2, events.PAYMENT_REMINDED),
        (due.filter(due_at__gte=now, due_at__lt=soon), 1, events.PAYMENT_REMINDED),
    ):
        waiting = rows.filter(reminders__lt=count).order_by("pk")
        for order_id, pk in list(waiting.values_list("order__public_id", "pk")[:MOST_AT_ONCE]):
            told += _remind(order_id, waiting.filter(pk=pk), count, fact)
    return told


@transaction.atomic
def _remind(order_id: str, row: QuerySet[PaymentRequest], count: int, fact: Fact) -> int:
    order = lock_order(order_id)
    request = row.first()
    if request is None or order.state in ENDED:
        return 0
    request.reminders = count
    request.save(update_fields=["reminders"])
    is_long_overdue = fact == events.PAYMENT_OVERDUE
    record(
        fact,
        request,
        thread=order,
        actor=TIMER,
        visible_to=order.parties if is_long_overdue else [order.buyer],
        amount=str(request.gross),
        amount_minor=request.gross_minor,
        currency=request.currency,
        what=request.label.lower(),
    )
    return 1
