"""Staff act for a customer: for a reason, for a limited time, and the customer sees it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.events import STAFF_VISIT_ENDED, STAFF_VISIT_STARTED
from accounts.models import Organization, StaffVisit
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record

MAX_MINUTES = 60


@transaction.atomic
def start_staff_visit(
    *, actor: Actor, organization_id: str, reason: str, minutes: int = 30
) -> StaffVisit:
    """Begin to act for an organization. `minutes` from 1 to MAX_MINUTES.

    Raises NotAllowed for anybody but staff with the permission, DomainError without a reason.
    """
    user = actor.user
    if user is None or not actor.is_staff or not user.has_perm("accounts.add_staffvisit"):
        raise NotAllowed("Only staff with the right to visit customers can do this.")
    said = " ".join(reason.split())
    if len(said) < 10:
        sentence = "Say why, in at least ten characters: the customer reads it."
        raise DomainError(sentence, fields={"reason": sentence})
    if not 1 <= minutes <= MAX_MINUTES:
        sentence = f"A visit lasts from 1 to {MAX_MINUTES} minutes."
        raise DomainError(sentence, fields={"minutes": sentence})
    organization = Organization.objects.filter(public_id=organization_id).first()
    if organization is None:
        raise NotFound()
    now = timezone.now()
    for running in StaffVisit.objects.filter(staff=user, ended_at=None, ends_at__gt=now):
        _end(running, actor, "another visit began")
    visit = StaffVisit.objects.create(
        staff=user,
        organization=organization,
        reason=said[:200],
        started_at=now,
        ends_at=now + timedelta(minutes=minutes),
    )
    record(
        STAFF_VISIT_STARTED,
        visit,
        actor=actor,
        thread=organization,
        visible_to=[organization],
        organization=organization.name,
        until=visit.ends_at.strftime("%H:%M"),
        reason=visit.reason,
    )
    return visit


@transaction.atomic
def end_staff_visit(*, actor: Actor) -> None:
    """Stop acting for the customer. Twice is once; a visit whose time ran out ended by itself."""
    if actor.visit is not None:
        _end(actor.visit, actor, "they were done")


def _end(visit: StaffVisit, actor: Actor, how: str) -> None:
    rows = StaffVisit.objects.filter(pk=visit.pk, ended_at=None)
    if rows.update(ended_at=timezone.now()):
        organization = visit.organization
        record(
            STAFF_VISIT_ENDED,
            visit,
            actor=actor,
            thread=organization,
            visible_to=[organization],
            organization=organization.name,
            how=how,
        )
