"""The turns of the schedule: moments that every beat and every worker name alike.

A line of config/schedule.py runs every so many seconds or by a crontab. Its turns are multiples of
the seconds, shifted by its name so that not all come at the full hour, or the minutes of the
crontab. Because they depend on nothing else, two beats name one turn twice, and the second finds it
taken.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from celery.schedules import crontab, schedstate, schedule

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Lines more frequent than this are counted by the day instead of kept run by run.
FREQUENT = timedelta(hours=1)
# The longest way back to a turn of a crontab: a day of the week in one month of a year.
MOST_DAYS_BACK = 366


class Every(schedule):
    """Turns every `seconds`, at moments that do not depend on when beat was started."""

    def __init__(self, seconds: float, name: str, nowfun: Any = None, app: Any = None) -> None:
        super().__init__(run_every=seconds, nowfun=nowfun, app=app)
        self.every, self.name, self.told_now = seconds, name, nowfun

    def is_due(self, last_run_at: datetime) -> Any:
        """Due when a turn came after the last run; otherwise how long until the next."""
        now, last_run_at = map(self.maybe_make_aware, (self.now(), last_run_at))
        turn = turn_of(self.every, self.name, now)
        until_next = (turn + timedelta(seconds=self.every) - now).total_seconds()
        return schedstate(last_run_at < turn, max(until_next, 0.01))

    def __reduce__(self) -> Any:
        return self.__class__, (self.every, self.name, self.told_now)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Every):
            return NotImplemented
        return (self.every, self.name) == (other.every, other.name)

    def __hash__(self) -> int:
        return hash((self.every, self.name))


def turn_of(when: float | crontab, name: str, now: datetime) -> datetime:
    """The latest turn at or before `now`. `when` is seconds or a crontab in UTC."""
    if isinstance(when, crontab):
        return _crontab_turn(when, now.astimezone(UTC))
    shift = crc32(name.encode()) % min(int(when), 3600)
    passed = (now - EPOCH).total_seconds() - shift
    return EPOCH + timedelta(seconds=passed // when * when + shift)


def next_turn(when: float | crontab, name: str, now: datetime) -> datetime:
    """The first turn after `now`."""
    if isinstance(when, crontab):
        last, forward, _ = when.remaining_delta(now.astimezone(UTC))
        turn: datetime = last + forward
        return turn
    return turn_of(when, name, now) + timedelta(seconds=when)


def is_frequent(when: float | crontab) -> bool:
    """Whether runs are counted by the day; a crontab is for rare work."""
    return not isinstance(when, crontab) and when < FREQUENT.total_seconds()


def _crontab_turn(when: Any, now: datetime) -> datetime:
    times = sorted(((hour, minute) for hour in when.hour for minute in when.minute), reverse=True)
    for days in range(MOST_DAYS_BACK):
        day = now - timedelta(days=days)
        # Celery counts Sunday as 0 and asks for both: day of the month and day of the week.
        if (
            day.month not in when.month_of_year
            or day.day not in when.day_of_month
            or day.isoweekday() % 7 not in when.day_of_week
        ):
            continue
        for hour, minute in times:
            turn = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if turn <= now:
                return turn
    raise ValueError(f"{when} has no turn in a year.")
