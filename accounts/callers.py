"""Who is calling: the actor of a session, of an API token, of an access token."""

from copy import copy
from dataclasses import replace
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts.access_tokens import Claims, read_access_token
from accounts.actions.tokens import digest_of
from accounts.actor import ACCESS_TOKEN, ANONYMOUS, API_TOKEN, LINK, Actor
from accounts.models import ApiToken, GuestAccess, Membership, StaffVisit, User
from accounts.roles import VISIT_PERMISSIONS, Permission, Role

# What a session remembers: the organization one acts for, and the visit staff are on.
ORGANIZATION_KEY = "organization"
VISIT_KEY = "visit"
GUEST_KEY = "guest"


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
        memberships=tuple(memberships),
    )


def actor_in_session(user: User, session: SessionBase) -> Actor:
    """The actor of a signed-in session: a member, or staff on a visit that has not ended."""
    if visit_id := session.get(VISIT_KEY):
        visit = running_visit(user, visit_id)
        if visit is not None:
            return Actor(
                user=user,
                organization=visit.organization,
                role=Role.ADMIN,
                scopes=VISIT_PERMISSIONS,
                via="visit",
                visit=visit,
            )
    if not user.is_authenticated and (guest := session.get(GUEST_KEY)):
        return _guest(**guest)
    return actor_for(user, session.get(ORGANIZATION_KEY, ""))


def remember_guest(session: SessionBase, *, organization: str, key: str, name: str) -> None:
    """This browser acts as `name` for a guest organization (public id), with its key."""
    session[GUEST_KEY] = {"organization": organization, "key": key, "name": name}


def _guest(organization: str, key: str, name: str) -> Actor:
    """A guest may look and quote, for its own organization, while the key is the present one."""
    found = (
        GuestAccess.objects.select_related("organization")
        .filter(organization__public_id=organization, organization__is_guest=True)
        .filter(key_hash=digest_of(key), ends_at__gt=timezone.now())
        .first()
    )
    if found is None:
        return ANONYMOUS
    return Actor(
        organization=found.organization,
        role=Role.QUOTER,
        scopes=frozenset({Permission.VIEW, Permission.QUOTE}),
        via=LINK,
        name=name,
    )


def running_visit(user: User, public_id: str) -> StaffVisit | None:
    """The staff member's own visit while its time runs; None once it ended or they left."""
    if not user.is_authenticated or not user.is_staff or not user.is_active:
        return None
    return (
        StaffVisit.objects.select_related("organization")
        .filter(staff=user, public_id=public_id, ended_at=None, ends_at__gt=timezone.now())
        .first()
    )


def actor_for_bearer(secret: str) -> Actor | None:
    """Who an `Authorization: Bearer` speaks for: an API token or an access token (three parts)."""
    if secret.count(".") == 2:
        claims = read_access_token(secret)
        return _actor_for_claims(claims) if claims else None
    return _actor_for_api_token(digest=digest_of(secret))


def _actor_for_claims(claims: Claims) -> Actor | None:
    """The credential of an access token is asked again on each call, so its end ends the token."""
    kind, _, number = claims.credential.partition("_")
    if kind == "tok":
        actor = _actor_for_api_token(public_id=claims.credential)
    elif kind == "ses" and number.isdigit():
        actor = _actor_for_sign_in(int(number), claims)
    else:
        return None
    if actor is None or actor.company.public_id != claims.organization:
        return None
    return replace(actor, scopes=actor.permissions & claims.scopes, via=ACCESS_TOKEN)


def _actor_for_sign_in(pk: int, claims: Claims) -> Actor | None:
    found = (
        UserSession.objects.select_related("user")
        .filter(pk=pk, user__public_id=claims.user, user__is_active=True)
        .first()
    )
    if found is None or not found.exists():
        return None
    actor = actor_for(found.user, claims.organization)
    return replace(actor, credential=claims.credential) if actor.organization else None


def actor_of_sign_in(actor: Actor, session_key: str | None) -> Actor:
    """The same actor, with the sign-in they came by as credential; visits have none to pass on."""
    if actor.via != "page" or actor.user is None:
        return actor
    pk = (
        UserSession.objects.filter(user=actor.user, session_key=session_key)
        .values_list("pk", flat=True)
        .first()
    )
    # A request's actor is lazy, and `replace` takes only the thing itself: the copy is it.
    return replace(copy(actor), credential=f"ses_{pk}" if pk else "")


def _actor_for_api_token(**name: str) -> Actor | None:
    """The actor an API token speaks for, or None when it is unknown, expired or revoked.

    The token's power is the intersection of its scopes with the present role of the person who
    made it, so that removing or demoting that person takes effect at once.
    """
    now = timezone.now()
    token = (
        ApiToken.objects.select_related("organization", "created_by")
        .filter(**name, revoked_at=None, expires_at__gt=now)
        .filter(created_by__is_active=True)
        .first()
    )
    if token is None:
        return None
    membership = (
        Membership.objects.filter(
            user=token.created_by, organization=token.organization, deactivated_at=None
        )
        .select_related("organization")
        .first()
    )
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
        via=API_TOKEN,
        credential=token.public_id,
        requests_per_minute=token.requests_per_minute,
        memberships=(membership,),
    )
