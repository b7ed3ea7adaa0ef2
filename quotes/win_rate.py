"""How often a shop's quotes are chosen, month by month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.actor import Actor
from quotes.queries import quotes_of_shop
from quotes.states import QuoteState

MONTHS = 6
# A share of fewer decisions says nothing.
LEAST = 3
WON = (QuoteState.ACCEPTED, QuoteState.PARTIALLY_ACCEPTED)


@dataclass(frozen=True)
class Month:
    """Quotes submitted in the month that begins on `first`: all, decided so far, and chosen."""

    first: date
    submitted: int
    decided: int
    won: int


@dataclass(frozen=True)
class WinRate:
    """The months, oldest first. `share` is chosen of decided, None below LEAST decisions."""

    months: list[Month]

    @property
    def decided(self) -> int:
        """Quotes the buyers decided on."""
        return sum(month.decided for month in self.months)

    @property
    def won(self) -> int:
        """Quotes that were chosen."""
        return sum(month.won for month in self.months)

    @property
    def submitted(self) -> int:
        """All quotes of these months."""
        return sum(month.submitted for month in self.months)

    @property
    def share(self) -> float | None:
        """From 0 to 1; None while there is too little to say."""
        return self.won / self.decided if self.decided >= LEAST else None


def win_rate_of(rows: Iterable[tuple[date, str]], today: date) -> WinRate:
    """Count (day submitted, state) into the last MONTHS months, this one included."""
    firsts = first_days(today)
    found = {first: [0, 0, 0] for first in firsts}
    for day, state in rows:
        counts = found.get(day.replace(day=1))
        if counts is None:
            continue
        won = state in WON
        counts[0] += 1
        counts[1] += won or state == QuoteState.DECLINED
        counts[2] += won
    return WinRate([Month(first, *found[first]) for first in firsts])


def first_days(today: date) -> list[date]:
    """The first days of the last MONTHS months, oldest first."""
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def own_win_rate(actor: Actor) -> WinRate:
    """Of the acting shop's own quotes, by the month they were submitted in. One query."""
    today = timezone.localdate()
    rows = quotes_of_shop(actor).filter(submitted_at__date__gte=first_days(today)[0])
    found = rows.order_by().values_list("submitted_at", "state")
    return win_rate_of(((timezone.localdate(at), state) for at, state in found if at), today)
