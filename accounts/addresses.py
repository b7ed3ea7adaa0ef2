"""The address a request really comes from, behind a known number of proxies."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address our outermost trusted proxy saw; without proxies the peer's.

    Each trusted proxy appends the address it saw, so the client's stands TRUSTED_PROXY_COUNT from
    the right; whatever a client writes further left is not believed. What is no address (a peer
    behind a Unix socket, a broken proxy) becomes 0.0.0.0, because databases store addresses.
    """
    found = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < count <= len(seen) and seen[-count]:
        found = seen[-count]
    try:
        return str(ip_address(found))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - names no interface, stands for an unknown client


def counted_address(request: HttpRequest) -> str:
    """The address failures are counted by: of IPv6 the /64, which one household owns whole."""
    address = ip_address(client_address(request))
    if address.version == 6:
        return str(ip_network((address, 64), strict=False).network_address)
    return str(address)
