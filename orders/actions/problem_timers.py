"""Problems that nobody answers move on by themselves. Called by the timer."""

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from orders import events
from orders.actions.problem_steps import escalate, in_days, record_problem, resolve
from orders.models import Nonconformance
from orders.queries import lock_order
from orders.states import N_ENDED, NonconformanceState

N = NonconformanceState
TIMER = Actor.system("The problem timer")


def run_problem_timers() -> int:
    """What nobody answered in time: a remedy that arrived and stood unanswered counts as good,
    everything else goes to the platform; the number moved on. A problem somebody decides at the
    same moment is left to that decision."""
    now = timezone.now()
    due = Nonconformance.objects.filter(respond_by__lt=now).exclude(
        state__in=[*N_ENDED, N.ESCALATED]
    )
    moved = 0
    for order_id, pk in list(due.values_list("order__public_id", "pk")[:500]):
        with transaction.atomic():
            order = lock_order(order_id)
            found = Nonconformance.objects.select_related("line", "order").get(pk=pk)
            late = found.respond_by is not None and found.respond_by < now
            if not late or found.state in (*N_ENDED, N.ESCALATED):
                continue
            found.order = order
            if found.state == N.REMEDIED and found.shipments.filter(delivered_at=None).exists():
                escalate(TIMER, order, found, Side.SYSTEM, "The pieces sent have not arrived.")
            elif found.state == N.REMEDIED:
                resolve(TIMER, order, found, Side.SYSTEM, found.offer_refund_minor)
            else:
                escalate(TIMER, order, found, Side.SYSTEM, "Nobody answered in time.")
            moved += 1
    return moved


def remind_of_problems() -> int:
    """Tell whoever is next a day before the time to answer ends, once; the number told."""
    soon = in_days(1)
    due = Nonconformance.objects.filter(respond_by__lt=soon, reminded=False)
    due = due.filter(state__in=[N.OPEN, N.ANSWERED, N.AGREED, N.REMEDIED])
    rows = list(due.select_related("order__buyer", "order__manufacturer")[:500])
    for found in rows:
        with transaction.atomic():
            if Nonconformance.objects.filter(pk=found.pk, reminded=False).update(reminded=True):
                record_problem(
                    events.NONCONFORMANCE_REMINDED, found, TIMER, reference=found.reference
                )
    return len(rows)
