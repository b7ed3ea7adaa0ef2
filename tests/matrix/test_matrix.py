"""Who gets through which door: every URL and API operation, every role, one table (doors.txt)."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve, reverse

from accounts.roles import BUNDLES, Permission, Role
from tests.architecture.test_guards import views
from tests.matrix.bodies import BODIES, FILES, JSON_PAGES, MULTIPART, PDFS
from tests.matrix.world import ROLES, World
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, give_second_factor, make_person

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("doors.txt")
SIDES = {"member": {"buyers", "makers"}, "buyer": {"buyers"}, "portal": {"makers"}}


@dataclass(frozen=True)
class Row:
    """One door. `exceptions` are the answers of other= and its like."""

    door: str
    method: str
    path: str
    right: str
    answer: int
    exceptions: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def names_a_thing(self) -> bool:
        return "{" in self.path

    @property
    def chapter(self) -> str:
        """Rows of a chapter are walked in one test."""
        first = self.path.split("/")[3 if self.is_api else 1]
        return f"{'api-' if self.is_api else ''}{first or 'landing'}"


@cache
def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text().splitlines():
        words = line.split()
        if not words or words[0] == "#" or line.startswith("#"):
            continue
        door, method, path, right, answer, *others = words
        exceptions = {name: int(code) for name, code in (pair.split("=") for pair in others)}
        found.append(Row(door, method, path, right, int(answer), exceptions))
    return found


def filled(value: Any, names: dict[str, str]) -> Any:
    """`value` with the names in braces replaced, in texts, lists and dicts."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda m: names[m[1]], value)
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, dict):
        return {filled(key, names): filled(one, names) for key, one in value.items()}
    return value


def knock(client: Client, row: Row, names: dict[str, str]) -> HttpResponseBase:
    """One request whose every effect is undone, in the database and in the cookies."""
    key = f"{row.method} {row.path}"
    body = filled(BODIES.get(key, {}), names)
    if key in FILES:
        body = {**body, FILES[key]: SimpleUploadedFile("cube.stl", cube_stl())}
    if key in PDFS:
        body = {**body, PDFS[key]: SimpleUploadedFile("po.pdf", b"%PDF-1.4")}
    cookies = client.cookies.copy()
    options: dict[str, Any] = {}
    sends_json = key in JSON_PAGES or (row.is_api and key not in MULTIPART)
    if sends_json and row.method != "GET":
        options["content_type"] = "application/json"
    call = getattr(client, row.method.lower())
    with transaction.atomic():
        answer: HttpResponseBase = call(filled(row.path, names), body, **options)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


@cache
def telling_roles(right: str) -> frozenset[str]:
    """The fewest roles that tell a door asking for `right` from one asking for anything else.

    For each other right, or none at all, one of them is let in by the one and not by the other; two
    rights that every role has together cannot be told apart by any. The owner comes in always.
    """
    asked = {"-", *Permission.values} - {right}
    chosen = {str(Role.OWNER)}

    def tells(role: str, other: str) -> bool:
        return _may(role, right) != _may(role, other)

    while True:
        told = {other for other in asked if any(tells(role, other) for role in chosen)}
        gain = {role: sum(tells(role, other) for other in asked - told) for role in ROLES}
        best = max(ROLES, key=lambda role: gain[role])
        if not gain[best]:
            return frozenset(chosen)
        chosen.add(best)


def columns(row: Row, world: World) -> dict[str, Persona | None]:
    """Who knocks: roles of the side whose thing it is, as many as tell, then everybody else."""
    people = world.makers if row.door == "portal" else world.buyers
    telling = telling_roles(row.right) | row.exceptions.keys()
    home = {role: persona for role, persona in people.items() if role in telling}
    other = world.buyers["owner"] if row.door == "portal" else world.makers["owner"]
    return {"anonymous": None, **home, "other": other, **world.strangers}


def expected(row: Row, column: str) -> int:
    """The answer the row promises to a column, by the rules at the top of the table."""
    if column in row.exceptions:
        return row.exceptions[column]
    if row.door == "public":
        return row.answer
    if row.door == "entrance":
        return row.answer if column == "anonymous" else 302
    if column == "anonymous":
        return 401 if row.is_api else 302
    if row.door == "staff":
        return row.answer if column == "staff" else 404
    if row.door == "person":
        return row.answer if column == "owner" else 404
    if row.door == "signed_in" and not row.names_a_thing:
        return row.answer
    if column == "staff":
        return 403 if row.is_api else (404 if row.door == "signed_in" else 302)
    if column in ROLES:
        return row.answer if _may(column, row.right) else 403
    if row.names_a_thing:
        return 404
    # Their own list, as owners of it, when they stand on that side.
    sides = {"stranger": "buyers", "rival": "makers"}
    side = sides.get(column, "buyers" if row.door == "portal" else "makers")
    return row.answer if row.is_api or side in SIDES[row.door] else 404


def _may(role: str, right: str) -> bool:
    return right == "-" or right in BUNDLES[role].permissions


@pytest.mark.parametrize("chapter", sorted({row.chapter for row in rows()}))
def test_everybody_gets_what_the_table_says(
    chapter: str, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The world signed in once, when it was built; how long that counts is tried elsewhere.
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600
    monkeypatch.setattr("accounts.middleware.TOUCH_EVERY_SECONDS", 3600)
    wrong = []
    for row in (row for row in rows() if row.chapter == chapter):
        for column, persona in columns(row, world).items():
            client = persona.client if persona else Client()
            status = knock(client, row, world.names).status_code
            promised = expected(row, column)
            if status != promised:
                wrong.append(f"{row.method} {row.path} {column}: {status}, not {promised}")
    assert "\n".join(wrong) == ""


def _pattern(path: str) -> str:
    """A path with every variable part as a star; allauth writes some as regular expressions."""
    path = re.sub(r"\(\?P<uidb36>[^)]*\)-\(\?P<key>[^)]*\)|\(\?P<\w+>[^)]*\)", "*", path)
    return re.sub(r"<(?:\w+:)?\w+>|\{\w+\}", "*", path).replace("^", "").replace("$", "")


def test_every_door_has_a_row() -> None:
    told = {(row.method, _pattern(row.path)) for row in rows()}
    paths = {path for _, path in told}
    missing = []
    for path, view in views(get_resolver()):
        owner = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
        if path.startswith("admin/") or path == "api/v1/^.*$":
            continue
        pattern = _pattern(f"/{path}")
        methods = [m for m in ("get", "post", "put", "patch", "delete") if hasattr(owner, m)]
        if "/api/" in pattern and methods and "schema" not in path and "docs" not in path:
            missing += [
                f"{m.upper()} {pattern}" for m in methods if (m.upper(), pattern) not in told
            ]
        elif pattern not in paths:
            missing.append(pattern)
    assert missing == []


def test_every_row_has_a_door(world: World) -> None:
    for row in rows():
        try:
            resolve(filled(row.path, world.names))
        except Resolver404:
            pytest.fail(f"{row.path} is no URL.")


def test_the_admin_is_for_staff_with_the_right(world: World) -> None:
    """Every list of the admin: nobody's without being staff, and then only with its permission."""
    helper = Persona(give_second_factor(make_person("Hal", is_staff=True)))
    for model in site._registry:
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for persona in (world.buyers["owner"], world.makers["owner"]):
            answer = persona.client.get(path)
            assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={path}")
        assert Client().get(path).status_code == 302
        assert helper.client.get(path).status_code == 403, path
        if model._meta.app_label == "djstripe":
            continue
        sam = world.strangers["staff"].client
        assert sam.get(path).status_code == 200, path
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            assert sam.get(f"{path}{row.pk}/change/").status_code == 200, path
