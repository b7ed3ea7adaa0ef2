"""Each check of the launch asks the real thing, and each failure says what to do."""

from __future__ import annotations

import json
import signal
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from marketplace.operations.launch import checks, outside
from marketplace.operations.launch.checks import CHECKS, Check
from marketplace.operations.launch.running import run
from tests.operations.far_side import (
    GOOD_HEADERS,
    a_mail_server,
    a_silent_site,
    a_site,
    make_certificate,
)
from tests.payments.conftest import Sandbox, sandbox
from tests.personas import Persona, give_second_factor, make_person

__all__ = ["sandbox"]
ASKED = checks.Asked(mail_to="")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def outcome(name: str, mail_to: str = "") -> tuple[bool, str]:
    check = next(check for check in CHECKS if check.name == name)
    (result,) = run([check], checks.Asked(mail_to=mail_to))
    return result.passed, result.sentence


def test_the_ten_items_of_the_plan_are_asked() -> None:
    names = [check.name for check in CHECKS]
    plan = ["demo", "variables", "certificate", "migrations", "admin", "email", "payments"]
    assert names == [*plan, "monitoring", "backups", "headers", "storage"]


def test_demo_data(bea: Persona) -> None:
    assert outcome("demo") == (True, "Nothing of a demo is left.")
    User.objects.filter(pk=bea.user.pk).update(is_demo=True)
    passed, sentence = outcome("demo")
    assert not passed
    assert f"The demo account {bea.user.email} can sign in." in sentence
    assert "Run manage.py clear_demo_data (1 things are left)." in sentence


def test_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.setenv("EMAIL_FROM", "no-reply@example.com")
    passed, sentence = outcome("variables")
    assert not passed
    for part in (
        "SITE_URL is missing.",
        "EMAIL_FROM still holds the value of the template",
        "ENVIRONMENT is testing, not production.",
    ):
        assert part in sentence


def test_certificate(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SITE_URL = "http://localhost:8000"
    assert "put the site behind https://" in outcome("certificate")[1]
    for days, passes, part in ((90, True, "good for 90 days"), (5, False, "ends in 5 days")):
        own = make_certificate(tmp_path, days)
        with a_site(own) as site:
            settings.SITE_URL = site.url
            passed, sentence = outcome("certificate")
            assert not passed
            assert "will not trust the certificate of localhost" in sentence
            monkeypatch.setenv("SSL_CERT_FILE", str(own))
            passed, sentence = outcome("certificate")
            assert (passed, part in sentence) == (passes, True)
            monkeypatch.delenv("SSL_CERT_FILE")
    settings.SITE_URL = "https://localhost:1"
    assert "does not answer over TLS" in outcome("certificate")[1]


@pytest.mark.django_db
def test_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    assert outcome("migrations") == (True, "Every migration is applied.")
    applied = MigrationRecorder.applied_migrations

    def but_one_app(self: Any) -> Any:
        return {key: row for key, row in applied(self).items() if key[0] != "files"}

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", but_one_app)
    passed, sentence = outcome("migrations")
    assert not passed
    assert "first files 0001_tables; run manage.py migrate." in sentence


@pytest.mark.django_db
def test_admin_user() -> None:
    assert "run manage.py create_admin_user" in outcome("admin")[1]
    admin = make_person("Ada", is_staff=True, is_superuser=True)
    User.objects.filter(pk=admin.pk).update(is_demo=True)
    assert "Nobody can administer" in outcome("admin")[1]
    User.objects.filter(pk=admin.pk).update(is_demo=False)
    assert f"Without a second factor: {admin.email}." in outcome("admin")[1]
    give_second_factor(admin)
    assert outcome("admin") == (True, "1 can administer the site, each with a second factor.")


def test_email(settings: Any) -> None:
    assert "EMAIL_PROVIDER sends nothing" in outcome("email")[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with a_mail_server() as (settings.EMAIL_PORT, taken):
        assert outcome("email", "ops@parts.example")[0]
    assert "To: ops@parts.example" in taken[0]
    assert f"launch check of {settings.SITE_URL}" in taken[0]
    with a_mail_server(refuses=True) as (settings.EMAIL_PORT, taken):
        passed, sentence = outcome("email", "ops@parts.example")
    assert (passed, taken) == (False, [])
    assert "The provider did not take a mail to ops@parts.example" in sentence
    assert "nobody of that name" in sentence


def test_payments(settings: Any, sandbox: Sandbox) -> None:
    passed, sentence = outcome("payments")
    assert (passed, "Stripe answers in test mode" in sentence) == (False, True)
    assert [call["path"] for call in sandbox.calls("GET")] == ["/v1/balance"]
    settings.STRIPE_API_HOST = "http://127.0.0.1:1"
    sentence = outcome("payments")[1]
    assert sentence.startswith("Stripe did not answer to STRIPE_SECRET_KEY: ")
    assert "HTTPConnection" not in sentence


def test_monitoring(settings: Any) -> None:
    settings.SENTRY_DSN = ""
    assert "SENTRY_DSN is missing" in outcome("monitoring")[1]
    settings.SENTRY_DSN = "https://sentry.example"
    assert "no address of a Sentry project" in outcome("monitoring")[1]
    with a_site() as site:
        settings.SENTRY_DSN = site.url.replace("://", "://abc@") + "/42"
        settings.SITE_URL = site.url
        settings.METRICS_TOKEN = "token"
        assert outcome("monitoring")[0]
        (path, body), *_ = site.posted
        assert path == "/api/42/envelope/"
        _, kind, event = map(json.loads, body.splitlines())
        assert (kind["type"], event["message"]) == ("event", f"Launch check of {site.url}")
        settings.METRICS_TOKEN = ""
        assert "METRICS_TOKEN is missing" in outcome("monitoring")[1]
        site.status = 403
        assert "Sentry answered 403" in outcome("monitoring")[1]


def test_backups(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()

    class Runs(list[Any]):
        ended_at = now - timedelta(hours=3)

        def filter(self, **asked: Any) -> Runs:
            assert asked["verified_at__isnull"] is False
            old = asked["ended_at__gte"] > self.ended_at
            return Runs() if old else self

        def order_by(self, name: str) -> Runs:
            return self

        def first(self) -> Any:
            return next(iter(self), None)

    runs = Runs()
    runs.append(runs)
    model = type("BackupRun", (), {"objects": runs})
    monkeypatch.setattr(checks.apps, "get_model", lambda *names: model)
    passed, sentence = outcome("backups")
    assert (passed, "was restored and compared" in sentence) == (True, True)
    runs.ended_at = now - timedelta(hours=25)
    passed, sentence = outcome("backups")
    assert (passed, "run manage.py backup" in sentence) == (False, True)


def test_security_headers(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = make_certificate(tmp_path, 90)
    monkeypatch.setenv("SSL_CERT_FILE", str(own))
    with a_site(own) as site:
        settings.SITE_URL = site.url
        assert outcome("headers") == (True, "Every protecting header is sent, each once.")
        site.headers = [
            ("Strict-Transport-Security", "max-age=60"),
            *GOOD_HEADERS[1:3],
            ("X-Frame-Options", "DENY"),
            ("Set-Cookie", "csrftoken=a; Path=/"),
        ]
        passed, sentence = outcome("headers")
    assert not passed
    for part in (
        "strict-transport-security is 'max-age=60' without max-age=63072000.",
        "x-frame-options is sent 2 times",
        "content-security-policy is missing.",
        "The cookie csrftoken may go over plain HTTP.",
    ):
        assert part in sentence


def test_storage(settings: Any, tmp_path: Path) -> None:
    assert outcome("storage") == (True, "A file was written, read and removed.")
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == []
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    settings.MEDIA_ROOT = blocked
    passed, sentence = outcome("storage")
    assert (passed, "Storage did not take a file" in sentence) == (False, True)


def test_a_check_that_waits_too_long_is_ended_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outside, "SECONDS", 60.0)

    def breaks(asked: checks.Asked) -> str:
        raise ZeroDivisionError("of course")

    with a_silent_site() as url:
        waiting = Check("waits", "Waits", 0.2, lambda asked: outside.ask(url).body)
        breaking = Check("breaks", "Breaks", 1, breaks)
        good = Check("good", "Good", 1, lambda asked: "fine")
        first, second, third = run([waiting, breaking, good], ASKED)
    assert (first.passed, first.sentence) == (False, "No answer within 0.2 seconds.")
    assert second.sentence == "The check broke: ZeroDivisionError: of course"
    assert (third.passed, third.sentence) == (True, "fine")
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


@pytest.mark.django_db
def test_the_command_prints_a_table_or_one_object_and_says_whether_all_is_well() -> None:
    said = StringIO()
    call_command("launch_check", only=["migrations", "storage"], stdout=said)
    lines = said.getvalue().splitlines()
    assert lines[0] == "ok    Migrations applied  Every migration is applied."
    assert lines[-1] == "Ready for the launch."
    said = StringIO()
    with pytest.raises(CommandError, match="1 of 2 checks fail"):
        call_command("launch_check", only=["admin", "storage"], json=True, stdout=said)
    body = json.loads(said.getvalue())
    assert body["ready"] is False
    assert [(one["name"], one["passed"]) for one in body["checks"]] == [
        ("admin", False),
        ("storage", True),
    ]
