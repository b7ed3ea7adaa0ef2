"""What staff settle by hand about an order's money; above a limit a second person confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import Money
from marketplace.core.states import check_move, move
from orders.models import Order
from orders.queries import lock_order
from payments import events
from payments.actions.manual_steps import STEPS
from payments.models import Instruction, ManualSettlement, PaymentRequest
from payments.rules import (
    check_can_decide_settlement,
    check_can_propose_settlement,
    check_can_withdraw_settlement,
)
from payments.states import MANUAL

Kind = ManualSettlement.Kind
MOST_REASON = 1000
# The kinds that are about one payment, named by `Wish.payment`.
OF_A_PAYMENT = (Kind.HOLD, Kind.LET_GO, Kind.ACCEPT, Kind.SEND_BACK, Kind.GIVE_UP)


@dataclass(frozen=True)
class Wish:
    """What is to be done. `payment` and `refund` are public ids, where the kind needs one;
    `minor` in the order's currency, where the kind moves an amount that is chosen."""

    kind: str
    reason: str
    minor: int = 0
    payment: str = ""
    refund: str = ""
    reference: str = ""


@transaction.atomic
def propose_settlement(*, actor: Actor, order_id: str, wish: Wish) -> ManualSettlement:
    """Write down what staff want done with an order's money, and do it at once up to the limit.

    Above MANUAL_SETTLEMENT_LIMIT it waits for a second person. Raises NotAllowed without the
    right, NotFound for an order or payment that is not there, DomainError for what cannot be done.
    """
    check_can_propose_settlement(actor)
    order = _order(order_id)
    made = _read(order, actor, wish)
    step = STEPS[Kind(made.kind)]
    made.amount_minor = step.amount(order, made)
    step.check(order, made)
    # Stopping money protects it, so that nobody waits for a second person with it.
    limit = settings.MANUAL_SETTLEMENT_LIMIT.get(made.currency, 0)
    made.needs_second = made.kind != Kind.HOLD and made.amount_minor > limit
    made.save()
    if made.needs_second:
        _record(events.MANUAL_PROPOSED, order, made, actor, reason=made.reason[:300])
    else:
        _carry_out(actor, order, made)
    return made


@transaction.atomic
def confirm_settlement(*, actor: Actor, public_id: str) -> ManualSettlement:
    """The second person: it is done now. Raises NotAllowed for the proposer, WrongState when it
    is decided already, DomainError when the money has moved since."""
    order, found = _lock(public_id)
    check_can_decide_settlement(actor, found)
    STEPS[Kind(found.kind)].check(order, found)
    _carry_out(actor, order, found)
    return found


@transaction.atomic
def refuse_settlement(*, actor: Actor, public_id: str, reason: str) -> ManualSettlement:
    """The second person says no, and why. Raises NotAllowed, WrongState."""
    order, found = _lock(public_id)
    check_can_decide_settlement(actor, found)
    _end(actor, found, "refuse_settlement")
    _record(events.MANUAL_REFUSED, order, found, actor, reason=reason[:300])
    return found


@transaction.atomic
def withdraw_settlement(*, actor: Actor, public_id: str) -> ManualSettlement:
    """Who proposed it takes it back. Raises NotAllowed, WrongState."""
    order, found = _lock(public_id)
    check_can_withdraw_settlement(actor, found)
    _end(actor, found, "withdraw_settlement")
    _record(events.MANUAL_WITHDRAWN, order, found, actor)
    return found


def _read(order: Order, actor: Actor, wish: Wish) -> ManualSettlement:
    reason = " ".join(wish.reason.split())
    if wish.kind not in Kind.values:
        raise DomainError("Choose what is to be done.", fields={"kind": "Choose one."})
    if not reason or len(reason) > MOST_REASON:
        sentence = f"Say why, in at most {MOST_REASON} characters; whom it concerns reads it."
        raise DomainError(sentence, fields={"reason": sentence})
    return ManualSettlement(
        order=order,
        kind=wish.kind,
        payment=_payment(order, wish),
        refund=_refund(order, wish),
        amount_minor=wish.minor,
        currency=order.currency,
        reason=reason,
        reference=wish.reference.strip()[:80],
        proposed_by=actor.user,
    )


def _payment(order: Order, wish: Wish) -> PaymentRequest | None:
    if wish.kind not in OF_A_PAYMENT:
        return None
    found = PaymentRequest.objects.filter(order=order, public_id=wish.payment).first()
    if found is None:
        raise DomainError("Choose the payment.", fields={"payment": "Choose one."})
    return found


def _refund(order: Order, wish: Wish) -> Instruction | None:
    if wish.kind != Kind.PAID_OTHERWISE:
        return None
    found = Instruction.objects.filter(
        request__order=order, kind=Instruction.Kind.REFUND, public_id=wish.refund
    ).first()
    if found is None:
        raise DomainError("Choose the refund that came back.", fields={"refund": "Choose one."})
    return found


def _carry_out(actor: Actor, order: Order, found: ManualSettlement) -> None:
    _end(actor, found, "carry_out_settlement")
    step = STEPS[Kind(found.kind)]
    step.do(actor, order, found)
    record(
        events.MANUAL_CARRIED_OUT,
        found,
        thread=order,
        actor=actor,
        visible_to=step.concerns(order),
        words=words_of(found),
        reason=found.reason[:300],
    )


def _end(actor: Actor, found: ManualSettlement, verb: str) -> None:
    check_move(found, MANUAL, verb, by=Side.STAFF)
    # Before the move: the database looks at it for who decided.
    found.decided_by = actor.user
    found.decided_at = timezone.now()
    found.save(update_fields=["decided_by", "decided_at"])
    move(found, MANUAL, verb, by=Side.STAFF)


def words_of(found: ManualSettlement) -> str:
    """What is done, such as "release held money to the manufacturer, 20.00 EUR"."""
    label = str(found.get_kind_display())
    amount = f", {Money(found.amount_minor, found.currency)}" if found.amount_minor else ""
    return f"{label[0].lower()}{label[1:]}{amount}"


def _record(fact: Fact, order: Order, found: ManualSettlement, actor: Actor, **data: Any) -> None:
    record(fact, found, thread=order, actor=actor, words=words_of(found), **data)


def _order(public_id: str) -> Order:
    if not Order.objects.filter(public_id=public_id).exists():
        raise NotFound()
    return lock_order(public_id)


def _lock(public_id: str) -> tuple[Order, ManualSettlement]:
    found = ManualSettlement.objects.select_related("order").filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    order = lock_order(found.order.public_id)
    rows = ManualSettlement.objects.select_for_update(of=("self",))
    return order, rows.select_related("payment", "refund__request").get(pk=found.pk)
