"""Writing a backup: contents of files, the database as it stood at one moment, the list of files.

Nothing that is there is touched before the new one lies whole on every shelf and was read again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.encryption import keyed_hashes
from marketplace.core.events import record
from marketplace.core.states import move
from marketplace.files.models import StoredFile
from marketplace.operations import events
from marketplace.operations.backup_states import BACKUP, BackupState
from marketplace.operations.backups.databases import count_rows, kind_of, standing_in
from marketplace.operations.backups.errors import BackupFault
from marketplace.operations.backups.locks import backup_folder, only_one
from marketplace.operations.backups.models import BackupRun
from marketplace.operations.backups.pruning import prune
from marketplace.operations.backups.reading import (
    DATABASE,
    FILES,
    FORMAT,
    MANIFEST,
    check_sums,
)
from marketplace.operations.backups.sealing import PIECE, Sealer
from marketplace.operations.backups.shelves import SUMS, Folder, Shelf, content_name, shelves
from payments.invariants import check_books

logger = logging.getLogger(__name__)

ACTOR = Actor.system("Backup")
DEAD = "The process ended before the backup was written."


@dataclass
class Written:
    """What a backup came to; sizes in bytes."""

    size: int = 0
    added: int = 0
    rows: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    sums: dict[str, str] = field(default_factory=dict)


def make_backup() -> BackupRun:
    """Write a backup of database and files, check it, then remove those whose days are over.

    Raises BackupBusy when one is at work, and whatever stopped it; the run says so too.
    """
    with only_one():
        end_dead_runs()
        run = BackupRun.objects.create(name=_free_name())
        try:
            places = shelves()
            written = _write(run.name, places)
            for place in places:
                check_sums(place, run.name, read=isinstance(place, Folder))
        except BaseException as error:
            _fail(run, error)
            raise
        _finish(run, written)
        remove_old(places)
    return run


def remove_old(places: list[Shelf]) -> None:
    """Prune every shelf, and say so of the runs that are gone from the first."""
    for place in places:
        prune(place, timezone.now())
    left = {name for place in places for name in place.backups()}
    for run in BackupRun.objects.filter(state=BackupState.DONE).exclude(name__in=left):
        with transaction.atomic():
            move(run, BACKUP, "remove_backup", by=Side.SYSTEM)
            record(events.BACKUP_REMOVED, run, actor=ACTOR, name=run.name)


def end_dead_runs() -> None:
    """Runs that say they are at work while nobody is; the caller holds the lock."""
    for run in BackupRun.objects.filter(state=BackupState.RUNNING):
        _fail(run, BackupFault(DEAD))


def _free_name() -> str:
    """Its moment in UTC, such as `20261128T023000Z`, so that names sort by age."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name, number = stamp, 1
    while (backup_folder() / name).exists() or BackupRun.objects.filter(name=name).exists():
        number += 1
        name = f"{stamp}-{number}"
    return name


@transaction.atomic
def _finish(run: BackupRun, written: Written) -> None:
    for name in ("size", "added", "rows", "files"):
        setattr(run, name, getattr(written, name))
    run.ended_at = timezone.now()
    if written.missing:
        run.error = (
            f"{len(written.missing)} files of the database had no content in the storage: "
            f"{', '.join(written.missing[:20])}"
        )
        logger.error("Backup %s: %s", run.name, run.error)
    run.save()
    move(run, BACKUP, "finish_backup", by=Side.SYSTEM)
    record(events.BACKUP_WRITTEN, run, actor=ACTOR, name=run.name, rows=run.rows, files=run.files)


@transaction.atomic
def _fail(run: BackupRun, error: BaseException) -> None:
    reason = getattr(error, "sentence", "") or f"{type(error).__name__}: {error}"
    run.ended_at, run.error = timezone.now(), reason[:2000]
    run.save()
    move(run, BACKUP, "fail_backup", by=Side.SYSTEM)
    record(events.BACKUP_FAILED, run, actor=ACTOR, name=run.name, reason=reason[:300])
    logger.error("Backup %s failed: %s", run.name, reason)


def _write(name: str, places: list[Shelf]) -> Written:
    written, root = Written(), backup_folder()
    for left in root.glob(".scratch-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=root) as folder:
        scratch = Path(folder)
        keeper = ContentKeeper(places, scratch, written)
        # Before the snapshot, so that little is left to do while it is held, and so that no file
        # it names is deleted before its content was taken.
        for stored in _stored_files():
            keeper.keep(stored)
        for place in places:
            place.look_again()
        kind, described = kind_of(connection.settings_dict), {}
        with kind.snapshot(connection.settings_dict, scratch) as snapshot:
            taken_at = timezone.now()
            with _sealed(scratch, DATABASE, written) as target:
                for piece in snapshot.dump():
                    target.write(piece)
            with standing_in(snapshot.connection):
                described = _describe(snapshot.connection, taken_at)
                with _sealed(scratch, FILES, written) as target:
                    for stored in _stored_files():
                        target.write(_line(keeper.keep(stored, count=True)))
        written.rows = sum(described["rows"].values())
        with _sealed(scratch, MANIFEST, written) as target:
            target.write(_line({**described, "files": written.files, "missing": written.missing}))
        _put_away(name, places, scratch, written)
    return written


def _stored_files() -> Iterator[tuple[str, str]]:
    """(key in the storage, SHA-256) of every file that has a content, equal ones together."""
    found = StoredFile.objects.exclude(content="").order_by("sha256", "pk")
    return found.values_list("content", "sha256").iterator(chunk_size=2000)


def _describe(database: Any, taken_at: datetime) -> dict[str, Any]:
    """What verification compares with: rows by table, and what the books add up to."""
    return {
        "format": FORMAT,
        "taken_at": taken_at.isoformat(),
        "vendor": database.vendor,
        "rows": count_rows(database),
        "books": [
            [each.label, each.currency, each.expected, each.found, each.difference]
            for each in check_books(taken_at)
        ],
    }


class ContentKeeper:
    """Brings contents of files to the shelves that lack them, each once."""

    def __init__(self, places: list[Shelf], scratch: Path, written: Written) -> None:
        self._folder, self._others = Folder(backup_folder()), places[1:]
        self._scratch, self._written = scratch, written
        self._last: tuple[str, str] = ("", "")

    def keep(self, stored: tuple[str, str], *, count: bool = False) -> dict[str, Any]:
        """The line of one file for the list; `content` is "" when the storage lacks it."""
        key, sha256 = stored
        if sha256 != self._last[0] or not self._last[1]:
            self._last = sha256, self._place(key, sha256)
        content = self._last[1]
        if count:
            self._written.files += 1
            if not content:
                self._written.missing.append(key)
        return {"name": key, "sha256": sha256, "content": content}

    def _place(self, key: str, sha256: str) -> str:
        """The name of the content, brought where it lacks; "" when the storage has none."""
        names = [content_name(hashed) for hashed in keyed_hashes(sha256, "backup content")]
        known = next((name for name in names if self._folder.has(name)), None)
        if known is None:
            sealed = self._seal(key, sha256)
            if sealed is None:
                return ""
            known = names[0]
            self._folder.keep(known, sealed)
        for place in self._others:
            if not place.has(known):
                place.keep(known, self._folder.root / known)
        return known

    def _seal(self, key: str, sha256: str) -> Path | None:
        """The sealed content in the scratch folder; None when the storage does not have it whole.

        A content of another SHA-256 than its row says is damaged: what is right may be in an
        earlier backup, and this one must not pretend.
        """
        storage, place = StoredFile._meta.get_field("content").storage, self._scratch / "content"
        try:
            with storage.open(key) as source, place.open("wb") as target:
                sealer = Sealer(target)
                while piece := source.read(PIECE):
                    sealer.write(piece)
                sealer.close()
                _flush(target)
        except FileNotFoundError:
            return None
        if sealer.plain_sha256 != sha256:
            logger.error("The content of %s is not what was stored.", key)
            return None
        self._written.added += sealer.size
        return place


@contextmanager
def _sealed(scratch: Path, name: str, written: Written) -> Iterator[Sealer]:
    """One of the backup's own files, in the scratch folder."""
    with (scratch / name).open("wb") as target:
        sealer = Sealer(target)
        yield sealer
        sealer.close()
        _flush(target)
    written.size += sealer.size
    written.sums[name] = sealer.sha256


def _put_away(name: str, places: list[Shelf], scratch: Path, written: Written) -> None:
    """First into the folder: should the bucket fail, one whole backup is there all the same."""
    sums = "".join(f"{sha}  {file}\n" for file, sha in sorted(written.sums.items()))
    (scratch / SUMS).write_text(sums)
    folder = Folder(backup_folder())
    for file in (*written.sums, SUMS):
        folder.keep(f"{name}/{file}", scratch / file)
    for place in places[1:]:
        for file in (*written.sums, SUMS):
            place.keep(f"{name}/{file}", folder.root / name / file)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _flush(target: IO[bytes]) -> None:
    """On the disk, not only on its way: what is renamed after this has its bytes."""
    target.flush()
    os.fsync(target.fileno())
