"""The contract decides where held money goes; payments hears it and carries it out."""

from django.db.models import Sum

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.money import Money
from orders import events
from orders.models import MoneyDecision, Order
from orders.states import N_ENDED
from orders.vat import gross_part

Kind, Because = MoneyDecision.Kind, MoneyDecision.Because


def undecided_minor(order: Order) -> int:
    """What was paid for the order and is still to be decided about, minor units."""
    decided = order.money_decisions.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return order.funded_minor - int(decided)


def free_minor(order: Order) -> int:
    """What is undecided and waits for no open problem, minor units."""
    waiting = order.nonconformances.exclude(state__in=N_ENDED)
    held = waiting.aggregate(sum=Sum("held_minor", default=0))["sum"]
    return max(0, undecided_minor(order) - int(held))


def gross_of_held(order: Order, minor: int) -> str:
    """What really moves, or waits, with `minor` of what is undecided, in words: with the VAT that
    payments lets go with it. One query for an order with VAT."""
    if order.vat_bps == 0:
        return str(Money(minor, order.currency))
    gross = gross_part(undecided_minor(order), minor, order.vat_bps)
    return order.with_vat(str(Money(gross, order.currency)))


def decide_money(
    *, actor: Actor, order: Order, kind: str, because: str, subject: str, amount_minor: int
) -> MoneyDecision | None:
    """Decide about a part of the held money, once for each reason and subject.

    The caller holds the order's lock and has checked the right. None for an amount of 0. A
    milestone releases no more than what waits for no open problem. Raises DomainError when more
    would be decided about than was paid.
    """
    found = order.money_decisions.filter(kind=kind, because=because, subject=subject).first()
    if because == Because.MILESTONE:
        amount_minor = min(amount_minor, max(free_minor(order), 0))
    if found is not None or amount_minor == 0:
        return found
    left = undecided_minor(order)
    if amount_minor > left:
        raise DomainError(
            f"{order.gross_words(amount_minor)} is more than what is still held for this "
            f"order: {order.gross_words(left)}.",
            code="not_held",
        )
    moves = _moves(order, because, subject, amount_minor)
    decision = MoneyDecision.objects.create(
        order=order, kind=kind, because=because, subject=subject, amount_minor=amount_minor
    )
    record(
        events.MONEY_RELEASED if kind == Kind.RELEASE else events.MONEY_RETURNED,
        decision,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        amount=moves,
        amount_minor=amount_minor,
        currency=order.currency,
        why=decision.get_because_display().lower(),
    )
    return decision


def _moves(order: Order, because: str, subject: str, minor: int) -> str:
    """What really moves, in words: a step that is released whole takes the VAT of its payment."""
    if because == Because.MILESTONE:
        step = order.milestones.get(public_id=subject)
        if step.amount_minor == minor:
            return order.with_vat(str(step.gross))
    return gross_of_held(order, minor)


def decide_rest(*, actor: Actor, order: Order, kind: str, because: str) -> MoneyDecision | None:
    """Everything that is still undecided goes one way; the order has ended."""
    left = undecided_minor(order)
    return decide_money(
        actor=actor,
        order=order,
        kind=kind,
        because=because,
        subject=order.public_id,
        amount_minor=left,
    )
