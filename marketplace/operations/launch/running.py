"""Running checks one after the other, none longer than it may."""

import signal
import textwrap
import types
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from marketplace.operations.launch.checks import EXPECTED, Asked, Check


class TooLong(Exception):
    """A check took longer than it may."""


@dataclass(frozen=True)
class Result:
    """What came of one check."""

    name: str
    title: str
    passed: bool
    sentence: str

    def __str__(self) -> str:
        """A row of the table; a long sentence goes on below itself."""
        begin = f"{'ok' if self.passed else 'FAILS':6}{self.title:20}"
        margin = " " * len(begin)
        lines = textwrap.wrap(self.sentence, 100 - len(begin), break_on_hyphens=False)
        return begin + f"\n{margin}".join(lines)


def run(checks: Iterable[Check], asked: Asked) -> Iterator[Result]:
    """The results, in order. Whatever a check raises is its failure, never the end of the others.

    For the main thread of a command: the limit is an alarm, which ends whatever a library waits
    for.
    """
    for check in checks:
        try:
            with _at_most(check.seconds):
                sentence, passed = check.ask(asked), True
        except TooLong:
            sentence, passed = f"No answer within {check.seconds:g} seconds.", False
        except EXPECTED as error:
            sentence, passed = str(error), False
        except Exception as error:  # noqa: BLE001 - a check that breaks is a check that fails
            sentence, passed = f"The check broke: {type(error).__name__}: {error}", False
        yield Result(check.name, check.title, passed, " ".join(sentence.split()))


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: types.FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
