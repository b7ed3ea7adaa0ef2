"""Money that is held for long: staff are told, because somebody has to decide about it.

Rules on holding other people's money end it after about three months; an order that runs longer
is paid in milestones.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.events import record
from marketplace.core.models import Event
from marketplace.core.money import Money
from payments import events
from payments.actions.releases import held_minor
from payments.models import PaymentRequest
from payments.queries import lock_payment
from payments.states import PaymentState

ACTOR = Actor.system("Payments")
# Days after the payment: a warning, then the last call.
DAYS = (60, 80)
HELD = (PaymentState.FUNDED, PaymentState.DISPUTED)


def tell_of_long_holds() -> int:
    """Tell staff of payments of which something is held for 60 days, and again for 80; how many.

    Each is told once a step, however often this runs.
    """
    now = timezone.now()
    old = PaymentRequest.objects.filter(
        state__in=HELD, paid_at__lte=now - timedelta(days=DAYS[0])
    ).order_by("pk")
    return sum(_tell(pk) for pk in list(old.values_list("pk", flat=True)))


@transaction.atomic
def _tell(pk: int) -> int:
    request = lock_payment(pk)
    assert request.paid_at is not None
    days = (timezone.now() - request.paid_at).days
    step = max(each for each in DAYS if each <= days)
    told = Event.objects.filter(type=events.PAYMENT_HELD_LONG.name, subject=request.public_id)
    if request.state not in HELD or told.filter(data__step=step).exists():
        return 0
    held = Money(held_minor(request), request.currency)
    record(
        events.PAYMENT_HELD_LONG,
        request,
        thread=request.order,
        actor=ACTOR,
        amount=str(held),
        days=days,
        step=step,
    )
    return 1
