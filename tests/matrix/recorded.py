"""Examples and rights of the API's operations, recorded by walking the table of doors.

`marketplace/core/api/recorded.json` is what was recorded; the OpenAPI document shows it. To record
again: `RECORD=1 python -m tests.run tests/matrix/test_recorded.py`.
"""

import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

from django.db import transaction

from marketplace.core.api.recorded import FILE
from marketplace.core.api.schema import described
from tests.matrix.examples import EXAMPLES, Example
from tests.matrix.test_conventions import send, sent_by
from tests.matrix.test_matrix import Row, rows
from tests.matrix.world import World

BINARY = "application/octet-stream"
BYTES = "the bytes of the piece"
LONGEST_TEXT = 160
ROWS_SHOWN = 1
SECRET = re.compile(r"(token|secret|key|url)$")
HIDDEN = "..."


@cache
def operation_of(name: str) -> dict[str, Any]:
    """An operation of the document."""
    found: dict[str, Any] = next(
        operation
        for methods in described()["paths"].values()
        for operation in methods.values()
        if operation["operationId"] == name
    )
    return found


def plain(path: str) -> str:
    """A path with its parameters unnamed: the table and the document name them differently."""
    return re.sub(r"\{\w+\}", "{}", path)


def operations() -> dict[tuple[str, str], str]:
    """Method and plain path -> operation id."""
    return {
        (method.upper(), plain(path)): operation["operationId"]
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
    }


def doors() -> dict[str, list[Row]]:
    """Operation id -> its rows of the table, those that succeed first."""
    ids, found = operations(), {}
    for row in rows():
        if row.is_api and (name := ids.get((row.method, plain(row.path)))):
            found.setdefault(name, []).append(row)
    return {name: sorted(each, key=lambda row: row.answer >= 300) for name, each in found.items()}


def scope_of(row: Row) -> str:
    """The scope a token needs for it; "" where none is asked."""
    if row.right != "-":
        return row.right
    return "view" if row.method == "GET" else ""


def record(world: World) -> dict[str, dict[str, Any]]:
    """Operation id -> its scope, what was sent, and what was answered."""
    found = {}
    for name, (row, *_) in sorted(doors().items()):
        with transaction.atomic():
            found[name] = {"scope": scope_of(row), **_call(world, name, row)}
            transaction.set_rollback(True)
    return found


def _call(world: World, name: str, row: Row) -> dict[str, Any]:
    """Make the call that is shown. Fails where it is refused."""
    example = EXAMPLES.get(name, Example())
    there = replace(world, names={**world.names, **(example.before(world) or {})})
    answer = send(there, row, example=example)
    assert answer.status_code < 300, f"{name} {answer.status_code} {answer.content!r:.400}"
    told: dict[str, Any] = {}
    media = operation_of(name).get("requestBody", {}).get("content", {})
    if media:
        told["request"] = BYTES if BINARY in media else tidy(sent_by(there, row, example))
    if answer.get("Content-Type") == "application/json":
        told["answer"] = tidy(answer.json())
    elif answer.status_code != 204:
        told["answer"] = f"{answer.content[:8].decode()}{HIDDEN}"
    return told


def tidy(value: Any, name: str = "") -> Any:
    """Short enough to be read, without links and secrets that were true for a moment."""
    if isinstance(value, dict):
        return {key: tidy(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [tidy(one, name) for one in value[:ROWS_SHOWN]]
    if not isinstance(value, str):
        return value
    if value and SECRET.search(name) and name not in ("resume_key", "key"):
        return f"https://{HIDDEN}" if name.endswith("url") else HIDDEN
    return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}{HIDDEN}"


def shape_of(value: Any) -> Any:
    """The members of an answer at every depth that is never empty: its own, and those of a page's
    rows."""
    if isinstance(value, dict) and value.keys() == {"next", "previous", "results"}:
        return ["page", [shape_of(one) for one in value["results"][:1]]]
    if isinstance(value, list):
        return [shape_of(one) for one in value[:1]]
    return sorted(value) if isinstance(value, dict) else "value"


def write(found: dict[str, dict[str, Any]]) -> None:
    """Keep what was recorded."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(told)}" for name, told in found.items())
    FILE.write_text(f"{{\n{lines}\n}}\n")
