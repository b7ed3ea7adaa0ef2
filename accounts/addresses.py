"""The address a request really comes from, behind a known number of proxies."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address our outermost trusted proxy saw; without proxies the peer's.

    Each trusted proxy appends the address it saw, so the client's stands TRUSTED_PROXY_COUNT from
    the right; whatever a client writes further left is not believed.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return seen[-count] if 0 < count <= len(seen) and seen[-count] else peer
