"""Tries to pay: asked for in a request, opened and watched by a worker."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Side
from marketplace.core.states import move
from orders.queries import get_order, lock_order
from payments import gateway
from payments.actions.funding import apply_payment
from payments.actions.requests import cancel_payment, request_payment, request_supplement
from payments.background import soon
from payments.credit_queries import owed_minor
from payments.models import Payer, PaymentAttempt, PaymentRequest
from payments.queries import get_due_payment, lock_payment
from payments.rules import check_can_pay
from payments.states import ATTEMPT, AttemptState, PaymentState
from payments.values import (
    GatewayIndeterminate,
    GatewayRefused,
    GatewayUnreachable,
    Session,
)
from payments.ways import CARD, TRANSFER, ways_for

logger = logging.getLogger(__name__)

ACTOR = Actor.system("Payments")

PAGE_LIFE = timedelta(hours=2)
# A page about to close is no use to somebody who clicks now.
PAGE_MARGIN = timedelta(minutes=2)
LEASE = timedelta(minutes=2)
POLL_EVERY = timedelta(minutes=10)
OPEN_STATES = (AttemptState.PREPARING, AttemptState.OPEN)


@transaction.atomic
def pay_order(*, actor: Actor, public_id: str, payment: str = "") -> PaymentAttempt:
    """Ask for a payment page for an instalment of an order; a worker opens it.

    `payment` names the instalment, or the change order whose supplement is meant; without it the
    one to be paid next. A second click, tab or colleague gets the attempt that is under way.
    Raises NotFound, or a sentence when there is nothing to pay or the actor may not.
    """
    get_order(actor, public_id)
    lock_order(public_id)
    # A quick buyer is here before the handler that asks for the payment; asking twice is once.
    request_payment(actor=ACTOR, order_id=public_id)
    request_supplement(actor=ACTOR, order_id=public_id)
    request = lock_payment(get_due_payment(actor, public_id, payment).pk)
    check_can_pay(actor, request)
    return ask_for_page(actor, request)


def ask_for_page(actor: Actor, request: PaymentRequest) -> PaymentAttempt:
    """The page under way for a payment, or a new one; the caller holds its lock and has checked
    that the actor may pay."""
    now = timezone.now()
    current = request.attempts.filter(state__in=OPEN_STATES).first()
    if current is not None and current.expires_at > now + PAGE_MARGIN:
        return current
    if current is not None:
        move(current, ATTEMPT, "expire_attempt", by=Side.SYSTEM)
    attempt = PaymentAttempt.objects.create(
        request=request,
        email=actor.user.email if actor.user else "",
        expires_at=now + PAGE_LIFE,
    )
    soon("open_payment_page", attempt.pk)
    return attempt


def open_attempt(pk: int) -> None:
    """Open the hosted page of an attempt; for the worker, any number of times.

    The pages of earlier attempts are closed first, so that nobody pays twice.
    """
    attempt = _claim(pk)
    if attempt is None:
        return
    try:
        if asked_minor(attempt.request) == 0 or _close_earlier(attempt):
            _finish(attempt.pk, "expire_attempt")
            return
        session = _find_or_create(attempt)
    except GatewayRefused as error:
        logger.warning("Stripe refused to open a payment page for %s: %s", attempt.request, error)
        _fail(attempt, str(error))
    except GatewayIndeterminate as error:
        _postpone(attempt, str(error), look_first=True)
    except GatewayUnreachable as error:
        _postpone(attempt, str(error), look_first=attempt.look_first)
    else:
        _store_session(attempt, session)


def asked_minor(request: PaymentRequest) -> int:
    """What a page asks for now, minor units: the payment, or what is owed for it on account; 0 when
    nothing is to be paid."""
    if request.state == PaymentState.INVOICED:
        return owed_minor(request)
    return request.gross_minor if request.state == PaymentState.DUE else 0


def _claim(pk: int) -> PaymentAttempt | None:
    now = timezone.now()
    waiting = PaymentAttempt.objects.filter(pk=pk, state=AttemptState.PREPARING, due_at__lte=now)
    if not waiting.update(due_at=now + LEASE, tries=F("tries") + 1):
        return None
    return PaymentAttempt.objects.select_related("request__order").get(pk=pk)


def _close_earlier(attempt: PaymentAttempt) -> bool:
    """Close older pages of the same request; True when one of them turns out to be paid."""
    older = PaymentAttempt.objects.filter(
        request=attempt.request, pk__lt=attempt.pk, state=AttemptState.EXPIRED
    ).exclude(session="")
    for earlier in older:
        session = gateway.retrieve_session(earlier.session)
        if session.status == "open":
            gateway.expire_session(session.id)
        elif session.payment_status == "paid":
            apply_session(session)
            return True
    return False


def _find_or_create(attempt: PaymentAttempt) -> Session:
    if attempt.look_first:
        found = gateway.find_session(attempt=attempt.public_id)
        if found is not None:
            return found
        # Proved absent, so a fresh key cannot open a second page.
        attempt.generation += 1
        attempt.look_first = False
        attempt.save(update_fields=["generation", "look_first"])
    request = attempt.request
    order = request.order
    ways = ways_for(request.currency)
    what = "Change of order" if request.subject else "Order"
    part = f" ({request.label.lower()})" if request.stage else ""
    return gateway.create_checkout_session(
        key=f"attempt:{attempt.public_id}:{attempt.generation}",
        amount=asked_minor(request),
        currency=request.currency,
        name=f"{what} {order.reference}{part}: {order.title}",
        email=attempt.email,
        success_url=settings.SITE_URL + reverse("payment_return", args=[attempt.public_id]),
        cancel_url=settings.SITE_URL
        + reverse("pay_instalment", args=[order.public_id, request.public_id]),
        reference=order.reference,
        transfer_group=order.public_id,
        metadata={"payment": request.public_id, "attempt": attempt.public_id},
        expires_at=int(attempt.expires_at.timestamp()),
        # By card alone, which is what Stripe takes it for, nothing is said.
        ways=ways if ways != [CARD] else (),
        customer=_customer(order.buyer, attempt.email) if TRANSFER in ways else "",
        country=settings.BANK_TRANSFER_COUNTRY,
    )


def _customer(buyer: Organization, email: str) -> str:
    """The buyer as Stripe's customer, made once; a second one would only be forgotten."""
    found = Payer.objects.filter(organization=buyer).first()
    if found is None:
        customer = gateway.create_customer(
            key=f"customer:{buyer.public_id}",
            name=buyer.name,
            email=email,
            metadata={"organization": buyer.public_id},
        )
        found, _ = Payer.objects.get_or_create(organization=buyer, defaults={"customer": customer})
    return found.customer


@transaction.atomic
def _store_session(attempt: PaymentAttempt, session: Session) -> None:
    stored = PaymentAttempt.objects.filter(pk=attempt.pk, state=AttemptState.PREPARING).update(
        session=session.id,
        url=session.url,
        expires_at=datetime.fromtimestamp(session.expires_at, UTC),
        last_error="",
    )
    if stored and session.url:
        move(attempt, ATTEMPT, "open_attempt", by=Side.SYSTEM)


def _postpone(attempt: PaymentAttempt, why: str, *, look_first: bool) -> None:
    pause = min(timedelta(seconds=2**attempt.tries), timedelta(minutes=5))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        due_at=timezone.now() + pause, look_first=look_first, last_error=why[:2000]
    )


@transaction.atomic
def _fail(attempt: PaymentAttempt, why: str) -> None:
    PaymentAttempt.objects.filter(pk=attempt.pk).update(last_error=why[:2000])
    move(attempt, ATTEMPT, "fail_attempt", by=Side.SYSTEM)


def sync_attempt(pk: int) -> None:
    """Ask Stripe how an attempt stands and take that in; webhooks may be late or lost."""
    attempt = PaymentAttempt.objects.get(pk=pk)
    PaymentAttempt.objects.filter(pk=pk).update(polled_at=timezone.now())
    if attempt.session:
        apply_session(gateway.retrieve_session(attempt.session))


def apply_session(session: Session) -> bool:
    """Converge to what a session says, fetching its payment when it is paid.

    True when the session is one of ours.
    """
    attempt = PaymentAttempt.objects.filter(session=session.id).first()
    if attempt is None:
        attempt = PaymentAttempt.objects.filter(
            public_id=session.metadata.get("attempt", "-")
        ).first()
    if attempt is None:
        return False
    if session.payment_intent:
        apply_payment(gateway.retrieve_payment(session.payment_intent))
    if session.status == "complete":
        _finish(attempt.pk, "complete_attempt")
    elif session.status == "expired":
        _finish(attempt.pk, "expire_attempt")
    return True


@transaction.atomic
def _finish(pk: int, verb: str) -> None:
    attempt = PaymentAttempt.objects.select_for_update().get(pk=pk)
    if ATTEMPT.find(verb, attempt.state):
        move(attempt, ATTEMPT, verb, by=Side.SYSTEM)


def close_unpaid(*, actor: Actor, request: PaymentRequest) -> None:
    """Close every page of a request that is no longer asked for, then cancel it.

    A page paid in the last second is taken in instead; its money then goes back as stray.
    """
    close_pages(request)
    request.refresh_from_db()
    if request.state == PaymentState.DUE:
        cancel_payment(actor=actor, request_pk=request.pk)


def close_pages(request: PaymentRequest) -> None:
    """Close every open page of a request at Stripe; one paid in the last second is taken in."""
    for attempt in request.attempts.filter(state__in=OPEN_STATES):
        if not attempt.session:
            _finish(attempt.pk, "expire_attempt")
            continue
        session = gateway.retrieve_session(attempt.session)
        if session.status == "open":
            session = gateway.expire_session(attempt.session)
        apply_session(session)


def attempts_to_poll() -> list[int]:
    """Open pages, and completed ones whose money is on its way, nobody has asked about for ten
    minutes."""
    before = timezone.now() - POLL_EVERY
    waiting = Q(state=AttemptState.OPEN)
    waiting |= Q(state=AttemptState.PAID, request__state=PaymentState.PROCESSING)
    waiting |= Q(state=AttemptState.PAID, request__receivable__on_its_way_at__isnull=False)
    rows = PaymentAttempt.objects.filter(waiting, created_at__lte=before)
    rows = rows.exclude(polled_at__gt=before)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])


def attempts_to_open() -> list[int]:
    """Attempts whose page still has to be opened and may be tried now."""
    rows = PaymentAttempt.objects.filter(state=AttemptState.PREPARING, due_at__lte=timezone.now())
    return list(rows.order_by("pk").values_list("pk", flat=True)[:100])
