"""Which addresses a webhook may be sent to. Customers choose them, so they are hostile.

An address is checked twice: its text when it is saved (nothing is looked up inside a request), and
what its name stands for each time it is used; the connection then goes to the checked number, so
that a name that changes its mind between the two reaches nothing (DNS rebinding).
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from marketplace.core.errors import DomainError

PORTS = {443, 8443}
LONGEST = 500


@dataclass(frozen=True)
class Target:
    """Where a webhook goes: `host` is the name that TLS checks, `path` has the query in it."""

    host: str
    port: int
    path: str
    is_tls: bool


class Unreachable(Exception):
    """The address cannot be used now; the text says why."""


def read_url(url: str) -> Target:
    """The parts of an address. Raises DomainError with a sentence for one that is refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise _refused("This is no web address.") from error
    if len(url) > LONGEST or not host or not url.isprintable() or " " in url:
        raise _refused("This is no web address.")
    if parts.username or parts.password:
        raise _refused("Leave name and password out of the address; messages are signed instead.")
    if parts.fragment:
        raise _refused("An address with # cannot be called; leave that part out.")
    is_tls = parts.scheme == "https"
    if not is_tls and not (parts.scheme == "http" and settings.WEBHOOKS_MAY_BE_PRIVATE):
        raise _refused("The address must begin with https://.")
    port = port or (443 if is_tls else 80)
    if not settings.WEBHOOKS_MAY_BE_PRIVATE:
        if port not in PORTS:
            raise _refused("Only the ports 443 and 8443 are called.")
        if "." not in host.strip(".") and ":" not in host:
            raise _refused("A name without a dot is known inside your network only.")
        _check_number(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port, path, is_tls)


def _check_number(host: str) -> None:
    """Refuse a private address that was written as one."""
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return  # a name: looked up when it is used
    if not is_public(number):
        raise _refused("This address is not reachable from the internet.")


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the open internet and not to a network behind a door."""
    if isinstance(number, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of IPv6: mapped, or by NAT64, 6to4 or Teredo.
        inner = number.ipv4_mapped or number.sixtofour
        if inner is not None:
            return is_public(inner)
        if number.teredo is not None or number in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return number.is_global and not number.is_multicast


def numbers_of(target: Target) -> list[str]:
    """The addresses the name stands for now. Raises Unreachable when it stands for nothing, or for
    anything that is not public: one private answer among public ones is refused whole."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"The name {target.host} leads nowhere.") from error
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.WEBHOOKS_MAY_BE_PRIVATE:
        for text in numbers:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise Unreachable(f"The name {target.host} leads into a private network.")
    return numbers


def _refused(sentence: str) -> DomainError:
    return DomainError(sentence, fields={"url": sentence})
