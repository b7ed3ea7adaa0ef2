"""Money goes back to the buyer after it was released: at once, whoever has it by then."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from marketplace.core.events import record
from marketplace.core.money import Money
from orders.models import ClaimRefund, Order
from orders.queries import lock_order
from payments import events
from payments.actions.debts import collect_debt, record_debt
from payments.actions.instructions import close_settled_order, instruct
from payments.actions.ledger import (
    COMMISSION,
    debt_of,
    lock_shop,
    post,
    refund_of,
)
from payments.actions.receivables import lower_receivable, owing_of
from payments.actions.releases import commission_on, conclude
from payments.credit_queries import missing_minor
from payments.debt_queries import (
    commission_back_minor,
    released_minor,
    returnable_minor,
    returned_minor,
)
from payments.hold_queries import stopped_payments
from payments.models import Instruction, LedgerEntry, PaymentRequest
from payments.queries import lock_payment
from payments.states import PaymentState
from payments.tax import leaving
from payments.tax_queries import tax_returnable_minor

# What a bank disputes waits for the bank; of the others, what was released can be asked back.
RETURNABLE = (PaymentState.FUNDED, PaymentState.RELEASED, PaymentState.INVOICED)


@transaction.atomic
def carry_out_claims(*, actor: Actor, order_id: str) -> None:
    """Pay back what manufacturers owe for claims after the acceptance, the oldest claim first.

    Twice is once: a claim is done when its entries in the books add up to it. What cannot go back
    now, because it is not released yet or a bank disputes it, waits for the next call.
    """
    order = lock_order(order_id)
    claims = ClaimRefund.objects.filter(nonconformance__order=order)
    done: dict[str, int] | None = None
    for claim in claims.select_related("nonconformance").order_by("pk"):
        done = _done(order) if done is None else done
        left = claim.amount_minor - done.get(claim.public_id, 0)
        if left > 0:
            why = f"claim {claim.nonconformance.reference}"
            return_released(
                actor=actor, order=order, minor=left, key=f"claim:{claim.public_id}", why=why
            )


def return_released(*, actor: Actor, order: Order, minor: int, key: str, why: str) -> int:
    """Give the buyer `minor` units of what was released, from the order's instalments in turn, and
    the VAT on them.

    The caller holds the order's lock. Returns what went back net, which is less where less can.
    """
    left = minor
    rows = PaymentRequest.objects.filter(order=order, state__in=RETURNABLE).order_by("seq")
    found = list(rows.exclude(pk__in=stopped_payments()).values_list("state", "pk"))
    # What the buyer has not paid becomes less before anything is sent back.
    for _, pk in sorted(found, key=lambda row: row[0] != PaymentState.INVOICED):
        request = lock_payment(pk)
        part = min(left, returnable_minor(request))
        off = min(part, missing_minor(request))
        for share, is_owed in ((off, True), (part - off, False)):
            if share > 0:
                amount = Money(share, request.currency)
                # What went back before tells a later part of the same claim from this one.
                turn = f"{key}:{request.public_id}:{returned_minor(request)}"
                _return(actor, order, request, amount, turn, why, is_owed)
        # It may have been the last that was owed for it.
        conclude(request)
        left -= max(0, part)
    close_settled_order(order_id=order.public_id)
    return minor - left


def _done(order: Order) -> dict[str, int]:
    """Claim (public id) -> what the books say was carried out of it."""
    entries = LedgerEntry.objects.filter(
        request__order=order, key__startswith="claim:", kind__in=["owed", "commission_back"]
    )
    done: dict[str, int] = {}
    for key, amount in entries.values_list("key", "amount_minor"):
        claim = key.split(":")[1]
        done[claim] = done.get(claim, 0) + amount
    return done


def commission_to_return(request: PaymentRequest, minor: int) -> int:
    """What of our commission goes back with `minor` units, so that what stays is the commission on
    what stays with the manufacturer. 0 when COMMISSION_RETURNED_ON_REFUND is off."""
    if not settings.COMMISSION_RETURNED_ON_REFUND:
        return 0
    released = released_minor(request)
    staying = released - returned_minor(request) - minor
    earned = commission_on(request, released) - commission_back_minor(request)
    return max(0, min(minor, earned - commission_on(request, staying)))


def tax_to_return(request: PaymentRequest, minor: int) -> int:
    """The VAT that goes back with `minor` units, so that the manufacturer keeps that on what it
    keeps."""
    if request.tax_minor == 0:
        return 0
    here = (returnable_minor(request), tax_returnable_minor(request))
    return leaving((request.amount_minor, request.tax_minor), here, minor)


def _return(
    actor: Actor,
    order: Order,
    request: PaymentRequest,
    amount: Money,
    key: str,
    why: str,
    is_owed: bool,
) -> None:
    """To whoever paid, or off what the buyer still owes (`is_owed`)."""
    shop = order.manufacturer
    lock_shop(shop)
    ours = Money(commission_to_return(request, amount.minor), amount.currency)
    theirs = amount - ours
    tax = Money(tax_to_return(request, amount.minor), amount.currency)
    for part, kind, debit, note in (
        (theirs, "owed", debt_of(shop), "Owed by the manufacturer for what goes back to the buyer"),
        (ours, "commission_back", COMMISSION, "Goes back to the buyer out of the commission"),
    ):
        if part.minor:
            post(
                key=f"{key}:{kind}",
                kind=kind,
                debit=debit,
                credit=owing_of(order, request) if is_owed else refund_of(request.charge),
                amount=part,
                note=f"{note}: {why}"[:200],
                request=request,
            )
    if tax.minor:
        post(
            key=f"tax:{key}",
            kind="tax_owed",
            debit=debt_of(shop),
            credit=owing_of(order, request) if is_owed else refund_of(request.charge),
            amount=tax,
            note=f"VAT owed by the manufacturer for what goes back to the buyer: {why}"[:200],
            request=request,
        )
    gross, owed = amount + tax, theirs + tax
    if not is_owed:
        _send(actor, order, request, gross, tax, key, why)
    if owed.minor:
        record_debt(order, request, owed, why)
        collect_debt(order, request, owed, key)
    if is_owed:
        # Last: it may settle the rest, and then the payouts that wait go, less what was kept.
        lower_receivable(actor=actor, order=order, request=request, minor=gross.minor)


def _send(
    actor: Actor,
    order: Order,
    request: PaymentRequest,
    gross: Money,
    tax: Money,
    key: str,
    why: str,
) -> None:
    instruct(
        key=f"refund:{key}",
        kind=Instruction.Kind.REFUND,
        request=request,
        receiver=order.buyer,
        amount=gross,
        tax_minor=tax.minor,
        charge=request.charge,
    )
    record(
        events.CLAIM_REFUNDED,
        request,
        thread=order,
        actor=actor,
        visible_to=order.parties,
        amount=str(gross),
        amount_minor=gross.minor,
        currency=gross.currency,
        why=why[:200],
    )
