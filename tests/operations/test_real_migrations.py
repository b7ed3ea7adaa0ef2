"""dj-stripe's own migrations, as production runs them, and the same tables in the end.

They take over a minute and change with the locked packages only, so `make test` runs this when the
lock changed since it last passed (the Makefile's var/.real-migrations).
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "s" * 40,
    "JWT_SECRET_KEY": "j" * 40,
    "ENCRYPTION_KEY": "e" * 40,
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SITE_URL": "https://parts.example",
    "ALLOWED_HOSTS": "parts.example",
    "EMAIL_PROVIDER": "smtp",
    "STRIPE_SECRET_KEY": "sk_test_" + "a" * 24,
    "STRIPE_PUBLISHABLE_KEY": "pk_test_" + "a" * 24,
    "STRIPE_WEBHOOK_SECRET": "whsec_production",
}


def columns(url: str) -> set[tuple[str, str, str]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
        return set(rows.fetchall())  # type: ignore[arg-type]


def rules(url: str) -> set[tuple[str, str, str]]:
    """Indexes, constraints and triggers of our own tables; dj-stripe's have other names."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "UNION SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE conrelid > 0 "
            "UNION SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) "
            "FROM pg_trigger WHERE NOT tgisinternal"
        )
        return {row for row in rows if "djstripe" not in f"{row[0]} {row[2]}"}


@pytest.mark.real_migrations
def test_production_migrates_from_zero_to_the_schema_of_the_tests() -> None:
    server = os.environ["TEST_DATABASE_URL"]
    base = server.rsplit("/", 1)[0]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS real_migrations")
        connection.execute("CREATE DATABASE real_migrations")
    environment = {**os.environ, **PRODUCTION, "DATABASE_URL": f"{base}/real_migrations"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        timeout=400,
    )
    for seen in (columns, rules):
        assert seen(f"{base}/real_migrations") == seen(f"{base}/marketplace_template")
