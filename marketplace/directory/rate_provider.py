"""Fetching the day's rates; the only file that asks the provider. Called by the worker alone."""

import urllib.request
from urllib.error import URLError

from django.conf import settings

from marketplace.core.errors import DomainError
from marketplace.directory.rate_files import MAX_BYTES

SECONDS = 10


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The provider's address is a setting; an answer does not choose another one."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def fetch_rates() -> bytes | None:
    """The file of the day from EXCHANGE_RATE_URL, up to a byte more than is read; None when off.

    Raises DomainError when the provider does not answer within 10 seconds or answers with an
    error.
    """
    address = settings.EXCHANGE_RATE_URL
    if not address:
        return None
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(address, timeout=SECONDS) as answer:
            content: bytes = answer.read(MAX_BYTES + 1)
    except (URLError, OSError) as fault:
        raise DomainError(f"The provider of exchange rates did not answer: {fault}") from fault
    return content
