"""How bots move: one step with everything that waits, and a step that is refused is left out."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from marketplace.core.errors import DomainError

Row = TypeVar("Row")
logger = logging.getLogger(__name__)


def story_of(title: str) -> set[str]:
    """The words in square brackets of a title: "Brackets [decline]" asks for the story "decline".

    docs/api.md lists them; a word that is none changes nothing.
    """
    return {part.partition("]")[0].strip().lower() for part in title.split("[")[1:]}


def step_each(rows: Iterable[Row], step: Callable[[Row], object]) -> int:
    """Take a step with each row; how many were taken.

    What the product refuses, a person would meet too: it is written down and tried at the next
    beat, when the other side may have done its part. A fault of a bot stops that bot's step alone.
    """
    taken = 0
    for row in rows:
        try:
            step(row)
        except DomainError as refusal:
            logger.info("A bot was refused: %s", refusal.sentence)
        except Exception:
            logger.exception("A bot failed with %s", row)
        else:
            taken += 1
    return taken
