"""Trying a backup out: restored beside the running database, and looked at.

Rows of every table and the sums of the books are what they were when it was written, every file
has its content, sealed values open, and a person can sign in.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, identify_hasher
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from marketplace.core.encryption import EncryptedTextField, UndecryptableValue
from marketplace.core.events import record
from marketplace.operations import events
from marketplace.operations.backup_states import BackupState
from marketplace.operations.backups.databases import (
    Settings,
    connect,
    count_rows,
    kind_of,
    missing_migrations,
    standing_in,
)
from marketplace.operations.backups.errors import BackupDamaged
from marketplace.operations.backups.locks import backup_folder, only_one
from marketplace.operations.backups.models import BackupRun
from marketplace.operations.backups.reading import (
    DATABASE,
    check_sums,
    files_of,
    find_backup,
    manifest_of,
    pieces_of,
)
from marketplace.operations.backups.shelves import VERIFIED, Shelf, shelves, whole_backups
from marketplace.operations.backups.writing import ACTOR
from payments.invariants import check_books

logger = logging.getLogger(__name__)

# How many things that are wrong are named; all are counted.
NAMED = 5


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    what: str
    expected: str
    found: str
    good: bool

    @classmethod
    def of(cls, what: str, expected: object, found: object) -> Check:
        """Good when both are equal."""
        return cls(what, str(expected), str(found), expected == found)


def verify_backup(name: str) -> tuple[str, list[Check]]:
    """Try a backup out ("latest": the newest); its name and what was found.

    When all is good the run and the shelves say so. Raises BackupBusy, and BackupFault when there
    is none of that name; a backup that cannot be read is a check that is not good.
    """
    with only_one():
        places = shelves()
        name = find_backup(places, name)
        checks = _tried_out(places, name)
        _note(places, name, checks)
    return name, checks


def _tried_out(places: list[Shelf], name: str) -> list[Check]:
    checks: list[Check] = []
    try:
        for place in places:
            there = name in whole_backups(place)
            if there:
                check_sums(place, name, read=True)
            found = "whole, sums agree" if there else "missing"
            checks.append(Check.of(f"In {place.label}", "whole, sums agree", found))
        manifest = manifest_of(places, name)
        with tempfile.TemporaryDirectory(prefix=".scratch-", dir=backup_folder()) as folder:
            scratch = Path(folder)
            kind, running = kind_of(connection.settings_dict), connection.settings_dict
            with kind.scratch_database(running, scratch) as database:
                kind.restore(database, pieces_of(places, f"{name}/{DATABASE}"), scratch)
                checks += _look_at(database, manifest)
        checks += _files(places, name, manifest)
    except Exception as error:  # whatever it is, the backup did not prove itself
        logger.exception("Backup %s could not be tried out", name)
        sentence = getattr(error, "sentence", "") or f"{type(error).__name__}: {error}"
        checks.append(Check("Everything could be read", "yes", sentence, good=False))
    return checks


def _look_at(database: Settings, manifest: dict[str, Any]) -> list[Check]:
    """What is in the restored database, which is thrown away afterwards."""
    scratch = connect(database)
    try:
        with standing_in(scratch):
            checks = rows_as_written(manifest, count_rows(scratch))
            if older := missing_migrations(scratch):
                # Written by an earlier version: as a restore would, it takes the steps since.
                call_command("migrate", verbosity=0, interactive=False)
                checks.append(Check(f"{len(older)} later migrations", "run", "run", good=True))
            else:
                checks += _books(manifest)
            return [*checks, _sealed_values(), *_signing_in()]
    finally:
        scratch.close()


def rows_as_written(manifest: dict[str, Any], found: dict[str, int]) -> list[Check]:
    """Every table that has rows or should have; the empty ones in one line."""
    written: dict[str, int] = manifest["rows"]
    names = sorted({*written, *found})
    full = [name for name in names if written.get(name) or found.get(name)]
    checks = [Check.of(f"Rows of {n}", written.get(n, "no table"), found.get(n)) for n in full]
    return [*checks, Check.of("Tables", len(written), len(found))]


def _books(manifest: dict[str, Any]) -> Iterator[Check]:
    """The invariants as they were at that moment, by the clock of that moment."""
    written = {(row[0], row[1]): row[2:] for row in manifest["books"]}
    now = {
        (each.label, each.currency): [each.expected, each.found, each.difference]
        for each in check_books(datetime.fromisoformat(manifest["taken_at"]))
    }
    for key in sorted({*written, *now}):
        yield Check.of(" ".join(key).strip(), *(_sums(found.get(key)) for found in (written, now)))


def _sums(figures: list[int] | None) -> str:
    """The three figures of an invariant, in minor units."""
    if figures is None:
        return "nothing"
    due, found, difference = figures
    return f"{due} due, {found} there" + (f", {difference} off already then" if difference else "")


def _sealed_values() -> Check:
    """One value of every sealed column opens with the keys there are."""
    wrong = []
    for model in apps.get_models():
        for column in model._meta.get_fields():
            if isinstance(column, EncryptedTextField):
                rows = model._default_manager.exclude(**{column.name: ""}).order_by("-pk")
                try:
                    rows.values_list(column.name, flat=True).first()
                except UndecryptableValue:
                    wrong.append(f"{model._meta.label}.{column.name}")
    found = f"no key for {', '.join(wrong)}" if wrong else "open"
    return Check.of("Sealed values", "open", found)


def _signing_in() -> Iterator[Check]:
    """Through the real backends, as a person made in the scratch database for this: nobody's
    password is known here. That the others' could be checked shows in how they are kept."""
    unknown = 0
    usable = User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    for kept in usable.values_list("password", flat=True).iterator():
        try:
            identify_hasher(kept)
        except ValueError:
            unknown += 1
    yield Check.of("Passwords kept in an unknown way", 0, unknown)
    password, email = secrets.token_urlsafe(24), "verification@scratch.invalid"
    probe = User.objects.create_user(email=email, password=password)
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "verification"}
    request.path = request.path_info = "/accounts/login/"
    person = authenticate(request, username=email, email=email, password=password)
    yield Check.of("A person signs in", str(probe.pk), str(person.pk if person else None))


def _files(places: list[Shelf], name: str, manifest: dict[str, Any]) -> Iterator[Check]:
    """Every content is opened and has the SHA-256 of its file; equal ones once."""
    count, wrong, last = 0, [], ("", False)
    for line in files_of(places, name):
        count += 1
        if line["sha256"] != last[0]:
            last = line["sha256"], _is_right(places, line)
        if not last[1]:
            wrong.append(line["name"])
    yield Check.of("Files listed", manifest["files"], count)
    found = f"{len(wrong)} {', '.join(wrong[:NAMED])}".strip()
    yield Check.of("Files whose content is missing or differs", "0", found)


def _is_right(places: list[Shelf], line: dict[str, str]) -> bool:
    if not line["content"]:
        return False
    sha = hashlib.sha256()
    try:
        for piece in pieces_of(places, line["content"]):
            sha.update(piece)
    except BackupDamaged:
        return False
    return sha.hexdigest() == line["sha256"]


def _note(places: list[Shelf], name: str, checks: list[Check]) -> None:
    wrong = [each for each in checks if not each.good]
    now = timezone.now()
    if not wrong:
        for place in places:
            with tempfile.TemporaryDirectory(prefix=".scratch-", dir=backup_folder()) as folder:
                mark = Path(folder) / VERIFIED
                mark.write_text(f"{now.isoformat()}\n")
                place.keep(f"{name}/{VERIFIED}", mark)
    run = BackupRun.objects.filter(name=name, state=BackupState.DONE).first()
    if run is None:
        # Written by another installation, or before this database was restored.
        return
    with transaction.atomic():
        run.verified_at = None if wrong else now
        run.verification = [asdict(each) for each in checks]
        run.save(update_fields=["verified_at", "verification"])
        if wrong:
            reason = f"{wrong[0].what}: expected {wrong[0].expected}, found {wrong[0].found}"[:300]
            record(events.BACKUP_REFUTED, run, actor=ACTOR, name=name, reason=reason)
        else:
            record(events.BACKUP_VERIFIED, run, actor=ACTOR, name=name, checks=len(checks))
