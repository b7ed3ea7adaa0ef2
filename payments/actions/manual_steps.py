"""The kinds of settlement by hand: what each needs, does, and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Side
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.money import Money
from marketplace.core.states import move
from orders.actions.money import Because, decide_money, free_minor
from orders.models import MoneyDecision, Order
from payments.actions.instructions import close_settled_order, unblock_instruction
from payments.actions.ledger import BANK, LOSSES, debt_of, lock_shop, post, refund_of
from payments.actions.loss_steps import check_unpaid, give_up, unpaid_minor
from payments.actions.releases import BACKED, carry_out_decisions, held_minor
from payments.actions.returns import RETURNABLE, carry_out_claims, return_released
from payments.actions.review_steps import (
    accept,
    amount_in_review,
    check_accept,
    check_send_back,
    send_back,
)
from payments.debt_queries import coming_back_minor, debt_to_us, returnable_minor
from payments.hold_queries import hold_on, stopped_payments
from payments.models import Instruction, ManualSettlement, MoneyHold, PaymentRequest
from payments.states import INSTRUCTION, InstructionState, PaymentState

ACTOR = Actor.system("Payments")
Kind = ManualSettlement.Kind
Parties = Sequence[Organization]


@dataclass(frozen=True)
class Step:
    """`check` raises a sentence, `do` acts under the order's lock, `amount` is what it moves, and
    `concerns` says who reads of it."""

    check: Callable[[Order, ManualSettlement], None]
    do: Callable[[Actor, Order, ManualSettlement], None]
    concerns: Callable[[Order], Parties]
    amount: Callable[[Order, ManualSettlement], int] = lambda order, found: found.amount_minor


def releasable_minor(order: Order) -> int:
    """What is held and neither decided about nor waiting for an open problem, minor units."""
    held = sum(held_minor(request) for request in _payments(order, *BACKED))
    return min(held, free_minor(order))


def returnable_of(order: Order) -> int:
    """What of the released money can go back to the buyer, minor units."""
    return sum(returnable_minor(request) for request in _payments(order, *RETURNABLE))


def owed_minor(order: Order) -> int:
    """What the order's manufacturer owes us and Stripe is not about to bring, minor units."""
    shop, currency = order.manufacturer, order.currency
    return max(0, debt_to_us(shop, currency) - coming_back_minor(shop, currency))


def unsendable_refunds(order: Order) -> QuerySet[Instruction]:
    """Refunds of an order that came back, or that Stripe refused for certain."""
    refused = Q(state=InstructionState.BLOCKED, look_first=False, key_used_at__isnull=True)
    # What stands still for a bank or for staff was not refused.
    frozen = Q(request__state=PaymentState.DISPUTED) | Q(request__in=stopped_payments())
    return Instruction.objects.filter(
        Q(state=InstructionState.FAILED) | (refused & ~frozen),
        request__order=order,
        kind=Instruction.Kind.REFUND,
    )


def _payments(order: Order, *states: str) -> list[PaymentRequest]:
    rows = PaymentRequest.objects.filter(order=order, state__in=states).order_by("seq")
    return list(rows.exclude(pk__in=stopped_payments()).select_related("order__manufacturer"))


def _check_amount(most: int, found: ManualSettlement, what: str) -> None:
    if 1 <= found.amount_minor <= most:
        return
    left = Money(most, found.currency)
    sentence = f"Between 0.01 and {left} {what}." if most else f"There is nothing that {what} now."
    raise DomainError(sentence, fields={"amount": sentence})


def _check_held(order: Order, found: ManualSettlement) -> None:
    _check_amount(releasable_minor(order), found, "can be decided about")


def _check_released(order: Order, found: ManualSettlement) -> None:
    _check_amount(returnable_of(order), found, "can go back to the buyer")


def _check_owed(order: Order, found: ManualSettlement) -> None:
    _check_amount(owed_minor(order), found, "can be written off")


def _check_hold(order: Order, found: ManualSettlement) -> None:
    if found.payment is not None and hold_on(found.payment) is not None:
        raise Conflict("This payment is on hold already.")


def _check_let_go(order: Order, found: ManualSettlement) -> None:
    if found.payment is None or hold_on(found.payment) is None:
        raise Conflict("This payment is not on hold.")


def _check_refund(order: Order, found: ManualSettlement) -> None:
    refund = found.refund
    if refund is None or not unsendable_refunds(order).filter(pk=refund.pk).exists():
        raise Conflict("This refund went through, is under way, or was paid another way already.")
    if not found.reference:
        sentence = "Enter the reference of the bank, so that the payment can be found."
        raise DomainError(sentence, fields={"reference": sentence})


def _decide(kind: str) -> Callable[[Actor, Order, ManualSettlement], None]:
    def do(actor: Actor, order: Order, found: ManualSettlement) -> None:
        decide_money(
            actor=actor,
            order=order,
            kind=kind,
            because=Because.DECISION,
            subject=found.public_id,
            amount_minor=found.amount_minor,
        )

    return do


def _return(actor: Actor, order: Order, found: ManualSettlement) -> None:
    return_released(
        actor=actor,
        order=order,
        minor=found.amount_minor,
        key=f"manual:{found.public_id}",
        why="decision of the platform",
    )


def _hold(actor: Actor, order: Order, found: ManualSettlement) -> None:
    assert found.payment is not None
    MoneyHold.objects.create(request=found.payment, reason=found.reason)


def _let_go(actor: Actor, order: Order, found: ManualSettlement) -> None:
    assert found.payment is not None
    open_holds = MoneyHold.objects.filter(request=found.payment, lifted_at__isnull=True)
    open_holds.update(lifted_at=timezone.now())
    blocked = found.payment.instructions.filter(state=InstructionState.BLOCKED)
    for pk in list(blocked.values_list("pk", flat=True)):
        unblock_instruction(actor=ACTOR, pk=pk)
    carry_out_decisions(actor=ACTOR, order_id=order.public_id)
    carry_out_claims(actor=ACTOR, order_id=order.public_id)


def _write_off(actor: Actor, order: Order, found: ManualSettlement) -> None:
    lock_shop(order.manufacturer)
    # Read again under the lock that guards debts.
    _check_owed(order, found)
    post(
        key=f"written_off:{found.public_id}",
        kind="written_off",
        debit=LOSSES,
        credit=debt_of(order.manufacturer),
        amount=found.amount,
        note="Owed no more: written off by the platform",
        request=order.payments.order_by("seq").first(),
    )


def _pay_otherwise(actor: Actor, order: Order, found: ManualSettlement) -> None:
    refund = found.refund
    assert refund is not None
    came_back = refund.state == InstructionState.FAILED
    verb = "replace_instruction" if came_back else "cancel_instruction"
    move(refund, INSTRUCTION, verb, by=Side.STAFF)
    post(
        key=f"otherwise:{found.public_id}",
        kind="paid_otherwise",
        debit=refund_of(refund.charge),
        credit=BANK,
        amount=refund.amount,
        note=f"Paid back by bank transfer, reference {found.reference}",
        request=refund.request,
    )
    close_settled_order(order_id=order.public_id)


def _held_of(order: Order, found: ManualSettlement) -> int:
    return held_minor(found.payment) if found.payment else 0


def _nothing(order: Order, found: ManualSettlement) -> int:
    return 0


def _refund_amount(order: Order, found: ManualSettlement) -> int:
    return found.refund.amount_minor if found.refund else 0


def _both(order: Order) -> Parties:
    return order.parties


def _maker(order: Order) -> Parties:
    return [order.manufacturer]


def _buyer(order: Order) -> Parties:
    return [order.buyer]


STEPS = {
    Kind.RELEASE: Step(_check_held, _decide(MoneyDecision.Kind.RELEASE), _both),
    Kind.REFUND: Step(_check_held, _decide(MoneyDecision.Kind.REFUND), _both),
    Kind.RETURN: Step(_check_released, _return, _both),
    Kind.HOLD: Step(_check_hold, _hold, _both, _nothing),
    Kind.LET_GO: Step(_check_let_go, _let_go, _both, _held_of),
    Kind.WRITE_OFF: Step(_check_owed, _write_off, _maker),
    Kind.PAID_OTHERWISE: Step(_check_refund, _pay_otherwise, _buyer, _refund_amount),
    Kind.GIVE_UP: Step(check_unpaid, give_up, _buyer, unpaid_minor),
    Kind.ACCEPT: Step(check_accept, accept, _buyer, amount_in_review),
    Kind.SEND_BACK: Step(check_send_back, send_back, _buyer, amount_in_review),
}
