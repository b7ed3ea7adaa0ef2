"""Calls a machine makes up from the OpenAPI document (schemathesis), sent to things that exist.

Each operation is met with values at the bounds of its schema and beyond them, and with drawn ones,
by the owner of the thing that its row of the table of doors names. Nothing leaves the process, and
every call is undone. `API_ROUND=long` sends all of them and draws more; `API_SEED` is the seed.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import hypothesis
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi import checks

from marketplace.core.api.schema import described
from tests.api.scene import Api
from tests.matrix.bodies import BODIES
from tests.matrix.recorded import doors
from tests.matrix.test_matrix import Row, filled
from tests.matrix.world import World

LONG = os.environ.get("API_ROUND") == "long"
SEED = int(os.environ.get("API_SEED", "1"))
# How many of the values at the bounds, and how many drawn calls, an operation gets.
BOUNDS, DRAWN = (30, 20) if LONG else (2, 1)
# Lists of names, a place in a list, a code of the taxonomy: a drawn text is none of ours, which is
# told (400, 422).
NAMES = {"fields", "expand", "cursor", "process"}
EVERY_CALL = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.missing_required_header,
]


@contextmanager
def one_connection() -> Iterator[None]:
    """A request would close the connection whose transaction holds the world."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def read_operations() -> Iterator[Any]:
    """The document's operations as schemathesis reads them, without drawn credentials."""
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False
    refused = config.projects.default.checks.negative_data_rejection
    # An old ETag is told before the body is looked at.
    refused.expected_statuses = [*refused.expected_statuses, "412"]
    schema = schemathesis.openapi.from_dict(deepcopy(described()), config=config)
    for each in schema.get_all_operations():
        yield each.ok()


@cache
def operations() -> dict[str, Any]:
    """Operation id -> the operation, which calls the application in this process."""
    found, application = {}, get_wsgi_application()
    for operation in read_operations():
        operation.schema.app = operation.app = application
        found[operation.definition.raw["operationId"]] = operation
    return found


def drawing(count: int) -> Any:
    """Settings of hypothesis for so many examples, each once and none kept."""
    return hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )


@dataclass
class Meeting:
    """One operation, called by the owner of a thing; `found` are the faults, by what they are."""

    name: str
    row: Row
    world: World
    headers: dict[str, str]
    found: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    tried_without_token: bool = False

    def __post_init__(self) -> None:
        self.operation = operations()[self.name]
        names = [part for part in self.operation.path.split("/") if part.startswith("{")]
        real = [part for part in self.row.path.split("/") if part.startswith("{")]
        self.path = {
            name[1:-1]: filled(value, self.world.names)
            for name, value in zip(names, real, strict=True)
        }
        self.body = filled(BODIES.get(f"{self.row.method} {self.row.path}", {}), self.world.names)
        self.random = random.Random(f"{SEED} {self.name}")

    def send(self, case: Case) -> None:
        """Call it, keep what is wrong with the answer, undo what it did."""
        self.calls += 1
        if (body := trimmed(case.body)) != case.body:
            case.body = body
        with transaction.atomic():
            answer = case.call(headers=self.headers)
            try:
                held = self.checks_of(case, answer)
                case.validate_response(answer, held, headers=self.headers)
            except FailureGroup as group:
                for fault in group.exceptions:
                    title = f"{self.name} {answer.status_code} {fault.title}"
                    self.found.setdefault(title, f"{title}\n{group.message}")
            transaction.set_rollback(True)

    def checks_of(self, case: Case, answer: Any) -> list[Callable[..., Any]]:
        """What the answer is held against."""
        held = list(EVERY_CALL)
        if is_bulk(answer):
            held.remove(checks.negative_data_rejection)
        if "fields" in case.query and answer.status_code == 200:
            # What was not asked for is not answered, although the schema requires it.
            held.remove(checks.response_schema_conformance)
        if self.row.method == "GET" and self.takes_any(case.query):
            held.append(checks.positive_data_acceptance)
        if answer.status_code < 300 and not self.tried_without_token:
            self.tried_without_token = True
            held.append(checks.ignored_auth)
        return held

    def takes_any(self, query: dict[str, Any]) -> bool:
        """Whether the schema says all of what such a query may be: it knows neither our names and
        codes nor which characters can be printed."""
        codes = any(each.is_required for each in self.operation.query)
        plain = all(
            isinstance(value, str | int) and str(value).isprintable() for value in query.values()
        )
        return plain and not codes and not query.keys() & NAMES

    def at_the_bounds(self) -> Iterator[Case]:
        """Values at the bounds of the schema and beyond them, other methods, missing values."""
        every = list(
            CoverageGenerator(
                operation=self.operation,
                generation_modes=list(GenerationMode),
                generation_config=self.operation.schema.config.generation,
                auth_storage=None,
                override=Override(),
                feedback=NO_FEEDBACK,
            )
        )
        for case in self.random.sample(every, min(BOUNDS, len(every))):
            assert case.meta is not None
            where = case.meta.phase.data
            if not isinstance(where, CoveragePhaseData) or (
                where.parameter_location is not ParameterLocation.PATH
            ):
                case.path_parameters = dict(self.path)
            yield case

    def drawn(self) -> None:
        """Send drawn calls, those that should be taken and those that should not."""
        strategies = [
            self.operation.as_strategy(generation_mode=mode, path_parameters=dict(self.path))
            for mode in GenerationMode
        ]

        @hypothesis.seed(SEED)
        @drawing(DRAWN)
        @hypothesis.given(hypothesis.strategies.one_of(strategies))
        def meet(case: Case) -> None:
            is_form = (case.media_type or "").startswith("multipart/")
            mixes = self.body and isinstance(case.body, dict) and not is_form
            if mixes and self.random.random() < 0.7:
                names = [*case.body] or [""]
                few = self.random.sample(names, self.random.randint(0, min(2, len(names))))
                case.body = {**self.body, **{name: case.body[name] for name in few if name}}
            if self.random.random() < 0.7:
                case.query = {
                    name: value for name, value in case.query.items() if name not in NAMES
                }
            self.send(case)

        meet()

    def meet(self) -> None:
        """All of it."""
        with one_connection():
            for case in self.at_the_bounds():
                self.send(case)
            self.drawn()


def trimmed(body: Any) -> Any:
    """A body without spaces around its texts: they do not count, so they make no text too long."""
    if isinstance(body, dict):
        return {name: trimmed(value) for name, value in body.items()}
    if isinstance(body, list):
        return [trimmed(value) for value in body]
    return body.strip() if isinstance(body, str) else body


def is_bulk(answer: Any) -> bool:
    """Whether each item was answered for itself: refused ones stand in an answer that is 200."""
    body = answer.json() if answer.status_code == 200 and answer.content[:1] == b"{" else {}
    return bool(body.get("refused"))


def meetings(chapter: str, world: World) -> Iterator[Meeting]:
    """Those of a chapter's operations."""
    tokens = {
        side: Api(people["owner"]).headers
        for side, people in (("portal", world.makers), ("other", world.buyers))
    }
    for name, (row, *_) in sorted(doors().items()):
        if row.chapter == chapter:
            yield Meeting(name, row, world, tokens.get(row.door, tokens["other"]))
