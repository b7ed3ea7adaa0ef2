"""Requests a minute: counted by token, told in headers."""

import pytest
from django.core.cache import cache

from marketplace.core.api.throttles import ActorThrottle
from tests.api.scene import Api
from tests.api.test_access import assert_problem
from tests.personas import Persona


@pytest.fixture
def three_a_minute(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """A small limit, counted in this process: a test beside this one empties the shared cache."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(ActorThrottle, "THROTTLE_RATES", {"actor": "3/min"})


def test_every_answer_says_what_is_left(buyer: Api, three_a_minute: None) -> None:
    answers = [buyer.get("/me/") for _ in range(3)]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0"]
    last = answers[-1]
    assert last["RateLimit-Limit"] == "3"
    assert 0 < int(last["RateLimit-Reset"]) <= 60
    assert last["RateLimit-Policy"] == '"default";q=3;w=60'
    assert last["RateLimit"].startswith('"default";r=0;t=')
    # Errors count and tell, too.
    refused = buyer.get("/parts/prt_none/")
    assert_problem(refused, 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["RateLimit-Remaining"] == "0"


def test_each_token_has_its_own_count(
    buyer: Api, shop: Api, bea: Persona, three_a_minute: None
) -> None:
    for _ in range(3):
        assert buyer.get("/me/").status_code == 200
    assert buyer.get("/me/").status_code == 429
    assert shop.get("/me/").status_code == 200
    assert Api(bea).get("/me/").status_code == 200
    assert bea.client.get("/api/v1/me/").status_code == 200


def test_the_minute_passes(buyer: Api, three_a_minute: None, monkeypatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(ActorThrottle, "timer", lambda self: now[0])
    for _ in range(3):
        buyer.get("/me/")
    assert buyer.get("/me/")["Retry-After"] == "60"
    now[0] += 61
    assert buyer.get("/me/").status_code == 200
