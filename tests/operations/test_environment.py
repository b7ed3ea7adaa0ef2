"""The environment is checked once, and every fault is named in one message."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.env import EnvironmentFault, read_environment
from config.env_checks import BOOLEANS
from tests.operations.test_real_migrations import PRODUCTION

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DEBUG", "STRIPE_API_HOST", "STRIPE_LIVE_MODE", "EMAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**PRODUCTION, "DATABASE_URL": "postgres://u@127.0.0.1/x"}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def faults() -> str:
    with pytest.raises(EnvironmentFault) as raised:
        read_environment()
    return str(raised.value)


def test_a_complete_environment_serves(production: pytest.MonkeyPatch) -> None:
    assert read_environment().name == "production"
    assert read_environment().hsts_seconds == 63072000


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SITE_URL", "STRIPE_SECRET_KEY"]
)
def test_a_missing_variable_is_named(production: pytest.MonkeyPatch, name: str) -> None:
    production.delenv(name)
    assert f"{name} is missing" in faults()


def test_all_faults_are_said_at_once(production: pytest.MonkeyPatch) -> None:
    production.setenv("DEBUG", "on")
    production.setenv("JWT_SECRET_KEY", "short")
    production.setenv("RATE_LIMIT_REQUESTS_PER_MINUTE", "many")
    text = faults()
    assert "DEBUG must be off" in text
    assert "JWT_SECRET_KEY must be a random value" in text
    assert "RATE_LIMIT_REQUESTS_PER_MINUTE is 'many'" in text


def test_three_keys_differ(production: pytest.MonkeyPatch) -> None:
    production.setenv("JWT_SECRET_KEY", "s" * 40)
    assert "must differ" in faults()


def test_live_keys_and_the_sandbox_never_meet(production: pytest.MonkeyPatch) -> None:
    production.setenv("STRIPE_SECRET_KEY", "sk_live_" + "a" * 24)
    production.setenv("STRIPE_API_HOST", "http://127.0.0.1:12111")
    assert "must be empty with live keys" in faults()
    production.setenv("ENVIRONMENT", "development")
    assert "live keys serve only in production" in faults()


def test_staff_need_a_second_factor_in_production(production: pytest.MonkeyPatch) -> None:
    assert read_environment().require_staff_second_factor is True
    production.setenv("REQUIRE_STAFF_SECOND_FACTOR", "off")
    assert "REQUIRE_STAFF_SECOND_FACTOR must stay on" in faults()


def test_half_of_googles_keys_are_none(production: pytest.MonkeyPatch) -> None:
    production.setenv("GOOGLE_CLIENT_ID", "id")
    assert "belong together" in faults()


def test_ways_to_pay_are_those_the_product_knows(production: pytest.MonkeyPatch) -> None:
    production.setenv("PAYMENT_WAYS", "card,sepa_debit")
    assert read_environment().payment_ways == ["card", "sepa_debit"]
    production.setenv("PAYMENT_WAYS", "sepa_debit,seashells")
    production.setenv("BANK_TRANSFER_COUNTRY", "US")
    text = faults()
    assert "PAYMENT_WAYS names card" in text
    assert "BANK_TRANSFER_COUNTRY is one of" in text


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "change-me-" * 5, "SECRET_KEY still holds the value of the template"),
        ("DATABASE_URL", "postgres://m:PASSWORD@db/m", "DATABASE_URL still holds the value"),
        ("SITE_URL", "https://parts.example.com", "SITE_URL still holds the value"),
        ("EMAIL_FROM", "no-reply@parts.example.com", "EMAIL_FROM still holds the value"),
        ("SENTRY_DSN", "https://<key>@sentry.io/1", "SENTRY_DSN still holds the value"),
        ("DEBUG", "ture", "DEBUG is 'ture'; it is on or off"),
        ("DATABASE_URL", "mysql://u@h/x", "DATABASE_URL must begin with"),
        ("REDIS_URL", "127.0.0.1:6379", "REDIS_URL must begin with"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'"),
        ("EMAIL_PORT", "smtp", "EMAIL_PORT is 'smtp'"),
        ("EMAIL_PROVIDER", "pigeon", "EMAIL_PROVIDER must be sendgrid"),
        ("EMAIL_PROVIDER", "mailgun", "MAILGUN_SENDER_DOMAIN is missing; EMAIL_PROVIDER needs it"),
        ("SITE_URL", "http://parts.example", "SITE_URL must begin with https://"),
        ("SITE_URL", "https://parts.example/shop", "without a path"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name the hosts"),
        ("ALLOWED_HOSTS", "other.example", "must contain parts.example"),
        ("STRIPE_LIVE_MODE", "on", "STRIPE_SECRET_KEY is a test key and STRIPE_LIVE_MODE is on"),
        ("STRIPE_SECRET_KEY", "pk_test_" + "a" * 24, "STRIPE_SECRET_KEY begins with sk_test_"),
        ("STRIPE_WEBHOOK_SECRET", "secret", "STRIPE_WEBHOOK_SECRET begins with whsec_"),
    ],
)
def test_what_is_set_is_read_too(
    production: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    production.setenv(name, value)
    assert sentence in faults()


def test_whoever_starts_it_meets_the_list_and_no_traceback() -> None:
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENVIRONMENT": "production", "DEBUG": "ture"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert started.stderr.startswith("The environment cannot serve:\n")
    assert "  - DEBUG is 'ture'; it is on or off.\n" in started.stderr
    assert "  - SECRET_KEY is missing.\n" in started.stderr
    assert "Traceback" not in started.stderr


def test_a_host_may_be_a_domain_with_all_below_it(production: pytest.MonkeyPatch) -> None:
    production.setenv("ALLOWED_HOSTS", ".example")
    assert read_environment().allowed_hosts == [".example"]


def test_a_development_machine_may_be_wrong_in_form_only(production: pytest.MonkeyPatch) -> None:
    production.setenv("ENVIRONMENT", "development")
    production.setenv("EMAIL_PROVIDER", "pigeon")
    production.setenv("EMAIL_USE_TLS", "perhaps")
    text = faults()
    assert "EMAIL_PROVIDER must be sendgrid, ses, mailgun, smtp, console or file" in text
    assert "EMAIL_USE_TLS is 'perhaps'" in text


def test_the_template_filled_in_half_names_each_value_that_is_left(
    production: pytest.MonkeyPatch,
) -> None:
    """An operator who copied the template meets every one of its values in one message."""
    for name, value in template().items():
        production.setenv(name, value)
    text = faults()
    for name in ("DATABASE_URL", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_FROM"):
        assert f"{name} still holds" in text
    for name in ("SECRET_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"):
        assert f"{name} is missing" in text


def test_the_image_can_be_built(production: pytest.MonkeyPatch) -> None:
    """The step that collects the static files starts the application with values of its own."""
    for name in PRODUCTION:
        production.delenv(name, raising=False)
    step = (ROOT / "docker" / "Dockerfile").read_text().split("RUN placeholder=")[1]
    step = step.split("python manage.py")[0]
    for name, value in re.findall(r'([A-Z_]+)="?([^"\s\\]+)', step):
        production.setenv(
            name, value.replace("$placeholder", "placeholder-of-the-build-never-served")
        )
    production.setenv("ENVIRONMENT", "production")
    assert read_environment().name == "production"


def template() -> dict[str, str]:
    lines = (ROOT / "docker" / "env.production.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))


def names_read() -> set[str]:
    """Every variable that the settings ask for."""
    folders = ("config", "config/settings", "docker")
    sources = [path for folder in folders for path in (ROOT / folder).glob("*.py")]
    readers = r"\b(?:required|keys|number)|\.(?:str|bool|int|list)|environ\.get"
    asked = rf"(?:{readers})\(\s*\"([A-Z][A-Z0-9_]+)\""
    return {name for path in sources for name in re.findall(asked, path.read_text())}


# Of other programs: compose makes the database with it, Amazon's client reads its own.
OF_OTHERS = {
    "POSTGRES_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
}
OF_TESTS = {"TEST_DATABASE_URL", "TEST_TEMPLATE_DATABASE", "PYTEST_XDIST_WORKER"}


def test_the_template_has_every_variable_with_its_meaning() -> None:
    assert set(template()) - OF_OTHERS == names_read() - OF_TESTS
    text = (ROOT / "docker" / "env.production.example").read_text()
    for block in text.split("\n\n"):
        assert block.startswith("#"), f"Say what these are for: {block}"


def test_the_readme_lists_every_variable() -> None:
    section = (ROOT / "README.md").read_text().split("\n## Environment")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    assert listed | {"PYTEST_XDIST_WORKER"} == names_read() | {"TEST_DATABASE_URL"}


def test_every_switch_is_read_as_one() -> None:
    sources = [*(ROOT / "config").glob("*.py"), *(ROOT / "config" / "settings").glob("*.py")]
    asked = r"\.bool\(\s*\"([A-Z_]+)\""
    switches = {name for path in sources for name in re.findall(asked, path.read_text())}
    assert switches == set(BOOLEANS)


def test_watching_has_a_token_worth_the_name_and_addresses(production: pytest.MonkeyPatch) -> None:
    production.setenv("METRICS_TOKEN", "short")
    production.setenv("ALERT_EMAILS", "ops@example.com,nobody")
    production.setenv("ALERT_WEBHOOK_URL", "http://ops.example.com/hook")
    production.setenv("LOG_FORMAT", "xml")
    production.setenv("LOG_DIR", "/dev/null/log")
    text = faults()
    assert "METRICS_TOKEN must be a random value" in text
    assert "ALERT_EMAILS holds addresses" in text
    assert "ALERT_WEBHOOK_URL must begin with https://" in text
    assert "LOG_FORMAT is one of text, json" in text
    assert "LOG_DIR must be a folder" in text
    production.delenv("LOG_DIR")
    production.setenv("METRICS_TOKEN", "m" * 24)
    production.setenv("ALERT_EMAILS", "ops@example.com")
    production.setenv("ALERT_WEBHOOK_URL", "https://ops.example.com/hook")
    production.setenv("LOG_FORMAT", "json")
    assert read_environment().alert_emails == ["ops@example.com"]
    assert "m" * 24 not in repr(read_environment())
