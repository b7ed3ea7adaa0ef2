"""The people of an organization: roles, limits, coming back, leaving, owning.

Every action locks the organization's row first, so that two of them never pass each other: an
organization keeps an active owner whatever is pressed at the same moment.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import events, rules
from accounts.actor import Actor
from accounts.models import Membership, Organization
from accounts.roles import BUNDLES, Permission, Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import Fact, record
from marketplace.core.money import MAX_MINOR, Money

NO_LIMIT = "no limit"


def limit_text(minor: int | None, organization: Organization) -> str:
    """A spend limit in words; `minor` in minor units of the organization's currency."""
    return NO_LIMIT if minor is None else str(Money(minor, organization.currency))


def check_limit(minor: int | None) -> None:
    """Raise DomainError for a spend limit below zero or beyond any order."""
    if minor is not None and not 0 <= minor <= MAX_MINOR:
        raise DomainError(
            "A spend limit is an amount of zero or more.",
            fields={"spend_limit_minor": "Enter an amount of zero or more, or leave it empty."},
        )


def lock_team(actor: Actor) -> tuple[Organization, Actor]:
    """The acting organization, locked, and the actor with the role it has now.

    The role was read before the lock; somebody may have taken it away meanwhile. Raises NotFound
    for a person who is no member any more.
    """
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    if actor.is_staff or actor.is_system or actor.visit is not None:
        return organization, actor
    now = Membership.objects.filter(
        organization=organization, user=actor.user, deactivated_at=None
    ).first()
    if now is None:
        raise NotFound()
    return organization, actor.in_role(now.role)


@transaction.atomic
def change_member(
    *, actor: Actor, person_id: str, role: str, spend_limit_minor: int | None
) -> Membership:
    """Give a member a role and a spend limit (minor units, None: no limit of their own).

    Each thing that really changes is one fact. Raises NotFound, NotAllowed or DomainError.
    """
    organization, actor = lock_team(actor)
    member = _member(organization, person_id)
    rules.check_can_manage(actor, member)
    if role != member.role:
        rules.check_can_give(actor, role)
    check_limit(spend_limit_minor)
    rules.check_own_change(actor, member, role, spend_limit_minor)
    old_role, old_limit = member.role, member.spend_limit_minor
    if role != old_role:
        rules.check_an_owner_stays(member)
    member.role, member.spend_limit_minor = role, spend_limit_minor
    member.save(update_fields=["role", "spend_limit_minor"])
    if role != old_role:
        _record(events.ROLE_CHANGED, member, actor, old=old_role, new=role)
    if spend_limit_minor != old_limit:
        _record(
            events.SPEND_LIMIT_CHANGED,
            member,
            actor,
            old=limit_text(old_limit, organization),
            new=limit_text(spend_limit_minor, organization),
        )
    return member


@transaction.atomic
def deactivate_member(*, actor: Actor, person_id: str) -> Membership:
    """End a member's power at once, pages and tokens alike; the row and history stay.

    Twice is once. Raises DomainError for oneself and for the last owner.
    """
    organization, actor = lock_team(actor)
    member = _member(organization, person_id)
    rules.check_can_manage(actor, member)
    _check_not_self(actor, member)
    rules.check_an_owner_stays(member)
    if member.is_active:
        member.deactivated_at = timezone.now()
        member.save(update_fields=["deactivated_at"])
        _record(events.MEMBER_DEACTIVATED, member, actor)
    return member


@transaction.atomic
def reactivate_member(*, actor: Actor, person_id: str) -> Membership:
    """Let a deactivated member act again, in the role they had. Twice is once."""
    organization, actor = lock_team(actor)
    member = _member(organization, person_id)
    rules.check_can_manage(actor, member)
    if not member.is_active:
        member.deactivated_at = None
        member.save(update_fields=["deactivated_at"])
        _record(events.MEMBER_REACTIVATED, member, actor, role=member.role)
    return member


@transaction.atomic
def remove_member(*, actor: Actor, person_id: str) -> None:
    """Take a member off the list. What they did keeps their name; coming back needs an invitation.

    Raises DomainError for oneself and for the last owner.
    """
    organization, actor = lock_team(actor)
    member = _member(organization, person_id)
    rules.check_can_manage(actor, member)
    _check_not_self(actor, member)
    rules.check_an_owner_stays(member)
    _record(events.MEMBER_REMOVED, member, actor)
    member.delete()


@transaction.atomic
def leave_organization(*, actor: Actor) -> None:
    """Give up one's own membership. Raises DomainError for the last owner."""
    if actor.user is None or actor.via != "page":
        raise NotAllowed("Leave on the members page, signed in.")
    organization, actor = lock_team(actor)
    member = _member(organization, actor.public_id)
    rules.check_an_owner_stays(member)
    _record(events.MEMBER_LEFT, member, actor)
    member.delete()


@transaction.atomic
def transfer_ownership(*, actor: Actor, person_id: str) -> Membership:
    """Make another active member the owner; the acting owner becomes an admin."""
    organization, actor = lock_team(actor)
    actor.check(Permission.OWN)
    heir = _member(organization, person_id)
    if heir.user_id == (actor.user.pk if actor.user else None):
        raise DomainError("Choose somebody else: you own the organization already.")
    if not heir.is_active or not heir.user.is_active:
        raise DomainError("This person is deactivated. Reactivate them first.")
    if heir.role != Role.OWNER:
        heir.role = Role.OWNER
        heir.save(update_fields=["role"])
    Membership.objects.filter(organization=organization, user=actor.user).update(role=Role.ADMIN)
    _record(events.OWNERSHIP_TRANSFERRED, heir, actor)
    return heir


def may_do(role: str) -> list[str]:
    """What a role allows, as the labels of its permissions in their usual order."""
    return [str(p.label) for p in Permission if p in BUNDLES[role].permissions]


def _member(organization: Organization, person_id: str) -> Membership:
    found = (
        Membership.objects.filter(organization=organization, user__public_id=person_id)
        .select_related("user", "organization")
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def _check_not_self(actor: Actor, member: Membership) -> None:
    if actor.user is not None and member.user_id == actor.user.pk:
        raise DomainError("This is you. To go, leave the organization at the end of the page.")


def _record(fact: Fact, member: Membership, actor: Actor, **data: Any) -> None:
    record(
        fact,
        member.user,
        actor=actor,
        thread=member.organization,
        visible_to=[member.organization],
        name=member.user.name,
        **data,
    )
