"""Many parts at once; search, filters and pages of the library."""

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.files.models import StoredFile
from marketplace.parts.actions.library import (
    BulkChange,
    archive_parts,
    change_parts,
    delete_parts,
    restore_parts,
)
from marketplace.parts.actions.parts import change_part, lock_revisions, note_use
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.models import Part, PartRevision, Tag
from marketplace.parts.queries import Filters, library_page, parts_of
from tests.api.scene import facts_since, last_event, make_part
from tests.orders.scene import make_order
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_member
from tests.quotes.scene import draft_rfq


def ids(*parts: Part) -> list[str]:
    return [part.public_id for part in parts]


def tags_of(part: Part) -> list[str]:
    return [tag.name for tag in part.tags.all()]


@pytest.fixture
def parts(bea: Persona) -> list[Part]:
    return [make_part(bea, number) for number in ("brk-1", "brk-2", "flange")]


def numbers(who: Persona, **filters: object) -> list[str]:
    page = library_page(who.actor, Filters(**filters))  # type: ignore[arg-type]
    return [part.number for part in page]


def test_many_parts_are_changed_and_each_says_so(bea: Persona, parts: list[Part]) -> None:
    last = last_event()
    change = BulkChange(add_tags=["Gearbox", "series  A"], name_rule="upper", notes="Deburr.")
    assert change_parts(actor=bea.actor, part_ids=ids(*parts[:2]), change=change) == 2
    assert facts_since(last) == ["part_changed", "part_changed"]
    first, _, third = Part.objects.order_by("pk")
    assert (tags_of(first), first.name, first.notes) == (
        ["Gearbox", "series A"],
        "BRK-1",
        "Deburr.",
    )
    assert (tags_of(third), third.notes) == ([], "")
    more = BulkChange(drop_tags=["GEARBOX"], add_tags=["series a"], notes="Pack in foam.")
    change_parts(actor=bea.actor, part_ids=ids(*parts[:2]), change=more)
    first.refresh_from_db()
    assert (tags_of(first), first.notes) == (["series A"], "Deburr.\nPack in foam.")
    # A tag that no part has is no tag any more.
    assert [tag.name for tag in Tag.objects.all()] == ["series A"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (BulkChange(), "Say what to change"),
        (BulkChange(notes="x" * 2001), "longer than 2,000"),
        (BulkChange(add_tags=["x" * 41]), "at most 40 characters"),
        (BulkChange(add_tags=["a\x00b"]), "at most 40 characters"),
        (BulkChange(add_tags=[str(n) for n in range(21)]), "at most 20 tags"),
        (BulkChange(name_rule="rot13"), "one of the rules"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    bea: Persona, parts: list[Part], change: BulkChange, sentence: str
) -> None:
    last = last_event()
    with pytest.raises(DomainError, match=sentence):
        change_parts(actor=bea.actor, part_ids=ids(*parts), change=change)
    assert facts_since(last) == [] and not Tag.objects.exists()


@pytest.mark.parametrize("action", [archive_parts, restore_parts, delete_parts])
def test_strangers_viewers_and_nothing_chosen(
    bea: Persona, stefan: Persona, parts: list[Part], action: Callable[..., int]
) -> None:
    with pytest.raises(NotFound):
        action(actor=stefan.actor, part_ids=ids(parts[0]))
    own = make_part(stefan, "own")
    with pytest.raises(NotFound):
        action(actor=stefan.actor, part_ids=ids(own, parts[0]))
    with pytest.raises(NotAllowed):
        action(actor=make_member(bea, "Vera", "viewer").actor, part_ids=ids(parts[0]))
    with pytest.raises(DomainError, match="at least one"):
        action(actor=bea.actor, part_ids=[])
    with pytest.raises(DomainError, match="at most 200"):
        action(actor=bea.actor, part_ids=[f"prt_{n}" for n in range(201)])
    assert Part.objects.filter(archived_at=None).count() == 4


def test_archived_parts_are_out_of_sight_and_come_back(bea: Persona, parts: list[Part]) -> None:
    last = last_event()
    assert archive_parts(actor=bea.actor, part_ids=ids(*parts[:2])) == 2
    assert archive_parts(actor=bea.actor, part_ids=ids(*parts[:2])) == 0
    assert numbers(bea) == ["flange"]
    assert numbers(bea, shown="archived") == ["brk-2", "brk-1"]
    assert restore_parts(actor=bea.actor, part_ids=ids(*parts)) == 2
    assert facts_since(last) == ["part_archived"] * 2 + ["part_restored"] * 2
    assert numbers(bea) == ["flange", "brk-2", "brk-1"]


def test_unused_parts_are_deleted_with_their_files(bea: Persona, work: Callable[[], None]) -> None:
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("a.stl", cube_stl()))
    work()
    keys = [file.content.name for file in StoredFile.objects.all()]
    assert len(keys) >= 3 and all(default_storage.exists(key) for key in keys)
    last = last_event()
    assert delete_parts(actor=bea.actor, part_ids=ids(part)) == 1
    assert facts_since(last) == ["files_erased", "part_deleted"]
    work()
    assert not any(default_storage.exists(key) for key in keys)
    assert not PartRevision.objects.exists() and not StoredFile.objects.exists()


def test_a_part_deleted_while_it_is_read_harms_nothing(
    bea: Persona, work: Callable[[], None]
) -> None:
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("a.stl", cube_stl()))
    delete_parts(actor=bea.actor, part_ids=ids(part))
    work()
    assert not Part.objects.exists()


def test_what_somebody_has_is_not_deleted_and_neither_is_the_rest(
    bea: Persona, milo: Persona, parts: list[Part]
) -> None:
    drafted = draft_rfq(bea).line.part_revision.part
    Part.objects.filter(number="BRK-1").update(number="BRK-0")  # both scenes use this number
    ordered = Part.objects.get(revisions=make_order(bea, milo).lines.get().part_revision_id)
    locked, used, free = parts
    lock_revisions(locked.revisions.all())
    note_use(revisions=used.revisions.all(), kind="quote", thing="quo_1", label="Q-1")
    last = last_event()
    for part in (drafted, ordered, locked, used):
        with pytest.raises(Conflict, match="nothing was deleted"):
            delete_parts(actor=bea.actor, part_ids=ids(free, part))
    assert Part.objects.filter(pk=free.pk).exists() and facts_since(last) == []


def test_search_looks_everywhere_and_filters_narrow(bea: Persona, parts: list[Part]) -> None:
    one, two, flange = parts
    change_part(
        actor=bea.actor,
        public_id=flange.public_id,
        number="FLG-9",
        name="Hub flange",
        notes="for the Ärmel press",
        customer_number="KD 4711",
        tags=["gearbox"],
    )
    for text in ("flg", "HUB FLANGE", "4711", "ärmel", "Ä"):
        assert numbers(bea, text=text) == ["FLG-9"], text
    assert numbers(bea, text="100%") == numbers(bea, text="_") == []
    assert numbers(bea, tags=["gearbox"]) == ["FLG-9"]
    assert numbers(bea, tags=["gearbox", "nothing"]) == []
    PartRevision.objects.filter(part=one).update(format="step", warning_count=1)
    PartRevision.objects.filter(part=two).update(state="failed")
    assert numbers(bea, format="step") == ["brk-1"]
    assert numbers(bea, shown="look") == ["brk-2", "brk-1"]
    assert numbers(bea, shown="failed") == ["brk-2"]
    assert numbers(bea, shown="ready") == ["FLG-9"]
    assert numbers(bea, shown="reading") == []
    assert len(numbers(bea, shown="no_drawing")) == 3


@pytest.mark.parametrize("sort", ["newest", "oldest", "number"])
def test_pages_in_every_order_show_each_part_once(bea: Persona, sort: str) -> None:
    for n in range(27):
        make_part(bea, f"P{n * 7 % 27:02d}")
    first = library_page(bea.actor, Filters(sort=sort))
    second = library_page(bea.actor, Filters(sort=sort), first.next_after)
    seen = [part.number for part in [*first, *second]]
    assert (len(first), len(second), second.next_after) == (25, 2, "")
    rows = parts_of(bea.actor).order_by({"newest": "-pk", "oldest": "pk", "number": "number"}[sort])
    assert seen == list(rows.values_list("number", flat=True))


@pytest.mark.parametrize(
    "query",
    ["?after=x", "?after=99999999999999999999", "?sort=hot", "?shown=x&format=exe", "?tag=%0A",
     "?text=" + "x" * 500, "?sort=number&after=%F0%9F%98%80", "?view=cube", "?tag=a&tag=b&tag=c"],
)  # fmt: skip
def test_an_address_somebody_typed_never_breaks_the_page(
    bea: Persona, parts: list[Part], query: str
) -> None:
    assert bea.client.get(f"/parts/{query}").status_code == 200


def test_the_page_does_what_its_buttons_say(bea: Persona, parts: list[Part]) -> None:
    def press(do: str, *chosen: Part, **fields: str) -> int:
        body = {"do": do, "parts": ids(*chosen), **fields}
        return bea.client.post("/parts/change/?shown=&view=table", body).status_code

    assert press("change", *parts, add_tags="a, b", notes="Foam.") == 302
    assert tags_of(parts[0]) == ["a", "b"]
    refused = bea.client.post("/parts/change/", {"do": "change", "parts": ids(parts[0])})
    assert refused.status_code == 422 and b"Say what to change" in refused.content
    # What was chosen stays chosen.
    text = " ".join(refused.content.decode().split())
    assert f'value="{parts[0].public_id}" aria-label="Choose brk-1" checked' in text
    assert press("", parts[0]) == press("burn", parts[0]) == 422
    assert press("archive", parts[0]) == press("restore", parts[0]) == 302
    assert press("delete", *parts) == 302
    assert not Part.objects.exists()
