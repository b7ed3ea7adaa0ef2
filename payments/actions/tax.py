"""VAT: what an order was found to be, who charges it through us, who is freed from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.states import move
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from orders.actions.instalments import note_vat
from orders.models import Order
from payments import events, tax_rules
from payments.models import ExemptionCertificate, InvoicingMandate, OrderTax, TaxRate
from payments.rules import (
    check_can_add_tax_rates,
    check_can_check_exemptions,
    check_can_manage_payouts,
)
from payments.states import EXEMPTION, ExemptionState
from payments.tax_queries import (
    exemptions_of,
    get_exemption,
    mandate_of,
    rate_on,
    tax_of_order,
    today,
    valid_exemption,
)
from payments.tax_rules import Supply, Treatment

MOST_EXEMPTIONS = 20


def freeze_tax(order: Order) -> OrderTax:
    """Find the VAT of an order and keep it, once; the caller holds the order's lock.

    What the two companies state, the rate and the certificates of this moment count for all
    payments of the order, also for later ones.
    """
    found = tax_of_order(order)
    if found is not None:
        return found
    seller, buyer, day = order.manufacturer, order.buyer, today()
    rate = rate_on(seller.country, day)
    certificate = valid_exemption(buyer, seller.country, day)
    ruling = tax_rules.decide(
        Supply(
            seller=tax_rules.Side(seller.country, seller.vat_id),
            buyer=tax_rules.Side(buyer.country, buyer.vat_id),
            is_goods=True,
            charges_vat=mandate_of(seller) is not None,
            rate_bps=rate.rate_bps if rate else None,
            certificate=certificate.number if certificate else "",
        )
    )
    note_vat(order=order, rate_bps=ruling.rate_bps)
    return OrderTax.objects.create(
        order=order,
        treatment=ruling.treatment,
        category=ruling.category,
        seller_country=seller.country,
        buyer_country=buyer.country,
        seller_vat_id=seller.vat_id,
        buyer_vat_id=buyer.vat_id,
        rate_bps=ruling.rate_bps,
        sentence=ruling.sentence,
        rate=rate if ruling.treatment == Treatment.DOMESTIC else None,
        certificate=certificate if ruling.treatment == Treatment.EXEMPT else None,
    )


@transaction.atomic
def add_tax_rate(
    *, actor: Actor, country: str, rate_bps: int, holds_from: date, source: str
) -> TaxRate:
    """Staff keep a new standard rate; it counts for orders found from its day on.

    Raises NotAllowed, Conflict for a day of a country that has one.
    """
    check_can_add_tax_rates(actor)
    if TaxRate.objects.filter(country=country, holds_from=holds_from).exists():
        raise Conflict("There is a rate of this country from this day on; it is not changed.")
    made = TaxRate.objects.create(
        country=country, rate_bps=rate_bps, holds_from=holds_from, source=source
    )
    record(events.TAX_RATE_ADDED, made, actor=actor, rate=str(made))
    return made


@transaction.atomic
def give_mandate(*, actor: Actor) -> InvoicingMandate:
    """The acting shop lets us charge VAT on its prices and write its invoices. Twice is once.

    Orders that were asked to be paid before stay as they are. Raises DomainError without a VAT id.
    """
    check_can_manage_payouts(actor)
    company = Organization.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if not company.vat_id:
        raise DomainError(
            "Enter your VAT id under Company first: invoices must name it.", code="no_vat_id"
        )
    mandate, created = InvoicingMandate.objects.get_or_create(organization=company)
    if not created and mandate.ended_at is None:
        return mandate
    mandate.given_at, mandate.ended_at = timezone.now(), None
    mandate.save(update_fields=["given_at", "ended_at"])
    record(events.MANDATE_GIVEN, mandate, actor=actor, visible_to=[company])
    return mandate


@transaction.atomic
def end_mandate(*, actor: Actor) -> None:
    """The acting shop writes its invoices itself again, from the next order on. Twice is once."""
    check_can_manage_payouts(actor)
    Organization.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    mandate = mandate_of(actor.company)
    if mandate is None:
        return
    mandate.ended_at = timezone.now()
    mandate.save(update_fields=["ended_at"])
    record(events.MANDATE_ENDED, mandate, actor=actor, visible_to=[actor.company])


def hand_in_exemption(
    *, actor: Actor, country: str, number: str, upload: File
) -> ExemptionCertificate:
    """The acting buyer hands in a certificate that frees it from the VAT of `country`; it counts
    from the moment staff accept it. Raises NotAllowed, DomainError for what is missing or a file
    that cannot be."""
    if actor.organization is None or not actor.organization.is_buyer:
        raise NotFound()
    actor.check(Permission.MANAGE_ORGANIZATION)
    alive = exemptions_of(actor).exclude(state=ExemptionState.REFUSED)
    if alive.count() >= MOST_EXEMPTIONS:
        raise DomainError(f"Keep at most {MOST_EXEMPTIONS} certificates; take one back first.")
    clean = " ".join(number.split())
    if not clean or len(clean) > 60:
        sentence = "Enter the number of the certificate, at most 60 characters."
        raise DomainError(sentence, fields={"number": sentence})
    file = store_upload(actor=actor, upload=upload, kind=StoredFile.Kind.CERTIFICATE)
    with transaction.atomic():
        made = ExemptionCertificate.objects.create(
            organization=actor.organization, country=country, number=clean, file=file
        )
        _record(events.EXEMPTION_HANDED_IN, made, actor)
    return made


@transaction.atomic
def withdraw_exemption(*, actor: Actor, public_id: str) -> None:
    """The buyer takes a certificate back; orders found exempt by it stay so."""
    found = _lock(get_exemption(actor, public_id).pk)
    actor.check(Permission.MANAGE_ORGANIZATION)
    move(found, EXEMPTION, "withdraw_exemption", by=Side.BUYER)
    _record(events.EXEMPTION_WITHDRAWN, found, actor)


@transaction.atomic
def accept_exemption(*, actor: Actor, pk: int, valid_until: date) -> ExemptionCertificate:
    """Staff accept a certificate until the end of a day. Raises NotAllowed, WrongState, DomainError
    for a day that is over."""
    check_can_check_exemptions(actor)
    if valid_until < today():
        sentence = "This day is over: the certificate would never count."
        raise DomainError(sentence, fields={"valid_until": sentence})
    found = _lock(pk)
    # Before the move: the database wants an end with an accepted one.
    found.valid_until = valid_until
    found.save(update_fields=["valid_until"])
    move(found, EXEMPTION, "accept_exemption", by=Side.STAFF)
    _record(events.EXEMPTION_ACCEPTED, found, actor, until=valid_until.isoformat())
    return found


@transaction.atomic
def refuse_exemption(*, actor: Actor, pk: int, reason: str) -> ExemptionCertificate:
    """Staff refuse a certificate, or end one they accepted, and say why."""
    check_can_check_exemptions(actor)
    why = " ".join(reason.split())[:300]
    if not why:
        sentence = "Say why; the buyer reads it."
        raise DomainError(sentence, fields={"reason": sentence})
    found = _lock(pk)
    found.reason = why
    found.save(update_fields=["reason"])
    move(found, EXEMPTION, "refuse_exemption", by=Side.STAFF)
    _record(events.EXEMPTION_REFUSED, found, actor, why=why)
    return found


def _lock(pk: int) -> ExemptionCertificate:
    found = (
        ExemptionCertificate.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def _record(fact: Fact, found: ExemptionCertificate, actor: Actor, **data: Any) -> None:
    record(
        fact,
        found,
        actor=actor,
        visible_to=[found.organization],
        certificate=found.number,
        country=found.country,
        **data,
    )
