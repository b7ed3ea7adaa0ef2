"""Reads about people and organizations."""

from collections.abc import Collection
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions.tokens import digest_of
from accounts.actor import Actor
from accounts.approvals import Need, Rule, approvals_needed
from accounts.models import (
    Address,
    ApiToken,
    ApprovalRule,
    Membership,
    Organization,
    SavedView,
    TeamInvitation,
    User,
)
from accounts.roles import BUNDLES, Permission
from marketplace.core.errors import NotFound
from marketplace.core.money import Money


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
    """The tokens of the acting organization. Raises NotAllowed without the right to manage them."""
    actor.check(Permission.MANAGE_TOKENS)
    return ApiToken.objects.filter(organization=actor.organization).select_related("created_by")


def members_of(actor: Actor) -> QuerySet[Membership]:
    """The people of the acting organization."""
    return Membership.objects.filter(organization=actor.organization).select_related("user")


def memberships_of(actor: Actor) -> QuerySet[Membership]:
    """The organizations a person acts for now, with their role: a handful."""
    return Membership.objects.filter(user=actor.user, deactivated_at=None).select_related(
        "organization"
    )


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


def saved_views(actor: Actor, page: str) -> list[SavedView]:
    """The acting person's own views of a list, by name. One query."""
    if actor.user is None:
        return []
    rows = SavedView.objects.filter(user=actor.user, organization=actor.company, page=page)
    return list(rows.order_by("name"))
