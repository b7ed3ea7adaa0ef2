"""Indexes for words anywhere in a text, as lists of staff look for them."""

from __future__ import annotations

from typing import Any

from django.db.migrations import RunPython


def text_index(name: str, table: str, column: str) -> RunPython:
    """A step of a migration: what `icontains` asks of this column is found by trigrams.

    PostgreSQL only; SQLite reads the table. The expression is the one Django compares.
    """

    def make(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            text = f"UPPER({column}::text) gin_trgm_ops"
            schema_editor.execute(f"CREATE INDEX {name} ON {table} USING gin ({text})")

    def drop(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")

    return RunPython(make, drop)
