"""Facts about a person's password, address and second factor, and the organization's rule."""

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.db import transaction

from accounts.actions.account_mail import write_mail
from accounts.actions.sessions import end_sessions
from accounts.actor import Actor
from accounts.events import (
    ACCESS_SWITCHED_OFF,
    ACCESS_SWITCHED_ON,
    EMAIL_CHANGED,
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    RECOVERY_CODES_MADE,
    SECOND_FACTOR_ADDED,
    SECOND_FACTOR_OPTIONAL,
    SECOND_FACTOR_REMOVED,
    SECOND_FACTOR_REQUIRED,
    STAFF_RIGHTS_CHANGED,
)
from accounts.models import Organization, User
from accounts.queries import has_second_factor, organizations_of
from accounts.roles import Permission
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.events import record

KINDS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
}


@transaction.atomic
def change_password(*, user: User, session_key: str | None) -> None:
    """After a person set or changed their password: their other sessions end."""
    record(
        PASSWORD_CHANGED,
        user,
        actor=Actor(user=user),
        visible_to=organizations_of(user),
        name=user.name,
    )
    end_sessions(user=user, but=session_key, reason="the password was changed")


@transaction.atomic
def reset_password(*, user: User) -> None:
    """After a person chose a new password with the link of a mail: all their sessions end.

    Whoever reads the mailbox is let in again at once: what others tried no longer counts.
    """
    AccessAttempt.objects.filter(username=user.email).delete()
    record(PASSWORD_RESET, user, actor=Actor(user=user), visible_to=organizations_of(user))
    end_sessions(user=user, but=None, reason="the password was changed")


@transaction.atomic
def change_password_as_staff(*, actor: Actor, user: User) -> None:
    """After staff set a person's password: all their sessions end, and they are told."""
    if not actor.is_staff:
        raise NotAllowed("Only staff can change another person's password.")
    seen_by = organizations_of(user)
    record(PASSWORD_CHANGED, user, actor=actor, visible_to=seen_by, name=user.name)
    end_sessions(user=user, but=None, reason="staff changed the password")
    write_mail(
        kind="password_changed_by_staff",
        to=user.email,
        path="/accounts/password/reset/",
        link_text="Choose a new password",
    )


@transaction.atomic
def change_email(*, user: User) -> None:
    """After a person's new address was confirmed and took the old one's place."""
    record(EMAIL_CHANGED, user, actor=Actor(user=user), visible_to=organizations_of(user))


@transaction.atomic
def add_second_factor(*, user: User, kind: str) -> None:
    """After a person set up a second factor; recovery codes are a fact of their own."""
    actor, seen_by = Actor(user=user), organizations_of(user)
    if kind == Authenticator.Type.RECOVERY_CODES:
        record(RECOVERY_CODES_MADE, user, actor=actor, visible_to=seen_by)
    else:
        record(SECOND_FACTOR_ADDED, user, actor=actor, visible_to=seen_by, kind=KINDS[kind])


@transaction.atomic
def remove_second_factor(*, user: User, kind: str) -> None:
    """After a person removed one. Recovery codes go with the last factor, without a fact."""
    if kind != Authenticator.Type.RECOVERY_CODES:
        record(
            SECOND_FACTOR_REMOVED,
            user,
            actor=Actor(user=user),
            visible_to=organizations_of(user),
            kind=KINDS[kind],
            name=user.name,
        )


@transaction.atomic
def remove_second_factors_as_staff(*, actor: Actor, user: User) -> bool:
    """For a person who lost their device and codes. Their sessions end, and they are told.

    False, and no fact, when there was none.
    """
    if not actor.is_staff:
        raise NotAllowed("Only staff can remove another person's second factor.")
    factors = Authenticator.objects.select_for_update().filter(user=user)
    kinds = sorted({KINDS[factor.type] for factor in factors if factor.type in KINDS})
    if not factors:
        return False
    factors.delete()
    record(
        SECOND_FACTOR_REMOVED,
        user,
        actor=actor,
        visible_to=organizations_of(user),
        kind=", ".join(kinds),
        name=user.name,
    )
    end_sessions(user=user, but=None, reason="staff removed the second factor")
    write_mail(
        kind="second_factors_removed_by_staff",
        to=user.email,
        path="/settings/security/",
        link_text="Set up a new one",
    )
    return True


@transaction.atomic
def change_access_as_staff(*, actor: Actor, user: User, access: bool, rights: bool) -> None:
    """After staff saved a person: `access` if they were switched on or off, `rights` if what they
    may do as staff changed. An account that is off has no session left to come back with it.
    """
    if not actor.is_staff:
        raise NotAllowed("Only staff can change another person's access.")
    seen_by = organizations_of(user)
    if access:
        fact = ACCESS_SWITCHED_ON if user.is_active else ACCESS_SWITCHED_OFF
        record(fact, user, actor=actor, visible_to=seen_by, name=user.name)
        if not user.is_active:
            end_sessions(user=user, but=None, reason="staff switched off the account")
    if rights:
        record(STAFF_RIGHTS_CHANGED, user, actor=actor, name=user.name)


@transaction.atomic
def require_second_factor(*, actor: Actor, required: bool) -> Organization:
    """Whether every member of the acting organization must have a second factor. Twice is once.

    Raises NotAllowed without the permission, Conflict when the acting person has none: they would
    lock themselves out of what they just decided.
    """
    actor.check(Permission.MANAGE_ORGANIZATION)
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    if organization.requires_second_factor == required:
        return organization
    if required and not has_second_factor(actor.user):
        raise Conflict("Set up a second factor of your own first, then require it of others.")
    organization.requires_second_factor = required
    organization.save(update_fields=["requires_second_factor"])
    fact = SECOND_FACTOR_REQUIRED if required else SECOND_FACTOR_OPTIONAL
    record(fact, organization, actor=actor, visible_to=[organization])
    return organization
