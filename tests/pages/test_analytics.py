"""Visits are counted by others only with an id, with a visitor's yes, and nowhere private."""

from typing import Any

import pytest
from django.test import Client

from config.env import EnvironmentFault, read_environment
from tests.operations.test_environment import production
from tests.personas import Persona

__all__ = ["production"]
pytestmark = pytest.mark.django_db
GOOGLE, MIXPANEL = "G-TEST123456", "0123456789abcdef" * 2
OUTSIDE = ("googletagmanager", "google-analytics", "mixpanel")


@pytest.fixture
def offered(settings: Any) -> None:
    settings.GOOGLE_ANALYTICS_ID, settings.MIXPANEL_TOKEN = GOOGLE, MIXPANEL


def policy(answer: Any) -> str:
    return str(answer["Content-Security-Policy"])


def assert_untouched(answer: Any) -> None:
    assert "data-analytics" not in answer.content.decode()
    assert not any(host in policy(answer) for host in OUTSIDE)


def choose(client: Client, choice: str, back: str = "/status/") -> Any:
    return client.post("/analytics/", {"choice": choice, "back": back})


def test_without_an_id_nobody_is_asked(client: Client) -> None:
    answer = client.get("/")
    assert_untouched(answer)
    assert "count your visit" not in answer.content.decode()
    client.cookies["analytics"] = "yes"
    assert_untouched(client.get("/"))
    assert choose(client, "yes").status_code == 404


def test_nothing_is_loaded_before_a_yes(offered: None, client: Client) -> None:
    answer = client.get("/")
    page = answer.content.decode()
    assert "May Google Analytics and Mixpanel count your visit" in page
    assert_untouched(answer)
    assert GOOGLE not in page and MIXPANEL not in page


def test_a_yes_counts_and_widens_the_policy_by_exactly_what_is_needed(
    offered: None, client: Client
) -> None:
    before = policy(client.get("/"))
    answer = choose(client, "yes")
    assert (answer.status_code, answer["Location"]) == (302, "/status/")
    cookie = answer.cookies["analytics"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("yes", True, "Lax")
    answer = client.get("/")
    page = answer.content.decode()
    assert "count your visit" not in page and "Stop counting my visits" in page
    assert f'data-google="{GOOGLE}"' in page and f'data-mixpanel="{MIXPANEL}"' in page
    added = set(policy(answer).replace(";", "").split()) - set(before.replace(";", "").split())
    assert added == {
        "https://www.googletagmanager.com",
        "https://www.google-analytics.com",
        "https://region1.google-analytics.com",
        "https://api-js.mixpanel.com",
    }


def test_only_the_host_of_the_id_that_is_set(client: Client, settings: Any) -> None:
    settings.MIXPANEL_TOKEN = MIXPANEL
    choose(client, "yes")
    allowed = policy(client.get("/"))
    assert "https://api-js.mixpanel.com" in allowed and "google" not in allowed


def test_a_no_is_kept_and_a_yes_can_be_taken_back(offered: None, client: Client) -> None:
    choose(client, "no")
    answer = client.get("/")
    assert_untouched(answer)
    assert "Allow counting my visits" in answer.content.decode()
    choose(client, "yes")
    client.cookies["_ga"] = client.cookies["_ga_TEST123456"] = "GA1.1.2"
    answer = choose(client, "no")
    assert answer.cookies["_ga"]["max-age"] == answer.cookies["_ga_TEST123456"]["max-age"] == 0
    assert_untouched(client.get("/"))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:x", ""])
def test_an_answer_leads_nowhere_else(offered: None, client: Client, back: str) -> None:
    assert choose(client, "yes", back)["Location"] == "/"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/guest/nothing/",
        "/shared/nothing/",
        "/join/nothing/",
        "/api/v1/docs/",
        "/nowhere/",
    ],
)
def test_pages_with_secrets_are_never_measured(offered: None, client: Client, path: str) -> None:
    choose(client, "yes")
    assert_untouched(client.get(path))


@pytest.mark.parametrize("path", ["/", "/manufacturers/", "/home/", "/parts/", "/api/v1/docs/"])
def test_who_is_signed_in_is_never_measured(offered: None, bea: Persona, path: str) -> None:
    choose(bea.client, "yes")
    answer = bea.client.get(path)
    assert answer.status_code == 200
    assert_untouched(answer)


def test_a_choice_needs_our_own_form(offered: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/analytics/", {"choice": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [("GOOGLE_ANALYTICS_ID", "UA-1234"), ("MIXPANEL_TOKEN", "0123456789ABCDEF" * 2)],
)
def test_an_id_has_its_shape(production: pytest.MonkeyPatch, name: str, value: str) -> None:
    production.setenv(name, value)
    with pytest.raises(EnvironmentFault, match=name):
        read_environment()
