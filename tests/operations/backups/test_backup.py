"""Backups on disk: written, tried out, brought back, pruned; on PostgreSQL and on SQLite."""

from __future__ import annotations

import fcntl
import json
import os
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from config.schedule import SCHEDULE
from config.settings.base import CELERY_TASK_ROUTES, SLOW_QUEUE
from marketplace.core.models import Event
from marketplace.core.outbox import sweep
from marketplace.files.models import StoredFile
from marketplace.operations import tasks
from marketplace.operations.backups import postgres, writing
from marketplace.operations.backups.databases import connect, settings_for, standing_in
from marketplace.operations.backups.errors import BackupBusy
from marketplace.operations.backups.locks import _advisory, only_one
from marketplace.operations.backups.reading import files_of, manifest_of
from marketplace.operations.backups.sealing import PIECE
from marketplace.operations.backups.shelves import shelves
from marketplace.operations.models import BackupRun
from payments.models import LedgerEntry
from tests.operations.backups.scene import House, newest, refusal, say
from tests.personas import Persona, make_buyer

pytestmark = pytest.mark.slow
NEW = "n" * 40


def flip(path: Any, at: int = -30) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.journey
def test_written_tried_out_and_brought_back(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bea = house.furnish()
    before = house.seen()
    said = say("backup")
    run = newest()
    assert (run.state, run.files, run.error) == ("done", 3, "")
    assert run.name in said and str(house.folder) in said
    assert run.rows >= sum(before["rows"].values())
    assert "Bea" not in "".join(
        p.read_bytes().decode("latin1") for p in house.folder.rglob("*") if p.is_file()
    )

    said = say("verify_backup", "--latest")
    assert "Rows of accounts_organization: 1" in said
    assert "A person signs in" in said and "DIFFERS" not in said
    run.refresh_from_db()
    assert run.verified_at is not None and all(check["good"] for check in run.verification)
    assert User.objects.filter(email__contains="verification").count() == 0
    assert not house.scratch_is_left()

    later = house.add_file(bea, "later", b"later")
    make_buyer("Late", "Late Limited")
    house.add_money("2", 700)
    file = StoredFile.objects.exclude(pk=later.pk).order_by("pk").last()
    default_storage.delete(file.content.name)
    said, refused = refusal("restore", run.name, "--yes")
    assert "is in the way" in said and "is not empty" in refused
    said = say("restore", run.name, "--replace", "--dry-run")
    assert "1 files are lacking" in said and "Nothing was changed" in said
    assert Organization.objects.count() == 2

    # Cut off in the middle: what was restored until then is taken back.
    place = house.folder / run.name / "database"
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) * 2 // 3])
    refusal("restore", run.name, "--replace", "--yes", "--no-files")
    assert Organization.objects.count() == 2
    place.write_bytes(whole)

    said = say("restore", run.name, "--replace", "--yes")
    assert "1 files written, 2 were there already" in said and "No differences." in said
    assert house.seen() == before
    assert Organization.objects.get().vat_id == "DE136695976"
    assert LedgerEntry.objects.get().amount_minor == 50000
    # As the backup saw itself, it was still being written.
    assert [(each.name, each.state) for each in BackupRun.objects.all()] == [(run.name, "done")]
    # The rules of the database came back, and row numbers go on where they were.
    house.add_money("3", 900)
    with pytest.raises(Exception, match="appended, never changed"):
        LedgerEntry.objects.update(amount_minor=1)

    beside = house.beside(tmp_path)
    said = say("restore", "latest", "--to", beside, "--yes", "--no-files")
    assert "is empty and will be filled" in said
    assert LedgerEntry.objects.count() == 2
    there = connect(settings_for(beside))
    with standing_in(there):
        assert LedgerEntry.objects.count() == 1
    there.close()
    assert "is not empty" in refusal("restore", "latest", "--to", beside, "--yes")[1]
    if connection.vendor == "postgresql":
        with only_one(), pytest.raises(BackupBusy), _advisory():
            pytest.fail("Another machine took the lock of the same database.")
        monkeypatch.setattr(postgres, "postgres_client", lambda _: None)
        assert "install PostgreSQL's client programs" in refusal("backup")[1]
        assert newest().state == "failed"


def test_each_content_lies_there_once(house: House) -> None:
    bea = house.furnish()
    say("backup")
    first = {path: path.stat().st_mtime_ns for path in house.contents()}
    assert len(first) == 2 and newest().added > 0
    say("backup")
    assert newest().added == 0
    assert {path: path.stat().st_mtime_ns for path in house.contents()} == first
    house.add_file(bea, "d", b"other")
    say("backup")
    assert len(house.contents()) == 3
    assert len(house.backups()) == 3


def test_every_file_of_the_product_is_in_it() -> None:
    """The list is read from one column: another one that holds files must be added to it."""
    columns = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert [name for name in columns if not name.startswith("djstripe.")] == [
        "files.StoredFile.content"
    ]


def test_old_ones_go_with_their_contents_and_the_verified_one_stays(
    house: House, settings: Any
) -> None:
    bea = house.furnish()
    gone = house.add_file(bea, "gone", b"nobody has this any more")
    say("backup")
    oldest = newest()
    gone.delete()
    say("backup")
    verified = newest()
    say("verify_backup")
    say("backup")
    contents = len(house.contents())
    old = [
        _aged(house, name, days) for name, days in zip(house.backups(), (40, 35, 31), strict=True)
    ]
    say("backup")
    # The newest verified one is older than 30 days, and stays until another one is verified.
    assert house.backups() == [old[1], newest().name]
    assert len(house.contents()) == contents - 1
    assert BackupRun.objects.get(pk=oldest.pk).state == "removed"
    assert BackupRun.objects.get(pk=verified.pk).state == "done"
    say("verify_backup")
    say("backup")
    assert old[1] not in house.backups()


def _aged(house: House, name: str, days: int) -> str:
    """The same backup, as if it had been written `days` ago."""
    older = (timezone.now() - timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ")
    (house.folder / name).rename(house.folder / older)
    BackupRun.objects.filter(name=name).update(name=older)
    return older


def test_nothing_is_removed_when_the_new_one_fails(
    house: House, monkeypatch: pytest.MonkeyPatch, sam_at_home: Persona
) -> None:
    house.furnish()
    say("backup")
    old = _aged(house, house.backups()[0], 40)
    earlier = house.contents()

    def broken(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_put_away", broken)
    assert "No space left on device. Earlier ones are untouched." in refusal("backup")[1]
    run = newest()
    assert run.state == "failed" and "No space left" in run.error
    assert house.backups() == [old] and house.contents() == earlier
    assert not list(house.folder.glob(".scratch-*"))
    while sweep():
        pass
    assert [letter.subject for letter in mail.outbox] == [f"The backup {run.name} was not written"]


@pytest.fixture
def sam_at_home(house: House) -> Persona:
    return Persona(User.objects.create_superuser("sam@example.com", "Correct-Horse-7!", name="Sam"))


def test_damage_is_found_and_harms_nothing(house: House, sam_at_home: Persona) -> None:
    house.furnish()
    say("backup")
    run, before = newest(), house.seen()
    place = house.folder / run.name / "database"
    whole = place.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole[:200] + b"x" + whole[201:]):
        place.write_bytes(damaged)
        said, refused = refusal("verify_backup", run.name)
        assert "DIFFERS" in said and "did not prove itself" in refused
        refusal("restore", run.name, "--replace", "--yes")
        assert house.seen() == before
    place.write_bytes(whole)
    content = house.contents()[0]
    flip(content)
    said, _ = refusal("verify_backup", run.name)
    assert "Files whose content is missing or differs: expected 0, found" in said
    run.refresh_from_db()
    assert run.verified_at is None
    while sweep():
        pass
    assert f"The backup {run.name} did not prove itself" in {m.subject for m in mail.outbox}
    house.destroy_files()
    said, refused = refusal("restore", run.name, "--replace", "--yes")
    assert "could not be restored" in said and "are not:" in refused
    flip(content)
    say("restore", run.name, "--replace", "--yes")
    assert house.seen() == before


def test_a_file_the_storage_lost_is_named(house: House) -> None:
    bea = house.furnish()
    lost = house.add_file(bea, "lost", b"lost before its first backup")
    default_storage.delete(lost.content.name)
    _, refused = refusal("backup")
    assert lost.content.name in refused and "everything else" in refused
    assert newest().state == "done"
    said, _ = refusal("verify_backup")
    assert f"found 1 {lost.content.name}" in said


def test_wrong_counts_are_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.furnish()
    counted = writing.count_rows

    def one_more(database: Any) -> dict[str, int]:
        found = counted(database)
        return {**found, "payments_ledgerentry": found["payments_ledgerentry"] + 1}

    monkeypatch.setattr(writing, "count_rows", one_more)
    say("backup")
    said, _ = refusal("verify_backup")
    assert "Rows of payments_ledgerentry: expected 2, found 1" in said


def test_a_new_key_and_the_old_one_taken_out(house: House, settings: Any) -> None:
    house.furnish()
    say("backup")
    old, contents = settings.ENCRYPTION_KEYS, house.contents()
    settings.ENCRYPTION_KEYS = [NEW, *old]
    say("verify_backup")
    say("backup")
    assert house.contents() == contents
    settings.ENCRYPTION_KEYS = [NEW]
    said, _ = refusal("verify_backup")
    # The database of that night is sealed with the new key, the contents with the old one.
    assert "missing or differs" in said and "no key for accounts.Organization.vat_id" in said
    settings.ENCRYPTION_KEYS = [NEW, *old]
    say("rotate_encryption_key")
    settings.ENCRYPTION_KEYS = [NEW]
    say("backup")
    say("verify_backup")
    assert len(house.contents()) == 2 * len(contents)


def test_only_one_is_at_work(house: House) -> None:
    house.furnish()
    say("backup")
    with (house.folder / ".lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in (["backup"], ["verify_backup"], ["restore", "latest", "--replace", "--yes"]):
            assert "is at work already" in refusal(*command)[1]
        assert "is at work already" in tasks.back_up()
        assert "is at work already" in tasks.verify_newest_backup()
    assert BackupRun.objects.count() == 1


def test_a_run_whose_process_died_is_ended_by_the_next(house: House) -> None:
    house.furnish()
    BackupRun.objects.create(name="20200101T000000Z")
    left = house.folder / ".scratch-left"
    left.mkdir(parents=True)
    say("backup")
    dead = BackupRun.objects.get(name="20200101T000000Z")
    assert dead.state == "failed" and "process ended" in dead.error
    assert not left.exists()


def test_a_restored_backup_of_an_earlier_version_takes_the_steps_since(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    say("migrate", "payments", "0004", "--verbosity=0")
    say("backup")
    said = say("restore", "latest", "--replace", "--yes")
    assert "of an earlier version: 1 migrations run" in said
    assert Organization.objects.count() == 1


def test_a_backup_that_is_not_there(house: House) -> None:
    house.furnish()
    assert "None is." in refusal("verify_backup")[1]
    say("backup")
    assert f"These are: {newest().name}" in refusal("restore", "20200101T000000Z")[1]
    assert "--to takes postgres://" in refusal("restore", "latest", "--to", "there")[1]
    assert "Nothing was changed" in _unanswered("restore", "latest", "--replace")


def _unanswered(*words: str) -> str:
    def nobody(_: str) -> str:
        raise EOFError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("builtins.input", nobody)
        return refusal(*words)[1]


def test_memory_does_not_grow_with_a_file(house: House) -> None:
    """Of two rounds, the second with a large file: what is loaded once is not the file's."""
    bea = house.furnish()
    size = 16 * PIECE
    small = _peaks()
    house.add_file(bea, "large", os.urandom(PIECE) * 16)
    for command, peak in _peaks().items():
        assert peak - small[command] < size / 4, (command, peak, small)


def _peaks() -> dict[str, int]:
    """Command -> the most memory it had at once, in bytes."""
    found = {}
    for command in (["backup"], ["verify_backup"], ["restore", "latest", "--replace", "--yes"]):
        tracemalloc.start()
        say(*command)
        found[command[0]] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found


def test_the_timetable_keeps_them_where_nothing_waits_for_them() -> None:
    night, sunday = (
        next(row for row in SCHEDULE.values() if str(row["task"]).endswith(name))
        for name in ("back_up", "verify_newest_backup")
    )
    assert str(night["schedule"]) == "<crontab: 30 2 * * * (m/h/dM/MY/d)>"
    assert str(sunday["schedule"]) == "<crontab: 0 2 * * sun (m/h/dM/MY/d)>"
    for row in (night, sunday):
        assert CELERY_TASK_ROUTES[str(row["task"])] == {"queue": SLOW_QUEUE}
        assert row["options"]["time_limit"] > 6 * 3600


def test_what_a_backup_says_of_itself(house: House) -> None:
    house.furnish()
    say("backup")
    places, name = shelves(), newest().name
    manifest = manifest_of(places, name)
    assert manifest["rows"]["files_storedfile"] == 3
    listed = list(files_of(places, name))
    assert {line["name"] for line in listed} == set(
        StoredFile.objects.values_list("content", flat=True)
    )
    # Nobody who sees the folder can tell whether a file they have lies in it.
    plain = {line["sha256"] for line in listed}
    assert not plain & {path.name for path in house.contents()}
    assert house.folder.stat().st_mode & 0o077 == 0
    assert json.dumps(manifest)
    assert Event.objects.filter(type="backup_written").count() == 1


@pytest.mark.django_db
def test_staff_read_the_history(sam: Persona) -> None:
    checks = [{"what": "Rows", "expected": "2", "found": "1 <b>", "good": False}]
    run = BackupRun.objects.create(
        name="20261128T023000Z", ended_at=timezone.now(), verification=checks
    )
    listed = sam.client.get(reverse("admin:operations_backuprun_changelist")).content.decode()
    assert run.name in listed
    shown = sam.client.get(reverse("admin:operations_backuprun_change", args=[run.pk]))
    assert "Rows: 1 &lt;b&gt;, not 2" in shown.content.decode()
    assert isinstance(sam.client, Client)
