"""Files in pieces: every break, every lie about a size, every foreign id."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Membership
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.files import chunks
from marketplace.parts.actions import uploads
from marketplace.parts.actions.uploads import Announced, append_chunk, start_batch, sweep_uploads
from marketplace.parts.models import Part, PartRevision, Upload, UploadBatch
from tests.parts.actions.test_parts import PDF, cube_stl
from tests.personas import Persona

CUBE = cube_stl()


def announce(who: Persona, *files: Announced) -> list[Upload]:
    return start_batch(actor=who.actor, files=files)[1]


def send(who: Persona, upload: Upload, content: bytes, piece: int = 300) -> Upload:
    for offset in range(upload.received, len(content), piece):
        upload = append_chunk(
            actor=who.actor,
            public_id=upload.public_id,
            offset=offset,
            content=content[offset : offset + piece],
        )
    return upload


def kept() -> int:
    """How many pieces lie in the storage."""
    try:
        days, _ = default_storage.listdir(chunks.FOLDER)
    except FileNotFoundError:
        return 0
    return sum(len(default_storage.listdir(f"{chunks.FOLDER}/{day}")[1]) for day in days)


def archive_of(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_file_arrives_in_pieces_and_becomes_a_part(
    bea: Persona, work: Callable[[], None]
) -> None:
    digest = hashlib.sha256(CUBE).hexdigest()
    [upload] = announce(bea, Announced("job/cube.stl", len(CUBE), digest))
    assert send(bea, upload, CUBE).state == "received"
    assert [e.type for e in Event.objects.filter(subject=upload.public_id)] == ["upload_received"]
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.sentence) == ("stored", "New part cube rev A.")
    part = Part.objects.select_related("current__model_file").get()
    assert upload.part == part and part.created_by == bea.user
    assert part.current.model_file.sha256 == digest
    assert kept() == 0


def test_an_upload_goes_on_after_a_break_and_after_a_reload(bea: Persona) -> None:
    told = Announced("cube.stl", len(CUBE), resume_key="k")
    [upload] = announce(bea, told)
    append_chunk(actor=bea.actor, public_id=upload.public_id, offset=0, content=CUBE[:100])
    batch, [again, other] = start_batch(
        actor=bea.actor, files=[told, Announced("b.stl", 9, resume_key="k")]
    )
    assert (again.pk, again.received) == (upload.pk, 100)
    assert other.pk != upload.pk and Upload.objects.get(pk=again.pk).batch == batch
    assert send(bea, again, CUBE).state == "received"


def test_two_windows_that_send_the_same_file_make_one_part(
    bea: Persona, work: Callable[[], None]
) -> None:
    told = Announced("cube.stl", len(CUBE), resume_key="k")
    [first] = announce(bea, told)
    [second] = announce(bea, told)
    assert first.pk == second.pk
    [apart] = announce(bea, Announced("cube.stl", len(CUBE), resume_key="other"))
    append_chunk(actor=bea.actor, public_id=first.public_id, offset=0, content=CUBE[:300])
    with pytest.raises(Conflict, match="the next one begins at 300"):
        append_chunk(actor=bea.actor, public_id=second.public_id, offset=0, content=CUBE[:300])
    second.refresh_from_db()
    send(bea, second, CUBE)
    with pytest.raises(Conflict, match="send no more"):
        append_chunk(actor=bea.actor, public_id=first.public_id, offset=684, content=b"x")
    send(bea, apart, CUBE)
    work()
    apart.refresh_from_db()
    assert apart.sentence == "The same file as cube rev A; nothing was stored twice."
    assert (Part.objects.count(), kept()) == (1, 0)


@pytest.mark.parametrize(
    ("offset", "content", "error", "sentence"),
    [
        (100, b"x", Conflict, "the next one begins at 0"),
        (0, b"", DomainError, "empty"),
        (0, b"x" * 685, DomainError, "goes beyond that"),
        (-1, b"x", Conflict, "begins at byte -1"),
    ],
)
def test_a_piece_that_cannot_be_is_refused_and_leaves_nothing(
    bea: Persona, offset: int, content: bytes, error: type[DomainError], sentence: str
) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE)))
    with pytest.raises(error, match=sentence):
        append_chunk(actor=bea.actor, public_id=upload.public_id, offset=offset, content=content)
    upload.refresh_from_db()
    assert (upload.received, upload.chunks, kept()) == (0, [], 0)


def test_a_piece_is_no_larger_than_we_said(bea: Persona) -> None:
    [upload] = announce(bea, Announced("cube.stl", 100 * 1024**2))
    large = bytes(uploads.CHUNK_BYTES + 1)
    with pytest.raises(DomainError, match="at most 8 MB"):
        append_chunk(actor=bea.actor, public_id=upload.public_id, offset=0, content=large)


def test_a_file_that_is_not_what_was_announced_is_refused(
    bea: Persona, work: Callable[[], None]
) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE), "0" * 64))
    send(bea, upload, CUBE)
    work()
    upload.refresh_from_db()
    assert upload.state == "refused" and "arrived damaged" in upload.sentence
    assert not Part.objects.exists() and kept() == 0
    assert Event.objects.filter(type="upload_refused").count() == 1


def test_a_piece_that_vanished_is_a_sentence(bea: Persona, work: Callable[[], None]) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE)))
    send(bea, upload, CUBE)
    upload.refresh_from_db()
    default_storage.delete(upload.chunks[0][0])
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.sentence) == (
        "refused",
        "cube.stl did not arrive whole. Send it again.",
    )


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (Announced("virus.exe", 5), "is not a part file"),
        (Announced("cube.stl", 0), "is empty"),
        (Announced("cube.stl", -5), "is empty"),
        (Announced("cube.stl", 10**30), "larger than 200 MB"),
        (Announced("cube.stl", 5, "zz"), "64 hexadecimal digits"),
        (Announced("../../../etc/passwd", 5), "is not a part file"),
        (Announced("", 5), "is not a part file"),
    ],
)
def test_a_bad_file_has_its_sentence_and_the_good_one_is_taken(
    bea: Persona, told: Announced, sentence: str
) -> None:
    bad, good = announce(bea, told, Announced("cube.stl", len(CUBE)))
    assert bad.state == "refused" and sentence in bad.sentence
    assert good.state == "receiving"
    assert ".." not in bad.path


def test_too_many_files_and_too_much_under_way(
    bea: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DomainError, match="at most 500"):
        announce(bea, *[Announced(f"{n}.stl", 5) for n in range(501)])
    with pytest.raises(DomainError, match="at least one"):
        announce(bea)
    monkeypatch.setattr(uploads, "MOST_UNDER_WAY", 2)
    announce(bea, Announced("a.stl", 5), Announced("b.stl", 5))
    with pytest.raises(Conflict, match="2 unfinished uploads"):
        announce(bea, Announced("c.stl", 5))
    monkeypatch.setattr(uploads, "MOST_UNDER_WAY", 9)
    monkeypatch.setattr(uploads, "MOST_BYTES_UNDER_WAY", 12)
    with pytest.raises(Conflict):
        announce(bea, Announced("c.stl", 5))
    assert UploadBatch.objects.count() == 1


def test_a_zip_is_unpacked_and_each_member_says_what_became_of_it(
    bea: Persona, work: Callable[[], None]
) -> None:
    content = archive_of(
        **{
            "job/BRK-014.stl": CUBE,
            "job/BRK-014_revB.pdf": PDF,
            "job/readme.txt": b"hello",
            "job/empty.stl": b"",
            "__MACOSX/._BRK-014.stl": b"x",
        }
    )
    [upload] = announce(bea, Announced("job.zip", len(content)))
    send(bea, upload, content)
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.sentence) == ("stored", "2 of 4 files taken.")
    told = {row.name: (row.state, row.sentence) for row in upload.members.all()}
    assert told["BRK-014.stl"] == ("stored", "New part BRK-014 rev A.")
    assert told["BRK-014_revB.pdf"] == ("stored", "Joined BRK-014 rev B.")
    assert told["readme.txt"][0] == told["empty.stl"][0] == "refused"
    part = Part.objects.select_related("current").get()
    assert (part.number, part.current.label) == ("BRK-014", "B")
    assert part.current.drawing_file is not None


@pytest.mark.parametrize("content", [b"PK\x03\x04 nonsense", b"MZ" * 50, archive_of()])
def test_a_zip_that_is_none_is_a_sentence(
    bea: Persona, work: Callable[[], None], content: bytes
) -> None:
    [upload] = announce(bea, Announced("job.zip", len(content)))
    send(bea, upload, content)
    work()
    upload.refresh_from_db()
    assert upload.state == "refused" and len(upload.sentence) > 15
    assert not Part.objects.exists()


def test_a_stranger_and_a_viewer_send_nothing(bea: Persona, stefan: Persona) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE)))
    for path in (
        f"/parts/uploads/files/{upload.public_id}/",
        f"/parts/uploads/{upload.batch.public_id}/",
    ):
        assert stefan.client.get(path).status_code == 404
    with pytest.raises(NotFound):
        append_chunk(actor=stefan.actor, public_id=upload.public_id, offset=0, content=b"x")
    Membership.objects.filter(user=bea.user).update(role="viewer")
    with pytest.raises(NotAllowed):
        append_chunk(actor=bea.actor, public_id=upload.public_id, offset=0, content=b"x")
    with pytest.raises(NotAllowed):
        announce(bea, Announced("cube.stl", 5))
    upload.refresh_from_db()
    assert (upload.received, kept()) == (0, 0)


def test_who_left_the_company_meanwhile_adds_nothing(
    bea: Persona, work: Callable[[], None]
) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE)))
    send(bea, upload, CUBE)
    Membership.objects.filter(user=bea.user).update(deactivated_at=timezone.now())
    work()
    upload.refresh_from_db()
    assert upload.state == "refused" and "no longer belongs" in upload.sentence
    assert not Part.objects.exists()


def test_what_was_never_finished_ends_and_its_pieces_go(bea: Persona) -> None:
    [upload] = announce(bea, Announced("cube.stl", len(CUBE)))
    append_chunk(actor=bea.actor, public_id=upload.public_id, offset=0, content=CUBE[:300])
    chunks.keep_chunk(b"stray: the process died before its row was written")
    assert (sweep_uploads(), kept()) == (0, 2)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert (sweep_uploads(), sweep_uploads()) == (1, 0)
    upload.refresh_from_db()
    assert (upload.state, kept()) == ("expired", 1)
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        sweep_uploads()
    assert (UploadBatch.objects.count(), kept()) == (0, 0)


def test_the_script_and_its_protocol(bea: Persona, work: Callable[[], None]) -> None:
    told = {
        "files": [{"name": "cube.stl", "size": len(CUBE), "key": "k"}, {"name": "x.txt", "size": 1}]
    }
    answer = bea.client.post("/parts/uploads/", json.dumps(told), content_type="application/json")
    assert answer.status_code == 201
    cube, text = answer.json()["files"]
    assert (cube["offset"], text["state"]) == (0, "refused")

    def put(offset: str, content: bytes) -> tuple[int, dict]:
        given = bea.client.put(
            cube["url"], content, "application/octet-stream", headers={"Upload-Offset": offset}
        )
        return given.status_code, given.json()

    assert put("0", CUBE[:300])[1]["offset"] == 300
    status, told_back = put("0", CUBE[:300])
    assert (status, told_back["offset"]) == (409, 300)
    for junk in ("", "x", "-1", "9" * 20, "\u0663"):
        assert put(junk, b"x")[0] == 422
    assert bea.client.get(cube["url"]).json()["offset"] == 300
    assert put("300", CUBE[300:])[1]["state"] == "received"
    work()
    page = bea.client.get(answer.json()["url"]).content.decode()
    assert "New part cube rev A." in page and "x.txt is not a part file" in page


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}", '{"files": 5}', '{"files": [5]}', '{"files": [{"name": 5, "size": 5}]}',
        '{"files": [{"name": "a.stl", "size": "x"}]}',
        '{"files": [{"name": "a.stl", "size": 1e999}]}',
        '{"files": [{"name": "a\\u0000.stl", "size": 5}]}', "[" * 100_000, '{"files": []}',
        '{"files": [{"name": "a.stl"}]}', '{"files": null}',
    ],
)  # fmt: skip
def test_a_list_of_files_that_is_none_is_a_sentence(bea: Persona, body: str) -> None:
    answer = bea.client.post("/parts/uploads/", body, content_type="application/json")
    assert answer.status_code == 422 and len(answer.json()["error"]) > 15
    assert not Upload.objects.exists()


def test_a_zip_by_the_plain_form_goes_to_its_page(bea: Persona, work: Callable[[], None]) -> None:
    content = archive_of(**{"a.stl": CUBE})
    file = io.BytesIO(content)
    file.name = "job.zip"
    answer = bea.client.post("/parts/upload/", {"files": [file]})
    assert answer.status_code == 302 and "/parts/uploads/bat_" in answer.url
    work()
    assert "New part a rev A." in bea.client.get(answer.url).content.decode()


def test_the_page_of_an_upload_says_how_far_all_of_it_is(
    bea: Persona, work: Callable[[], None]
) -> None:
    files = {"one.stl": cube_stl(), "two.stl": cube_stl(20), "late.stl": cube_stl(30)}
    told = [Announced(name, len(content), "", name) for name, content in files.items()]
    batch, rows = start_batch(actor=bea.actor, files=told)
    for row in rows[:2]:
        append_chunk(actor=bea.actor, public_id=row.public_id, offset=0, content=files[row.path])
    path = f"/parts/uploads/{batch.public_id}/"
    assert "2 of 3 files arrived; 0 of 0 parts read." in bea.client.get(path).content.decode()
    work()
    assert "2 of 3 files arrived; 2 of 2 parts read." in bea.client.get(path).content.decode()
    # The page goes on refreshing itself while a part is still being read.
    PartRevision.objects.filter(part__number="two").update(state="pending")
    page = bea.client.get(path).content.decode()
    assert "1 of 2 parts read." in page and "every 5s" in page
