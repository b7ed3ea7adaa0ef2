"""What every layout needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.actor import ANONYMOUS, Actor
from marketplace.notifications.queries import unread_count


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` (name, url) and `unread_count`, which costs a query only where it is shown."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    signed_in = actor.is_authenticated
    return {
        "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
        "unread_count": SimpleLazyObject(lambda: unread_count(actor) if signed_in else 0),
    }
