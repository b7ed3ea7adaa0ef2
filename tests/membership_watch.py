"""Whether anything was written that decides for whom a person acts, and in which role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from accounts.models import Membership, Organization
from tests.replay import inside_test_transaction

READ = (Membership._meta.db_table, Organization._meta.db_table)


class MembershipWatch:
    """Counts the statements of a connection that may change a membership or an organization."""

    changes = 0

    def __call__(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        """Let every statement pass; one that writes or takes back is counted."""
        words = sql if isinstance(sql, str) else READ[0]
        if not words.startswith("SELECT") and (
            words.startswith("ROLLBACK") or any(table in words for table in READ)
        ):
            self.changes += 1
        return execute(sql, params, many, context)


def changes_of_membership() -> int | None:
    """A number that grows with every change; None while other connections may change it too."""
    if not inside_test_transaction():
        return None
    watch = next((one for one in connection.execute_wrappers if type(one) is MembershipWatch), None)
    if watch is None:
        watch = MembershipWatch()
        # In front: whoever wraps for a while takes the last one off again.
        connection.execute_wrappers.insert(0, watch)
    return watch.changes
