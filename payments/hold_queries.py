"""Which payments staff stopped, and which charges a bank claims."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from payments.models import DisputeCase, MoneyHold, PaymentRequest
from payments.states import DisputeState


def stopped_payments() -> QuerySet[MoneyHold, Any]:
    """The payments (keys) that nothing may leave, for a filter."""
    return MoneyHold.objects.filter(lifted_at__isnull=True).values("request")


def hold_on(request: PaymentRequest) -> MoneyHold | None:
    """The hold on a payment, if staff stopped it."""
    return MoneyHold.objects.filter(request=request, lifted_at__isnull=True).first()


def claimed_charges() -> QuerySet[DisputeCase, Any]:
    """The charges (Stripe's ids) that a bank claims and has not decided about, for a filter."""
    return DisputeCase.objects.filter(state=DisputeState.OPEN).values("charge")
