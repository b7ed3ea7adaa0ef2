"""One world for all tests of the doors: building it costs ten seconds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.matrix.world import World, build_world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of this folder follow each other (and stay on one worker: `tests/conftest.py`)."""
    here = Path(__file__).parent
    first = next((n for n, item in enumerate(items) if here in item.path.parents), 0)
    ours = [item for item in items if here in item.path.parents]
    rest = [item for item in items[first:] if here not in item.path.parents]
    items[first:] = [*ours, *rest]


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once and rolled back at the end; every request is rolled back for itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        for persona in [*world.buyers.values(), *world.makers.values(), *world.strangers.values()]:
            # Seen once: undone with its request, the note of it would be written at every knock.
            persona.client.get("/")
        yield world
        transaction.set_rollback(True)
