"""Bringing a backup back: files first, which harms nothing, then the database all or nothing."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from accounts.roles import Side
from marketplace.core.states import move
from marketplace.files.models import StoredFile
from marketplace.operations.backup_states import BACKUP, BackupState
from marketplace.operations.backups.databases import (
    Settings,
    connect,
    count_rows,
    kind_of,
    missing_migrations,
    standing_in,
)
from marketplace.operations.backups.errors import BackupDamaged, BackupFault
from marketplace.operations.backups.locks import backup_folder, only_one
from marketplace.operations.backups.models import BackupRun
from marketplace.operations.backups.reading import (
    DATABASE,
    files_of,
    find_backup,
    manifest_of,
    pieces_of,
)
from marketplace.operations.backups.sealing import PIECE
from marketplace.operations.backups.shelves import Shelf, shelves
from marketplace.operations.backups.verifying import rows_as_written

logger = logging.getLogger(__name__)
Tell = Callable[[str], object]
# How many files that could not be brought back are named.
NAMED = 10


@dataclass(frozen=True)
class Plan:
    """What a restore would do."""

    name: str
    taken_at: str
    tables: int
    rows: int
    files: int
    files_lacking: int
    target: str
    tables_there: int
    rows_there: int


def plan_restore(name: str, database: Settings) -> Plan:
    """Read the backup ("latest": the newest) and look at the database and storage it would go to.

    Raises BackupFault when there is no such backup, or the database cannot be reached.
    """
    places = shelves()
    name = find_backup(places, name)
    manifest = manifest_of(places, name)
    if manifest["vendor"] != str(database["ENGINE"]).rsplit(".", 1)[-1].removesuffix("3"):
        raise BackupFault(
            f"{name} is of {manifest['vendor']} and goes into no other kind of database."
        )
    there = _what_is_there(database)
    storage = _storage()
    lacking = sum(not storage.exists(line["name"]) for line in files_of(places, name))
    return Plan(
        name=name,
        taken_at=manifest["taken_at"],
        tables=len(manifest["rows"]),
        rows=sum(manifest["rows"].values()),
        files=manifest["files"],
        files_lacking=lacking,
        target=label_of(database),
        tables_there=len(there),
        rows_there=sum(there.values()),
    )


def restore_backup(
    name: str, database: Settings, *, replace: bool, files: bool, tell: Tell
) -> list[str]:
    """Bring a backup back into `database` and, with `files`, into the storage.

    Returns the files that could not be brought back. Later migrations run, then every invariant of
    the books is checked. Raises BackupFault when the database is not empty and `replace` is not
    said, or when it was not restored (it is then as it was); CommandError when the books differ.
    """
    with only_one(database=False):
        places = shelves()
        name = find_backup(places, name)
        manifest = manifest_of(places, name)
        if not replace and (there := _what_is_there(database)):
            raise BackupFault(
                f"{label_of(database)} is not empty: it has {len(there)} tables with "
                f"{sum(there.values()):,} rows. Name an empty database with --to, or say --replace "
                "to lose what is there."
            )
        lost = _restore_files(places, name, tell) if files else []
        connections.close_all()
        with tempfile.TemporaryDirectory(prefix=".scratch-", dir=backup_folder()) as folder:
            pieces = pieces_of(places, f"{name}/{DATABASE}")
            kind_of(database).restore(database, pieces, Path(folder))
        tell(f"The database is back as of {manifest['taken_at']}.")
        restored = connect(database)
        try:
            with standing_in(restored):
                _check_and_finish(name, manifest, tell)
        finally:
            restored.close()
    return lost


def label_of(database: Settings) -> str:
    """A database for people: its name, and where unless it is a file."""
    host = database.get("HOST") or ""
    return f"{database['NAME']} at {host}" if host else str(database["NAME"])


def _what_is_there(database: Settings) -> dict[str, int]:
    """Rows by table. Raises BackupFault when the database does not answer."""
    if "sqlite" in database["ENGINE"] and not Path(database["NAME"]).exists():
        return {}
    found = connect(database)
    try:
        return count_rows(found)
    except OperationalError as error:
        raise BackupFault(
            f"The database {label_of(database)} cannot be reached: {str(error).strip()}. "
            "Create it empty, or mend its address, and try again."
        ) from error
    finally:
        found.close()


def _check_and_finish(name: str, manifest: dict[str, Any], tell: Tell) -> None:
    """Of the restored database, which models ask now."""
    connection = connections["default"]
    wrong = [each for each in rows_as_written(manifest, count_rows(connection)) if not each.good]
    if wrong:
        raise BackupFault(
            f"{wrong[0].what}: {wrong[0].expected} were written, {wrong[0].found} came back."
        )
    if older := missing_migrations(connection):
        tell(f"The backup is of an earlier version: {len(older)} migrations run.")
        call_command("migrate", verbosity=0, interactive=False)
    run = BackupRun.objects.filter(name=name, state=BackupState.RUNNING).first()
    if run is not None:
        # As the backup saw itself: still being written.
        with transaction.atomic():
            run.rows, run.files = sum(manifest["rows"].values()), manifest["files"]
            run.ended_at = timezone.now()
            run.save(update_fields=["rows", "files", "ended_at"])
            move(run, BACKUP, "finish_backup", by=Side.SYSTEM)
    said = StringIO()
    try:
        call_command("check_ledger", offline=True, stdout=said)
    finally:
        tell(said.getvalue().rstrip())


def _restore_files(places: list[Shelf], name: str, tell: Tell) -> list[str]:
    """Write what the storage lacks or has otherwise; the names of what could not be written."""
    written, kept, lost = 0, 0, []
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=backup_folder()) as folder:
        for line in files_of(places, name):
            if _is_there(line):
                kept += 1
                continue
            try:
                _restore_file(places, line, Path(folder) / "content")
                written += 1
            except BackupDamaged as error:
                logger.error("%s: %s", line["name"], error.sentence)
                lost.append(line["name"])
    tell(f"{written} files written, {kept} were there already, {len(lost)} could not be restored.")
    return lost


def _is_there(line: dict[str, str]) -> bool:
    """Whether the storage has the file with the right bytes."""
    if not _storage().exists(line["name"]):
        return False
    sha = hashlib.sha256()
    with _storage().open(line["name"]) as source:
        while piece := source.read(PIECE):
            sha.update(piece)
    return sha.hexdigest() == line["sha256"]


def _restore_file(places: list[Shelf], line: dict[str, str], place: Path) -> None:
    """Whole into a file beside, then into the storage under its own key."""
    if not line["content"]:
        raise BackupDamaged("The storage had no content of it when the backup was written.")
    sha = hashlib.sha256()
    with place.open("wb") as target:
        for piece in pieces_of(places, line["content"]):
            sha.update(piece)
            target.write(piece)
    if sha.hexdigest() != line["sha256"]:
        raise BackupDamaged(f"{line['content']} is not the content of the file.")
    storage = _storage()
    storage.delete(line["name"])
    with place.open("rb") as source:
        storage.save(line["name"], File(source))


def _storage() -> Any:
    return StoredFile._meta.get_field("content").storage
