"""Emptying the tables after a test that commits.

The ledger's rules refuse it, so they step aside and come back. What migrations brought in (the
taxonomy, rates of VAT, content types, permissions) stays: tests read it and none writes it, and
filling it in again after each test would cost more than the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.management.commands import flush
from django.db import connections

from payments import ledger_rules
from payments.models import TaxRate


def reference_tables() -> set[str]:
    """The tables whose rows come from migrations."""
    tables = {"django_content_type", "auth_permission", TaxRate._meta.db_table}
    for model in apps.get_app_config("directory").get_models(include_auto_created=True):
        owner = model._meta.auto_created or model
        if owner.__module__.endswith(".taxonomy"):
            tables.add(model._meta.db_table)
    return tables


@pytest.fixture(autouse=True, scope="session")
def flush_that_knows() -> Iterator[None]:
    original = flush.Command.handle

    def handle(self: flush.Command, **options: Any) -> None:
        connection = connections[options["database"]]
        names = connection.introspection.django_table_names
        kept = reference_tables()

        def used(*args: Any, **kwargs: Any) -> list[str]:
            """The tables with rows; the others have hundreds of indexes and nothing to empty."""
            tables = [name for name in names(*args, **kwargs) if name not in kept]
            asked = [f"EXISTS(SELECT 1 FROM {connection.ops.quote_name(t)})" for t in tables]  # noqa: S608
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {', '.join(asked)}")
                return [name for name, full in zip(tables, cursor.fetchone(), strict=True) if full]

        def deletes(style: object, tables: list[str], **options: Any) -> list[str]:
            """A few rows are deleted sooner than a table is truncated; keys are checked last."""
            return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]  # noqa: S608

        with (
            ledger_rules.stepped_aside(connection),
            mock.patch.object(connection.introspection, "django_table_names", used),
            mock.patch.object(connection.ops, "sql_flush", deletes),
        ):
            original(self, **{**options, "inhibit_post_migrate": True})

    with mock.patch.object(flush.Command, "handle", handle):
        yield
