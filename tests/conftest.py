"""Fixtures of all tests."""

import os
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from marketplace.core.outbox import sweep
from payments.tasks import sweep_payments
from tests import quick
from tests.connections import kept_connections
from tests.payments.flush import flush_that_knows
from tests.personas import Persona, give_second_factor, make_buyer, make_person, make_shop
from tests.shelf import SHELF
from tests.steps import step
from tests.story import begin_story, story

__all__ = ["flush_that_knows", "kept_connections"]
# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
FOLDERS = count()
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
TAKEN: dict[str, float] = defaultdict(float)
# What shares a world that takes seconds to build, waits for another program most of the time, or
# changes what others on the machine would feel: one worker does all of it. (Marks of groups do not
# reach xdist 3.8 under pytest 9.)
TOGETHER = (
    "tests/browser/",
    "tests/matrix/",
    "tests/faults/",
    "tests/operations/test_nginx.py",
)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class _Scheduling(LoadScopeScheduling):
    """Test by test to whoever is free, but what belongs together to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first, in whatever order the rest is: one that starts last is waited for alone."""
    if "TESTS_QUICK" in os.environ:
        items[:] = quick.quickest(items, quick.noted(), float(os.environ["TESTS_QUICK"]))
    long = {"browser", "journey", "slow"}
    items.sort(key=lambda item: not any(mark.name in long for mark in item.iter_markers()))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    TAKEN[report.nodeid] += report.duration


def pytest_sessionfinish() -> None:
    if "TESTS_NOTED" in os.environ and not IS_WORKER:
        quick.note(TAKEN)


@pytest.fixture(autouse=True, scope="session")
def _shelf(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One for all workers of this run."""
    root = tmp_path_factory.getbasetemp()
    SHELF.folder = (root.parent if IS_WORKER else root) / "shelf"
    SHELF.folder.mkdir(exist_ok=True)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that tries to leave the machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"A test tried to connect to {address[0]}.")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _fresh(
    settings: object, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Each test has its own files and an empty cache (sign-in limits live there).

    The folder comes with the first file: most tests have none.
    """
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"files-{next(FOLDERS)}"  # type: ignore[attr-defined]
    cache.clear()
    begin_story(monkeypatch)
    yield


@pytest.fixture
def really() -> None:
    """All of this test is done by the real actions, nothing is written again."""
    story().is_known = False


@pytest.fixture
def bea(db: None) -> Persona:
    return make_buyer("Bea", "Bea Robotics")


@pytest.fixture
def milo(db: None) -> Persona:
    return make_shop("Milo", "Milo Machining")


@pytest.fixture
def rita(db: None) -> Persona:
    return make_shop("Rita", "Rita Rapid Parts")


@pytest.fixture
def stefan(db: None) -> Persona:
    return make_buyer("Stefan", "Stranger Systems")


@pytest.fixture
def sam(db: None) -> Persona:
    return Persona(give_second_factor(make_person("Sam", is_staff=True, is_superuser=True)))


@pytest.fixture
def work() -> Callable[[], None]:
    """Do all background work that is due, until nothing is left."""

    return work_until_quiet


@step
def work_until_quiet() -> None:
    for _ in range(20):
        if sweep() + sweep_payments() == 0:
            return
    raise AssertionError("Background work does not come to rest.")
