"""Where a file lands: by its number, its revision, its content."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from marketplace.parts.actions.parts import (
    keep_twin,
    lock_revisions,
    note_use,
    relabel_revision,
)
from marketplace.parts.actions.placing import Outcome, Placement, place_file
from marketplace.parts.models import Part, PartRevision, RevisionUse
from marketplace.parts.queries import twins_of, uses_of
from tests.api.scene import facts_since, last_event
from tests.parts.actions.test_parts import PDF, cube_stl
from tests.personas import Persona, make_member

CUBE, OTHER = cube_stl(), cube_stl(20)


def place(who: Persona, name: str, content: bytes) -> Placement:
    return place_file(actor=who.actor, upload=SimpleUploadedFile(name, content))


def labels(part: Part) -> list[tuple[str, bool, bool]]:
    """Revisions, the oldest first: label, has a model, has a drawing."""
    return [
        (row.label, row.model_file_id is not None, row.drawing_file_id is not None)
        for row in part.revisions.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["BRK-014.stl", "BRK-014_revB.pdf"], [("B", True, True)]),
        (["BRK-014_revB.pdf", "BRK-014.stl"], [("B", True, True)]),
        (["BRK-014 rev B.stl", "brk-014-drawing.pdf"], [("B", True, True)]),
        (["BRK_014.stl", "brk 014.pdf"], [("A", True, True)]),
        (["BRK-014_revB.stl", "BRK-014_revC.pdf"], [("B", True, False), ("C", False, True)]),
        (["BRK-014_revC.pdf", "BRK-014_revC.stl"], [("C", True, True)]),
        (["BRK-014_rev02.stl", "BRK-014_rev03.pdf"], [("02", True, False), ("03", False, True)]),
    ],
)
def test_drawings_find_their_models(
    bea: Persona, files: list[str], expected: list[tuple[str, bool, bool]]
) -> None:
    for name in files:
        place(bea, name, PDF if name.endswith("pdf") else CUBE)
    assert labels(Part.objects.get()) == expected


def test_an_older_revision_gets_its_drawing_and_the_current_one_stays(bea: Persona) -> None:
    place(bea, "BRK_revA.stl", CUBE)
    place(bea, "BRK_revB.stl", OTHER)
    placed = place(bea, "BRK_revA.pdf", PDF)
    assert (placed.outcome, placed.sentence) == (Outcome.COMPLETED, "Joined BRK rev A.")
    part = Part.objects.select_related("current").get()
    assert labels(part) == [("A", True, True), ("B", True, False)]
    assert part.current.label == "B"


def test_the_same_file_is_known_in_every_revision(bea: Persona) -> None:
    place(bea, "BRK.stl", CUBE)
    place(bea, "BRK.stl", OTHER)
    last, files = last_event(), StoredFile.objects.count()
    placed = place(bea, "brk.STL", CUBE)
    assert placed.sentence == "The same file as BRK rev A; nothing was stored twice."
    assert (facts_since(last), StoredFile.objects.count()) == ([], files)
    named = place(bea, "BRK_revC.stl", CUBE)
    assert (named.outcome, named.revision.label) == (Outcome.NEW_REVISION, "C")


def test_a_label_that_has_another_file_is_not_overwritten(bea: Persona) -> None:
    place(bea, "BRK_revB.stl", CUBE)
    placed = place(bea, "BRK_revB.stl", OTHER)
    assert placed.sentence == "Rev B of BRK has another file already, so this is rev C."
    revision = place(bea, "X_rev1.stl", CUBE).revision
    lock_revisions([revision])
    late = place(bea, "X_rev1.pdf", PDF)
    assert (late.revision.label, late.revision.model_file_id) == ("2", None)


def test_a_new_file_brings_an_archived_part_back(bea: Persona) -> None:
    part = place(bea, "BRK.stl", CUBE).part
    Part.objects.update(archived_at="2026-01-01T00:00:00Z")
    place(bea, "BRK.stl", OTHER)
    part.refresh_from_db()
    assert part.archived_at is None


def test_the_same_shape_is_told_until_both_are_wanted(
    bea: Persona, stefan: Persona, work: Callable[[], None]
) -> None:
    one = place(bea, "one.stl", CUBE).part
    two = place(bea, "two.stl", CUBE).part
    place(stefan, "theirs.stl", CUBE)
    work()
    assert [twin.part for twin in twins_of(PartRevision.objects.get(part=two))] == [one]
    page = bea.client.get(f"/parts/{two.public_id}/").content.decode()
    assert "The same file as one rev A" in page
    last = last_event()
    keep_twin(actor=bea.actor, public_id=two.public_id)
    keep_twin(actor=bea.actor, public_id=two.public_id)
    assert facts_since(last) == ["twin_kept"]
    assert "The same file as" not in bea.client.get(f"/parts/{two.public_id}/").content.decode()
    with pytest.raises(NotFound):
        keep_twin(actor=stefan.actor, public_id=two.public_id)
    instead = {"do": "archive", "parts": [two.public_id], "instead": one.public_id}
    assert bea.client.post("/parts/change/", instead).url == f"/parts/{one.public_id}/"
    assert twins_of(PartRevision.objects.get(part=one)) == []


def test_the_shape_of_an_older_revision_is_told_under_a_new_number(
    bea: Persona, work: Callable[[], None]
) -> None:
    plate = place(bea, "PLATE_revA.stl", CUBE).part
    place(bea, "PLATE_revB.stl", OTHER)
    new = place(bea, "NEW-7.stl", CUBE).part
    work()
    (twin,) = twins_of(PartRevision.objects.get(part=new))
    assert (twin.part, twin.label) == (plate, "A")
    page = bea.client.get(f"/parts/{new.public_id}/").content.decode()
    assert "The same file as PLATE rev A (now at rev B)" in page
    # Its current revision has another shape, so it is not offered in the place of this one.
    assert "archive this one" not in page and "Keep both" in page
    told = bea.client.get(f"/api/v1/parts/{new.public_id}/").json()["twins"]
    assert [(row["revision"], row["current_revision"]) for row in told] == [("A", "B")]
    # Where the current one has the shape too, it is the one that is named, once.
    place(bea, "PLATE_revC.stl", CUBE)
    work()
    assert [row.label for row in twins_of(PartRevision.objects.get(part=new))] == ["C"]


def test_a_revision_is_named_while_it_is_nobodys(bea: Persona, stefan: Persona) -> None:
    place(bea, "BRK.stl", CUBE)
    part = place(bea, "BRK.stl", OTHER).part
    key = {"actor": bea.actor, "public_id": part.public_id}
    last = last_event()
    relabel_revision(**key, label=" 04 ")
    relabel_revision(**key, label="04")
    assert facts_since(last) == ["revision_relabeled"]
    for label, sentence in (
        ("a", "a revision a already"),
        ("", "1 to 10"),
        ("x" * 11, "1 to 10"),
        ("a\nb", "1 to 10"),
    ):
        with pytest.raises(DomainError, match=sentence):
            relabel_revision(**key, label=label)
    with pytest.raises(NotFound):
        relabel_revision(actor=stefan.actor, public_id=part.public_id, label="B")
    viewer = make_member(bea, "Vera", "viewer")
    with pytest.raises(NotAllowed):
        relabel_revision(actor=viewer.actor, public_id=part.public_id, label="B")
    lock_revisions(part.revisions.all())
    with pytest.raises(Conflict, match="published request"):
        relabel_revision(**key, label="B")
    assert bea.client.post(f"/parts/{part.public_id}/label/", {"label": "B"}).status_code == 422


def test_uses_are_noted_once_and_shown(bea: Persona) -> None:
    placed = place(bea, "BRK.stl", CUBE)
    for _ in range(2):
        note_use(revisions=[placed.revision], kind="order", thing="ord_1", label="O-1")
    note_use(revisions=[placed.revision], kind="quote", thing="quo_1", label="Q-1")
    assert [use.label for use in uses_of(placed.part)] == ["Q-1", "O-1"]
    with pytest.raises(ValueError, match="wish"):
        note_use(revisions=[placed.revision], kind="wish", thing="x", label="x")
    assert RevisionUse.objects.count() == 2
    page = bea.client.get(f"/parts/{placed.part.public_id}/").content.decode()
    assert "O-1" in page and "/orders/ord_1/" in page


def test_a_drawing_is_read_beside_its_model(bea: Persona, work: Callable[[], None]) -> None:
    place(bea, "BRK.stl", CUBE)
    work()
    part = place(bea, "BRK.pdf", PDF).part
    work()
    revision = PartRevision.objects.get(part=part)
    # This PDF is none inside: the model's figures stay, and the drawing says why.
    assert revision.state == "ready" and revision.facts["volume_mm3"] == pytest.approx(1000)
    assert len(revision.drawing_failure) > 20
    assert (
        "The drawing could not be read"
        in bea.client.get(f"/parts/{part.public_id}/").content.decode()
    )
    assert Event.objects.filter(type="part_read").count() == 1
