"""Reads of VAT: rates, mandates, certificates, and where the VAT of a payment is by the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from marketplace.core.errors import NotFound
from orders.models import Order
from payments.actions.ledger import RECEIVABLE_LOSSES, debt_of, receivable_of, tax_of
from payments.models import (
    ExemptionCertificate,
    InvoicingMandate,
    LedgerEntry,
    OrderTax,
    PaymentRequest,
    TaxRate,
)
from payments.states import ExemptionState


def rate_on(country: str, day: date) -> TaxRate | None:
    """The standard rate of a country on a day; None where none is on file."""
    rows = TaxRate.objects.filter(country=country, holds_from__lte=day)
    return rows.order_by("-holds_from").first()


def rate_changes(country: str) -> QuerySet[TaxRate]:
    """Every rate of a country that is on file, the newest first."""
    return TaxRate.objects.filter(country=country).order_by("-holds_from")


def mandate_of(organization: Organization) -> InvoicingMandate | None:
    """What lets the platform charge VAT and write invoices for a shop; None when nothing does."""
    return InvoicingMandate.objects.filter(organization=organization, ended_at__isnull=True).first()


def valid_exemption(
    organization: Organization, country: str, day: date
) -> ExemptionCertificate | None:
    """The accepted certificate that frees a buyer from the VAT of a country on a day."""
    rows = ExemptionCertificate.objects.filter(
        organization=organization,
        country=country,
        state=ExemptionState.ACCEPTED,
        valid_until__gte=day,
    )
    return rows.order_by("-valid_until").first()


def exemptions_of(actor: Actor) -> QuerySet[ExemptionCertificate]:
    """The certificates of the acting buyer, newest first, without those it took back."""
    rows = ExemptionCertificate.objects.filter(organization=actor.organization)
    return rows.select_related("file").exclude(state=ExemptionState.WITHDRAWN)


def get_exemption(actor: Actor, public_id: str) -> ExemptionCertificate:
    """One of them. Raises NotFound."""
    if actor.organization is None:
        raise NotFound()
    found = exemptions_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def tax_of_order(order: Order) -> OrderTax | None:
    """What was found about the order's VAT; None before its first payment is asked for."""
    return OrderTax.objects.filter(order=order).first()


def today() -> date:
    """The day whose rate and certificates count."""
    return timezone.localdate()


def tax_held_minor(request: PaymentRequest) -> int:
    """What of the VAT of a payment is still held, minor units, from the books."""
    name = tax_of(request.order)
    return _booked(request, credit__name=name) - _booked(request, debit__name=name)


def tax_released_minor(request: PaymentRequest) -> int:
    """What of the VAT of a payment was released to the manufacturer, minor units."""
    return _booked(request, kind="tax_payable")


def lowered_minor(request: PaymentRequest) -> tuple[int, int]:
    """What was taken off what is owed for a payment on account, as (net, VAT) minor units, from the
    books."""
    owed = receivable_of(request.order.buyer)
    rows = LedgerEntry.objects.filter(request=request, credit__name__in=[owed, RECEIVABLE_LOSSES])
    rows = rows.exclude(kind__in=["received", "receivable_lost"])
    tax = Q(kind__startswith="tax_")
    sums: Any = rows.aggregate(
        net=Sum("amount_minor", filter=~tax, default=0),
        tax=Sum("amount_minor", filter=tax, default=0),
    )
    return int(sums["net"]), int(sums["tax"])


def tax_returned_minor(request: PaymentRequest) -> int:
    """What of that went back to the buyer, minor units."""
    return _booked(request, kind="tax_owed")


def tax_returnable_minor(request: PaymentRequest) -> int:
    """What of the released VAT the manufacturer still has, minor units: neither given back nor
    taken by the buyer's bank."""
    shop = debt_of(request.order.manufacturer)
    lost = _booked(request, kind="tax_lost", debit__name=shop)
    return max(0, tax_released_minor(request) - tax_returned_minor(request) - lost)


def _booked(request: PaymentRequest, **which: str) -> int:
    # Without VAT there is nothing to read, and nothing costs a query more than it did.
    if request.tax_minor == 0:
        return 0
    rows = LedgerEntry.objects.filter(request=request, kind__startswith="tax_", **which)
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])
