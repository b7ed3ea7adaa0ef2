"""What the facts of orders and of money set off here."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.models import Event
from marketplace.notifications.actions import notify
from orders.models import Order
from payments.actions import attempts, instalments, receipts, receivables, transfers_in
from payments.actions.attempts import close_unpaid
from payments.actions.instructions import close_settled_order
from payments.actions.releases import carry_out_decisions
from payments.actions.requests import request_payment, request_supplement
from payments.actions.returns import carry_out_claims
from payments.models import (
    BankPayout,
    ConnectedAccount,
    DisputeCase,
    ExemptionCertificate,
    PaymentRequest,
)
from payments.reconciliation_queries import open_discrepancies, staff_who_reconcile
from payments.staff_queries import staff_with
from payments.states import PaymentState
from payments.ways import way_of

ACTOR = Actor.system("Payments")


def open_payment(event: Event) -> None:
    """An order exists or was approved: the buyer is asked to pay it."""
    request_payment(actor=ACTOR, order_id=event.thread)


def open_supplement(event: Event) -> None:
    """A dearer change order was accepted: the buyer is asked to pay the difference."""
    request_supplement(actor=ACTOR, order_id=event.thread)


def close_supplement(event: Event) -> None:
    """A change order lapsed: close the unpaid pages of its supplement."""
    for request in PaymentRequest.objects.filter(subject=event.subject, state=PaymentState.DUE):
        close_unpaid(actor=ACTOR, request=request)


def carry_out_decision(event: Event) -> None:
    """The contract decided about held money: it goes to the manufacturer or back."""
    carry_out_decisions(actor=ACTOR, order_id=event.thread)
    # What is released now may be claimed back already.
    carry_out_claims(actor=ACTOR, order_id=event.thread)


def carry_out_claim(event: Event) -> None:
    """The manufacturer owes money for a claim: the buyer gets it back now."""
    carry_out_claims(actor=ACTOR, order_id=event.thread)


def call_instalments(event: Event) -> None:
    """The work went on: whatever has to be paid before its next step falls due."""
    instalments.call_instalments(actor=ACTOR, order_id=event.thread)


def fit_instalments(event: Event) -> None:
    """The price fell, or a debit that was on its way did not come: open instalments ask for no
    more than is still wanted, and an order that waited only for that is closed."""
    instalments.fit_instalments(actor=ACTOR, order_id=event.thread)
    close_settled_order(order_id=event.thread)


def issue_receipt(event: Event) -> None:
    """A payment is held: its receipt is issued and written."""
    receipt = receipts.issue_receipt(payment=event.subject)
    if receipt is not None:
        receipts.write_receipt(receipt.public_id)


def close_pages(event: Event) -> None:
    """What was to be paid became other, or is owed on account: the pages that are open ask for
    what it was."""
    attempts.close_pages(PaymentRequest.objects.get(public_id=event.subject))


def open_receivables(event: Event) -> None:
    """The goods have left: what the buyer bought on account falls due."""
    receivables.open_shipped(order_id=event.thread, on=timezone.localdate(event.at))


def close_paid_order(event: Event) -> None:
    """The goods are accepted: an order whose money has gone already is closed now. Where the
    platform decided so, instalments may be open: they are not asked for any more."""
    instalments.fit_instalments(actor=ACTOR, order_id=event.thread)
    close_settled_order(order_id=event.thread)


def close_cancelled_order(event: Event) -> None:
    """The order is cancelled: give up transfers it waits for, close its unpaid pages."""
    transfers_in.give_up_for_end(order_id=event.thread)
    unpaid = PaymentRequest.objects.filter(order__public_id=event.thread, state=PaymentState.DUE)
    for request in unpaid:
        close_unpaid(actor=ACTOR, request=request)


def _order(event: Event) -> Order:
    return Order.objects.select_related("buyer", "manufacturer").get(public_id=event.thread)


def _tell(
    event: Event, order: Order, organization: Organization, permission: str, **more: object
) -> None:
    buyer = organization.pk == order.buyer_id
    page = "order_money" if buyer else "portal_order_money"
    notify(
        event,
        members_with(organization, permission),
        organization=organization,
        template=f"payments/emails/{event.type}",
        link=reverse(page, args=[order.public_id]),
        link_text="See the payment",
        order=order,
        for_buyer=buyer,
        **more,
    )


def tell_buyer(event: Event) -> None:
    """The buyer's people who pay."""
    order = _order(event)
    _tell(event, order, order.buyer, Permission.PAY)


def tell_of_request(event: Event) -> None:
    """The buyer's people who pay: what for, and until when."""
    order = _order(event)
    request = PaymentRequest.objects.get(public_id=event.subject)
    _tell(event, order, order.buyer, Permission.PAY, payment=request)


def tell_of_instalment(event: Event) -> None:
    """Both parties, of an instalment that is held while the work goes on; of the first one and of
    a supplement the order speaks itself."""
    request = PaymentRequest.objects.get(public_id=event.subject)
    if request.seq > 1 and request.kind != PaymentRequest.Kind.SUPPLEMENT:
        tell_of_request(event)
        _tell(event, _order(event), _order(event).manufacturer, Permission.PRODUCE, payment=request)


def tell_of_slow_payment(event: Event) -> None:
    """The buyer's people who pay: a debit or a transfer takes days, and what that means. A card
    that is confirmed a moment later is not spoken of."""
    order, request = _order(event), PaymentRequest.objects.get(public_id=event.subject)
    way = way_of(request.way)
    if way is not None:
        _tell(event, order, order.buyer, Permission.PAY, payment=request, way=way)


def tell_of_overdue(event: Event) -> None:
    """Both parties: an instalment is long overdue, and what each can do."""
    order, request = _order(event), PaymentRequest.objects.get(public_id=event.subject)
    _tell(event, order, order.buyer, Permission.PAY, payment=request)
    _tell(event, order, order.manufacturer, Permission.PRODUCE, payment=request)


def tell_manufacturer(event: Event) -> None:
    """The manufacturer's people who look after payouts."""
    order = _order(event)
    _tell(event, order, order.manufacturer, Permission.MANAGE_PAYOUTS)


def tell_both(event: Event) -> None:
    """Both parties."""
    tell_buyer(event)
    tell_manufacturer(event)


def tell_account_owner(event: Event) -> None:
    """The people of a manufacturer whose payout account changed."""
    account = ConnectedAccount.objects.select_related("organization").get(public_id=event.subject)
    notify(
        event,
        members_with(account.organization, Permission.MANAGE_PAYOUTS),
        organization=account.organization,
        template=f"payments/emails/{event.type}",
        link=reverse("portal_payouts"),
        link_text="See payouts",
        account=account,
        # Paid before, stopped, and now paid again.
        again=Event.objects.filter(
            type="payout_account_restricted", subject=event.subject, pk__lt=event.pk
        ).exists(),
    )


def tell_who_answer_banks(event: Event) -> None:
    """Staff who answer banks: a new dispute, a day that comes near, evidence that was refused."""
    case = _case(event)
    new = event.type == "payment_disputed"
    notify(
        event,
        staff_with("payments.change_disputecase"),
        organization=None,
        template=f"payments/emails/{'bank_dispute_opened' if new else event.type}",
        link=reverse("admin:payments_disputecase_evidence", args=[case.pk]),
        link_text="Answer the bank",
        case=case,
        order=_order(event),
    )


def _case(event: Event) -> DisputeCase:
    found = DisputeCase.objects.filter(public_id=event.subject).first()
    return found or DisputeCase.objects.filter(request__public_id=event.subject).latest("pk")


def tell_who_settle(event: Event) -> None:
    """Staff who confirm settlements, but the one who proposed this one; of a refund that came
    back, all who settle."""
    order = _order(event)
    people = staff_with("payments.change_manualsettlement")
    _tell_desk(event, order, [person for person in people if person.public_id != event.actor_id])


def _tell_desk(event: Event, order: Order, people: list[User]) -> None:
    notify(
        event,
        people,
        organization=None,
        template=f"payments/emails/staff_{event.type}",
        link=reverse("admin:payments_order_money", args=[order.public_id]),
        link_text="See the money of the order",
        order=order,
    )


def tell_of_settlement(event: Event) -> None:
    """Whom a settlement by hand concerns: who sees the fact."""
    order = _order(event)
    seen_by = set(event.sightings.values_list("organization", flat=True))
    if order.buyer.public_id in seen_by:
        tell_buyer(event)
    if order.manufacturer.public_id in seen_by:
        tell_manufacturer(event)


def tell_of_bank_payout(event: Event) -> None:
    """The people of a manufacturer whose bank refused a payout."""
    payout = BankPayout.objects.select_related("organization").get(public_id=event.subject)
    notify(
        event,
        members_with(payout.organization, Permission.MANAGE_PAYOUTS),
        organization=payout.organization,
        template=f"payments/emails/{event.type}",
        link=reverse("portal_payouts"),
        link_text="See payouts",
        payout=payout,
    )


def tell_of_exemption(event: Event) -> None:
    """The people who manage a buyer whose exemption certificate was decided about."""
    found = ExemptionCertificate.objects.select_related("organization").get(public_id=event.subject)
    notify(
        event,
        members_with(found.organization, Permission.MANAGE_ORGANIZATION),
        organization=found.organization,
        template=f"payments/emails/{event.type}",
        link=reverse("buyer_vat"),
        link_text="See your VAT",
        certificate=found,
    )


def tell_staff(event: Event) -> None:
    """Staff who look after the books: something new differs."""
    notify(
        event,
        staff_who_reconcile(),
        organization=None,
        template=f"payments/emails/{event.type}",
        link=reverse("admin:payments_reconciliation_board"),
        link_text="See what differs",
        discrepancies=open_discrepancies()[:10],
    )
