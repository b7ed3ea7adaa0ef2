"""Reads about people and organizations."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
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


def organizations_of(user: User) -> list[Organization]:
    """Where a person is an active member: who sees the facts about their account."""
    return list(
        Organization.objects.filter(memberships__user=user, memberships__deactivated_at=None)
    )


def has_second_factor(user: User | None) -> bool:
    """Whether signing in as this person takes more than a password."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return user is not None and Authenticator.objects.filter(user=user, type__in=kinds).exists()


@dataclass(frozen=True)
class SecondFactors:
    """What a person has set up beyond the password."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    recovery_codes_left: int

    @property
    def any(self) -> bool:
        """Whether signing in takes more than a password."""
        return self.app is not None or bool(self.passkeys)


def second_factors_of(actor: Actor) -> SecondFactors:
    """The acting person's own."""
    rows = list(Authenticator.objects.filter(user=actor.user).order_by("pk"))
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    return SecondFactors(
        app=next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        passkeys=[row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )


def lacks_second_factor(actor: Actor) -> str:
    """Why this person must set up a second factor before anything else; "" when they need not.

    Staff must have one (REQUIRE_STAFF_SECOND_FACTOR), and members of an organization that says so.
    """
    if actor.user is None:
        return ""
    strict = next((o for o in actor.organizations if o.requires_second_factor), None)
    if strict is not None:
        reason = f"{strict.name} requires a second factor of every member."
    elif actor.user.is_staff and settings.REQUIRE_STAFF_SECOND_FACTOR:
        reason = "Staff must have a second factor."
    else:
        return ""
    return "" if has_second_factor(actor.user) else reason


def sessions_of(actor: Actor) -> list[UserSession]:
    """The person's sessions that are alive, the one seen last first; at most MAX_SESSIONS."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows = UserSession.objects.filter(user=actor.user, session_key__in=alive)
    return list(rows.order_by("-last_seen_at"))


def members_without_second_factor(actor: Actor) -> int:
    """How many active members of the acting organization have none."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    protected = Authenticator.objects.filter(type__in=kinds).values("user")
    members = Membership.objects.filter(organization=actor.organization, deactivated_at=None)
    return members.exclude(user__in=protected).count()


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
