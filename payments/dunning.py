"""When a buyer is reminded of what it owes on account: pure arithmetic on dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Reminder:
    """One of the reminders: `days` after the day a receivable is due, before it when negative."""

    number: int
    days: int

    @property
    def is_overdue(self) -> bool:
        """It speaks of something that should have been paid."""
        return self.days > 0


# Our own measure; the last one is when most terms of business hand a claim on.
REMINDERS = tuple(Reminder(number, days) for number, days in enumerate((-3, 0, 7, 14, 30), start=1))
# The manufacturer hears of it once, with the first reminder after the day.
TELL_SHOP_AT = 3


def reminder_for(due_on: date, today: date, sent: int) -> Reminder | None:
    """The reminder to send now when `sent` is the number of the last one; None when there is none.

    After days without a timer only the latest one is sent.
    """
    passed = [one for one in REMINDERS if today >= due_on + timedelta(days=one.days)]
    return passed[-1] if passed and passed[-1].number > sent else None


def first_day(today: date) -> date:
    """Receivables due up to this day may need a reminder."""
    return today - timedelta(days=REMINDERS[0].days)
