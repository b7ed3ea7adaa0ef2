"""Lines that come from a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import transaction

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.parts.queries import parts_by_number
from quotes.actions.rfq import LineDraft, append_lines, draft_changed, own_draft, write_line
from quotes.line_sheet import MAX_FAULTS, ImportedLine
from quotes.models import RFQLine


@transaction.atomic
def import_lines(*, actor: Actor, public_id: str, lines: Sequence[ImportedLine]) -> tuple[int, int]:
    """Take a table's lines into a draft; how many were changed and how many added.

    A part that stands in the request already keeps its line, one of the library gets a line. A
    part number in the table twice is two lines. All or nothing: raises DomainError with a
    sentence a row for parts that are not in the library.
    """
    rfq = own_draft(actor, public_id)
    present: dict[str, list[RFQLine]] = {}
    for row in _lines_of(rfq.pk):
        present.setdefault(row.part_revision.part.number.casefold(), []).append(row)
    wanted = [line.part.casefold() for line in lines]
    library = parts_by_number(actor, {line.part for line in lines})
    if unknown := [line for line in lines if line.part.casefold() not in {*present, *library}]:
        raise DomainError(not_in_library(unknown))
    missing = [
        library[key].current
        for key in dict.fromkeys(wanted)
        for _ in range(wanted.count(key) - len(present.get(key, [])))
    ]
    append_lines(rfq, [revision for revision in missing if revision is not None])
    rows: dict[str, list[RFQLine]] = {}
    for row in _lines_of(rfq.pk):
        rows.setdefault(row.part_revision.part.number.casefold(), []).append(row)
    for line in lines:
        row = rows[line.part.casefold()].pop(0)
        write_line(row, _merged(row, line.values))
    draft_changed(actor, rfq)
    return len(lines) - len(missing), len(missing)


def _lines_of(rfq_pk: int) -> list[RFQLine]:
    rows = RFQLine.objects.filter(rfq=rfq_pk).order_by("position")
    return list(
        rows.select_related(
            "part_revision__part", "process", "material", "finish", "inspection"
        ).prefetch_related("documents")
    )


def _merged(row: RFQLine, values: Mapping[str, object]) -> LineDraft:
    """The line as it stands with the table's values over it."""
    now = LineDraft(
        row.public_id,
        row.process,
        row.material,
        row.finish,
        row.inspection,
        list(row.documents.all()),
        row.tolerance,
        row.threads,
        row.quantities,
        row.notes,
    )
    return replace(now, **values)  # type: ignore[arg-type]


def not_in_library(unknown: Sequence[ImportedLine]) -> str:
    """The sentence that names the parts of these rows."""
    listed = ", ".join(f"{line.part} (row {line.row})" for line in unknown[:MAX_FAULTS])
    return (
        f"These parts are not in your library: {listed}. Upload their files first, or mend the "
        "numbers. Nothing was imported."
    )
