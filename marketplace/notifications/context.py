"""What every layout needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.actor import ANONYMOUS, Actor
from marketplace.core.vapid import public_key
from marketplace.notifications.queries import Unread, unread_inbox


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` (name, url, and where its test twin is, or in the twin the real site); `unread_inbox`,
    which costs a query only where it is shown; `push_key`, with which a browser subscribes to news;
    and where the live process is: a path of this address, `:port/path` on this host, or "" for
    nowhere."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    signed_in = actor.is_authenticated
    return {
        "site": {
            "name": settings.SITE_NAME,
            "url": settings.SITE_URL,
            "twin_url": settings.TWIN_URL,
            "twin_of": settings.TWIN_OF,
        },
        "unread_inbox": SimpleLazyObject(lambda: unread_inbox(actor) if signed_in else Unread()),
        "live_url": live_url(),
        "push_key": SimpleLazyObject(public_key),
    }


def live_url() -> str:
    """Where an open page finds its socket; "" without Redis, where nothing is live."""
    if not settings.LIVE_REDIS_URL:
        return ""
    return f":{settings.LIVE_PORT}/ws/" if settings.LIVE_PORT else "/ws/"
