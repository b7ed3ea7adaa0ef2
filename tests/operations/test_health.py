"""What the machine says of itself, to whom, and that no request waits for it."""

import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from marketplace.core.models import Delivery, Event
from marketplace.operations.models import Alert, HealthCheck, Outage
from marketplace.operations.watching import health as near
from marketplace.operations.watching import probes
from marketplace.operations.watching.health import Finding
from tests.payments.conftest import Sandbox, sandbox
from tests.personas import Persona

__all__ = ["sandbox"]
TOKEN = "t" * 32
DETAILED = "/api/v1/health/detailed"


def finding(name: str, *, is_ok: bool = True, ago: int = 0) -> Finding:
    detail = "" if is_ok else "No answer."
    return Finding(name, is_ok, detail, 3, timezone.now() - timedelta(seconds=ago))


def check_all() -> None:
    for name in (*near.NEAR, *probes.FAR):
        probes.keep(finding(name))


def test_alive_asks_nothing(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/livez").json() == {"status": "ok"}
        answer = Client().get("/api/v1/health")
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "timestamp", "version", "environment"}
    assert answer.json()["environment"] == "testing"


@pytest.mark.parametrize("part", ["database", "redis"])
def test_not_ready_without_database_or_cache(
    db: None, monkeypatch: pytest.MonkeyPatch, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert Client().get("/readyz").status_code == 200

    def gone() -> str:
        raise DatabaseError("host=secret")

    monkeypatch.setitem(near.NEAR, part, gone)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "down"})
    # Asked every few seconds: no error report for each answer.
    assert caplog.records == []


def test_a_part_that_hangs_is_not_waited_for_and_not_asked_twice() -> None:
    release, asked = threading.Event(), []

    def hang() -> str:
        asked.append(1)
        release.wait(30)
        return ""

    try:
        first, second = (near.try_at_once({"hanging": hang}, 0.02) for _ in range(2))
    finally:
        release.set()
    for [found] in (first, second):
        assert (found.is_ok, found.detail) == (False, "No answer within 0.02 s.")
    assert asked == [1]


def test_the_words_of_a_driver_are_told_to_nobody() -> None:
    def fail() -> str:
        raise OSError("could not connect to db.internal as marketplace")

    assert near.find("x", fail).detail == "OSError."


@pytest.mark.django_db(transaction=True)
def test_details_turn_status_and_code_with_any_part(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    monitoring = Client(headers={"Authorization": f"Bearer {TOKEN}"})
    answer = monitoring.get(DETAILED)
    assert answer.status_code == 503
    assert answer.json()["checks"]["email"]["detail"] == "Not checked yet."
    check_all()
    answer = monitoring.get(DETAILED)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "ok")
    assert set(told["checks"]) == {"database", "redis", "email", "storage", "stripe", "workers"}
    probes.keep(finding("stripe", is_ok=False))
    answer = monitoring.get(DETAILED)
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert answer.json()["checks"]["stripe"]["status"] == "failing"
    assert answer.json()["checks"]["email"]["status"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_check_nobody_repeats_is_a_failing_one(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    check_all()
    old = timezone.now() - timedelta(minutes=6)
    HealthCheck.objects.filter(name="storage").update(checked_at=old)
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get(DETAILED)
    assert answer.status_code == 503
    assert "worker and beat" in answer.json()["checks"]["storage"]["detail"]


@pytest.mark.parametrize("path", [DETAILED, "/metrics"])
def test_details_are_for_staff_and_the_monitoring(
    path: str, sam: Persona, bea: Persona, settings: Any
) -> None:
    assert Client().get(path).status_code == 401
    # Without a token of the installation's own none opens, an empty one neither.
    assert Client(headers={"Authorization": "Bearer "}).get(path).status_code == 401
    settings.METRICS_TOKEN = TOKEN
    assert Client(headers={"Authorization": "Bearer wrong"}).get(path).status_code == 401
    assert Client(headers={"Authorization": f"Bearer {TOKEN}"}).get(path).status_code != 401
    assert bea.client.get(path).status_code == 404
    assert sam.client.get(path).status_code in (200, 503)


def test_an_outage_begins_with_the_first_of_two_failures_and_ends(db: None) -> None:
    probes.keep(finding("email", is_ok=False, ago=60))
    assert not Outage.objects.exists() and not Alert.objects.exists()
    probes.keep(finding("email", is_ok=False))
    outage = Outage.objects.get()
    assert (timezone.now() - outage.began_at).total_seconds() > 59
    assert Alert.objects.get().sentence == "Does not work: email. No answer."
    probes.keep(finding("email", is_ok=False))
    assert (Outage.objects.count(), Alert.objects.count()) == (1, 1)
    probes.keep(finding("email"))
    outage.refresh_from_db()
    assert outage.ended_at is not None and Alert.objects.get().ended_at is not None


def test_late_deliveries_say_that_no_worker_works(db: None) -> None:
    Delivery.objects.all().delete()
    event = Event.objects.create(type="x", subject="x", thread="x", actor_label="", sentence="")
    delivery = Delivery.objects.create(event=event, handler="x")
    assert probes.workers().endswith(" s.")
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(minutes=7))
    with pytest.raises(near.Failing, match="due for 7 minutes"):
        probes.workers()


def test_a_folder_that_takes_no_file_fails(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert probes.storage() == "The folder of files takes files."
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = tmp_path / "file"
    assert near.find("storage", probes.storage).is_ok is False


SES = "anymail.backends.amazon_ses.EmailBackend"


@pytest.mark.parametrize(
    ("backend", "options"),
    [
        ("django.core.mail.backends.smtp.EmailBackend", {}),
        (
            "anymail.backends.mailgun.EmailBackend",
            {"MAILGUN_API_KEY": "k", "MAILGUN_API_URL": "https://127.0.0.1:9/v3/"},
        ),
        (SES, {"AMAZON_SES_CLIENT_PARAMS": {"endpoint_url": "https://127.0.0.1:9/"}}),
    ],
    ids=["smtp", "mailgun", "ses"],
)
def test_a_mail_service_that_is_away_fails(
    settings: Any, monkeypatch: pytest.MonkeyPatch, backend: str, options: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "example")
    settings.EMAIL_BACKEND, settings.ANYMAIL = backend, options
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(near.Failing, match="The mail service does not answer"):
        probes.email()


def test_a_mail_server_is_asked_and_gets_no_mail(settings: Any) -> None:
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line, line.makefile("rb") as heard:
                line.sendall(b"220 here\r\n")
                for command in heard:
                    said.append(command.split()[0])
                    line.sendall(b"250 ok\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        assert probes.email() == "The mail server answers."
        thread.join(10)
    assert said == [b"noop", b"quit"]


def test_stripe_is_asked_with_the_key(sandbox: Sandbox) -> None:
    assert probes.stripe() == "Stripe answers."
