"""Without Redis people sign in and pages answer; nothing waits longer than half a second."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from marketplace.core import cache as cache_module
from marketplace.core import live
from marketplace.core.redis_away import waiting_once
from tests.personas import PASSWORD, Persona


@pytest.fixture(params=["hangs", "refuses"])
def gone(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cache_module, "_rests_until", 0.0)
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        if request.param == "hangs":
            hole.listen(8)
        default = {
            "BACKEND": "marketplace.core.cache.ForgetfulRedisCache",
            "LOCATION": f"redis://127.0.0.1:{hole.getsockname()[1]}/0",
            "OPTIONS": {"socket_timeout": 0.4, "socket_connect_timeout": 0.4},
        }
        settings.CACHES = {"default": default}
        yield


def test_signing_in_works_without_redis(bea: Persona, gone: None) -> None:
    client = Client()
    client.get("/accounts/login/")
    cache_module._rests_until = 0.0
    started = time.monotonic()
    answer = client.post("/accounts/login/", {"login": bea.user.email, "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/go/")
    # 0.4 s for the first refusal; the rest of the request rests.
    assert time.monotonic() - started < 0.9
    assert client.get("/home/").status_code == 200


def test_a_process_without_redis_is_not_ready_and_lives(db: None, gone: None) -> None:
    assert Client().get("/readyz").status_code == 503
    assert Client().get("/livez").status_code == 200


def test_a_request_waits_for_redis_once(
    gone: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cache, nudges of open pages and the broker are one server: who found it away in a request
    spares the others the wait."""
    monkeypatch.setattr(live, "_rests_until", 0.0)
    monkeypatch.setattr(live, "_lost", False)
    settings.LIVE_REDIS_URL = settings.CACHES["default"]["LOCATION"]
    with waiting_once():
        assert cache.get("there") is None
        live._publish("{}")
        # It was not even tried, and pages are told later that they missed something.
        assert (live._rests_until, live._lost) == (0.0, True)
    live._publish("{}")
    assert live._rests_until > 0
