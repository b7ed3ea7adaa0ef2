"""A request's lines go out as a table and come back, changed, completed, or refused with why."""

import pytest

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.models import Event
from marketplace.parts.models import PartRevision
from quotes import rules
from quotes.actions import rfq as asking
from quotes.actions.line_import import import_lines
from quotes.line_sheet import ImportedLine, Table, read_lines, rows_of
from quotes.queries import lines_of
from quotes.terms import Terms, UnknownTerm, find_tolerance, quantities_of
from tests.orders.scene import revision_of
from tests.personas import Persona
from tests.quotes.scene import Request, draft_rfq


@pytest.fixture
def request_of_two(bea: Persona) -> Request:
    request = draft_rfq(bea)
    other = revision_of(bea, "PLT-7")
    PartRevision.objects.filter(pk=other.pk).update(state="ready")
    return request


def table(text: str) -> Table:
    return read_lines([row.split("|") for row in text.strip().split("\n")], Terms.read())


def test_a_table_fills_lines_and_adds_parts_of_the_library(
    bea: Persona, request_of_two: Request
) -> None:
    number = request_of_two.line.part_revision.part.number
    read = table(
        f"""Qty|Part No.|Material|Process|Tolerance|Docs|Threads|Finish
10; 50|{number.lower()}|6061|CNC milling (3/4/5-axis)|ISO 2768-mK|CoC; reach|M6 x 1|
5|PLT-7||sheet_fab|as drawing|||"""
    )
    # "CoC" is the code, in whatever case.
    assert read.faults == ()
    before = Event.objects.count()
    done = import_lines(actor=bea.actor, public_id=request_of_two.id, lines=read.lines)
    assert done == (1, 1)
    first, second = lines_of(request_of_two.rfq)
    assert first.material is not None
    assert (first.material.code, first.tolerance, first.quantities) == ("al_6061", "m", [10, 50])
    assert {d.code for d in first.documents.all()} == {"coc", "reach"}
    assert first.threads == "M6 x 1"
    assert second.part_revision.part.number == "PLT-7"
    assert second.process is not None
    assert (second.process.code, second.tolerance) == ("sheet_fab", "drawing")
    assert request_of_two.fresh().edition == 2
    assert Event.objects.count() == before + 1


def test_what_goes_out_comes_back_the_same(bea: Persona, request_of_two: Request) -> None:
    from marketplace.directory.models import Material

    line = request_of_two.line
    line.material = Material.objects.get(code="al_6061")
    line.notes = "=not a formula"
    line.save()
    rows = rows_of(lines_of(request_of_two.rfq))
    read = read_lines(rows, Terms.read())
    assert read.faults == ()
    import_lines(actor=bea.actor, public_id=request_of_two.id, lines=read.lines)
    assert rows_of(lines_of(request_of_two.rfq)) == rows


@pytest.mark.django_db
def test_every_fault_is_named_with_its_row_and_nothing_is_read() -> None:
    read = table(
        """Part number|Process|Material|Quantities|Tolerance
|sls|pl_pa12|1|m
A-1|millling|Aluminum|0|very fine
A-2|cnc_milling|6061|1,2,3,4,5,6|m"""
    )
    assert read.lines == ()
    text = "\n".join(read.faults)
    assert "Row 2 has no part number." in text
    assert "Row 3, process: “millling” is not a process we know." in text
    assert "Row 3, material: “Aluminum” is not a material we know. Did you mean" in text
    assert "Row 3, part number" not in text
    assert "Row 3, quantities: A quantity is at least 1." in text
    assert "Row 3, tolerance" in text
    assert "Row 4, quantities: Ask for at most five quantities a line." in text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Number2|Material\n1|2", "No column is called"),
        ("Part number|Qty|Quantity\nA|1|2", "Two columns mean"),
        ("Part number|Material", "no rows"),
    ],
)
@pytest.mark.django_db
def test_a_table_without_sense_is_refused(text: str, why: str) -> None:
    assert why in table(text).faults[0]
    assert read_lines([], Terms.read()).faults


def test_a_part_that_is_not_in_the_library_stops_the_whole_import(
    bea: Persona, request_of_two: Request
) -> None:
    number = request_of_two.line.part_revision.part.number
    lines = [ImportedLine(2, number, {"notes": "changed"}), ImportedLine(3, "NOPE-1", {})]
    with pytest.raises(DomainError, match=r"NOPE-1 \(row 3\)"):
        import_lines(actor=bea.actor, public_id=request_of_two.id, lines=lines)
    assert lines_of(request_of_two.rfq)[0].notes == ""


def test_a_number_twice_is_two_lines(bea: Persona, request_of_two: Request) -> None:
    number = request_of_two.line.part_revision.part.number
    lines = [ImportedLine(2, number, {"notes": "one"}), ImportedLine(3, number, {"notes": "two"})]
    assert import_lines(actor=bea.actor, public_id=request_of_two.id, lines=lines) == (1, 1)
    assert [line.notes for line in lines_of(request_of_two.rfq)] == ["one", "two"]


def test_strangers_and_the_other_side_find_nothing(
    request_of_two: Request, stefan: Persona, milo: Persona
) -> None:
    for persona in (stefan, milo):
        with pytest.raises(NotFound):
            import_lines(actor=persona.actor, public_id=request_of_two.id, lines=[])
    assert request_of_two.fresh().edition == 1


def test_two_people_edit_one_draft(bea: Persona, request_of_two: Request) -> None:
    """The second is told and nothing of the first is lost; saying so again saves over it."""
    from dataclasses import replace

    from tests.quotes.scene import draft_for

    draft = replace(draft_for(request_of_two.line), edition=1)
    asking.save_rfq(actor=bea.actor, public_id=request_of_two.id, draft=draft)
    late = replace(draft_for(request_of_two.line, title="Late"), edition=1)
    with pytest.raises(rules.EditedMeanwhile) as told:
        asking.save_rfq(actor=bea.actor, public_id=request_of_two.id, draft=late)
    assert request_of_two.fresh().title == "Brackets"
    late = replace(late, edition=told.value.edition)
    asking.save_rfq(actor=bea.actor, public_id=request_of_two.id, draft=late)
    assert request_of_two.fresh().title == "Late"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("m", "m"),
        ("ISO 2768-1 mK", "m"),
        ("DIN ISO 2768 f", "f"),
        ("Coarse", "c"),
        ("2768-vL", "v"),
    ],
)
def test_tolerances_as_people_write_them(text: str, code: str) -> None:
    assert find_tolerance(text) == code


def test_tolerances_nobody_knows() -> None:
    with pytest.raises(UnknownTerm):
        find_tolerance("h7")


@pytest.mark.parametrize("text", ["0", "1.5", "-1", "1e3", "99999999", "²", "1,2,3,4,5,6"])
def test_quantities_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"quantit|numbers"):
        quantities_of(text)
