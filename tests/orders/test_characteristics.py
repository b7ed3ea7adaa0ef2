"""What is in tolerance is computed; a table is read whole or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import DomainError
from marketplace.core.spreadsheets import read_table as read_file
from marketplace.core.spreadsheets import read_text, xlsx_bytes
from orders.characteristics import (
    Characteristic,
    csv_of,
    read_characteristics,
    rows_of_table,
)
from orders.table_faults import TableFaults

HEAD = "number,requirement,nominal,lower,upper,measured"


def read(text: str) -> list[Characteristic]:
    return read_characteristics(rows_of_table(read_text(text, most_rows=500)))


@pytest.mark.parametrize(
    ("cells", "result"),
    [
        ("10,-0.05,0.05,10.05", "in"),
        ("10,-0.05,0.05,9.95", "in"),
        ("10,-0.05,0.05,10.0500", "in"),
        ("10,-0.05,0.05,10.050001", "out"),
        ("10,-0.05,0.05,9.949999", "out"),
        ("0.3,0,0.1,0.4", "in"),
        ("10,0.05,0.1,10", "out"),
        ("1.6,,0,1.7", "out"),
        ("1.6,,0,0.2", "in"),
        ("5,0,,4.99", "out"),
        ("5,0,,500", "in"),
        ("10,-0.05,0.05,", "open"),
        (",,,ok", "in"),
        (",,,Not OK", "out"),
        (",,,", "open"),
        ("'-5,'-0.1,'+0.1,-5.1", "in"),
    ],
)
def test_the_result_is_computed_in_decimals(cells: str, result: str) -> None:
    assert read(f"{HEAD}\n1,Width,{cells}\n")[0].result == result


def test_a_decimal_comma_is_read() -> None:
    [row] = read("number;requirement;nominal;lower;upper;measured\n1;Width;10;-0,1;0,1;10,05\n")
    assert (row.nominal, row.lower, row.measured, row.result) == (
        10,
        Decimal("-0.1"),
        "10.05",
        "in",
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Width,10,0,0,1", "number"),
        ("1,,10,0,0,1", "requirement"),
        ("1,Width,ten,0,0,1", "nominal"),
        ("1,Width,NaN,0,0,1", "nominal"),
        ("1,Width,1e5,0,0,1", "nominal"),
        ("1,Width,10,0.1,-0.1,1", "lower tolerance"),
        ("1,Width,10,,,1", "upper tolerance"),
        ("1,Width,,0,0.1,1", "nominal"),
        ("1,Width,10,0,0.1,=1+1", "measured"),
        ("1,Width,,,,maybe", "measured"),
        (f"1,{'w' * 201},10,0,1,1", "requirement"),
        (f"{'1' * 13},Width,10,0,1,1", "number"),
    ],
)
def test_every_fault_names_row_and_column(row: str, column: str) -> None:
    with pytest.raises(TableFaults) as refused:
        read(f"{HEAD}\n7,Depth,5,0,1,5\n{row}\n")
    assert refused.value.faults[0].startswith(f"Row 3, {column}: ")


def test_two_rows_of_one_number_and_many_faults_are_all_listed() -> None:
    with pytest.raises(TableFaults) as refused:
        read(f"{HEAD}\n1,A,5,0,1,5\n1,B,x,0,y,5\n")
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize("head", ["number", "number,requirement,colour", "number,no,requirement"])
def test_headings_that_cannot_be_read(head: str) -> None:
    with pytest.raises(DomainError):
        read(f"{head}\n1,a,b\n")
    with pytest.raises(DomainError):
        read(head)


def test_csv_and_xlsx_come_back_as_they_went() -> None:
    rows = read(f"{HEAD},note\n1,=cmd,10,-0.05,0.05,10,-see zone\n2,Burrs,,,,not ok,\n")
    text = csv_of(rows)
    assert "'=cmd" in text and ",-0.05," in text and "Out of tolerance" in text
    again = read(text.replace("'=cmd", "=cmd").replace("'-see", "-see"))
    assert again == rows
    cells = [line.split(",") for line in csv_of(rows).splitlines()]
    book = read_file("t.xlsx", xlsx_bytes("t", cells), most_rows=500)
    assert [row.result for row in read_characteristics(rows_of_table(book))] == ["in", "out"]


@given(
    st.decimals("-1000", "1000", places=4),
    st.decimals("-10", "0", places=4),
    st.decimals("0", "10", places=4),
    st.decimals("-20", "20", places=4),
)
def test_in_means_between_the_limits(
    nominal: Decimal, lower: Decimal, upper: Decimal, off: Decimal
) -> None:
    row = Characteristic(
        "1", "W", nominal=nominal, lower=lower, upper=upper, measured=str(nominal + off)
    )
    assert (row.result == "in") == (lower <= off <= upper)
    assert Characteristic.from_plain(row.plain()) == row
