"""Requests a minute: counted by token, told in headers."""

import pytest
from django.core.cache import cache

from accounts.actions.tokens import limit_api_token
from accounts.actor import Actor
from accounts.models import ApiToken
from marketplace.core.api.throttles import ActorThrottle
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.models import Event
from tests.api.scene import Api, draft_rfq
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


def test_staff_give_a_token_a_limit_of_its_own(
    bea: Persona, sam: Persona, buyer: Api, three_a_minute: None
) -> None:
    staff = Actor.staff(sam.user, "ERP of a large customer")
    token = buyer.token.public_id
    limit_api_token(actor=staff, public_id=token, per_minute=5)
    answers = [buyer.get("/me/") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0]["RateLimit-Policy"] == '"default";q=5;w=60'
    assert answers[0]["RateLimit-Remaining"] == "4"
    # What is made from it counts with it, against the same limit.
    limit_api_token(actor=staff, public_id=token, per_minute=8)
    short = Api(None)
    made = buyer.post("/access-tokens/", {}).json()["access_token"]
    short.headers = {"Authorization": f"Bearer {made}"}
    assert [short.get("/me/").status_code for _ in range(3)] == [200, 200, 429]
    limit_api_token(actor=staff, public_id=token, per_minute=None)
    assert buyer.get("/me/")["RateLimit-Limit"] == "3"
    told = Event.objects.filter(type="api_token_limited", sightings__isnull=False)
    assert told.count() == 3
    with pytest.raises(NotAllowed):
        limit_api_token(actor=bea.actor, public_id=token, per_minute=5)
    for wrong in (0, 10_001):
        with pytest.raises(DomainError):
            limit_api_token(actor=staff, public_id=token, per_minute=wrong)


def test_the_limit_is_set_in_the_admin_and_nothing_else_is(sam: Persona, buyer: Api) -> None:
    path = f"/admin/accounts/apitoken/{buyer.token.pk}/change/"
    page = sam.client.get(path)
    assert page.status_code == 200
    assert page.content.decode().count('<input type="number"') == 1
    sam.client.post(path, {"requests_per_minute": "500", "name": "Other", "scopes": "[]"})
    token = ApiToken.objects.get(pk=buyer.token.pk)
    assert (token.requests_per_minute, token.name) == (500, "ERP")
    assert token.scopes != []


def test_what_takes_longer_counts_for_more(
    bea: Persona, buyer: Api, three_a_minute: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(ActorThrottle, "timer", lambda self: now[0])
    monkeypatch.setattr(ActorThrottle, "THROTTLE_RATES", {"actor": "7/min"})
    matches = f"/rfqs/{draft_rfq(bea).public_id}/matches/"
    assert buyer.get("/me/")["RateLimit-Remaining"] == "6"
    now[0] += 10
    assert buyer.get(matches)["RateLimit-Remaining"] == "1"
    # One more of the costly ones waits until all that was counted is old, a cheap one does not.
    refused = buyer.get(matches)
    assert_problem(refused, 429)
    assert (refused["Retry-After"], refused["RateLimit-Remaining"]) == ("60", "1")
    assert buyer.get("/me/").status_code == 200
    now[0] += 50
    assert buyer.get("/me/").status_code == 200


def test_a_call_that_costs_more_than_the_limit_takes_all_of_it(
    bea: Persona, buyer: Api, three_a_minute: None
) -> None:
    matches = f"/rfqs/{draft_rfq(bea).public_id}/matches/"
    answer = buyer.get(matches)
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (200, "0")
