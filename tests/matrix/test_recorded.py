"""The examples and scopes of the OpenAPI document are true."""

import os

import pytest
from jsonschema import Draft202012Validator

from marketplace.core.api.recorded import recorded
from marketplace.core.api.schema import described
from tests.matrix.recorded import doors, operations, record, scope_of, shape_of, write
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
AGAIN = "Record again: RECORD=1 python -m tests.run tests/matrix/test_recorded.py"


@pytest.fixture(autouse=True)
def _signed_in_for_long(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
    monkeypatch.setattr("accounts.middleware.TOUCH_EVERY_SECONDS", 3600)


def test_every_operation_has_its_scope_and_an_answer_of_today(world: World) -> None:
    now = record(world)
    if os.environ.get("RECORD"):
        write(now)
        recorded.cache_clear()
        described.cache_clear()
    kept = recorded()
    assert kept.keys() == now.keys() == set(operations().values()), AGAIN
    for name, told in now.items():
        assert kept[name]["scope"] == told["scope"], f"{name}: {AGAIN}"
        assert kept[name].keys() == told.keys(), f"{name}: {AGAIN}"
        assert shape_of(kept[name].get("answer")) == shape_of(told.get("answer")), (
            f"{name}: {AGAIN}"
        )


def test_every_example_is_what_the_document_says_it_is() -> None:
    """What was sent and answered is valid against the schema of its operation."""
    faults, seen = [], 0
    for methods in described()["paths"].values():
        for operation in methods.values():
            for media in media_of(operation):
                seen += 1
                shape = {**media["schema"], "components": described()["components"]}
                faults += [
                    f"{operation['operationId']} {error.json_path}: {error.message:.200}"
                    for error in Draft202012Validator(
                        shape, format_checker=Draft202012Validator.FORMAT_CHECKER
                    ).iter_errors(media["example"])
                ]
    assert seen > 300
    assert not faults, "\n".join(faults)


def test_every_operation_shows_what_is_sent_and_what_is_answered() -> None:
    """Every body of every operation has an example: JSON, forms, files, documents."""
    missing = []
    for methods in described()["paths"].values():
        for operation in methods.values():
            taken = {c: a for c, a in operation["responses"].items() if c.startswith("2")}
            assert taken, operation["operationId"]
            for said, body in [("sent", operation.get("requestBody", {})), *taken.items()]:
                for kind, media in body.get("content", {}).items():
                    if "example" not in media:
                        missing.append(f"{operation['operationId']} {said} {kind}")
    assert not missing, AGAIN


def test_the_document_knows_every_answer_of_the_table() -> None:
    """Nobody is answered with a status that the operation does not have."""
    shown = {
        operation["operationId"]: operation["responses"]
        for methods in described()["paths"].values()
        for operation in methods.values()
    }
    missing = [
        f"{name} answers {row.answer}"
        for name, rows in doors().items()
        for row in rows
        if str(row.answer) not in shown[name]
    ]
    assert not missing


def media_of(operation: dict) -> list[dict]:
    """The bodies of an operation that have an example."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    found = [media for body in bodies for media in body.get("content", {}).values()]
    return [media for media in found if "example" in media]


def test_the_document_shows_them() -> None:
    shown = {
        operation["operationId"]: operation
        for methods in described()["paths"].values()
        for operation in methods.values()
    }
    kept = recorded()
    for name, rows in doors().items():
        scope, operation = scope_of(rows[0]), shown[name]
        if scope:
            assert {"organizationToken": [scope]} in operation["security"], name
            assert f"Needs the scope `{scope}`." in operation["description"], name
        answers = [
            media["example"]
            for code, answer in operation["responses"].items()
            if code.startswith("2")
            for media in answer.get("content", {}).values()
            if "example" in media
        ]
        assert answers == ([kept[name]["answer"]] if "answer" in kept[name] else []), name
