"""A request's lines as rows of a spreadsheet: what the columns are called, and what they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from quotes import rules
from quotes.models import RFQLine
from quotes.terms import Terms, UnknownTerm, find_term, find_tolerance, quantities_of

# Column -> the headings people write, lower case without dots; the first is the one we write.
COLUMNS: dict[str, tuple[str, ...]] = {
    "part": ("part number", "part", "part no", "number", "item", "item number", "article"),
    "revision": ("revision", "rev"),
    "name": ("name", "part name"),
    "process": ("process", "technology"),
    "material": ("material", "alloy", "grade"),
    "finish": ("finish", "surface", "surface finish", "coating"),
    "tolerance": ("tolerance", "tolerances", "tolerance class", "general tolerance", "iso 2768"),
    "inspection": ("inspection", "inspection level"),
    "threads": ("threads", "thread", "tapped holes"),
    "documents": ("documents", "certificates", "docs"),
    "quantities": ("quantities", "quantity", "qty", "pcs", "pieces", "amount"),
    "notes": ("notes", "note", "remarks", "comment", "comments"),
}
# Written so that the file reads well; what stands there is not taken over.
READ_ONLY = ("revision", "name")
MAX_FAULTS = 50


@dataclass(frozen=True)
class ImportedLine:
    """One row: the part's number, and the values of the columns the table has.

    `values` are the fields of a LineDraft; a column left empty clears nothing.
    """

    row: int
    part: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """What a spreadsheet says, or what is wrong with it, as sentences.

    `numbered` are all rows with a part number, so that of a faulty table the parts can still be
    looked up and everything is named at once.
    """

    lines: Sequence[ImportedLine] = ()
    faults: Sequence[str] = ()
    numbered: Sequence[ImportedLine] = ()


def rows_of(lines: Iterable[RFQLine]) -> list[list[str]]:
    """Header and one row a line, to be written as CSV or XLSX and read back by `read_lines`."""
    rows = [[names[0].capitalize() for names in COLUMNS.values()]]
    for line in lines:
        part = line.part_revision.part
        rows.append(
            [
                part.number,
                line.part_revision.label,
                part.name,
                line.process.name if line.process else "",
                line.material.name if line.material else "",
                line.finish.name if line.finish else "",
                line.tolerance,
                line.inspection.name if line.inspection else "",
                line.threads,
                "; ".join(document.name for document in line.documents.all()),
                "; ".join(str(quantity) for quantity in line.quantities),
                line.notes,
            ]
        )
    return rows


def read_lines(rows: Sequence[Sequence[str]], terms: Terms) -> Table:
    """The lines of a table whose first row names the columns, in any order.

    Every fault is found, so that a file is mended once; with any fault there are no lines.
    """
    if not rows:
        return Table(faults=["The table is empty. Its first row names the columns."])
    header = [_column(cell) for cell in rows[0]]
    known = [name for name in header if name]
    if "part" not in known:
        return Table(
            faults=[
                "No column is called “Part number”. The first row of the table names the columns."
            ]
        )
    if twice := sorted({name for name in known if known.count(name) > 1}):
        return Table(faults=[f"Two columns mean “{COLUMNS[name][0]}”. Keep one." for name in twice])
    lines: list[ImportedLine] = []
    faults: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _unquoted(cell) for name, cell in zip(header, row, strict=False) if name}
        line = _read_row(number, cells, terms, faults)
        if line is not None:
            lines.append(line)
    if not lines and not faults:
        faults.append("The table has a heading and no rows.")
    if len(lines) > rules.MAX_LINES:
        faults.append(f"A request takes at most {rules.MAX_LINES} lines; these are {len(lines)}.")
    if faults:
        return Table(faults=faults[:MAX_FAULTS], numbered=lines)
    return Table(lines, numbered=lines)


def _column(cell: str) -> str:
    text = " ".join(cell.replace(".", " ").replace("_", " ").split()).casefold()
    return next((name for name, words in COLUMNS.items() if text in words), "")


def _unquoted(cell: str) -> str:
    """Our own export marks what looks like a formula with an apostrophe; it comes off again."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in "=+-@" else cell


def _read_row(
    number: int, cells: dict[str, str], terms: Terms, faults: list[str]
) -> ImportedLine | None:
    part = cells.get("part", "")
    if not part:
        faults.append(f"Row {number} has no part number.")
        return None
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell or name == "part" or name in READ_ONLY:
            continue
        try:
            values[name] = _READ[name](cell, terms)
        except ValueError as fault:
            faults.append(f"Row {number}, {COLUMNS[name][0]}: {fault}")
    return ImportedLine(number, part[:60], values)


def _documents(cell: str, terms: Terms) -> list[Any]:
    words = [word.strip() for word in cell.replace(";", ",").replace("\n", ",").split(",")]
    return [find_term(word, terms.documents, "a document") for word in words if word]


def _short(most: int) -> Any:
    def read(cell: str, terms: Terms) -> str:
        if len(cell) > most:
            raise UnknownTerm(f"It is longer than {most} characters.")
        return cell

    return read


_READ: dict[str, Any] = {
    "process": lambda cell, terms: find_term(cell, terms.processes, "a process"),
    "material": lambda cell, terms: find_term(cell, terms.materials, "a material"),
    "finish": lambda cell, terms: find_term(cell, terms.finishes, "a finish"),
    "inspection": lambda cell, terms: find_term(cell, terms.inspections, "an inspection level"),
    "tolerance": lambda cell, terms: find_tolerance(cell),
    "documents": _documents,
    "quantities": lambda cell, terms: quantities_of(cell),
    "threads": _short(200),
    "notes": _short(2000),
}
