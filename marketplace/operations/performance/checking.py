"""The whole check, whatever the database."""

from django.db import connection

from marketplace.operations.performance import postgres, sqlite
from marketplace.operations.performance.findings import Finding
from marketplace.operations.performance.keys import foreign_keys
from marketplace.operations.performance.pages import queries_of_pages


def check_database() -> list[Finding]:
    """What the database says of itself, keys without an index, and the queries of our pages."""
    own = postgres.checks() if connection.vendor == "postgresql" else sqlite.checks()
    return [*own, foreign_keys(), *queries_of_pages()]
