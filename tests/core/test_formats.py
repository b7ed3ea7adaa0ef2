"""How figures are written for people: exact enough, and never a zero that is none."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from marketplace.core.money import Money
from marketplace.core.templatetags.formats import (
    cm2,
    cm3,
    day,
    dims,
    moment_text,
    money,
    plain_day,
    quantity,
    relative,
    unit_price,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), (4.19, "4.19\u00a0mm³"), (999.9, "999.9\u00a0mm³"), (155700, "155.7\u00a0cm³")],
)
def test_a_volume(value: float | None, text: str) -> None:
    assert cm3(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (12.57, "12.57\u00a0mm²"), (63387, "633.87\u00a0cm²")]
)
def test_an_area(value: float | None, text: str) -> None:
    assert cm2(value) == text


def test_a_box() -> None:
    assert dims([130, 86, 42.04]) == "130 × 86 × 42\u00a0mm"
    assert dims([160, 90, 0.0]) == "160 × 90\u00a0mm"
    assert dims([0, 0, 0]) == "0 × 0 × 0\u00a0mm"
    assert dims(None) == "—"


def test_money_and_prices() -> None:
    assert money(Money(-123450, "EUR")) == "−€1,234.50"
    assert money(None) == "—"
    assert unit_price(Decimal("0.0425"), "EUR") == "€0.0425"
    assert unit_price(Decimal("12.5000"), "USD") == "$12.50"
    assert quantity(1) == "1\u00a0pc" and quantity(1500) == "1,500\u00a0pcs"


def test_a_day_is_written_in_one_way_that_nobody_reads_as_another() -> None:
    moment = datetime(2026, 12, 5, 13, 7, tzinfo=UTC)
    assert plain_day(date(2026, 12, 5)) == plain_day("2026-12-05") == "5 Dec 2026"
    assert plain_day(None) == "—"
    assert ">5 Dec 2026<" in day(moment)
    assert moment_text(moment) == "5 Dec 2026, 13:07 UTC"
    assert 'title="5 Dec 2026, 13:07 UTC"' in relative(moment)


def test_no_page_and_no_mail_writes_days_in_a_way_of_its_own() -> None:
    """`day`, `moment` and their plain twins read the one setting; staff's tables sort by ISO."""
    own = re.compile(r"""\|date:["'][^"']*[djN][^"']*Y[^"']*["']|\|date:["']Y-m-d["'] *}}[^"']*$""")
    folder = Path(__file__).parents[2] / "templates"
    found = [
        f"{path.relative_to(folder)}: {line.strip()[:80]}"
        for path in [*folder.rglob("*.html"), *folder.rglob("*.txt")]
        if "admin" not in path.parts
        for line in path.read_text().splitlines()
        if own.search(line)
    ]
    assert found == []
