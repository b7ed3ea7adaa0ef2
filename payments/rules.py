"""Who may do what with money, beyond the tables of moves."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.change_queries import accepted_change
from orders.change_rules import check_runs
from orders.queries import side_of
from orders.states import OrderState
from payments.models import ManualSettlement, PaymentRequest
from payments.states import PAYMENT, PaymentState

# Nothing more is paid for an order in these.
ENDED = (OrderState.ACCEPTED, OrderState.CLOSED, OrderState.CANCELLED)
Kind = PaymentRequest.Kind
OPEN = (PaymentState.DUE, PaymentState.PROCESSING, PaymentState.REVIEW)


def check_can_pay(
    actor: Actor, request: PaymentRequest, rows: Sequence[PaymentRequest] | None = None
) -> None:
    """The buyer pays what is due on an order that waits for it. Raises a sentence.

    `rows` are the payments of the order where they are at hand.
    """
    check_is_payer(actor, request)
    if request.state != PaymentState.DUE:
        label = PAYMENT.label(request.state).lower()
        raise WrongState(f"There is nothing to pay here now: this payment is {label}.")
    if request.kind == Kind.SUPPLEMENT:
        change = accepted_change(request.order)
        if change is None or change.public_id != request.subject:
            raise WrongState("This change order does not wait for a payment any more.")
        check_runs(request.order)
    elif request.order.state != OrderState.AWAITING_PAYMENT:
        _check_instalment(request, rows)
    elif request.seq > 1:
        raise WrongState("The first instalment comes first: it is what the order begins with.")


def check_is_payer(actor: Actor, request: PaymentRequest) -> None:
    """A member of the buyer who pays. Raises NotFound for the other side and strangers, NotAllowed
    for a role that does not."""
    if side_of(actor, request.order) != Side.BUYER:
        raise NotFound()
    actor.check(Permission.PAY)


def _check_instalment(request: PaymentRequest, rows: Sequence[PaymentRequest] | None) -> None:
    """A later instalment of an order that runs, in its turn; the buyer may be early."""
    order = request.order
    if order.state == OrderState.DISPUTED:
        raise WrongState("The platform decides about this order; nothing is paid until it has.")
    if order.state in ENDED or order.unpaid_minor == 0:
        raise WrongState("This order does not wait for a payment any more.")
    if rows is None:
        rows = list(PaymentRequest.objects.filter(order=order))
    asked = [row for row in rows if row.kind != Kind.SUPPLEMENT and row.state in OPEN]
    if any(row.seq < request.seq for row in asked):
        raise WrongState("An earlier instalment is not held yet. It comes first.")
    if sum(row.amount_minor for row in asked) > order.unpaid_minor:
        raise WrongState("The amount of this instalment is becoming less. Try again in a minute.")


def can_pay(
    actor: Actor, request: PaymentRequest, rows: Sequence[PaymentRequest] | None = None
) -> bool:
    """The same rule for the button."""
    try:
        check_can_pay(actor, request, rows)
    except (NotAllowed, NotFound, WrongState):
        return False
    return True


def check_can_manage_payouts(actor: Actor) -> None:
    """A member who manages payouts of an organization that makes parts."""
    if actor.organization is None or not actor.organization.is_manufacturer:
        raise NotFound()
    actor.check(Permission.MANAGE_PAYOUTS)


def check_can_reconcile(actor: Actor) -> None:
    """The timer, and staff with the right to ask for a run."""
    if not (actor.is_system or _staff_may(actor, "payments.add_reconciliation")):
        raise NotAllowed("Only staff with the right to reconcile may compare the books.")


def check_can_read_reconciliation(actor: Actor) -> None:
    """Staff with the right to see the runs."""
    if not _staff_may(actor, "payments.view_reconciliation"):
        raise NotAllowed("Only staff with the right to see reconciliations may read them.")


def check_can_answer_banks(actor: Actor) -> None:
    """Staff with the right to change bank disputes."""
    if not _staff_may(actor, "payments.change_disputecase"):
        raise NotAllowed("Only staff with the right to answer banks may send evidence.")


def check_can_propose_settlement(actor: Actor) -> None:
    """Staff with the right to settle money by hand."""
    if not _staff_may(actor, "payments.add_manualsettlement"):
        raise NotAllowed("Only staff with the right to settle money by hand may propose this.")


def check_can_decide_settlement(actor: Actor, settlement: ManualSettlement) -> None:
    """Another person of staff than the one who proposed it, with the right to confirm."""
    if not _staff_may(actor, "payments.change_manualsettlement"):
        raise NotAllowed("Only staff with the right to confirm settlements may decide about this.")
    if settlement.proposed_by == actor.user:
        raise NotAllowed("You proposed this yourself; somebody else of staff must decide about it.")


def check_can_withdraw_settlement(actor: Actor, settlement: ManualSettlement) -> None:
    """Who proposed it."""
    if actor.user is None or not actor.is_staff or settlement.proposed_by != actor.user:
        raise NotAllowed("Only the person who proposed this may take it back.")


def check_can_read_order_money(actor: Actor) -> None:
    """Staff with the right to see what was settled by hand."""
    if not _staff_may(actor, "payments.view_manualsettlement"):
        raise NotAllowed("Only staff with the right to see settlements may read this.")


def check_can_check_exemptions(actor: Actor) -> None:
    """Staff with the right to change exemption certificates."""
    if not _staff_may(actor, "payments.change_exemptioncertificate"):
        raise NotAllowed("Only staff with the right to check certificates may decide about this.")


def check_can_add_tax_rates(actor: Actor) -> None:
    """Staff with the right to add rates of VAT."""
    if not _staff_may(actor, "payments.add_taxrate"):
        raise NotAllowed("Only staff with the right to add rates of VAT may do this.")


def _staff_may(actor: Actor, right: str) -> bool:
    return actor.is_staff and actor.user is not None and actor.user.has_perm(right)
