"""Writing off what a buyer owes on account: the platform bears it, the manufacturer is paid.

The caller holds the order's lock.
"""

from __future__ import annotations

from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict
from orders.models import Order
from payments.actions.credit import suspend_for_loss
from payments.actions.instructions import close_settled_order
from payments.actions.ledger import RECEIVABLE_LOSSES, post, receivable_of
from payments.actions.receivables import lock_receivable, write_off
from payments.actions.releases import conclude
from payments.credit_queries import receivable_of_payment
from payments.models import ManualSettlement, Receivable
from payments.queries import lock_payment
from payments.states import ReceivableState


def check_unpaid(order: Order, found: ManualSettlement) -> None:
    """It is overdue, and no payment of it is under way. Raises a sentence."""
    _check(receivable_of_payment(found.payment) if found.payment else None)


def unpaid_minor(order: Order, found: ManualSettlement) -> int:
    """All that is still owed for the payment, minor units."""
    receivable = receivable_of_payment(found.payment) if found.payment else None
    return receivable.open_minor if receivable else 0


def give_up(actor: Actor, order: Order, found: ManualSettlement) -> None:
    """What is still owed is our loss, the payout that waited goes on, and the buyer's account is
    suspended."""
    assert found.payment is not None
    request = lock_payment(found.payment.pk)
    request.order = order
    receivable = lock_receivable(request)
    _check(receivable)
    post(
        key=f"given_up:{found.public_id}",
        kind="receivable_lost",
        debit=RECEIVABLE_LOSSES,
        credit=receivable_of(order.buyer),
        amount=receivable.left,
        note=f"Written off by the platform: invoice {receivable.number} was not paid",
        request=request,
    )
    write_off(actor=actor, order=order, request=request)
    suspend_for_loss(actor=actor, account=receivable.account, number=receivable.number)
    conclude(request)
    close_settled_order(order_id=order.public_id)


def _check(receivable: Receivable | None) -> None:
    if receivable is None or receivable.state != ReceivableState.OPEN:
        raise Conflict("Nothing is owed on account for this payment now.")
    if not receivable.days_overdue(timezone.localdate()):
        raise Conflict(f"{receivable.number} is not overdue; its buyer may still pay in time.")
    if receivable.on_its_way_at is not None:
        raise Conflict(f"A payment for {receivable.number} is being confirmed by the bank.")
