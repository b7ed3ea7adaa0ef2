"""Who is at a socket: the same door as that of the pages, without touching the session."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from accounts.sessions import SIGNED_IN_AT
from marketplace.notifications.live.visitors import identify, is_own_origin
from tests.notifications.live_process import cookie_of
from tests.personas import Persona


def test_the_door_is_that_of_the_pages(bea: Persona, settings: Any) -> None:
    key = cookie_of(bea)
    before = Session.objects.get(session_key=key)
    found = identify(key)
    assert found is not None
    assert (found.person, found.organization) == (bea.user.public_id, bea.organization.public_id)
    # Looking prolongs nothing.
    after = Session.objects.get(session_key=key)
    assert (after.session_data, after.expire_date) == (before.session_data, before.expire_date)
    # A new password ends what the old one opened, a required second factor must be there.
    organization = bea.organization
    organization.requires_second_factor = True
    organization.save()
    assert identify(key) is None
    organization.requires_second_factor = False
    organization.save()
    session = bea.client.session
    session[SIGNED_IN_AT] = int(time.time()) - settings.SESSION_MAX_AGE
    session.save()
    assert identify(key) is None
    session[SIGNED_IN_AT] = int(time.time())
    session.save()
    assert identify(key) is not None
    bea.user.set_password("Another-Horse-9!")
    bea.user.save()
    assert identify(key) is None


@pytest.mark.parametrize(
    ("origin", "host", "port", "expected"),
    [
        ("https://parts.example.com", "parts.example.com", 0, True),
        ("https://other.example.com", "parts.example.com", 0, True),  # ALLOWED_ORIGINS
        ("https://parts.example.com:8443", "parts.example.com:8443", 0, True),
        ("https://parts.example.com:8443", "parts.example.com", 0, False),
        ("https://parts.example.com.evil.com", "parts.example.com", 0, False),
        ("file://parts.example.com", "parts.example.com", 0, False),
        ("https://evil.com", "evil.com", 0, False),
        ("http://parts.example.com:8000", "parts.example.com:8001", 8001, True),
        ("http://evil.com:8000", "parts.example.com:8001", 8001, False),
        ("", "parts.example.com", 0, False),
        ("https://parts.example.com", "", 0, False),
        ("https://[", "parts.example.com", 0, False),
    ],
)
def test_which_pages_may_open_a_socket(
    settings: Any, origin: str, host: str, port: int, expected: bool
) -> None:
    settings.ALLOWED_HOSTS = ["parts.example.com"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://parts.example.com", "https://other.example.com"]
    settings.LIVE_PORT = port
    assert is_own_origin(origin, host) is expected


def test_pages_say_where_the_socket_is_and_nowhere_without_redis(
    bea: Persona, settings: Any
) -> None:
    settings.LIVE_REDIS_URL, settings.LIVE_PORT = "redis://127.0.0.1", 8001
    assert 'data-live-url=":8001/ws/"' in bea.client.get("/orders/").content.decode()
    settings.LIVE_PORT = 0
    assert 'data-live-url="/ws/"' in bea.client.get("/orders/").content.decode()
    settings.LIVE_REDIS_URL = ""
    assert 'data-live-url=""' in bea.client.get("/orders/").content.decode()


def test_looking_for_news_does_not_prolong_a_session(bea: Persona) -> None:
    def touched() -> int:
        at: int = bea.client.session["touched"]
        return at

    bea.client.get("/orders/")
    session = bea.client.session
    session["touched"] = 1
    session.save()
    bea.client.get("/inbox/bell/", headers={"X-Live": "1"})
    assert touched() == 1
    bea.client.get("/inbox/bell/")
    assert touched() > 1
