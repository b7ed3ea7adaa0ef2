"""What breaks is said as a page to people and as a problem to programs."""

import json

from django.test import RequestFactory

from marketplace.core.middleware import server_error
from tests.personas import Persona


def test_a_500_is_a_sentence_either_way() -> None:
    page = server_error(RequestFactory().get("/orders/"))
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")
    answer = server_error(RequestFactory().get("/api/v1/orders/"))
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == 500


def test_a_nul_byte_under_the_api_is_a_problem(bea: Persona) -> None:
    answer = bea.client.get("/api/v1/orders/%00/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
