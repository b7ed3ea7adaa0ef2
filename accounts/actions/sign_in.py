"""Failed sign-ins and the lock they lead to."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.account_mail import write_mail
from accounts.actor import Actor
from accounts.events import LOCKED_OUT, SIGN_IN_FAILED, SIGN_IN_UNLOCKED
from accounts.models import User
from accounts.queries import organizations_of
from marketplace.core.errors import NotAllowed
from marketplace.core.events import record
from marketplace.core.models import Event

SOMEBODY = Actor(name="Somebody")
KEEP_SIGN_IN_ADDRESSES = timedelta(days=90)


@transaction.atomic
def record_failed_sign_in(*, user: User, address: str) -> None:
    """A wrong password or code for a known person. Bounded by the lock: a locked try is none."""
    record(
        SIGN_IN_FAILED,
        user,
        actor=SOMEBODY,
        visible_to=organizations_of(user),
        name=user.name,
        address=address,
    )


@transaction.atomic
def lock_out(*, user: User, address: str) -> bool:
    """Record that sign-in is blocked, and tell the person by mail; once in SIGN_IN_LOCK.

    False when they know already: whoever tries from many addresses must not fill their mailbox.
    """
    User.objects.select_for_update().get(pk=user.pk)
    since = timezone.now() - settings.SIGN_IN_LOCK
    if Event.objects.filter(type=LOCKED_OUT.name, subject=user.public_id, at__gt=since).exists():
        return False
    record(
        LOCKED_OUT,
        user,
        actor=SOMEBODY,
        visible_to=organizations_of(user),
        name=user.name,
        address=address,
    )
    write_mail(
        kind="locked_out",
        to=user.email,
        path="/accounts/password/reset/",
        link_text="Choose a new password",
        address=address,
        minutes=int(settings.SIGN_IN_LOCK.total_seconds() // 60),
    )
    return True


@transaction.atomic
def unlock_sign_in(*, actor: Actor, user: User) -> bool:
    """Staff let a person try again at once. False, and no fact, when nothing was counted."""
    if not actor.is_staff:
        raise NotAllowed("Only staff can unblock a sign-in.")
    if not AccessAttempt.objects.filter(username=user.email).delete()[0]:
        return False
    record(SIGN_IN_UNLOCKED, user, actor=actor, visible_to=organizations_of(user), name=user.name)
    return True


@transaction.atomic
def forget_sign_in_addresses() -> int:
    """Delete from where people signed in longer than KEEP_SIGN_IN_ADDRESSES ago."""
    before = timezone.now() - KEEP_SIGN_IN_ADDRESSES
    return AccessLog.objects.filter(attempt_time__lt=before).delete()[0]
