"""What must not reach logs and error reports: secrets, addresses, cookies, names of files."""

import logging
import re
from typing import Any

HIDDEN = "[hidden]"
# Ours and Stripe's secrets by their prefix, access tokens by their shape, and the part of a path
# that opens something: invitations, file links, confirmations, password resets.
SECRETS = re.compile(
    r"mkt_[A-Za-z0-9_-]{8,}|(?:sk|rk|whsec)_[A-Za-z0-9_]{8,}"
    r"|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?<=/join/)[^/\s?\"']+|(?<=/files/)[^/\s?\"']+"
    r"|(?<=/twin/)[^/\s?\"']+|(?<=/guest/)[^/\s?\"']+|(?<=/shared/)[^/\s?\"']+"
    r"|(?<=/status/confirm/)[^/\s?\"']+|(?<=/status/stop/)[^/\s?\"']+"
    r"|(?<=/stop-mails/)[^/\s?\"']+|(?<=/calendar/)[^/\s?\"']+"
    r"|(?<=/confirm-email/)[^/\s?\"']+|(?<=/reset/key/)[^/\s?\"']+"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Names of uploaded files say what somebody is building.
UPLOADED = re.compile(
    r"[^\s\"'<>/\\:,()\[\]{}]+\.(?:step|stp|iges|igs|stl|3mf|obj|ply|dxf|dwg|sldprt|sldasm|pdf|zip"
    r"|csv|xlsx|jpe?g|png|webp|heic|mp4)\b",
    re.IGNORECASE,
)
PRIVATE = {
    "x-forwarded-for",
    "x-real-ip",
    "remote_addr",
    "ip_address",
    "cookies",
    "authorization",
    "cookie",
    "set-cookie",
    "x-csrftoken",
    "query_string",
    "data",
}


def scrub(text: str) -> str:
    """`text` without secrets, e-mail addresses and names of uploaded files."""
    return UPLOADED.sub(HIDDEN, EMAIL.sub(HIDDEN, SECRETS.sub(HIDDEN, text)))


def scrub_report(event: Any, hint: Any = None) -> Any:
    """An error report for Sentry's `before_send`, without what is private at any depth."""
    if isinstance(event, str):
        return scrub(event)
    if isinstance(event, dict):
        return {
            key: HIDDEN if str(key).lower() in PRIVATE else scrub_report(value)
            for key, value in event.items()
        }
    if isinstance(event, list | tuple):
        return [scrub_report(value) for value in event]
    return event


class ScrubbingFilter(logging.Filter):
    """Takes secrets out of every line before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the line stays, cleaned."""
        record.msg, record.args = scrub(record.getMessage()), None
        return True
