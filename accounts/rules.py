"""Who may do what to the people of an organization, beyond the permission itself."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership, Organization, TeamInvitation
from accounts.roles import BUNDLES, Permission, Role
from marketplace.core.errors import DomainError, NotAllowed


def check_can_manage(actor: Actor, member: Membership) -> None:
    """The actor may change this member: an owner is touched by owners only.

    Raises NotAllowed with a sentence.
    """
    actor.check(Permission.MANAGE_MEMBERS)
    if member.role == Role.OWNER and not actor.may(Permission.OWN):
        raise NotAllowed("Only an owner can change another owner.")


def can_manage(actor: Actor, member: Membership) -> bool:
    """The same rule for buttons."""
    return actor.may(Permission.MANAGE_MEMBERS) and (
        member.role != Role.OWNER or actor.may(Permission.OWN)
    )


def check_can_give(actor: Actor, role: str) -> None:
    """The actor may give this role. Raises NotAllowed, or DomainError for no role at all."""
    actor.check(Permission.MANAGE_MEMBERS)
    if role not in BUNDLES:
        raise DomainError("Choose a role.", fields={"role": "Choose a role."})
    if role == Role.OWNER and not actor.may(Permission.OWN):
        raise NotAllowed("Only an owner can appoint an owner.")


def roles_to_give(actor: Actor) -> list[tuple[str, str]]:
    """The roles the actor may give, as choices of a form; none without the permission."""
    if not actor.may(Permission.MANAGE_MEMBERS):
        return []
    return [
        (role, label)
        for role, label in Role.choices
        if role != Role.OWNER or actor.may(Permission.OWN)
    ]


def check_own_change(actor: Actor, member: Membership, role: str, limit_minor: int | None) -> None:
    """Nobody raises their own role or spend limit; owners set their own limit as they like.

    Raises NotAllowed with a sentence.
    """
    if actor.user is None or member.user_id != actor.user.pk:
        return
    if not BUNDLES[role].permissions <= BUNDLES[member.role].permissions:
        raise NotAllowed("You cannot give yourself a higher role. Ask another admin or an owner.")
    old = member.spend_limit_minor
    higher = old is not None and (limit_minor is None or limit_minor > old)
    if higher and not actor.may(Permission.OWN):
        raise NotAllowed("You cannot raise your own spend limit. Ask another admin or an owner.")


def active_owners(organization: Organization) -> QuerySet[Membership]:
    """The owners who can act now."""
    return Membership.objects.filter(
        organization=organization, role=Role.OWNER, deactivated_at=None, user__is_active=True
    )


def check_an_owner_stays(member: Membership) -> None:
    """Somebody else owns the organization too. Call it with the organization locked.

    Raises DomainError with a sentence when `member` is the last active owner.
    """
    if member.role != Role.OWNER or not member.is_active:
        return
    if not active_owners(member.organization).exclude(pk=member.pk).exists():
        raise DomainError(
            "An organization needs an owner, and this is the last one. Transfer the ownership or "
            "appoint another owner first."
        )


def check_usable(invitation: TeamInvitation) -> None:
    """Raise DomainError with a sentence when the link opens nothing any more.

    An invitation is worth no more than the present power of whoever sent it.
    """
    again = "Ask the person who invited you for a new one."
    if invitation.accepted_at is not None:
        raise DomainError("This invitation is used already. Sign in to go on.")
    if invitation.revoked_at is not None:
        raise DomainError(f"This invitation was taken back. {again}")
    if invitation.expires_at <= timezone.now():
        raise DomainError(f"This invitation has expired. {again}")
    sender = Membership.objects.filter(
        organization=invitation.organization,
        user=invitation.invited_by_id,
        user__is_active=True,
        deactivated_at=None,
    ).first()
    needed = Permission.OWN if invitation.role == Role.OWNER else Permission.MANAGE_MEMBERS
    if sender is None or needed not in BUNDLES[sender.role].permissions:
        raise DomainError(
            "The person who invited you may not invite people any more. Ask another admin of the "
            "organization for a new invitation."
        )
