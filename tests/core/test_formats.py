"""How figures are written for people: exact enough, and never a zero that is none."""

from decimal import Decimal

import pytest

from marketplace.core.money import Money
from marketplace.core.templatetags.formats import cm2, cm3, dims, money, quantity, unit_price


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
