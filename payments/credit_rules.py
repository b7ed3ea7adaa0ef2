"""Who may buy on account, when, and who decides about it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.actor import Actor
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.money import Money
from marketplace.core.states import WrongState
from orders.models import Order
from orders.states import OrderState
from payments.credit_queries import overdue_minor, used_minor
from payments.models import CreditAccount, PaymentRequest, Receivable
from payments.rules import check_can_pay
from payments.states import CREDIT, CreditState, PaymentState, ReceivableState


class NoCredit(DomainError):
    """The account does not cover this payment now."""

    status = 409
    code = "no_credit"


@dataclass(frozen=True)
class Offer:
    """What a buyer reads beside the other ways to pay: the terms, what is free, and why it cannot
    be used now ("" when it can)."""

    net_days: int
    free: Money
    why_not: str


def check_can_apply(actor: Actor) -> None:
    """A member of a buyer who pays. Raises NotFound, NotAllowed."""
    if actor.organization is None or not actor.organization.is_buyer:
        raise NotFound()
    actor.check(Permission.PAY)


def check_can_decide_credit(actor: Actor) -> None:
    """Staff with the right to decide about credit. Raises NotAllowed."""
    if not _staff_may(actor, "payments.change_creditaccount"):
        raise NotAllowed("Only staff with the right to decide about credit may do this.")


def check_can_match_transfers(actor: Actor) -> None:
    """Staff with the right to match bank transfers. Raises NotAllowed."""
    if not _staff_may(actor, "payments.add_bankreceipt"):
        raise NotAllowed("Only staff with the right to match bank transfers may do this.")


def check_credit_covers(
    order: Order, request: PaymentRequest, account: CreditAccount | None
) -> CreditAccount:
    """The account may be used for this payment now. Under its lock where it counts.

    Raises NoCredit with a sentence that says what is missing.
    """
    if account is None:
        raise NoCredit("Your company has no account to buy on. Apply for one under On account.")
    if account.state != CreditState.APPROVED:
        label = CREDIT.label(account.state).lower()
        raise NoCredit(f"Your account is not usable: {label}. See On account.")
    if account.currency != request.currency:
        raise NoCredit(
            f"Your account is in {account.currency}, this payment in {request.currency}."
        )
    begins = order.state == OrderState.AWAITING_PAYMENT
    if begins and not account.starts_production:
        raise NoCredit(
            "By the terms of your account the payment an order begins with is paid at once; later "
            "ones may be on account."
        )
    late = overdue_minor(account)
    if late:
        raise NoCredit(
            f"{Money(late, account.currency)} on your account are overdue. Pay them first; then "
            "it can be used again."
        )
    free = account.limit_minor - used_minor(account)
    if request.gross_minor > free:
        raise NoCredit(
            f"{Money(max(0, free), account.currency)} of your limit are free, this payment needs "
            f"{request.gross}. Pay another way, or settle an open invoice first."
        )
    return account


def offer_on_account(actor: Actor, order: Order, request: PaymentRequest) -> Offer | None:
    """Buying this payment on account, as the buyer reads it; None without an approved account, or
    where the actor cannot pay now at all."""
    account = CreditAccount.objects.filter(
        organization=order.buyer_id, state=CreditState.APPROVED
    ).first()
    if account is None or request.state != PaymentState.DUE:
        return None
    try:
        check_can_pay(actor, request)
        check_credit_covers(order, request, account)
        why_not = ""
    except NoCredit as error:
        why_not = error.sentence
    except DomainError:
        return None
    free = max(0, account.limit_minor - used_minor(account))
    return Offer(account.net_days, Money(free, account.currency), why_not)


def check_can_pay_receivable(actor: Actor, receivable: Receivable) -> None:
    """The buyer's people who pay, while something is owed and nothing is under way.

    Raises NotFound, NotAllowed, or WrongState with a sentence.
    """
    if actor.organization is None or receivable.account.organization_id != actor.organization.pk:
        raise NotFound()
    actor.check(Permission.PAY)
    if receivable.state == ReceivableState.WRITTEN_OFF:
        raise WrongState(
            f"{receivable.number} was written off. Transfer the amount to our bank account if you "
            "pay it after all."
        )
    if receivable.state not in (ReceivableState.COMMITTED, ReceivableState.OPEN):
        raise WrongState(f"Nothing is owed for {receivable.number} any more.")
    if receivable.on_its_way_at is not None:
        raise WrongState(f"A payment for {receivable.number} is being confirmed by the bank.")
    if receivable.received_minor:
        raise WrongState(
            f"A part of {receivable.number} came by bank transfer. Transfer the rest, "
            f"{receivable.left}, the same way."
        )


def can_pay_receivable(actor: Actor, receivable: Receivable) -> bool:
    """The same rule for the button."""
    try:
        check_can_pay_receivable(actor, receivable)
    except DomainError:
        return False
    return True


def _staff_may(actor: Actor, right: str) -> bool:
    return actor.is_staff and actor.user is not None and actor.user.has_perm(right)
