"""Files become parts: paired, revised, read, or refused with a sentence."""

import struct
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from marketplace.parts.actions.parts import (
    change_part,
    give_units,
    lock_revisions,
)
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.models import Part
from marketplace.parts.queries import current_revisions, get_part
from tests.personas import Persona

CORNERS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
FACES = [
    (0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4),
    (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
]  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"


def cube_stl(edge: float = 10.0) -> bytes:
    """A closed cube as binary STL: volume edge^3, area 6 edge^2."""
    facets = b"".join(
        struct.pack("<12fH", 0, 0, 0, *(c * edge for i in face for c in CORNERS[i]), 0)
        for face in FACES
    )
    return b"\0" * 80 + struct.pack("<I", len(FACES)) + facets


def send(who: Persona, name: str, content: bytes) -> Part:
    part = upload_part_file(actor=who.actor, upload=SimpleUploadedFile(name, content))
    return Part.objects.select_related("current").get(pk=part.pk)


def test_a_model_becomes_a_part_and_is_read(bea: Persona, work: Callable[[], None]) -> None:
    part = send(bea, "cube.stl", cube_stl())
    assert (part.number, part.current.label, part.current.state) == ("cube", "A", "pending")
    work()
    part.current.refresh_from_db()
    facts = part.current.facts
    assert part.current.state == "ready"
    assert (facts["volume_mm3"], facts["area_mm2"]) == (pytest.approx(1000), pytest.approx(600))
    assert facts["bbox_mm"] == pytest.approx([10, 10, 10]) and facts["watertight"] is True
    assert part.current.thumbnail is not None and part.current.preview is not None
    assert Event.objects.filter(type="part_read", thread=part.public_id).count() == 1


def test_a_drawing_of_the_same_name_joins_its_model(bea: Persona, work: Callable[[], None]) -> None:
    part = send(bea, "cube.stl", cube_stl())
    same = send(bea, "cube.pdf", PDF)
    assert (same.pk, same.current_id) == (part.pk, part.current_id)
    assert same.current.drawing_file is not None


def test_the_same_file_again_changes_nothing(bea: Persona) -> None:
    part = send(bea, "cube.stl", cube_stl())
    facts = Event.objects.count()
    assert send(bea, "cube.stl", cube_stl()).current_id == part.current_id
    assert (Part.objects.count(), Event.objects.count()) == (1, facts)


def test_a_changed_file_is_the_next_revision_and_the_old_one_stays(bea: Persona) -> None:
    first = send(bea, "cube.stl", cube_stl())
    second = send(bea, "cube.stl", cube_stl(20))
    assert (first.current.label, second.current.label) == ("A", "B")
    assert second.revisions.count() == 2


def test_a_locked_revision_is_never_completed(bea: Persona) -> None:
    part = send(bea, "cube.stl", cube_stl())
    lock_revisions([part.current])
    later = send(bea, "cube.pdf", PDF)
    assert later.current_id != part.current_id
    part.current.refresh_from_db()
    assert part.current.drawing_file is None
    with pytest.raises(NotFound):
        give_units(actor=bea.actor, public_id="prt_nobody", units="in")


def test_units_are_asked_and_the_file_is_read_again(bea: Persona, work: Callable[[], None]) -> None:
    part = send(bea, "cube.stl", cube_stl())
    work()
    give_units(actor=bea.actor, public_id=part.public_id, units="in")
    work()
    revision = get_part(bea.actor, part.public_id).current
    assert revision.facts["volume_mm3"] == pytest.approx(1000 * 25.4**3)
    lock_revisions([revision])
    with pytest.raises(Conflict, match="published request"):
        give_units(actor=bea.actor, public_id=part.public_id, units="mm")
    with pytest.raises(DomainError):
        give_units(actor=bea.actor, public_id=part.public_id, units="furlong")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("notes.txt", b"hello", "is not a part file"),
        ("evil.html", b"<script>", "is not a part file"),
        ("cube.stl.exe", b"MZ", "is not a part file"),
        ("empty.step", b"", "is empty"),
        ("drawing.pdf", b"<html>", "is named PDF but is not one"),
    ],
)
def test_what_we_do_not_take_is_refused_at_the_door(
    bea: Persona, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        send(bea, name, content)
    assert not Part.objects.exists() and not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.step", b"ISO-10303-21;\nHEADER;\nnonsense"),
        ("renamed.step", cube_stl()),
        ("html.stl", b"<html><script>alert(1)</script></html>" * 10),
        ("short.stl", cube_stl()[:200]),
        ("bomb.3mf", b"PK\x03\x04" + b"\0" * 100),
        ("random.obj", bytes(range(256)) * 4),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence_and_harms_nothing(
    bea: Persona, work: Callable[[], None], name: str, content: bytes
) -> None:
    good = send(bea, "cube.stl", cube_stl())
    bad = send(bea, name, content)
    work()
    bad.current.refresh_from_db()
    good.current.refresh_from_db()
    assert (bad.current.state, good.current.state) == ("failed", "ready")
    assert len(bad.current.failure) > 20 and "Traceback" not in bad.current.failure
    page = bea.client.get(f"/parts/{bad.public_id}/").content.decode()
    assert "could not be read" in page


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("../../etc/passwd.stl", "passwd"),
        ("..\\..\\boot.stl", "boot"),
        ("<script>alert(1)</script>.stl", "script_"),
        ("cube\r\nSet-Cookie: a=b.stl", "cube__Set-Cookie_ a=b"),
        ("bracket\u202ests.stl", "bracket_sts"),
    ],
)
def test_names_lose_paths_scripts_and_control_characters(
    bea: Persona, name: str, number: str
) -> None:
    part = send(bea, name, cube_stl())
    assert part.number == number
    page = bea.client.get("/parts/").content.decode()
    assert "<script>alert" not in page


def test_a_viewer_uploads_nothing(bea: Persona) -> None:
    Membership.objects.update(role="viewer")
    with pytest.raises(NotAllowed):
        send(bea, "cube.stl", cube_stl())
    assert not StoredFile.objects.exists()


def test_a_stranger_finds_no_part(bea: Persona, stefan: Persona) -> None:
    part = send(bea, "cube.stl", cube_stl())
    with pytest.raises(NotFound):
        get_part(stefan.actor, part.public_id)
    with pytest.raises(NotFound):
        current_revisions(stefan.actor, [part.public_id])
    with pytest.raises(NotFound):
        change_part(actor=stefan.actor, public_id=part.public_id, number="x", name="x", notes="")
    assert stefan.client.get(f"/parts/{part.public_id}/").status_code == 404


def test_a_number_is_given_once(bea: Persona) -> None:
    send(bea, "one.stl", cube_stl())
    two = send(bea, "two.stl", cube_stl(5))
    with pytest.raises(DomainError, match="Another part has the number one"):
        change_part(actor=bea.actor, public_id=two.public_id, number="one", name="x", notes="")


def test_one_bad_file_among_many_keeps_the_others(bea: Persona) -> None:
    answer = bea.client.post(
        "/parts/upload/",
        {
            "files": [
                SimpleUploadedFile("cube.stl", cube_stl()),
                SimpleUploadedFile("empty.step", b""),
            ]
        },
        follow=True,
    )
    assert "empty.step is empty" in answer.content.decode()
    assert [p.number for p in Part.objects.all()] == ["cube"]
