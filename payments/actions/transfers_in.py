"""A bank transfer that is waited for: given up, so that the payment can be made another way."""

from __future__ import annotations

import contextlib
import logging

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.states import WrongState
from orders.queries import get_order, lock_order
from payments import gateway
from payments.actions.funding import apply_payment
from payments.background import soon
from payments.models import PaymentRequest
from payments.queries import get_due_payment, lock_payment
from payments.rules import check_is_payer
from payments.states import PaymentState
from payments.values import GatewayError, GatewayRefused
from payments.ways import TRANSFER

logger = logging.getLogger(__name__)


@transaction.atomic
def give_up_transfer(*, actor: Actor, public_id: str, payment: str) -> PaymentRequest:
    """Ask that a payment no longer waits for the buyer's bank transfer; a worker tells Stripe.

    Twice is once. Raises NotFound, NotAllowed, or WrongState when no transfer is waited for.
    """
    get_order(actor, public_id)
    lock_order(public_id)
    request = lock_payment(get_due_payment(actor, public_id, payment).pk)
    check_is_payer(actor, request)
    if not is_waited_for(request):
        raise WrongState("No bank transfer is waited for here.")
    _ask(request)
    return request


def is_waited_for(request: PaymentRequest) -> bool:
    """The buyer has chosen to transfer the money and it has not come."""
    return request.state == PaymentState.PROCESSING and request.way == TRANSFER


def _ask(request: PaymentRequest) -> None:
    if request.give_up_asked_at is None:
        request.give_up_asked_at = timezone.now()
        request.save(update_fields=["give_up_asked_at"])
        soon("drop_transfer", request.pk)


def give_up_for_end(*, order_id: str) -> None:
    """The order has ended: the same for whatever it waits for, without anybody asking. Twice is
    once."""
    with transaction.atomic():
        order = lock_order(order_id)
        rows = order.payments.filter(state=PaymentState.PROCESSING)
        waiting = [lock_payment(pk) for pk in rows.values_list("pk", flat=True)]
        for request in waiting:
            if is_waited_for(request):
                _ask(request)
    for request in waiting:
        drop_transfer(request.pk)


def drop_transfer(pk: int) -> None:
    """Tell Stripe, and take in how the payment stands then; money that came first is kept."""
    request = PaymentRequest.objects.get(pk=pk)
    if not is_waited_for(request) or request.give_up_asked_at is None:
        return
    try:
        # Refused when the money came in the same moment.
        with contextlib.suppress(GatewayRefused):
            gateway.cancel_payment(request.payment_intent)
        apply_payment(gateway.retrieve_payment(request.payment_intent))
    except GatewayError as error:
        # The sweep tries again.
        logger.warning("A transfer could not be given up: %s", error)


def transfers_to_drop() -> list[int]:
    """Payments whose transfer was given up and still stands at Stripe."""
    rows = PaymentRequest.objects.filter(
        state=PaymentState.PROCESSING, way=TRANSFER, give_up_asked_at__isnull=False
    )
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])
