"""All data of an organization: one archive by the API's own words, and its life elsewhere."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone
from jsonschema import Draft202012Validator

from accounts.models import Address, ApprovalRule, Organization, User
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from marketplace.notifications.models import Notification
from marketplace.operations import queries
from marketplace.operations.actions import organization_exports as exports
from marketplace.operations.leaving.chapters import CHAPTERS, walk
from marketplace.operations.leaving.schema import archive_schema
from marketplace.operations.models import EarlierRecord, ExportPiece, OrganizationExport
from marketplace.parts.models import Part, PartRevision
from tests.api.scene import Api, make_part, new_order, open_rfq, sent_quote
from tests.personas import Persona, make_member

Work = Callable[[], None]


def content_of(file: StoredFile) -> bytes:
    with file.content.open() as content:
        found: bytes = content.read()
    return found


def made_archive(owner: Persona, work: Work) -> zipfile.ZipFile:
    """The archive an owner asked for, opened."""
    export = exports.ask_organization_export(actor=owner.actor)
    work()
    export.refresh_from_db()
    assert export.state == "ready" and export.file is not None
    return zipfile.ZipFile(io.BytesIO(content_of(export.file)))


def rows(archive: zipfile.ZipFile, chapter: str) -> list[dict[str, Any]]:
    name = f"data/{chapter}.jsonl"
    if name not in archive.namelist():
        return []
    return [json.loads(line) for line in archive.read(name).splitlines()]


def things(archive: zipfile.ZipFile, chapter: str) -> list[Any]:
    return [row["thing"] for row in rows(archive, chapter)]


@pytest.fixture
def order(bea: Persona, milo: Persona) -> Any:
    return new_order(bea, milo)


def test_archive_has_every_chapter_and_file_with_its_hash(
    bea: Persona, order: Any, work: Work
) -> None:
    archive = made_archive(bea, work)
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["organization"]["id"] == bea.organization.public_id
    for described in [*manifest["chapters"], manifest["files"]]:
        content = archive.read(described["file"])
        assert hashlib.sha256(content).hexdigest() == described["sha256"]
        assert len(content.splitlines()) == described["rows"]
    assert [thing["id"] for thing in things(archive, "orders")] == [order.public_id]
    assert {row["of"] for row in rows(archive, "orders.milestones")} <= {order.public_id}
    part = things(archive, "parts")[0]
    file = part["current"]["files"][0]
    assert hashlib.sha256(archive.read(file["url"])).hexdigest() == file["sha256"]
    listed = [json.loads(line) for line in archive.read("files.jsonl").splitlines()]
    assert file["id"] in [row["id"] for row in listed]


def test_every_line_follows_the_published_schema(bea: Persona, order: Any, work: Work) -> None:
    archive = made_archive(bea, work)
    assert json.loads(archive.read("schema.json")) == archive_schema()
    schema = {key: value for key, value in archive_schema().items() if key != "$ref"}
    Draft202012Validator.check_schema(schema)
    for name, _ in walk():
        validator = Draft202012Validator({"$ref": f"#/$defs/{name}", **schema})
        for row in rows(archive, name):
            assert [fault.message for fault in validator.iter_errors(row)] == []


def test_a_rival_is_in_nobodys_archive(
    bea: Persona, milo: Persona, rita: Persona, work: Work
) -> None:
    rfq = open_rfq(bea, [milo, rita])
    sent_quote(milo, rfq, "12.50")
    sent_quote(rita, rfq, "77.70")
    archive = made_archive(milo, work)
    text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"12.50" in text
    assert b"77.70" not in text and rita.organization.public_id.encode() not in text


def test_it_is_made_in_steps_and_a_dead_worker_loses_one(
    bea: Persona, order: Any, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "STEP_SECONDS", 0.0)
    export = exports.ask_organization_export(actor=bea.actor)
    exports.go_on(export.public_id)
    export.refresh_from_db()
    assert (export.chapter, export.state) == (1, "requested")
    work()
    export.refresh_from_db()
    assert (export.chapter, export.state) == (len(CHAPTERS), "ready")
    assert not ExportPiece.objects.exists()
    assert Event.objects.filter(type="organization_export_went_on").count() >= len(CHAPTERS) - 2


def test_asking_twice_is_once_and_only_an_owner_may(bea: Persona, stefan: Persona) -> None:
    first = exports.ask_organization_export(actor=bea.actor)
    assert exports.ask_organization_export(actor=bea.actor) == first
    assert Event.objects.filter(type="organization_export_asked").count() == 1
    admin = make_member(bea, "Ada", "admin")
    with pytest.raises(NotAllowed):
        exports.ask_organization_export(actor=admin.actor)
    with pytest.raises(NotFound):
        queries.get_organization_export(stefan.actor, first.public_id)


def test_who_is_no_longer_an_owner_gets_no_archive(bea: Persona, work: Work) -> None:
    export = exports.ask_organization_export(actor=bea.actor)
    bea.user.memberships.update(role="viewer")
    work()
    export.refresh_from_db()
    assert (export.state, export.file) == ("failed", None)


def test_owners_are_told_and_it_goes_after_its_days(bea: Persona, work: Work) -> None:
    archive = made_archive(bea, work)
    assert archive.namelist()
    work()
    assert Notification.objects.filter(kind="organization_export_ready", user=bea.user).exists()
    export = OrganizationExport.objects.get()
    assert export.file is not None
    key = export.file.content.name
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert exports.expire_organization_exports() == 1
        assert exports.expire_organization_exports() == 0
        work()
    export.refresh_from_db()
    assert (export.state, export.file) == ("expired", None)
    assert not default_storage.exists(key)


def test_pages_and_api_ask_for_it_and_show_it(bea: Persona, milo: Persona, work: Work) -> None:
    page = bea.client.get("/settings/data/").content.decode()
    assert "Make the archive" in page
    bea.client.post("/settings/data/export/")
    assert "Being made" in bea.client.get("/settings/data/").content.decode()
    work()
    assert "Download" in bea.client.get("/settings/data/").content.decode()
    api = Api(bea)
    listed = api.get("/organization/exports/").json()["results"]
    assert [row["state"] for row in listed] == ["ready"]
    answer = api.get(f"/organization/exports/{listed[0]['id']}/").json()
    assert answer["chapters_done"] == answer["chapters"] == len(CHAPTERS)
    assert api.opens(answer["url"])
    assert not Api(milo).opens(answer["url"])
    assert api.post("/organization/exports/").status_code == 202
    schema = bea.client.get("/api/v1/organization/exports/schema/")
    assert schema.json()["$defs"]["orders.shipments"]


def leave(bea: Persona) -> None:
    """As if the archive came to another installation: its ids are free there."""
    for model in (Organization, Part, PartRevision, StoredFile, Address, ApprovalRule):
        model.objects.update(public_id=Concat(Value("x"), F("public_id")))  # type: ignore[attr-defined]
    bea.user.memberships.all().delete()


@pytest.fixture
def archive_file(bea: Persona, order: Any, work: Work, tmp_path: Path) -> Path:
    """Bea's archive on the disk of another installation."""
    part = Part.objects.get(organization=bea.organization)
    part.external_id, part.metadata = "MAT-7", {"erp": "7"}
    part.save()
    export = exports.ask_organization_export(actor=bea.actor)
    work()
    export.refresh_from_db()
    assert export.file is not None
    file = tmp_path / "archive.zip"
    file.write_bytes(content_of(export.file))
    return file


def test_import_brings_the_organization_back(
    bea: Persona, archive_file: Path, work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    before = zipfile.ZipFile(archive_file)
    public_id = bea.organization.public_id
    make_member(bea, "Zoe", "viewer")
    leave(bea)
    call_command("import_organization", str(archive_file))
    assert "is here" in capsys.readouterr().out
    work()
    assert bea.organization.public_id == public_id
    after = made_archive(bea, work)
    for chapter in ("organization", "members", "addresses", "approval_rules"):
        assert things(after, chapter) == things(before, chapter)
    own = ("id", "number", "name", "tags", "notes", "external_id", "metadata", "created_at")
    for one, other in zip(things(before, "parts"), things(after, "parts"), strict=True):
        assert [one[name] for name in own] == [other[name] for name in own]
        assert [f["sha256"] for f in one["current"]["files"]] == [
            f["sha256"] for f in other["current"]["files"]
        ]
    assert things(after, "orders") == []
    earlier = EarlierRecord.objects.get(chapter="orders")
    assert earlier.thing == things(before, "orders")[0]
    page = bea.client.get("/settings/data/earlier/").content.decode()
    assert earlier.title in page
    shown = bea.client.get(f"/settings/data/earlier/{earlier.pk}/").content.decode()
    assert "orders.milestones" in shown or "orders.payments" in shown
    assert Event.objects.filter(type="organization_imported").count() == 1


def test_people_who_are_new_here_get_an_account_without_a_password(
    bea: Persona, archive_file: Path
) -> None:
    leave(bea)
    User.objects.filter(pk=bea.user.pk).update(email="other@example.com")
    call_command("import_organization", str(archive_file))
    person = User.objects.get(email="bea@example.com")
    assert not person.has_usable_password()
    assert person.memberships.get().role == "owner"


def test_import_refuses_what_is_here_already_and_writes_nothing(
    bea: Persona, archive_file: Path
) -> None:
    files = StoredFile.objects.count()
    with pytest.raises(CommandError, match=r"is here already\. Nothing was changed"):
        call_command("import_organization", str(archive_file))
    assert (StoredFile.objects.count(), EarlierRecord.objects.count()) == (files, 0)


def altered(archive_file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The same archive with one entry changed."""
    source = zipfile.ZipFile(archive_file)
    target = archive_file.with_name("altered.zip")
    with zipfile.ZipFile(target, "w") as bundle:
        for entry in source.namelist():
            content = source.read(entry)
            bundle.writestr(entry, change(content) if entry == name else content)
    return target


def test_import_refuses_an_archive_that_is_not_whole(bea: Persona, archive_file: Path) -> None:
    leave(bea)
    for name, change, words in (
        ("data/parts.jsonl", lambda content: content + b"\n", "SHA-256 differs"),
        ("manifest.json", lambda content: b"{}", "another version"),
        ("manifest.json", lambda content: content.replace(b'"rows": 1', b'"rows": -1'), "rows"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_organization", str(altered(archive_file, name, change)))
    junk = archive_file.with_name("junk.zip")
    junk.write_bytes(b"no archive")
    with pytest.raises(CommandError, match="not an archive of an organization"):
        call_command("import_organization", str(junk))
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_organization", str(archive_file.with_name("none.zip")))
    assert not EarlierRecord.objects.exists()


def test_a_failure_in_the_middle_leaves_no_file_behind(
    bea: Persona, archive_file: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    leave(bea)
    stored = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the machine failed")

    monkeypatch.setattr("marketplace.operations.actions.imports.take_over_part", broken)
    with pytest.raises(RuntimeError):
        call_command("import_organization", str(archive_file))
    assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == stored
    assert not EarlierRecord.objects.exists()


def test_a_dry_run_says_what_is_in_it(
    bea: Persona, archive_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_organization", str(archive_file), "--dry-run")
    said = capsys.readouterr().out
    assert "orders (to be read)" in said and "Nothing was written" in said


def test_a_file_that_was_erased_is_left_out(bea: Persona, work: Work) -> None:
    part = make_part(bea)
    assert part.current is not None and part.current.model_file is not None
    file = part.current.model_file
    file.content.save("again", ContentFile(b"x"), save=True)
    archive = made_archive(bea, work)
    assert f"files/{file.sha256}" in archive.namelist()
