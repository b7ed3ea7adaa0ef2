"""No call asks for more than was meant: pages, filters, expansions, and what takes long counts."""

from typing import Any

import pytest

from tests.matrix.recorded import doors, operation_of
from tests.matrix.test_conventions import send
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
# Lists that are never cut, each with what keeps it short.
SHORT = {
    "list_asked_best_and_finals": "at most 200 rounds",
    "list_best_and_final_offers": "at most 200 rounds",
    "list_matches": "the best of a directory",
    "list_milestones": "at most five",
    "list_order_payments": "the milestones of one quote",
    "list_papers_asked": "the papers of at most 200 lines",
    "list_part_tags": "an organization's own words",
    "list_part_uses": "at most 200",
    "list_revisions": "of one part",
}


@pytest.fixture(autouse=True)
def _signed_in_for_long(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
    monkeypatch.setattr("accounts.middleware.TOUCH_EVERY_SECONDS", 3600)


def queries_of(name: str) -> dict[str, dict[str, Any]]:
    """The query parameters of an operation, by name."""
    every = operation_of(name).get("parameters", [])
    return {each["name"]: each["schema"] for each in every if each["in"] == "query"}


def test_every_list_is_a_page_or_short() -> None:
    lists = {name for name in doors() if name.startswith("list_")}
    bounds = {name: queries_of(name).get("page_size") for name in lists}
    assert {name for name, bound in bounds.items() if bound is None} == SHORT.keys()
    for name, bound in bounds.items():
        assert bound is None or (bound["minimum"], bound["maximum"]) == (1, 100), name


def test_a_filter_takes_only_what_the_document_says(world: World) -> None:
    """What is too long, and what is none of the choices, is told: not cut and not ignored."""
    wrong = []
    for name, (row, *_) in doors().items():
        for parameter, schema in queries_of(name).items() if row.method == "GET" else ():
            tries = ["x" * 5000, *([""] if "enum" in schema or parameter == "page_size" else [])]
            for value in tries:
                status = send(world, row, f"?{parameter}={value}").status_code
                if status not in (400, 422):
                    wrong.append(f"{name} {parameter}={value[:9]}: {status}")
    assert not wrong


def test_what_takes_long_counts_for_more() -> None:
    costs = {name: operation_of(name).get("x-cost", 1) for name in doors()}
    for name in doors():
        content = operation_of(name)["responses"].get("200", {}).get("content", {})
        assert "application/pdf" not in content or costs[name] == 5, name
    five = ("compare_quotes", "list_matches", "estimate_part", "compare_revisions", "upload_part")
    assert {costs[name] for name in five} == {5}
    assert {costs[name] for name in ("ask_evidence", "add_lines", "describe_parts")} == {20}
