"""The check of the database names what is slow, and leaves nothing behind."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts.models import User
from marketplace.core.models import Event
from marketplace.operations.performance import keys, pages, postgres, sqlite
from marketplace.operations.performance.findings import Finding, Level
from tests.orders.scene import make_order
from tests.personas import Persona


def repeating(request: HttpRequest) -> HttpResponse:
    """A page that asks for each row again."""
    for number in range(pages.REPEATED):
        User.objects.filter(pk=-number).first()
    return HttpResponse("")


urlpatterns = [path("repeating/", repeating), path("", include("config.urls"))]


def test_main_pages_ask_no_query_for_each_row(bea: Persona, milo: Persona, sam: Persona) -> None:
    for _ in range(pages.REPEATED + 1):
        make_order(bea, milo)
    before = Session.objects.count(), Event.objects.count()
    rows, counts = pages.queries_of_pages()
    assert rows.level is Level.OK, rows
    assert len(counts.details) > 30
    assert [line for line in counts.details if "not measured" in line] == []
    assert (Session.objects.count(), Event.objects.count()) == before


def test_a_page_that_asks_for_each_row_is_named(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(pages, "PUBLIC", ("/repeating/", "/gone/"))
    rows, counts = pages.queries_of_pages()
    assert rows.level is Level.FAILS
    assert rows.details[0].startswith(f"/repeating/: {pages.REPEATED} queries, one of them 5 times")
    assert counts.details[1] == "/gone/: not measured, it answers 404"


def test_every_foreign_key_has_an_index(db: None) -> None:
    assert keys.foreign_keys().details == []


def test_a_foreign_key_without_an_index_is_named(db: None) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "quotes_rfq")
        for name, each in found.items():
            if each["columns"][:1] == ["created_by_id"] and each["index"]:
                cursor.execute(f'DROP INDEX "{name}"')
    finding = keys.foreign_keys()
    assert (finding.level, finding.details) == (Level.FAILS, ["quotes_rfq.created_by_id"])


def said(monkeypatch: pytest.MonkeyPatch, *answers: list[tuple]) -> None:
    left = list(answers)
    monkeypatch.setattr(postgres, "_rows", lambda *words: left.pop(0))


def test_what_postgres_says_of_itself_is_understood(db: None) -> None:
    found = {each.name: each for each in postgres.checks()}
    assert list(found) == ["slow_queries", "sequential_scans", "unused_indexes", "bloat", "cache"]
    assert "pg_stat_statements is not there" in found["slow_queries"].sentence
    with connection.cursor() as cursor:
        # There, but the server did not load it at its start.
        cursor.execute("CREATE EXTENSION pg_stat_statements")
    assert postgres.slow_statements() == found["slow_queries"]
    assert "blocks were found in memory" in found["cache"].sentence


def test_figures_of_a_database_that_does_not_keep_up(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(monkeypatch, [(1234.5, 9, "SELECT\n  1")])
    slow = postgres.slow_statements()
    assert (slow.level, slow.details) == (Level.FAILS, ["1234 ms, 9 times: SELECT 1"])
    said(monkeypatch, [("orders_order", 20_000, 70, 3)])
    scans = postgres.sequential_scans()
    assert scans.level is Level.FAILS
    assert scans.details == ["orders_order: 20000 rows, 70 times whole, 3 by index"]
    said(monkeypatch, [("orders_order", "by_day", 8192)])
    assert postgres.unused_indexes().level is Level.NOTE
    said(monkeypatch, [("core_event", 100, 50_000)])
    assert postgres.dead_rows().details == ["core_event: 50000 dead beside 100 live rows"]
    for figures, level in (
        ((1, 99), Level.NOTE),
        ((10_000, 990_000), Level.FAILS),
        ((990_000, 10_000), Level.OK),
        ((0, 0), Level.OK),
    ):
        said(monkeypatch, [figures])
        assert postgres.cache_hits().level is level


def test_sqlite_is_asked_what_it_knows(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "x.sqlite3"}
    other = ConnectionHandler({"default": file})["default"]
    monkeypatch.setattr(sqlite, "connection", other)
    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE shop (id INTEGER PRIMARY KEY)")
        cursor.execute("CREATE TABLE quote (id INTEGER PRIMARY KEY, shop REFERENCES shop (id))")
    assert [each.level for each in sqlite.checks()] == [Level.OK, Level.FAILS, Level.OK]
    with other.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("INSERT INTO quote VALUES (1, 7)")
    integrity, cache, _ = sqlite.checks()
    assert integrity.details == ["quote: row 1 refers to nothing in shop"]
    assert cache.level is Level.OK and "wal" in cache.sentence
    other.close()


def test_the_command_prints_a_table_or_json_and_fails_by_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from marketplace.operations.management.commands import db_performance_check

    fine = Finding("cache", "Cache hits", Level.OK, "All of it.")
    bad = Finding("bloat", "Bloat", Level.FAILS, "Much of it.", ["core_event"])
    monkeypatch.setattr(db_performance_check, "check_database", lambda: [fine])
    out = StringIO()
    call_command("db_performance_check", "--json", stdout=out)
    assert json.loads(out.getvalue())["passed"] is True
    monkeypatch.setattr(db_performance_check, "check_database", lambda: [fine, bad])
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 checks fail"):
        call_command("db_performance_check", stdout=out)
    assert "FAILS Bloat" in out.getvalue() and "        core_event" in out.getvalue()
