"""Sessions of a person: at most MAX_SESSIONS, seen on their security page, ended at once."""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.actions.account_mail import write_mail
from accounts.actor import Actor
from accounts.devices import device_of
from accounts.events import SESSION_ENDED, SIGNED_IN, SIGNED_OUT
from accounts.models import AccountMail, User
from accounts.queries import organizations_of
from marketplace.core.errors import NotFound
from marketplace.core.events import record

# What a worker could not send in this time is of no use to anybody: its link has expired.
KEEP_UNSENT_MAIL = timedelta(days=7)


@transaction.atomic
def begin_session(
    *, user: User, session_key: str, address: str, user_agent: str, method: str
) -> list[str]:
    """Record a sign-in; end the oldest sessions beyond MAX_SESSIONS and say by mail that we did.

    `method` in words, such as "password". Returns the devices whose sessions were ended.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two sign-ins at once are counted in turn
    _see(user=user, session_key=session_key, address=address, user_agent=user_agent)
    record(
        SIGNED_IN,
        user,
        actor=Actor(user=user),
        visible_to=organizations_of(user),
        method=method,
        device=device_of(user_agent),
        address=address,
    )
    others = [
        session
        for session in UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
        if session.session_key != session_key
    ]
    surplus = others[settings.MAX_SESSIONS - 1 :]
    devices = [device_of(session.user_agent) for session in surplus]
    _end(surplus, user, "too many at once")
    if devices:
        write_mail(
            kind="session_ended",
            to=user.email,
            path="/settings/security/",
            link_text="Look at your security page",
            device=device_of(user_agent),
            address=address,
            ended=", ".join(devices),
            most=settings.MAX_SESSIONS,
        )
    return devices


@transaction.atomic
def see_session(*, user_id: int, session_key: str, address: str, user_agent: str) -> None:
    """Note that a session is in use, and from where. Called at most once a minute and session."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        _see(user=user, session_key=session_key, address=address, user_agent=user_agent)


@transaction.atomic
def end_session(*, actor: Actor, session_id: int) -> UserSession:
    """End one of one's own sessions. Raises NotFound for another's and for one that has ended."""
    session = UserSession.objects.filter(user=actor.user, pk=session_id).first()
    if session is None or actor.user is None:
        raise NotFound()
    _end([session], actor.user, "on the security page")
    return session


@transaction.atomic
def end_sessions(*, user: User, but: str | None, reason: str) -> int:
    """End a person's sessions except the one with the key `but`; how many. `reason` in words."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    _end(sessions, user, reason)
    return len(sessions)


@transaction.atomic
def leave_session(*, user: User, session_key: str, user_agent: str, reason: str = "") -> None:
    """Record that a person signed out here, or, with a `reason`, that the session ended itself."""
    UserSession.objects.filter(user=user, session_key=session_key).delete()
    seen_by, device = organizations_of(user), device_of(user_agent)
    actor = Actor(user=user)
    if reason:
        record(
            SESSION_ENDED,
            user,
            actor=actor,
            visible_to=seen_by,
            name=user.name,
            device=device,
            reason=reason,
        )
    else:
        record(SIGNED_OUT, user, actor=actor, visible_to=seen_by, device=device)


@transaction.atomic
def forget_dead_sessions() -> int:
    """Delete sessions that ran out, their rows on security pages, and mails that never left."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    AccountMail.objects.filter(created_at__lt=now - KEEP_UNSENT_MAIL).delete()
    alive = Session.objects.values("session_key")
    return UserSession.objects.exclude(session_key__in=alive).delete()[0]


def _see(*, user: User, session_key: str, address: str, user_agent: str) -> None:
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "ip": address,
            "user_agent": user_agent[:200],
            "last_seen_at": timezone.now(),
        },
    )


def _end(sessions: Iterable[UserSession], user: User, reason: str) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for session in sessions:
        store.delete(session.session_key)
        session.delete()
        record(
            SESSION_ENDED,
            user,
            actor=Actor(user=user),
            visible_to=organizations_of(user),
            name=user.name,
            device=device_of(session.user_agent),
            reason=reason,
        )
