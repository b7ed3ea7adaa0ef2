"""What of money waits for staff, and who of them may do what about it."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from payments.models import DisputeCase
from payments.states import DisputeState


def staff_with(right: str) -> list[User]:
    """Active staff who have a right such as "payments.change_disputecase"."""
    rows = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [user for user in rows if user.has_perm(right)]


def banks_that_wait() -> QuerySet[DisputeCase]:
    """Open bank disputes to which nobody has sent evidence."""
    return DisputeCase.objects.filter(state=DisputeState.OPEN, evidence_sent_at__isnull=True)
