"""Logs and error reports carry no secret."""

import logging

import pytest

from accounts.access_tokens import Claims, sign_access_token
from accounts.actions.tokens import new_secret
from marketplace.core.scrubbing import HIDDEN, ScrubbingFilter, scrub, scrub_report


@pytest.mark.parametrize(
    "secret",
    [
        new_secret(),
        sign_access_token(Claims("usr_1", "org_1", "tok_1", frozenset())),
        "sk_live_0123456789abcdef01234567",
        "bea@example.com",
    ],
    ids=["api token", "access token", "stripe", "address"],
)
def test_a_secret_in_a_line_is_hidden(secret: str) -> None:
    assert scrub(f"refused {secret} today") == f"refused {HIDDEN} today"


@pytest.mark.parametrize(
    "path",
    [
        "/join/SECRET/",
        "/files/SECRET/",
        "/guest/SECRET/code/",
        "/shared/SECRET/",
        "/accounts/confirm-email/SECRET/",
        "/reset/key/1-SECRET/",
    ],
)
def test_a_link_that_opens_something_is_hidden(path: str) -> None:
    assert "SECRET" not in scrub(f"GET {path} 404")


def test_a_log_line_is_cleaned_with_its_arguments() -> None:
    record = logging.LogRecord("x", 20, "f", 1, "token %s", ("mkt_" + "a" * 43,), None)
    assert ScrubbingFilter().filter(record)
    assert record.getMessage() == f"token {HIDDEN}"


def test_a_report_loses_cookies_headers_and_bodies_at_any_depth() -> None:
    report = {
        "request": {
            "url": "https://x.example/join/SECRET/",
            "headers": {"Authorization": "Bearer SECRET", "Accept": "text/html"},
            "cookies": {"sessionid": "SECRET"},
            "data": {"password": "SECRET"},
            "query_string": "key=SECRET",
        },
        "exception": {"values": [{"value": "no mkt_" + "a" * 43}]},
    }
    cleaned = scrub_report(report)
    assert "SECRET" not in str(cleaned) and "mkt_" not in str(cleaned)
    assert cleaned["request"]["headers"]["Accept"] == "text/html"
