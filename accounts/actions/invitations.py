"""Invitations by mail: bound to one address, used once, for a limited time.

The link's secret is stored nowhere. It is an HMAC with SECRET_KEY over the invitation's id and its
expiry, so the worker that writes the mail derives it again; the row keeps its SHA-256, by which the
link is found. Sending again moves the expiry, which makes a new secret and ends the old link.
"""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import password_changed, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import events, queries, rules
from accounts.actions.team import check_limit, limit_text, lock_team
from accounts.actions.tokens import digest_of
from accounts.actor import ANONYMOUS, Actor
from accounts.models import Membership, Organization, TeamInvitation, User
from accounts.roles import Permission, Role
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import record

MOST_OPEN = 50
# A second mail within this time is a double click, or somebody being pestered.
PAUSE = timedelta(minutes=10)
SALT = "accounts.invitation"


def secret_of(invitation: TeamInvitation) -> str:
    """The secret of the invitation's present link, derived again.

    Raises DomainError when no key of today made it (SECRET_KEY was changed since): resend it.
    """
    for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        secret = _secret(invitation.public_id, invitation.expires_at, key)
        if digest_of(secret) == invitation.digest:
            return secret
    raise DomainError("The link of this invitation cannot be made any more. Send it again.")


def _secret(public_id: str, expires_at: datetime, key: str) -> str:
    text = f"{public_id}:{expires_at.astimezone(UTC).isoformat()}"
    digest = salted_hmac(SALT, text, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@transaction.atomic
def invite_member(
    *, actor: Actor, email: str, role: str, spend_limit_minor: int | None = None
) -> TeamInvitation:
    """Invite an address; a worker sends the link. `spend_limit_minor`: None for no limit.

    An expired invitation of the address starts anew. Raises NotAllowed, DomainError, or Conflict
    when the address is invited or a member already.
    """
    organization, actor = lock_team(actor)
    rules.check_can_give(actor, role)
    check_limit(spend_limit_minor)
    email = _clean_email(email)
    _check_no_member(organization, email)
    opened = TeamInvitation.objects.filter(
        organization=organization, accepted_at=None, revoked_at=None
    )
    invitation = opened.filter(email=email).first()
    if invitation is not None and invitation.expires_at > timezone.now():
        raise Conflict(f"{email} is invited already. You can send the invitation again below.")
    if invitation is None and opened.count() >= MOST_OPEN:
        raise DomainError(
            f"{MOST_OPEN} invitations are open. Revoke some before you invite more people."
        )
    assert actor.user is not None  # the permission check passed
    invitation = invitation or TeamInvitation(organization=organization, email=email)
    invitation.role, invitation.spend_limit_minor = role, spend_limit_minor
    invitation.invited_by = actor.user
    return _send(invitation, actor)


@transaction.atomic
def resend_invitation(*, actor: Actor, public_id: str) -> TeamInvitation:
    """Send a new link and end the old one. Raises Conflict within ten minutes of the last."""
    organization, actor = lock_team(actor)
    invitation = _open_invitation(organization, public_id)
    rules.check_can_give(actor, invitation.role)
    sent_at = invitation.expires_at - timedelta(days=settings.TEAM_INVITATION_DAYS)
    if timezone.now() - sent_at < PAUSE:
        raise Conflict("The invitation was sent a moment ago. Wait ten minutes to send it again.")
    assert actor.user is not None  # the permission check passed
    invitation.invited_by = actor.user
    return _send(invitation, actor)


@transaction.atomic
def revoke_invitation(*, actor: Actor, public_id: str) -> TeamInvitation:
    """End an invitation; its link opens nothing any more. Twice is once."""
    organization, actor = lock_team(actor)
    actor.check(Permission.MANAGE_MEMBERS)
    invitation = TeamInvitation.objects.filter(
        organization=organization, public_id=public_id
    ).first()
    if invitation is None:
        raise NotFound()
    if invitation.accepted_at is not None:
        raise Conflict("This invitation is used. Change the member instead.")
    if invitation.role == Role.OWNER:
        rules.check_can_give(actor, invitation.role)
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record(
            events.INVITATION_REVOKED,
            invitation,
            actor=actor,
            thread=organization,
            visible_to=[organization],
            email=invitation.email,
        )
    return invitation


@transaction.atomic
def join_organization(*, actor: Actor, secret: str) -> Membership:
    """A signed-in person uses an invitation of one of their verified addresses.

    Raises NotFound for an unknown link, DomainError with a sentence for one that cannot be used.
    """
    if actor.user is None:
        raise NotFound()
    invitation = _lock_usable(secret)
    if invitation.accepted_by_id == actor.user.pk:
        return Membership.objects.get(organization=invitation.organization, user=actor.user)
    rules.check_usable(invitation)
    if not queries.is_address_of(actor.user, invitation.email):
        raise DomainError(
            f"This invitation is for {invitation.email}, and you are signed in as "
            f"{actor.user.email}. Sign out, or confirm that address as one of yours first."
        )
    return _join(invitation, actor.user, actor)


@transaction.atomic
def sign_up_by_invitation(*, secret: str, name: str, password: str) -> User:
    """Make the invited person and let them join. The link came to the address, so it is verified.

    Raises NotFound, or DomainError for a weak password, a missing name, or a known address.
    """
    invitation = _lock_usable(secret)
    rules.check_usable(invitation)
    if queries.has_account(invitation.email):
        raise DomainError("There is an account for this address already. Sign in to join.")
    name = " ".join(name.split())[:120]
    if not name:
        raise DomainError("Enter your name.", fields={"name": "Enter your name."})
    try:
        validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise DomainError(sentence, fields={"password": sentence}) from error
    user = User.objects.create_user(invitation.email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    password_changed(password, user)
    _join(invitation, user, replace(ANONYMOUS, user=user, organization=invitation.organization))
    return user


def _lock_usable(secret: str) -> TeamInvitation:
    """The invitation of a link with its organization locked first. Raises NotFound."""
    digest = digest_of(secret)
    organization = TeamInvitation.objects.filter(digest=digest).values("organization")
    list(Organization.objects.select_for_update(of=("self",)).filter(pk__in=organization))
    found = (
        TeamInvitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(digest=digest)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def _join(invitation: TeamInvitation, user: User, actor: Actor) -> Membership:
    organization = invitation.organization
    member = Membership.objects.filter(organization=organization, user=user).first()
    if member is not None and not member.is_active:
        raise DomainError(
            f"Your access to {organization.name} was ended. Ask an admin there to reactivate you."
        )
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    if member is not None:
        return member
    member = Membership.objects.create(
        user=user,
        organization=organization,
        role=invitation.role,
        spend_limit_minor=invitation.spend_limit_minor,
    )
    record(
        events.MEMBER_JOINED,
        user,
        actor=actor,
        thread=organization,
        visible_to=[organization],
        name=user.name,
        role=member.role,
        invitation=invitation.public_id,
    )
    return member


def _send(invitation: TeamInvitation, actor: Actor) -> TeamInvitation:
    """Give the invitation a new link and record it; a handler writes the mail."""
    invitation.expires_at = timezone.now() + timedelta(days=settings.TEAM_INVITATION_DAYS)
    secret = _secret(invitation.public_id, invitation.expires_at, settings.SECRET_KEY)
    invitation.digest = digest_of(secret)
    invitation.save()
    record(
        events.MEMBER_INVITED,
        invitation,
        actor=actor,
        thread=invitation.organization,
        visible_to=[invitation.organization],
        email=invitation.email,
        role=invitation.role,
        limit=limit_text(invitation.spend_limit_minor, invitation.organization),
    )
    return invitation


def _open_invitation(organization: Organization, public_id: str) -> TeamInvitation:
    found = (
        TeamInvitation.objects.filter(organization=organization, public_id=public_id)
        .select_related("organization")
        .first()
    )
    if found is None:
        raise NotFound()
    if found.accepted_at is not None or found.revoked_at is not None:
        raise Conflict("This invitation is used or revoked. Invite the person anew.")
    return found


def _clean_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        sentence = "Enter an e-mail address such as ada@example.com."
        raise DomainError(sentence, fields={"email": sentence}) from error
    return email


def _check_no_member(organization: Organization, email: str) -> None:
    addresses = EmailAddress.objects.filter(email__iexact=email, verified=True)
    members = Membership.objects.filter(organization=organization)
    member = (
        members.filter(user__email=email).first()
        or members.filter(user__in=addresses.values("user")).first()
    )
    if member is None:
        return
    if member.is_active:
        raise Conflict(f"{email} belongs to the organization already.")
    raise Conflict(f"{email} is a deactivated member. Reactivate them in the list of people.")
