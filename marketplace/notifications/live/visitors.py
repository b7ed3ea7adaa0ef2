"""Who is at the other end of a socket, and what they may watch. Plain functions for a thread."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from accounts.actor import Actor
from accounts.callers import actor_in_session
from accounts.models import User
from accounts.queries import lacks_second_factor
from accounts.sessions import has_run_out

LONGEST_TOPIC = 80


@dataclass(frozen=True)
class Visitor:
    """A signed-in person at a socket: public ids of the person and of whom they act for."""

    session_key: str
    person: str
    organization: str
    actor: Actor


def session_key_in(cookies: str) -> str:
    """The session key in a Cookie header; "" for none or for a header nobody can read."""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found is not None and len(found.value) <= 64 else ""


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of this site opens the socket: `origin` is one that forms are accepted from,
    or that of the very host asked, which must be served here."""
    name, _ = split_domain_port(host)
    if not origin or not name or not validate_host(name, settings.ALLOWED_HOSTS or ["localhost"]):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        page = urlsplit(origin)
    except ValueError:  # an address in brackets that is none
        return False
    if page.scheme not in ("http", "https"):
        return False
    if settings.LIVE_PORT:  # in development page and socket differ in the port
        return split_domain_port(page.netloc)[0] == name
    return page.netloc == host


def identify(session_key: str) -> Visitor | None:
    """The person of a session that pages would let in now; None for anybody else.

    Reads only: a socket that stays open neither prolongs a session nor changes its key.
    """
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    number = str(session.get(USER_KEY, ""))
    if not number.isdigit():
        return None
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None or not _proves(session, user):
        return None
    request = HttpRequest()
    request.session = session
    if has_run_out(request):
        return None
    actor = actor_in_session(user, session)
    if lacks_second_factor(actor):
        return None
    company = actor.organization.public_id if actor.organization else ""
    return Visitor(session_key, user.public_id, company, actor)


def _proves(session: SessionBase, user: User) -> bool:
    """As at the pages' door: the session was made with the password the person has now."""
    shown = session.get(HASH_SESSION_KEY, "")
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(shown, one) for one in known)


def allowed_topics(visitor: Visitor, topics: Iterable[str]) -> list[str]:
    """Those of `topics` that are known and there for the visitor, asked anew."""
    kinds: Mapping[str, str] = import_string(settings.LIVE_TOPICS)
    allowed = []
    for topic in topics:
        kind, _, public_id = topic.partition(":")
        if kind not in kinds or not public_id.isascii() or len(topic) > LONGEST_TOPIC:
            continue
        may_watch: Callable[[Actor, str], bool] = import_string(kinds[kind])
        if "\x00" not in public_id and may_watch(visitor.actor, public_id):
            allowed.append(topic)
    return allowed
