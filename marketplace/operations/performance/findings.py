"""What a check of the database says: one sentence, and the things it is about."""

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    # Worth a look; a fresh or a small database has such figures without any fault.
    NOTE = "note"
    FAILS = "FAILS"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `details` is a line for each table, index, statement or page."""

    name: str
    title: str
    level: Level
    sentence: str
    details: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """A row of the table with its details below."""
        lines = [f"{self.level:6}{self.title:22}{self.sentence}"]
        return "\n".join([*lines, *(f"{'':8}{line}" for line in self.details)])


def judged(name: str, title: str, fine: str, bad: str, details: list[str], level: Level) -> Finding:
    """`fine` without details, otherwise `bad` at `level`; `{count}` stands for how many."""
    if not details:
        return Finding(name, title, Level.OK, fine)
    return Finding(name, title, level, bad.format(count=len(details)), details)
