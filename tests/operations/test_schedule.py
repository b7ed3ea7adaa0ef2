"""Every turn of the schedule is taken once and leaves what came of it."""

import pickle
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.db import connection, connections
from django.utils.module_loading import import_string

from config.celery import app
from config.schedule import SCHEDULE
from marketplace.operations.models import Alert, ScheduledTask, TaskDay, TaskRun
from marketplace.operations.tasks import run_scheduled
from marketplace.operations.watching.runs import alarm_of_unended, run_line
from marketplace.operations.watching.turns import Every, next_turn, turn_of
from tests.personas import Persona

NOON = datetime(2026, 6, 10, 12, 0, 30, tzinfo=UTC)
RAN: list[str] = []
LINES: dict[str, dict[str, Any]] = {
    "rare": {"task": f"{__name__}.work", "schedule": crontab(hour="3", minute="0")},
    "frequent": {"task": f"{__name__}.work", "schedule": 20.0},
    "broken": {"task": f"{__name__}.fail", "schedule": crontab(hour="3", minute="0")},
    "broken often": {"task": f"{__name__}.fail", "schedule": 20.0},
}


def work() -> str:
    RAN.append("work")
    return "All done."


def fail() -> None:
    raise ValueError("no luck")


@pytest.fixture
def lines(settings: Any, db: None) -> None:
    settings.SCHEDULE = f"{__name__}.LINES"
    RAN.clear()


def test_every_line_names_a_task_that_is_there() -> None:
    for name, line in SCHEDULE.items():
        assert callable(import_string(line["task"])), name
        assert len(name) <= 120


def test_beat_sends_names_and_the_queue_of_the_work() -> None:
    beat = app.conf.beat_schedule
    assert beat.keys() == SCHEDULE.keys()
    for name, entry in beat.items():
        assert (entry["task"], entry["args"]) == (run_scheduled.name, (name,))
    assert beat["the same of what may run for minutes"]["options"]["queue"] == "slow"
    weekly = next(name for name in beat if name.startswith("every Sunday"))
    assert beat[weekly]["options"] == {"queue": "slow", "time_limit": 3600}


def test_a_line_has_the_time_its_task_needs() -> None:
    """A line runs inside `run_scheduled`, so a limit of the task's own would be without effect."""
    for name, entry in app.conf.beat_schedule.items():
        own = getattr(import_string(SCHEDULE[name]["task"]), "time_limit", None)
        told = entry["options"].get("time_limit")
        assert own in (None, app.conf.task_time_limit, told), (
            f"Give {name!r} the option time_limit={own}."
        )


def test_two_beats_run_a_turn_once(lines: None) -> None:
    with time_machine.travel(NOON, tick=False):
        assert run_line("rare") == "All done."
        assert run_line("rare") == "Somebody else has this turn."
    assert RAN == ["work"]
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        run_line("rare")
    assert RAN == ["work", "work"]


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_has_the_turn(settings: Any) -> None:
    settings.SCHEDULE = f"{__name__}.LINES"
    RAN.clear()
    together = threading.Barrier(2)

    def one() -> None:
        together.wait(10)
        run_line("rare")
        connections.close_all()

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert RAN == ["work"]
    assert TaskRun.objects.count() == 1


def test_a_run_leaves_its_times_and_result(lines: None) -> None:
    with time_machine.travel(NOON, tick=False):
        run_line("rare")
    run = TaskRun.objects.get()
    assert (run.name, run.result, run.error) == ("rare", "All done.", "")
    assert run.slot == datetime(2026, 6, 10, 3, tzinfo=UTC)
    assert run.ended_at is not None and run.milliseconds is not None


def test_a_failed_run_leaves_its_error_and_an_alert_until_it_succeeds(
    lines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(NOON, tick=False), pytest.raises(ValueError, match="no luck"):
        run_line("broken")
    assert TaskRun.objects.get().error == "ValueError: no luck"
    assert Alert.objects.get().cause == "schedule:broken"
    monkeypatch.setitem(LINES["broken"], "task", f"{__name__}.work")
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        run_line("broken")
    assert Alert.objects.get().ended_at is not None


def test_frequent_runs_are_counted_by_the_day(lines: None) -> None:
    for turn in range(5):
        with time_machine.travel(NOON + timedelta(seconds=20 * turn), tick=False):
            run_line("frequent")
    assert not TaskRun.objects.exists()
    day = TaskDay.objects.get()
    assert (day.day, day.runs, day.failures) == (date(2026, 6, 10), 5, 0)
    assert ScheduledTask.objects.get().result == "All done."


def test_a_frequent_line_alarms_when_it_keeps_failing(lines: None) -> None:
    for turn in range(3):
        assert not Alert.objects.exists()
        with (
            time_machine.travel(NOON + timedelta(seconds=20 * turn), tick=False),
            pytest.raises(ValueError, match="no luck"),
        ):
            run_line("broken often")
    assert Alert.objects.get().cause == "schedule:broken often"
    assert TaskRun.objects.count() == 3


def test_a_turn_whose_worker_died_is_taken_over(lines: None) -> None:
    with time_machine.travel(NOON, tick=False):
        turn = turn_of(LINES["rare"]["schedule"], "rare", NOON)
        ScheduledTask.objects.create(name="rare", slot=turn, started_at=NOON)
        assert run_line("rare") == "Somebody else has this turn."
        assert run_line("rare", again=True) == "All done."
        # And once it has ended, never again.
        assert run_line("rare", again=True) == "Somebody else has this turn."


def test_a_long_run_is_not_taken_over_while_it_may_be_at_work(
    lines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LINES["rare"], "options", {"time_limit": 7200})
    with time_machine.travel(NOON, tick=False):
        turn = turn_of(LINES["rare"]["schedule"], "rare", NOON)
        ScheduledTask.objects.create(name="rare", slot=turn, started_at=NOON)
        assert run_line("rare", again=True) == "Somebody else has this turn."


def test_a_run_that_never_ended_is_an_alert_until_one_succeeds(lines: None) -> None:
    turn = turn_of(LINES["rare"]["schedule"], "rare", NOON)
    ScheduledTask.objects.create(name="rare", slot=turn, started_at=NOON)
    assert alarm_of_unended(NOON + timedelta(minutes=9)) == []
    for _ in range(2):
        assert alarm_of_unended(NOON + timedelta(minutes=12)) == ["rare"]
    assert Alert.objects.get().sentence == "Did not end: rare."
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        run_line("rare")
    assert Alert.objects.get().ended_at is not None


def test_a_worker_whose_clock_is_behind_takes_the_turn_that_was_sent(lines: None) -> None:
    turn = next_turn(20.0, "frequent", NOON)
    with time_machine.travel(turn - timedelta(seconds=21), tick=False):
        run_line("frequent")
    with time_machine.travel(turn - timedelta(seconds=1), tick=False):
        assert run_line("frequent") == "All done."


def test_the_first_sunday_of_every_month() -> None:
    """Cron would take either, Celery wants both: asked of Celery's own schedule."""
    line = next(line for name, line in SCHEDULE.items() if name.startswith("first Sunday"))
    when, moment, found = line["schedule"], datetime(2026, 1, 1, tzinfo=UTC), []
    while moment < datetime(2028, 1, 1, tzinfo=UTC):
        moment = next_turn(when, "x", moment)
        found.append(moment)
        assert (moment.isoweekday(), moment.day <= 7, moment.hour) == (7, True, 1)
        assert turn_of(when, "x", moment) == moment
        assert turn_of(when, "x", moment - timedelta(seconds=1)) < moment
    assert len(found) == 25
    # What beat asks: due at the moment, and not a day before or a week after.
    for first in found:
        for days, is_due in ((0, True), (-1, False), (7, False)):
            now = first + timedelta(days=days, seconds=5)
            asked = crontab(
                hour="1",
                minute="0",
                day_of_week="sun",
                day_of_month="1-7",
                nowfun=lambda now=now: now,
            )
            assert asked.is_due(now - timedelta(hours=2)).is_due is is_due


def test_turns_do_not_depend_on_when_beat_began() -> None:
    schedule = Every(60.0, "line", nowfun=lambda: NOON)
    turn = turn_of(60.0, "line", NOON)
    assert schedule.is_due(turn - timedelta(seconds=1)).is_due
    assert not schedule.is_due(turn).is_due
    assert schedule.is_due(turn).next == (turn + timedelta(seconds=60) - NOON).total_seconds()
    assert pickle.loads(pickle.dumps(Every(60.0, "line"))) == Every(60.0, "line")  # noqa: S301


def test_staff_read_the_runs(lines: None, sam: Persona) -> None:
    with time_machine.travel(NOON, tick=False):
        run_line("rare")
    answer = sam.client.get("/admin/operations/taskrun/")
    assert "All done." in answer.content.decode()
    assert sam.client.get("/admin/operations/taskrun/add/").status_code == 403


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_database_gets_its_upkeep() -> None:
    from marketplace.operations.watching.maintenance import tend_database

    words = "Vacuumed and analyzed" if connection.vendor == "postgresql" else "Optimized"
    assert tend_database().startswith(words)


def test_daily_and_monthly_care_say_what_they_found(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.operations.watching import kpis, maintenance

    monkeypatch.setattr(kpis, "BACK_FILLED_DAYS", 2)
    monkeypatch.setattr(kpis, "RIPE_AFTER_DAYS", 2)
    daily = maintenance.care_daily()
    assert "Logs go to standard output" in daily and "figures kept" in daily
    monthly = maintenance.care_monthly()
    assert "Packages:" in monthly and "The site has no certificate." in monthly
    assert "nothing was measured" in monthly


def test_a_package_that_differs_from_the_lock_is_named(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from marketplace.operations.watching import maintenance

    lock = tmp_path / "lock.txt"
    lock.write_text("django==1.0 \\\n    --hash=x\nno-such-package==2.0\n")
    monkeypatch.setattr(maintenance, "LOCK", lock)
    words = maintenance.compare_packages()
    assert "instead of 1.0" in words and "no-such-package missing instead of 2.0" in words
    assert "was not asked" in words


def test_log_files_that_are_not_rotated_are_an_alert(
    settings: Any, tmp_path: Any, db: None
) -> None:
    from marketplace.operations.watching import maintenance

    settings.LOG_DIR = str(tmp_path)
    large = tmp_path / "all.log"
    with large.open("wb") as file:
        file.truncate(maintenance.LOG_BYTES_AT_MOST + 1)
    assert maintenance.check_logs() == "Log files are not rotated: all.log."
    assert Alert.objects.get().ended_at is None
    large.unlink()
    maintenance.check_logs()
    assert Alert.objects.get().ended_at is not None
