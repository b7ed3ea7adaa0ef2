"""Tables come in from whatever a spreadsheet program writes, and go out without formulas."""

import io
import zipfile

import pytest

from marketplace.core.errors import DomainError
from marketplace.core.spreadsheets import csv_line, read_table, read_text, xlsx_bytes


def book(rows: list[list[object]], merged: str = "") -> bytes:
    from openpyxl import Workbook

    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\r\n1,5;2\r\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb\n\n1\t2", [["a", "b"], ["1", "2"]]),
        ('a,b\n"x\ny",2', [["a", "b"], ["x\ny", "2"]]),
        ("", []),
    ],
)
def test_text_is_divided_as_it_was_written(text: str, rows: list[list[str]]) -> None:
    assert read_text(text, most_rows=10) == rows


def test_csv_of_excel_and_of_others() -> None:
    assert read_table("x.csv", "\ufeffGröße,b".encode(), most_rows=5) == [["Größe", "b"]]
    assert read_table("x.csv", "Größe;b".encode("cp1252"), most_rows=5) == [["Größe", "b"]]


def test_a_workbook_with_merged_cells_numbers_and_a_formula_without_value() -> None:
    rows: list[list[object]] = [
        ["Part", "Material", "Qty"],
        ["A-1", "6061", 10],
        ["A-2", None, 2.5],
    ]
    found = read_table("x.xlsx", book(rows, "B2:B3"), most_rows=10)
    assert found == [["Part", "Material", "Qty"], ["A-1", "6061", "10"], ["A-2", "6061", "2.5"]]
    with pytest.raises(DomainError, match="cell A1 holds a formula"):
        read_table("x.xlsx", book([["=1+1", "b"]]), most_rows=10)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04 not a zip", "cannot be read"),
        (b"\xd0\xcf\x11\xe0 old", "old format"),
        (b"a\x00b", "no spreadsheet"),
        (b"a\n" * 100, "more than 10 rows"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b'a,b\n"open', None),
    ],
)
def test_what_is_no_table_says_so(content: bytes, why: str | None) -> None:
    if why is None:
        assert read_table("x.csv", content, most_rows=10)
        return
    with pytest.raises(DomainError, match=why):
        read_table("x.csv", content, most_rows=10)


def test_a_zip_that_is_no_workbook_and_a_bomb_are_refused_unopened() -> None:
    plain, bomb = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(DomainError, match="no workbook"):
        read_table("x.xlsx", plain.getvalue(), most_rows=10)
    with pytest.raises(DomainError, match="far more"):
        read_table("x.xlsx", bomb.getvalue(), most_rows=10)


def test_fifty_thousand_rows_are_refused() -> None:
    content = "\n".join(f"A-{n},6061" for n in range(50_000)).encode()
    with pytest.raises(DomainError, match="more than 200 rows"):
        read_table("big.csv", content, most_rows=200)
    with pytest.raises(DomainError, match=r"more than 200 rows|far more"):
        read_table("big.xlsx", book([[f"A-{n}", "6061"] for n in range(5_000)]), most_rows=200)


def test_nothing_that_goes_out_is_a_formula() -> None:
    assert csv_line(["=1+1", "-2", "@x", "+4", "ok"]) == "'=1+1,'-2,'@x,'+4,ok\r\n"
    rows = [["Part", "Notes"], ["=cmd|' /C calc'!A0", "\x01bell"]]
    found = read_table("x.xlsx", xlsx_bytes("RFQ/1:[x]", rows), most_rows=10)
    assert found == [["Part", "Notes"], ["'=cmd|' /C calc'!A0", "bell"]]
