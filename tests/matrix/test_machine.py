"""A machine makes calls up from the OpenAPI document and finds no answer that is not in it."""

import pytest

from tests.matrix.machine import SEED, meetings
from tests.matrix.test_matrix import rows
from tests.matrix.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.mark.parametrize("chapter", sorted({row.chapter for row in rows() if row.is_api}))
def test_every_call_is_answered_as_the_document_says(chapter: str, world: World) -> None:
    found: dict[str, str] = {}
    for meeting in meetings(chapter, world):
        meeting.meet()
        found |= meeting.found
    assert not found, f"{len(found)} faults, API_SEED={SEED}:\n" + "\n\n".join(found.values())
