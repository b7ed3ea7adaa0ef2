"""How requests and quotes of the demo end otherwise than by an order, and money that does not
come as it should."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from marketplace.operations.demo.work import work
from orders.actions.placement import cancel_order
from orders.models import Order
from payments import gateway
from payments.actions.attempts import pay_order, sync_attempt
from payments.actions.disputes import apply_dispute
from payments.models import PaymentAttempt, PaymentRequest
from quotes.actions.amendment import amend_rfq
from quotes.actions.award import Choice, award_rfq
from quotes.actions.invitations import revoke_invitation
from quotes.actions.publication import cancel_rfq, close_rfq, end_without_award
from quotes.actions.quote import expire_quotes
from quotes.actions.rfq import Draft
from quotes.models import RFQ, Quote
from quotes.queries import lines_of


def _close(buyer: Actor, rfq: RFQ, draft: Draft) -> None:
    close_rfq(actor=buyer, public_id=rfq.public_id)


def _cancel(buyer: Actor, rfq: RFQ, draft: Draft) -> None:
    reason = "The gearbox is replaced as a whole."
    cancel_rfq(actor=buyer, public_id=rfq.public_id, reason=reason)


def _end(buyer: Actor, rfq: RFQ, draft: Draft) -> None:
    _close(buyer, rfq, draft)
    reason = "We make these ourselves after all."
    end_without_award(actor=buyer, public_id=rfq.public_id, reason=reason)


def _amend(buyer: Actor, rfq: RFQ, draft: Draft) -> None:
    """The quotes given so far wait to be confirmed."""
    notes = f"{draft.header.notes} New: break all outer edges by 0.3 mm."
    changed = replace(draft, header=replace(draft.header, notes=notes))
    amend_rfq(actor=buyer, public_id=rfq.public_id, draft=changed, seen=rfq.revision)


def _award_a_line(buyer: Actor, rfq: RFQ, draft: Draft) -> None:
    """The other line is still open to award."""
    line, quote = lines_of(rfq)[0], rfq.quotes.order_by("pk")[0]
    choice = Choice(quote.public_id, line.public_id, line.quantities[-1], quote.seen)
    award_rfq(actor=buyer, rfq_id=rfq.public_id, choices=[choice], finish=False)


ENDINGS: Mapping[str, Callable[[Actor, RFQ, Draft], None]] = {
    "closed": _close,
    "cancelled": _cancel,
    "no_award": _end,
    "amended": _amend,
    "part_awarded": _award_a_line,
}


def _shut_out(buyer: Actor, quote: Quote) -> None:
    invitation = quote.rfq.invitations.get(manufacturer=quote.manufacturer)
    revoke_invitation(
        actor=buyer,
        public_id=quote.rfq.public_id,
        invitation_id=invitation.public_id,
        reason="The drawings go to suppliers within the EU only.",
    )


def _let_expire(buyer: Actor, quote: Quote) -> None:
    """As if it had been given weeks ago: its last day was yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    Quote.objects.filter(pk=quote.pk).update(valid_until=yesterday)
    expire_quotes()


# What becomes of a submitted quote, by the word of its bid.
LOST_QUOTES: Mapping[str, Callable[[Actor, Quote], None]] = {
    "shut_out": _shut_out,
    "expire": _let_expire,
}


def _page(buyer: Actor, order: Order) -> PaymentAttempt:
    attempt = pay_order(actor=buyer, public_id=order.public_id)
    work()
    return PaymentAttempt.objects.get(pk=attempt.pk)


def _debit(buyer: Actor, order: Order) -> None:
    """The bank takes some days to say yes."""
    from payments.sandbox import driver

    page = _page(buyer, order)
    driver.pay_later(page.url, "sepa_debit", driver.GOOD_IBAN)
    sync_attempt(page.pk)


def _too_much(buyer: Actor, order: Order) -> None:
    """Ten more than was asked for: staff decide."""
    from payments.sandbox import driver

    page = _page(buyer, order)
    asked = page.request.gross_minor
    changes = f'{{"amount_total": {asked + 1000}}}'
    driver.command(settings.STRIPE_API_HOST, "tamper", id=page.session, changes=changes)
    driver.pay(page.url)
    sync_attempt(page.pk)


def _call_off(buyer: Actor, order: Order) -> None:
    cancel_order(actor=buyer, public_id=order.public_id, reason="Ordered twice by mistake.")


# What happens to an order that waits for its payment.
UNPAID: Mapping[str, Callable[[Actor, Order], None]] = {
    "debit": _debit,
    "too_much": _too_much,
    "called_off": _call_off,
}


def _dispute(buyer: Actor, shop: Actor, order: Order) -> str:
    """The cardholder wants the money back from the bank."""
    from payments.sandbox import driver

    payment = PaymentRequest.objects.exclude(charge="").filter(order=order)[0]
    made = driver.command(
        settings.STRIPE_API_HOST,
        "open_dispute",
        charge=payment.charge,
        amount=payment.gross_minor,
    )
    apply_dispute(gateway.retrieve_dispute(made["id"]))
    work()
    return str(made["id"])


def _lose(buyer: Actor, shop: Actor, order: Order) -> None:
    from payments.sandbox import driver

    dispute = _dispute(buyer, shop, order)
    driver.command(settings.STRIPE_API_HOST, "close_dispute", dispute=dispute, status="lost")
    apply_dispute(gateway.retrieve_dispute(dispute))


BANK: Mapping[str, Callable[[Actor, Actor, Order], object]] = {
    "bank_dispute": _dispute,
    "lost": _lose,
}
