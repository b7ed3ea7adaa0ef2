"""One at a time: a backup prunes what a verification may be reading.

A lock of the operating system on the folder, which goes with the process that holds it however it
ends; on PostgreSQL an advisory lock beside it, for another machine of the same database.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.conf import settings
from django.db import connection

from marketplace.operations.backups.errors import BackupBusy, BackupFault

# Any number that nothing else of the project locks by.
ADVISORY = 0x6261636B7570
SENTENCE = "A backup, a verification or a restore is at work already. Try again when it is done."


@contextmanager
def only_one(*, database: bool = True) -> Iterator[None]:
    """Hold the lock while the block runs. Raises BackupBusy when somebody else holds it.

    Without `database` the folder's alone: a restore may have no database to ask yet.
    """
    folder = backup_folder()
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupBusy(SENTENCE) from error
        with _advisory() if database and connection.vendor == "postgresql" else nullcontext():
            yield


@contextmanager
def _advisory() -> Iterator[None]:
    """On a connection of its own, which the work cannot close under it."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY])
            if not cursor.fetchone()[0]:
                raise BackupBusy(SENTENCE)
        try:
            yield
        finally:
            # Closing alone gives it up a moment later, when the server notices.
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])
    finally:
        own.close()


def backup_folder() -> Path:
    """BACKUP_DIR, made when it is not there. Raises BackupFault when it cannot be written to."""
    folder = Path(settings.BACKUP_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / ".lock").touch(mode=0o600)
    except OSError as error:
        raise BackupFault(
            f"The backups' folder {folder} cannot be written to: {error.strerror}. "
            "Mend that, or name another one in BACKUP_DIR."
        ) from error
    return folder
