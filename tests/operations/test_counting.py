"""Answers are counted without a write, minutes are written once, thresholds alarm once."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from marketplace.operations.models import Alert, KpiDay, MachineMinute, RequestMinute, Threshold
from marketplace.operations.watching import counting, measuring, prometheus
from marketplace.operations.watching.probes import keep
from tests.integrations.conftest import Receiver, receiver
from tests.operations.test_health import finding
from tests.personas import Persona

__all__ = ["receiver"]
ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 6, 10, 12, 0, 30, tzinfo=UTC)
AT = NOW.timestamp()


@pytest.fixture(autouse=True)
def _no_minutes() -> None:
    counting._minutes.clear()


def answered(minute: datetime, *, requests: int = 100, errors: int = 0, each: float = 40) -> None:
    """A row as one web process writes it."""
    for number in range(requests):
        counting.count("/orders/", 500 if number < errors else 200, each, minute.timestamp())
    counting.flush(minute.timestamp() + 60)


def machine(minute: datetime, **values: float) -> None:
    fields: dict[str, Any] = {"cpu": 5, "memory": 5, "disk": 5, "active_users": 1}
    zero = {"waiting": 0, "dead": 0, "oldest_seconds": 0}
    minute = minute.replace(second=0, microsecond=0)
    MachineMinute.objects.update_or_create(minute=minute, defaults={**fields, **zero, **values})


def test_a_page_is_counted_without_a_write(
    settings: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any, db: None
) -> None:
    settings.COUNT_REQUESTS = True
    monkeypatch.setattr(counting, "_keep_writing", lambda: None)
    with django_assert_num_queries(0):
        Client().get("/livez")
        Client().get("/no/such/page")
    [groups] = counting._minutes.values()
    assert {group: counts[:2] for group, counts in groups.items()} == {
        "health": [1, 0],
        "pages": [1, 0],
    }


def test_a_minute_is_one_write_and_written_once(db: None, django_assert_num_queries: Any) -> None:
    counting.count("/api/v1/orders/", 200, 30, AT)
    counting.count("/api/v1/orders/", 503, 3000, AT)
    counting.count("/livez", 200, 1, AT)
    counting.count("/orders/ord_1/", 200, 40, AT + 60)
    with django_assert_num_queries(1):
        assert counting.flush(AT + 60) == 1
    row = RequestMinute.objects.get()
    # Health checks stand among the groups and not in the sums.
    assert (row.requests, row.errors, row.milliseconds) == (2, 1, 3030)
    assert set(row.groups) == {"api", "health"}
    assert counting.flush(AT + 61) == 0
    assert counting.flush(AT + 61, unfinished=True) == 1


def test_a_minute_waits_while_the_database_is_away(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.count("/orders/", 200, 30, AT)

    def away(*args: object, **kwargs: object) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.models.query.QuerySet.bulk_create", away)
        assert counting.flush(AT + 60) == 0
    assert counting.flush(AT + 120) == 1


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("/", "pages"),
        ("/orders/ord_x/", "orders"),
        ("/api/v1/orders/", "api"),
        ("/api/v1/health/detailed", "health"),
        ("/metrics", "health"),
        ("/what/ever", "pages"),
        ("", "pages"),
    ],
)
def test_paths_make_few_groups(path: str, group: str) -> None:
    assert counting.group_of(path) == group


def test_the_95th_percentile_comes_from_buckets() -> None:
    for number in range(100):
        counting.count("/orders/", 200, 2500 if number >= 90 else 10, AT)
    buckets = counting.added(next(iter(counting._minutes.values())).values())
    slow = counting.percentile(buckets, 0.95)
    assert slow is not None and 2000 < slow <= 3000
    assert counting.percentile(buckets, 0.5) is not None
    assert counting.percentile([0] * 15, 0.95) is None


def test_the_machine_is_measured(sam: Persona) -> None:
    assert sam.client.get("/livez").status_code == 200
    row = measuring.measure_machine(timezone.now())
    assert 0 <= row.cpu <= 100 and 0 < row.memory <= 100 and 0 < row.disk <= 100


def test_thresholds_begin_where_the_plan_has_them(db: None) -> None:
    limits = {r.threshold.name: r.threshold.limit for r in measuring.readings(NOW)}
    assert limits == {
        "response": 2000, "errors": 1, "cpu": 80, "memory": 85, "disk": 90, "users": 1000,
    }  # fmt: skip


def test_a_breach_alarms_once_and_its_end_once(db: None) -> None:
    machine(NOW, disk=95)
    for _ in range(3):
        assert measuring.hold_against_thresholds(NOW) == ["disk"]
    alert = Alert.objects.get()
    assert alert.sentence == "Disk: 95 %; the limit is 90 %."
    machine(NOW, disk=50)
    assert measuring.hold_against_thresholds(NOW) == []
    assert measuring.hold_against_thresholds(NOW) == []
    alert.refresh_from_db()
    assert alert.ended_at is not None
    # The same cause again is a new alert.
    machine(NOW, disk=95)
    measuring.hold_against_thresholds(NOW)
    assert Alert.objects.count() == 2


def test_slow_answers_and_errors_are_breaches(db: None) -> None:
    answered(NOW - timedelta(minutes=2), errors=2, each=4000)
    machine(NOW)
    assert measuring.hold_against_thresholds(NOW) == ["response", "errors"]
    assert "Answers that were errors: 2 %; the limit is 1 %." in {
        alert.sentence for alert in Alert.objects.all()
    }


def test_few_answers_are_no_storm(db: None) -> None:
    answered(NOW - timedelta(minutes=2), requests=10, errors=1, each=4000)
    assert measuring.hold_against_thresholds(NOW) == []


def test_one_busy_minute_is_no_breach_of_five(db: None) -> None:
    machine(NOW, cpu=100)
    assert measuring.hold_against_thresholds(NOW) == []
    for ago in (1, 2):
        machine(NOW - timedelta(minutes=ago), cpu=90)
    assert measuring.hold_against_thresholds(NOW) == ["cpu"]


def test_before_the_running_minute_is_measured_the_last_one_is_told(db: None) -> None:
    machine(NOW - timedelta(minutes=1), disk=40)
    told = {r.threshold.name: r.value for r in measuring.readings(NOW)}
    assert told["disk"] == 40 and told["users"] == 1
    assert told["cpu"] is None


def test_a_threshold_that_is_off_is_silent(db: None) -> None:
    measuring.readings(NOW)
    Threshold.objects.filter(name="disk").update(is_on=False)
    machine(NOW, disk=95)
    assert measuring.hold_against_thresholds(NOW) == []


def test_operators_are_told_by_mail_and_by_a_post(
    db: None, settings: Any, work: Any, receiver: Receiver
) -> None:
    settings.ALERT_EMAILS = ["ops@example.com", "night@example.com"]
    settings.ALERT_WEBHOOK_URL = receiver.url
    receiver.answers(200)
    for disk in (95, 95, 50, 50):
        machine(NOW, disk=disk)
        measuring.hold_against_thresholds(NOW)
    work()
    subjects = [(letter.to[0], letter.subject) for letter in mail.outbox]
    sentence = "Disk: 95 %; the limit is 90 %."
    assert sorted(subjects) == sorted(
        (to, f"{word}: {sentence}") for to in settings.ALERT_EMAILS for word in ("Alert", "Over")
    )
    told = [json.loads(taken["body"]) for taken in receiver.taken()]
    assert [one["status"] for one in told] == ["firing", "resolved"]
    assert told[0]["text"] == sentence and told[0]["cause"] == "threshold:disk"


def test_an_alert_that_was_not_taken_is_sent_again(
    db: None, settings: Any, work: Any, receiver: Receiver
) -> None:
    from marketplace.core.models import Delivery

    settings.ALERT_WEBHOOK_URL = receiver.url
    receiver.answers(500)
    machine(NOW, disk=95)
    measuring.hold_against_thresholds(NOW)
    work()
    owed = Delivery.objects.get(handler__endswith="post_alert")
    assert "answered 500" in owed.last_error and owed.status == Delivery.State.PENDING


def test_metrics_are_told_in_prometheus_format(db: None, sam: Persona) -> None:
    answered(timezone.now() - timedelta(minutes=2), errors=1)
    machine(timezone.now())
    keep(finding("stripe"))
    KpiDay.objects.create(figure="stars", day=timezone.now().date(), part=9, whole=2)
    answer = sam.client.get("/metrics")
    assert answer["Content-Type"] == prometheus.CONTENT_TYPE
    text = answer.content.decode()
    line = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+-]+')
    for one in text.splitlines():
        assert one.startswith(("# HELP marketplace_", "# TYPE marketplace_")) or line.fullmatch(one)
    assert 'marketplace_requests_per_minute{group="orders"} 20.0' in text
    assert 'marketplace_part_up{part="stripe"} 1' in text
    assert 'marketplace_kpi{figure="stars"} 4.5' in text
    assert "marketplace_cpu_percent 5" in text


def test_a_label_cannot_break_the_format() -> None:
    family = prometheus.Family("marketplace_x", "x")
    family.add(1, part='a"b\\c\nd')
    assert prometheus._written(family).splitlines()[-1] == r'marketplace_x{part="a\"b\\c\nd"} 1'


@pytest.mark.parametrize("file", ["grafana/dashboard.json", "prometheus/alerts.yml"])
def test_every_metric_the_files_name_is_told(file: str, db: None) -> None:
    text = (ROOT / "docker" / file).read_text()
    named = set(re.findall(r"\bmarketplace_[a-z_]+", text))
    assert named and named <= {family.name for family in prometheus.families()}
    if file.endswith(".json"):
        board = json.loads(text)
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_watch_shows_what_is_wrong(sam: Persona) -> None:
    now = timezone.now()
    machine(now, disk=95)
    measuring.hold_against_thresholds(now)
    keep(finding("stripe", is_ok=False))
    page = sam.client.get("/admin/operations/threshold/watch/").content.decode()
    assert "1 open alert" in page and "Disk: 95 %; the limit is 90 %." in page
    [link] = re.findall(r'href="(/admin/operations/incident/add/[^"]+)"', page)
    assert 'value="Disk: 95 %; the limit is 90 %."' in sam.client.get(link).content.decode()
    assert "No answer." in page and "deliver what a nudge did not reach" in page
    assert sam.client.get("/admin/").status_code == 200


def test_staff_change_a_limit(sam: Persona) -> None:
    measuring.readings(NOW)
    row = Threshold.objects.get(name="disk")
    path = f"/admin/operations/threshold/{row.pk}/change/"
    answer = sam.client.post(path, {"limit": "70", "minutes": "2", "is_on": "on"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.limit, row.minutes) == (70, 2)
