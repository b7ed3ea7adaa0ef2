"""The environment is checked once, and every fault is named in one message."""

import pytest

from config.env import EnvironmentFault, read_environment
from tests.operations.test_real_migrations import PRODUCTION


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DEBUG", "STRIPE_API_HOST", "STRIPE_LIVE_MODE"):
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
