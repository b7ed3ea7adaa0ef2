"""Which pages of other origins a browser lets read the API."""

from typing import Any

import pytest
from django.test import Client

from config.env import EnvironmentFault, read_environment
from marketplace.core.api import conventions
from tests.api.scene import Api
from tests.operations.test_environment import production
from tests.personas import Persona

__all__ = ["production"]
ERP = "https://erp.example.com"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture(autouse=True)
def erp_is_allowed(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ERP]


def preflight(path: str, origin: str = ERP, **headers: str) -> Any:
    asked = {"Access-Control-Request-Method": "PATCH", "Origin": origin, **headers}
    return Client().options(path, headers=asked)


def test_a_page_of_an_allowed_origin_may_call_with_a_token(buyer: Api) -> None:
    wanted = "authorization, content-type, idempotency-key, if-match, upload-offset"
    asked = preflight("/api/v1/parts/", **{"Access-Control-Request-Headers": wanted})
    assert asked.status_code == 200
    assert asked[ALLOW] == ERP
    assert set(wanted.split(", ")) <= set(asked["Access-Control-Allow-Headers"].split(", "))
    assert {"PATCH", "PUT", "DELETE"} <= set(asked["Access-Control-Allow-Methods"].split(", "))
    assert "Access-Control-Allow-Credentials" not in asked
    answer = buyer.call("GET", "/me/", headers={"Origin": ERP})
    assert (answer.status_code, answer[ALLOW]) == (200, ERP)
    assert "origin" in answer["Vary"].lower()


def test_a_refusal_can_be_read_too() -> None:
    answer = Client().get("/api/v1/me/", headers={"Origin": ERP})
    assert (answer.status_code, answer[ALLOW]) == (401, ERP)
    assert Client().get("/api/v1/nowhere/", headers={"Origin": ERP})[ALLOW] == ERP


def test_every_header_the_document_names_can_be_read(buyer: Api) -> None:
    answer = buyer.call("GET", "/me/", headers={"Origin": ERP})
    exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
    told = {*conventions.HEADERS, conventions.TAG.name, conventions.REPLAYED.name}
    assert told | {conventions.WAS_DRY.name} <= exposed
    counted = {name for name in answer.headers if name.startswith("RateLimit")}
    assert counted <= exposed


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://erp.example.com.evil.example", "null", f"{ERP}:444"]
)
def test_no_other_origin_may(buyer: Api, origin: str) -> None:
    assert ALLOW not in preflight("/api/v1/parts/", origin)
    assert ALLOW not in buyer.call("GET", "/me/", headers={"Origin": origin})


@pytest.mark.parametrize("path", ["/", "/orders/", "/files/x/", "/admin/", "/metrics", "/livez"])
def test_nothing_outside_the_api_is_open(bea: Persona, path: str) -> None:
    assert ALLOW not in bea.client.get(path, headers={"Origin": ERP})
    assert ALLOW not in preflight(path)


def test_the_cookie_counts_only_when_it_was_switched_on(bea: Persona, settings: Any) -> None:
    settings.CORS_ALLOW_CREDENTIALS = True
    answer = bea.client.get("/api/v1/me/", headers={"Origin": ERP})
    assert answer["Access-Control-Allow-Credentials"] == "true"
    # A change still needs the proof that the page is ours.
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = bea.client.cookies
    posted = strict.post("/api/v1/rfqs/", {}, "application/json", headers={"Origin": ERP})
    assert posted.status_code == 403


@pytest.mark.parametrize(
    "value", ["*", "https://*.parts.example", "https://erp.example/app", "erp.example", "null"]
)
def test_an_origin_is_written_out(production: pytest.MonkeyPatch, value: str) -> None:
    production.setenv("ALLOWED_ORIGINS", f"https://one.example,{value}")
    with pytest.raises(EnvironmentFault, match="ALLOWED_ORIGINS has"):
        read_environment()


def test_production_takes_origins_over_https(production: pytest.MonkeyPatch) -> None:
    production.setenv("ALLOWED_ORIGINS", "http://erp.parts.example")
    with pytest.raises(EnvironmentFault, match="ALLOWED_ORIGINS must begin with https"):
        read_environment()
    production.setenv("ALLOWED_ORIGINS", "https://erp.parts.example/, https://two.example:8443")
    assert read_environment().allowed_origins == [
        "https://erp.parts.example",
        "https://two.example:8443",
    ]
    assert read_environment().cors_allow_credentials is False
