"""Reads about people and organizations."""

from collections.abc import Collection
from copy import copy
from dataclasses import replace
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet
from django.utils import timezone

from accounts.access_tokens import Claims, read_access_token
from accounts.actions.tokens import digest_of
from accounts.actor import ANONYMOUS, Actor
from accounts.approvals import Need, Rule, approvals_needed
from accounts.models import (
    Address,
    ApiToken,
    ApprovalRule,
    Membership,
    Organization,
    StaffVisit,
    TeamInvitation,
    User,
)
from accounts.roles import BUNDLES, VISIT_PERMISSIONS, Permission, Role
from marketplace.core.errors import NotFound
from marketplace.core.money import Money

# What a session remembers: the organization one acts for, and the visit staff are on.
ORGANIZATION_KEY = "organization"
VISIT_KEY = "visit"


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
    return actor_for(user, session.get(ORGANIZATION_KEY, ""))


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
    return _actor_for_bearer(digest=digest_of(secret))


def _actor_for_claims(claims: Claims) -> Actor | None:
    """The credential of an access token is asked again on each call, so its end ends the token."""
    kind, _, number = claims.credential.partition("_")
    if kind == "tok":
        actor = _actor_for_bearer(public_id=claims.credential)
    elif kind == "ses" and number.isdigit():
        actor = _actor_for_sign_in(int(number), claims)
    else:
        return None
    if actor is None or actor.company.public_id != claims.organization:
        return None
    return replace(actor, scopes=actor.permissions & claims.scopes, via="access token")


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


def _actor_for_bearer(**name: str) -> Actor | None:
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
        via="API token",
        credential=token.public_id,
        memberships=(membership,),
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
    """The tokens of the acting organization. Raises NotAllowed without the right to manage them."""
    actor.check(Permission.MANAGE_TOKENS)
    return ApiToken.objects.filter(organization=actor.organization).select_related("created_by")


def members_of(actor: Actor) -> QuerySet[Membership]:
    """The people of the acting organization."""
    return Membership.objects.filter(organization=actor.organization).select_related("user")


def organization_for_staff(actor: Actor, public_id: str) -> Organization:
    """Any organization, for staff. Raises NotFound."""
    found = Organization.objects.filter(public_id=public_id).first() if actor.is_staff else None
    if found is None:
        raise NotFound()
    return found


def has_account(email: str) -> bool:
    """Whether somebody signs in with this address, or has proved that it is theirs."""
    return (
        User.objects.filter(email=email).exists()
        or EmailAddress.objects.filter(email__iexact=email, verified=True).exists()
    )


def is_address_of(user: User, email: str) -> bool:
    """Whether the person has proved that the address is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def get_member(actor: Actor, person_id: str) -> Membership:
    """One of the people of the acting organization. Raises NotFound."""
    found = members_of(actor).filter(user__public_id=person_id).first()
    if found is None or actor.organization is None:
        raise NotFound()
    return found


def open_invitations_of(actor: Actor) -> QuerySet[TeamInvitation]:
    """Invitations nobody has used yet, expired ones too; for those who manage members.

    At most fifty, by the action that makes them. Raises NotAllowed.
    """
    actor.check(Permission.MANAGE_MEMBERS)
    return TeamInvitation.objects.filter(
        organization=actor.organization, accepted_at=None, revoked_at=None
    ).select_related("invited_by")


def get_invitation_by_secret(secret: str) -> TeamInvitation:
    """The invitation a link names, whatever became of it. Raises NotFound for a guessed link."""
    found = (
        TeamInvitation.objects.select_related("organization", "invited_by")
        .filter(digest=digest_of(secret))
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def addresses_of(actor: Actor) -> QuerySet[Address]:
    """The acting organization's addresses, the default first; at most fifty."""
    return Address.objects.filter(organization=actor.organization)


def get_address(actor: Actor, public_id: str) -> Address:
    """One of the acting organization's addresses. Raises NotFound."""
    found = addresses_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def default_address_text(organization: Organization) -> str:
    """Where goods go unless somebody says otherwise: the default address, else the details' one."""
    default = Address.objects.filter(organization=organization, is_default=True).first()
    return default.text if default else organization.address


def approval_rules_of(actor: Actor) -> QuerySet[ApprovalRule]:
    """The acting organization's rules, the smallest amount first; at most ten."""
    return _rules_of(actor.organization)


def _rules_of(organization: Organization | None) -> QuerySet[ApprovalRule]:
    return ApprovalRule.objects.filter(organization=organization).prefetch_related("approvers")


def get_approval_rule(actor: Actor, public_id: str) -> ApprovalRule:
    """One rule of the acting organization. Raises NotFound."""
    found = approval_rules_of(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def approval_need(organization: Organization, user: User | None, total: Money) -> Need:
    """What an award of `total` by this person needs before it counts. Two or three queries."""
    member = Membership.objects.filter(organization=organization, user=user).first()
    limit = member.spend_limit_minor if member else None
    rules = [
        Rule(
            Money(rule.over_minor, organization.currency),
            rule.approvers_needed,
            frozenset(person.public_id for person in rule.approvers.all()),
        )
        for rule in _rules_of(organization)
    ]
    own = None if limit is None else Money(limit, organization.currency)
    return approvals_needed(total, own, rules)


def approvers_for(
    organization: Organization, named: Collection[str], requester: User | None
) -> list[User]:
    """Who can approve an award now: of `named` (public ids; empty: anyone), never the requester."""
    people = members_with(organization, Permission.APPROVE).order_by("name", "pk")
    if named:
        people = people.filter(public_id__in=named)
    return list(people.exclude(pk=requester.pk) if requester else people)


def limited_members_of(actor: Actor) -> QuerySet[Membership]:
    """The active people with a spend limit, by name.

    Those who manage members or rules see all, anybody else their own.
    """
    rows = members_of(actor).filter(spend_limit_minor__isnull=False, deactivated_at=None)
    if not (actor.may(Permission.MANAGE_MEMBERS) or actor.may(Permission.MANAGE_ORGANIZATION)):
        rows = rows.filter(user=actor.user)
    return rows.order_by("user__name", "pk")
