"""Who may watch the machine; when a person can be deleted, and what becomes of organizations."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.core.errors import DomainError
from orders.queries import running_orders_of


def may_watch(user: User | AnonymousUser, authorization: str) -> bool:
    """Staff, and whoever sends METRICS_TOKEN as a bearer token; nobody does while it is empty."""
    if user.is_authenticated and user.is_staff:
        return True
    scheme, _, token = authorization.partition(" ")
    known = settings.METRICS_TOKEN
    return bool(known) and scheme == "Bearer" and constant_time_compare(token, known)


def organizations_left_empty(user: User) -> list[Organization]:
    """The organizations whose only active member is this person."""
    return [
        membership.organization
        for membership in _memberships(user)
        if not _others(membership).exists()
    ]


def hindrances(user: User) -> list[str]:
    """What the person has to settle first, as sentences; empty when they can be deleted."""
    if user.is_staff:
        return ["Accounts of staff are ended by an administrator."]
    found = []
    for membership in _memberships(user):
        name = membership.organization.name
        others = _others(membership)
        owners = others.filter(role=Role.OWNER)
        if others.exists() and membership.role == Role.OWNER and not owners.exists():
            found.append(
                f"You are the only owner of {name}. Make somebody else an owner first, under "
                "Members."
            )
        elif not others.exists() and running_orders_of(membership.organization).exists():
            found.append(
                f"{name} has running orders and no other member. Finish them, or invite somebody "
                "and make them an owner."
            )
    return found


def check_can_be_deleted(user: User) -> None:
    """Raise DomainError with everything that has to be settled first."""
    if found := hindrances(user):
        raise DomainError(" ".join(found), code="must_hand_over")


def _memberships(user: User) -> list[Membership]:
    return list(
        Membership.objects.filter(user=user, deactivated_at=None).select_related("organization")
    )


def _others(membership: Membership) -> QuerySet[Membership]:
    return Membership.objects.filter(
        organization=membership.organization, deactivated_at=None, user__is_active=True
    ).exclude(pk=membership.pk)
