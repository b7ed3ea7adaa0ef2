"""Reads about people and organizations."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions.tokens import digest_of
from accounts.actor import ANONYMOUS, Actor
from accounts.models import ApiToken, Membership, Organization, User
from accounts.roles import BUNDLES


def actor_for(user: User, chosen: str = "") -> Actor:
    """The actor for a signed-in person; `chosen` is the public id of the organization in use.

    One query. A choice the person has no membership for falls back to their first organization.
    """
    if not user.is_authenticated:
        return ANONYMOUS
    memberships = list(
        Membership.objects.filter(user=user, deactivated_at=None)
        .select_related("organization")
        .order_by("pk")
    )
    current = next((m for m in memberships if m.organization.public_id == chosen), None)
    current = current or (memberships[0] if memberships else None)
    return Actor(
        user=user,
        organization=current.organization if current else None,
        role=current.role if current else "",
        organizations=tuple(m.organization for m in memberships),
    )


def actor_for_token(secret: str) -> Actor | None:
    """The actor an API token speaks for, or None when it is unknown, expired or revoked.

    The token's power is the intersection of its scopes with the present role of the person who
    made it, so that removing or demoting that person takes effect at once.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("organization", "created_by")
        .filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=now)
        .filter(created_by__is_active=True)
        .first()
    )
    if token is None:
        return None
    membership = Membership.objects.filter(
        user=token.created_by, organization=token.organization, deactivated_at=None
    ).first()
    if membership is None:
        return None
    # Once a minute is exact enough for "last used", and spares a write on every call.
    if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return Actor(
        user=token.created_by,
        organization=token.organization,
        role=membership.role,
        scopes=frozenset(token.scopes),
        via="api",
        organizations=(token.organization,),
    )


def members_with(organization: Organization, permission: str) -> QuerySet[User]:
    """The active people of an organization whose role allows `permission`."""
    roles = [role for role, bundle in BUNDLES.items() if permission in bundle.permissions]
    return User.objects.filter(
        is_active=True,
        memberships__organization=organization,
        memberships__role__in=roles,
        memberships__deactivated_at=None,
    )


def api_tokens_of(actor: Actor) -> QuerySet[ApiToken]:
    """The tokens of the acting organization, newest first."""
    return ApiToken.objects.filter(organization=actor.organization).select_related("created_by")


def members_of(actor: Actor) -> QuerySet[Membership]:
    """The people of the acting organization."""
    return Membership.objects.filter(organization=actor.organization).select_related("user")


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """The organizations a person acts for now, with their role: a handful."""
    return Membership.objects.filter(user=actor.user, deactivated_at=None).select_related(
        "organization"
    )
