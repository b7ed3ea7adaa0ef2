"""What a connection may have changed, seen from its statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import Membership, Organization

# Whoever acts, in which role, is read from these.
ACTING = (Membership._meta.db_table, Organization._meta.db_table)
# Not the "DO UPDATE SET" of an insert that may meet its row.
WRITE = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(?!SET )(\w+)')
HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS", "SET TRANSACTION")
# Signing in leaves these, and no action reads them.
SIGNING_IN = {"django_session", "axes_accesslog", "usersessions_usersession"}
LAST_LOGIN = 'UPDATE "accounts_user" SET "last_login"'
UNKNOWN = "?"


class Watch:
    """Counts the statements of a connection that may change something, and names their tables."""

    def __init__(self) -> None:
        self.writes = 0
        self.written: set[str] = set()
        self.changes_of_membership = 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        """Let every statement pass; one that writes or takes back is counted."""
        words = sql.lstrip() if isinstance(sql, str) else UNKNOWN
        if not words.startswith(HARMLESS):
            self._count(words)
        return execute(sql, params, many, context)

    def _count(self, words: str) -> None:
        written = {each for each in WRITE.findall(words) if each not in SIGNING_IN}
        if not written or not written.isdisjoint(ACTING):
            self.changes_of_membership += 1
        if words.startswith(LAST_LOGIN) or (not written and WRITE.match(words)):
            return
        self.writes += 1
        self.written |= written or {UNKNOWN}


def watch() -> Watch:
    """The one of this process's connection."""
    found = next((one for one in connection.execute_wrappers if type(one) is Watch), None)
    if found is None:
        found = Watch()
        # In front: whoever wraps for a while takes the last one off again.
        connection.execute_wrappers.insert(0, found)
    return found
