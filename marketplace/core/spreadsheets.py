"""Tables that come from and go to spreadsheets: CSV, XLSX, cells pasted as text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.core.errors import DomainError

# A spreadsheet runs what begins with one of these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MAX_BYTES = 5 * 1024 * 1024
# Unpacked parts of a workbook: a table for people is far smaller, a bomb is far larger.
MAX_SHEET_BYTES = 4 * 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 60
MAX_CELL = 4000


def harmless(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_line(cells: Iterable[object]) -> str:
    """One line of CSV with harmless cells, its end of line included."""
    written = io.StringIO()
    csv.writer(written).writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def xlsx_bytes(title: str, rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook with one sheet; the first row is its header. Text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Sheet")
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = []
        for value in row:
            plain = value if isinstance(value, int | float) else _printable(harmless(value))
            cell = WriteOnlyCell(sheet, value=plain)
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read_table(name: str, content: bytes, *, most_rows: int) -> list[list[str]]:
    """The cells of a CSV or XLSX file as text, empty rows left out.

    A merged cell counts for each of its cells, a formula for the result the spreadsheet program
    stored. Raises DomainError with a sentence for a file that is no such table or too large.
    """
    if len(content) > MAX_BYTES:
        raise DomainError(f"{name} is larger than 5 MB. Keep only the sheet with your lines.")
    if content.startswith(b"PK\x03\x04"):
        return read_xlsx(name, content, most_rows=most_rows)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise DomainError(f"{name} is in Excel's old format. Save it as .xlsx or CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel calls "CSV" on a computer set to a western language.
        text = content.decode("cp1252", "replace")
    if "\x00" in text:
        raise DomainError(f"{name} is no spreadsheet we can read. Save it as .xlsx or CSV.")
    return read_text(text, most_rows=most_rows)


def read_text(text: str, *, most_rows: int) -> list[list[str]]:
    """The cells of pasted cells (tabs) or CSV (comma or semicolon), empty rows left out.

    Raises DomainError for more rows than `most_rows`.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    divider = max("\t;,", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=divider):
            _take(rows, row, most_rows)
    except csv.Error as fault:
        raise DomainError("The text is no table we can read: a quotation mark is open.") from fault
    return rows


def read_xlsx(name: str, content: bytes, *, most_rows: int) -> list[list[str]]:
    """The cells of the first sheet of a workbook. Raises DomainError."""
    from openpyxl import load_workbook

    _check_workbook(name, content)
    try:
        book = load_workbook(io.BytesIO(content), data_only=True)
        sheet = book.worksheets[0]
    except Exception as fault:
        raise DomainError(f"{name} cannot be read as a workbook. Save it again.") from fault
    if b"<f" in _sheets_xml(content):
        _check_formulas(name, content, sheet)
    merged: dict[tuple[int, int], Any] = {}
    for area in list(sheet.merged_cells.ranges)[:1000]:
        value = sheet.cell(area.min_row, area.min_col).value
        for down in range(area.min_row, min(area.max_row, area.min_row + most_rows) + 1):
            for column in range(area.min_col, min(area.max_col, MAX_COLUMNS) + 1):
                merged[down, column] = value
    rows: list[list[str]] = []
    width = min(sheet.max_column, MAX_COLUMNS)
    for number, cells in enumerate(sheet.iter_rows(max_col=width, values_only=True), 1):
        row = [merged.get((number, column), value) for column, value in enumerate(cells, 1)]
        _take(rows, [_text(value) for value in row], most_rows)
    return rows


def _sheets_xml(content: bytes) -> bytes:
    """The XML of all sheets; their sizes were looked at before."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
        return b"".join(archive.read(name) for name in names)


def _check_formulas(name: str, content: bytes, values: Any) -> None:
    """Raise DomainError for a formula of which the file does not carry the result."""
    from openpyxl import load_workbook

    formulas = load_workbook(io.BytesIO(content)).worksheets[0]
    for row in formulas.iter_rows(max_col=MAX_COLUMNS):
        for cell in row:
            if cell.data_type == "f" and values[cell.coordinate].value is None:
                raise DomainError(
                    f"{name}: cell {cell.coordinate} holds a formula without its result. Save the "
                    "file in your spreadsheet program, or paste the values."
                )


def _check_workbook(name: str, content: bytes) -> None:
    """Look at the sizes a workbook says it unpacks to before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as fault:
        raise DomainError(f"{name} cannot be read as a workbook. Save it again.") from fault
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise DomainError(f"{name} is no workbook. Save the sheet as .xlsx or CSV.")
    sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
    if (
        sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES
        or max((part.file_size for part in sheets), default=0) > MAX_SHEET_BYTES
    ):
        raise DomainError(f"{name} holds far more than a list of lines. Keep only your lines.")


def _take(rows: list[list[str]], row: Sequence[str], most_rows: int) -> None:
    cells = [cell.strip()[:MAX_CELL] for cell in row[:MAX_COLUMNS]]
    if not any(cells):
        return
    if len(rows) > most_rows:
        raise DomainError(f"The table has more than {most_rows} rows. Divide it.")
    rows.append(cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _printable(text: str) -> str:
    """XML takes no control characters."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text)
