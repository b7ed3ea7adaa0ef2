"""Backups whose days are over, and contents that no backup names any more."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from marketplace.operations.backups.locks import backup_folder
from marketplace.operations.backups.reading import files_of
from marketplace.operations.backups.shelves import VERIFIED, Shelf, whole_backups

# What was never finished is left alone this long: its files may help to see why.
UNFINISHED_KEPT = timedelta(days=1)


def taken_at(backup: str) -> datetime | None:
    """The moment in a backup's name; None for a folder that is no backup."""
    try:
        return datetime.strptime(f"{backup[:15]}+0000", "%Y%m%dT%H%M%S%z")
    except ValueError:
        return None


def prune(place: Shelf, now: datetime) -> list[str]:
    """Remove backups older than BACKUP_DAYS from one shelf; their names.

    The newest stays in any case, and so does the newest that was verified. The caller holds the
    lock, and has written and checked a new one.
    """
    whole = whole_backups(place)
    verified = [name for name in whole if VERIFIED in place.files_of(name)]
    spared = {*whole[-1:], *verified[-1:]}
    removed = []
    for name in place.backups():
        at = taken_at(name)
        if at is None or name in spared:
            continue
        kept = timedelta(days=settings.BACKUP_DAYS) if name in whole else UNFINISHED_KEPT
        if at < now - kept:
            place.remove_backup(name)
            removed.append(name)
    if removed:
        _remove_unnamed(place)
    return removed


def _remove_unnamed(place: Shelf) -> None:
    """Contents that none of the backups left names; their names are kept on disk, not in memory."""
    with (
        tempfile.TemporaryDirectory(prefix=".scratch-", dir=backup_folder()) as folder,
        closing(sqlite3.connect(Path(folder) / "named")) as names,
    ):
        names.execute("CREATE TABLE named (name TEXT PRIMARY KEY) WITHOUT ROWID")
        for backup in whole_backups(place):
            found = ((line["content"],) for line in files_of([place], backup))
            names.executemany("INSERT OR IGNORE INTO named VALUES (?)", found)
        # All lists were read: one that is damaged costs no content.
        for content in place.contents():
            asked = names.execute("SELECT 1 FROM named WHERE name = ?", [content])
            if asked.fetchone() is None:
                place.remove(content)
