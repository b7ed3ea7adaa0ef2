"""Every write of the API keeps the conventions: repeated, tried, and conditional calls."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve

from marketplace.core.api.schema import described
from marketplace.core.api.views import ApiView, UnknownPath
from marketplace.core.models import Event
from tests.matrix.bodies import BODIES, FILES, MULTIPART, PDFS
from tests.matrix.examples import Example
from tests.matrix.test_matrix import Row, filled, rows
from tests.matrix.world import World
from tests.parts.actions.test_parts import cube_stl

pytestmark = pytest.mark.django_db
WRITES = [row for row in rows() if row.is_api and row.method != "GET"]
# Their answers are shown once, or files are what they take.
SECRETS = {
    "POST /api/v1/tokens/",
    "POST /api/v1/access-tokens/",
    "POST /api/v1/webhook-endpoints/",
    "POST /api/v1/webhook-endpoints/{webhook}/rotate-secret/",
}
NO_EXAMPLE = Example()
CHAPTERS = sorted({row.chapter for row in WRITES})


@pytest.fixture(autouse=True)
def _signed_in_for_long(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
    monkeypatch.setattr("accounts.middleware.TOUCH_EVERY_SECONDS", 3600)


def send(
    world: World,
    row: Row,
    query: str = "",
    more: dict[str, Any] | None = None,
    example: Example = NO_EXAMPLE,
    **headers: str,
) -> Any:
    """The row's call by the owner of its side, or as the example has it; `more` is in its body."""
    people = world.makers if row.door == "portal" else world.buyers
    client: Client = (world.strangers[example.who] if example.who else people["owner"]).client
    key = f"{row.method} {row.path}"
    body: Any = {**sent_by(world, row, example), **(more or {})}
    for table, name, content in ((FILES, "cube.stl", cube_stl()), (PDFS, "po.pdf", b"%PDF-1.4")):
        if key in table:
            body[table[key]] = SimpleUploadedFile(name, content)
    options: dict[str, Any] = (
        {} if key in MULTIPART or row.method == "GET" else {"content_type": "application/json"}
    )
    if example.content:
        body, options = example.content, {"content_type": "application/octet-stream"}
    path = filled(row.path, world.names) + (query or example.query)
    given = {**example.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return getattr(client, row.method.lower())(path, body, headers=given, **options)


def sent_by(world: World, row: Row, example: Example) -> dict[str, Any]:
    """The body of a call; of a file its name."""
    key = f"{row.method} {row.path}"
    body: dict[str, Any] = dict(filled(example.body or BODIES.get(key, {}), world.names))
    for table, name in ((FILES, "cube.stl"), (PDFS, "po.pdf")):
        if key in table:
            body[table[key]] = name
    return body


def chapter_of(chapter: str, *methods: str) -> list[Row]:
    return [row for row in WRITES if row.chapter == chapter and row.method in methods]


def files() -> int:
    return sum(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*"))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_post_with_a_key_is_done_once(chapter: str, world: World) -> None:
    for row in chapter_of(chapter, "POST"):
        with transaction.atomic():
            first = send(world, row, Idempotency_Key="k")
            seen = Event.objects.count()
            again = send(world, row, Idempotency_Key="k")
            told = f"{row.path} {first.status_code} {again.status_code} {again.content!r:.200}"
            assert first.status_code == row.answer, told
            assert Event.objects.count() == seen, told
            if f"POST {row.path}" in SECRETS:
                assert again.json()["code"] == "already_done", told
            else:
                assert again["Idempotency-Replayed"] == "true", told
                assert (again.status_code, again.content) == (row.answer, first.content), told
            transaction.set_rollback(True)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_write_can_be_tried_or_says_why_not(chapter: str, world: World) -> None:
    for row in chapter_of(chapter, "POST", "PUT", "PATCH", "DELETE"):
        with transaction.atomic():
            seen, stored = Event.objects.count(), files()
            tried = send(world, row, "?dry_run=true")
            told = f"{row.method} {row.path} {tried.status_code} {tried.content!r:.200}"
            key = f"{row.method} {row.path}"
            if key in SECRETS or key in MULTIPART:
                assert tried.json()["code"] == "bad_call", told
            else:
                assert (tried.status_code, tried["Dry-Run"]) == (row.answer, "true"), told
            assert (Event.objects.count(), files()) == (seen, stored), told
            transaction.set_rollback(True)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_condition_is_checked_or_refused(chapter: str, world: World) -> None:
    for row in chapter_of(chapter, "POST", "PUT", "PATCH", "DELETE"):
        path = filled(row.path, world.names)
        view: Any = resolve(path).func.view_class  # type: ignore[attr-defined]
        guarded = row.method != "POST" and "held_rows" in vars(view)
        with transaction.atomic():
            seen = Event.objects.count()
            refused = send(world, row, If_Match='"old"')
            told = f"{row.method} {row.path} {refused.status_code} {refused.content!r:.200}"
            assert refused.status_code == (412 if guarded else 400), told
            assert Event.objects.count() == seen, told
            if guarded:
                done = send(world, row, If_Match=refused["ETag"])
                assert done.status_code == row.answer, f"{told} {done.content!r:.200}"
            transaction.set_rollback(True)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_member_that_no_operation_knows_is_refused(chapter: str, world: World) -> None:
    """`titel` instead of `title` is told, not ignored."""
    taking = _taking_a_body()
    for row in chapter_of(chapter, "POST", "PUT", "PATCH", "DELETE"):
        if (row.method, _plain(row.path)) not in taking:
            continue
        with transaction.atomic():
            seen = Event.objects.count()
            refused = send(world, row, more={"no/such": "x"})
            told = f"{row.method} {row.path} {refused.status_code} {refused.content!r:.200}"
            assert refused.status_code == 422, told
            assert "/no~1such" in [one["pointer"] for one in refused.json()["errors"]], told
            assert Event.objects.count() == seen, told
            transaction.set_rollback(True)


@pytest.mark.parametrize("chapter", sorted({row.chapter for row in rows() if row.is_api}))
def test_a_parameter_that_no_operation_knows_is_refused(chapter: str, world: World) -> None:
    for row in [row for row in rows() if row.is_api and row.chapter == chapter]:
        view = getattr(resolve(filled(row.path, world.names)).func, "view_class", object)
        if not issubclass(view, ApiView) or view is UnknownPath:
            continue
        with transaction.atomic():
            refused = send(world, row, "?nothing_of_this_name=1")
            told = f"{row.method} {row.path} {refused.status_code} {refused.content!r:.200}"
            assert refused.status_code == 400, told
            assert refused.json()["errors"][0]["pointer"] == "/nothing_of_this_name", told
            transaction.set_rollback(True)


def test_what_was_removed_is_gone(world: World) -> None:
    """Where a thing can be removed and read at one address, nothing reads or changes it later. Who
    left the organization is still shown, for what they did is."""
    tried = 0
    removals = [row for row in WRITES if row.method == "DELETE" and "members" not in row.path]
    for row in removals:
        others = [one for one in rows() if one.path == row.path and one.method != "DELETE"]
        if row.answer != 204 or not any(one.method == "GET" for one in others):
            continue
        with transaction.atomic():
            assert send(world, row).status_code == 204, row.path
            for other in others:
                tried += 1
                assert send(world, other).status_code == 404, (other.method, other.path)
            transaction.set_rollback(True)
    assert tried >= 8


READS = [row for row in rows() if row.is_api and row.method == "GET" and row.answer == 200]
# Documents, and what belongs to no organization.
NOT_JSON = (
    ".pdf/",
    "/pdf/",
    "/schema/",
    "/docs/",
    "/purchase-order/",
    "/health",
    "/health/",
    "/collection/",
)


@pytest.mark.parametrize("chapter", sorted({row.chapter for row in READS}))
def test_an_answer_is_narrowed_to_what_is_asked(chapter: str, world: World) -> None:
    for row in [row for row in READS if row.chapter == chapter]:
        whole = send(world, row)
        if whole["Content-Type"] != "application/json" or row.path.endswith(NOT_JSON):
            continue
        told = f"{row.path} {whole.content!r:.200}"
        unknown = send(world, row, "?fields=nothing_of_this_name")
        assert unknown.status_code == 400, told
        assert unknown.json()["errors"][0]["pointer"] == "/fields", told
        body = whole.json()
        shown = body["results"] if isinstance(body, dict) and "results" in body else body
        thing = shown[0] if isinstance(shown, list) and shown else shown
        if not isinstance(thing, dict):
            continue
        name = next(iter(thing))
        narrowed = send(world, row, f"?fields={name}")
        assert narrowed.status_code == 200, told
        assert "ETag" not in narrowed, told
        body = narrowed.json()
        shown = body["results"] if isinstance(body, dict) and "results" in body else body
        rows_ = shown if isinstance(shown, list) else [shown]
        assert {tuple(one) for one in rows_} == {(name,)}, told


def test_what_can_be_read_and_changed_at_one_address_can_be_guarded() -> None:
    """The exceptions: pieces of an upload have offsets, preferences are one person's own."""
    free = {"/api/v1/parts/uploads/files/{}/", "/api/v1/notifications/preferences/"}
    read = {_plain(row.path) for row in rows() if row.is_api and row.method == "GET"}
    changed = {_plain(row.path) for row in WRITES if row.method != "POST"}
    assert (read & changed) - free == _guarded_paths()


def _plain(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


@cache
def _taking_a_body() -> set[tuple[str, str]]:
    """Of the OpenAPI document: method and plain path of operations with members to send."""
    document = described()
    return {
        (method.upper(), _plain(path))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "application/octet-stream"
        not in operation.get("requestBody", {}).get("content", ["application/octet-stream"])
    }


def _guarded_paths() -> set[str]:
    """Of the OpenAPI document: operations that take `If-Match`."""
    document = described()
    return {
        _plain(path)
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if any(each["name"] == "If-Match" for each in operation.get("parameters", []))
    }
