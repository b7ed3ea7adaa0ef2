"""How a shop answers what it is asked: counts, and the median time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median


@dataclass(frozen=True)
class Asked:
    """One request a shop was asked in: when, its first quote, its no, and whether it is too late.

    `quoted_at` is the first quote ever submitted, `declined_at` the no that stands now.
    """

    at: datetime
    quoted_at: datetime | None
    declined_at: datetime | None
    is_over: bool

    @property
    def answered_at(self) -> datetime | None:
        """The first answer of either kind."""
        known = [at for at in (self.quoted_at, self.declined_at) if at is not None]
        return min(known) if known else None

    @property
    def is_quoted(self) -> bool:
        """A quote was submitted and no no stands against it."""
        return self.quoted_at is not None and self.declined_at is None

    @property
    def counts(self) -> bool:
        """Answered, or closed without an answer; one that is still open says nothing yet."""
        return self.answered_at is not None or self.is_over


def response_of(rows: Iterable[Asked]) -> dict[str, int | Decimal | None]:
    """Columns of the directory's Scorecard: asked, answered, quoted, and response_hours, the
    median hours to the first answer (None without an answer, rounded half up to a tenth)."""
    counted = [row for row in rows if row.counts]
    hours = [
        max(0.0, (row.answered_at - row.at).total_seconds() / 3600)
        for row in counted
        if row.answered_at is not None
    ]
    tenth = Decimal("0.1")
    middle = Decimal(str(median(hours))).quantize(tenth, ROUND_HALF_UP) if hours else None
    return {
        "asked": len(counted),
        "answered": len(hours),
        "quoted": sum(1 for row in counted if row.is_quoted),
        "response_hours": middle,
    }
