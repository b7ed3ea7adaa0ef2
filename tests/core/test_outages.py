"""What is away is told as that, and the form that met it can be sent again as it was."""

import errno
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from marketplace.core.middleware import server_error
from marketplace.core.outages import outage_of


class Refused(Exception):
    """As psycopg's: a state, or none where there is no server to give one."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("refused")
        self.sqlstate = sqlstate


def told(request: HttpRequest, error: Exception) -> HttpResponse:
    try:
        raise error
    except Exception:  # noqa: BLE001 - as Django calls it
        return server_error(request)


def of_driver(state: str | None) -> OperationalError:
    error = OperationalError("host=secret refused")
    error.__cause__ = Refused(state)
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (of_driver(None), 503),
        (of_driver("57P01"), 503),
        (of_driver("40P01"), 503),
        (of_driver("53100"), 507),
        (of_driver("57014"), None),
        (OSError(errno.ENOSPC, "full"), 507),
        (OSError(errno.ENOENT, "missing"), None),
        (ValueError("ours"), None),
    ],
)
def test_which_errors_are_outages(error: Exception, status: int | None) -> None:
    found = outage_of(error)
    assert (found.status if found else None) == status


def test_the_page_has_what_was_typed_and_no_word_of_the_driver() -> None:
    typed = {"title": 'Plates "A" <b>', "part": ["p1", "p2"]}
    page = told(RequestFactory().post("/rfqs/new/?from=1", typed), of_driver(None))
    words = page.content.decode()
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert 'value="Plates &quot;A&quot; &lt;b&gt;"' in words
    assert words.count('name="part"') == 2 and 'action="/rfqs/new/?from=1"' in words
    assert "secret" not in words


def test_a_password_does_not_come_back() -> None:
    typed: dict[str, Any] = {"login": "bea@example.com", "password": "Correct-Horse-7!"}
    page = told(RequestFactory().post("/accounts/login/", typed), of_driver(None))
    assert "Correct-Horse" not in page.content.decode()


def test_who_reads_is_not_told_of_a_change() -> None:
    page = told(RequestFactory().get("/directory/"), of_driver(None)).content.decode()
    assert "Nothing of yours has changed." in page and "not certain" not in page
    page = told(RequestFactory().post("/rfqs/new/"), of_driver(None)).content.decode()
    assert "not certain" in page and "Idempotency-Key" not in page


def test_a_program_gets_a_problem() -> None:
    answer = told(RequestFactory().post("/api/v1/rfqs/"), of_driver("57P01"))
    assert "not certain" in answer.content.decode() and "Idempotency-Key" in answer.content.decode()
    answer = told(RequestFactory().get("/api/v1/orders/"), of_driver("57P01"))
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer["Retry-After"] == "10"
