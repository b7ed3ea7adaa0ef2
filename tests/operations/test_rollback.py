"""What would keep the release before from serving is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from tests import rollback_run
from tests.personas import Persona


def test_tables_of_today_refuse_nothing_of_today(db: None) -> None:
    assert list(rollback_run.tables_that_refuse()) == []


def test_columns_that_the_old_code_misses_or_cannot_fill_in_are_named(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE quotes_rfq ADD COLUMN colour text")
        cursor.execute("ALTER TABLE quotes_rfq ADD COLUMN finish text NOT NULL DEFAULT ''")
    assert list(rollback_run.tables_that_refuse()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE quotes_rfq ADD COLUMN weight integer NOT NULL")
        cursor.execute("ALTER TABLE quotes_rfq RENAME COLUMN title TO name")
    assert list(rollback_run.tables_that_refuse()) == [
        "quotes_rfq: title is gone, the old code reads it.",
        "quotes_rfq: name must be filled in, the old code does not know it.",
        "quotes_rfq: weight must be filled in, the old code does not know it.",
    ]


def test_pages_are_asked_for_as_the_person_they_are_for(
    bea: Persona, milo: Persona, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = [
        "# door method path right answer",
        "public GET / - 200",
        "buyer GET /home/ - 200",
        "portal GET /portal/ - 200",
        "public GET /manufacturers/{shop}/ - 200",
        "public GET /manufacturers/{unknown}/ - 200",
        "public POST /nowhere/ - 200",
        "public GET /nowhere/ - 200",
    ]
    (tmp_path / "doors.txt").write_text("\n".join(table))
    monkeypatch.setattr(rollback_run, "DOORS", tmp_path / "doors.txt")
    names = {"shop": milo.manufacturer.slug}
    asked = list(rollback_run.doors(names))
    assert [path for _, path in asked] == [
        *("/", "/home/", "/portal/", f"/manufacturers/{milo.manufacturer.slug}/", "/nowhere/")
    ]
    people = {"buyer": bea.user.email, "portal": milo.user.email}
    found = rollback_run.pages_that_fail({"names": names, "people": people})
    assert list(found) == ["/nowhere/: 404"]
