"""The fee and the splits: sums that are right for every amount."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import MAX_MINOR
from payments import fees

amounts = st.integers(min_value=0, max_value=MAX_MINOR)
rates = st.integers(min_value=0, max_value=10_000)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12).filter(sum)


@given(amounts, rates)
def test_commission_is_the_exact_product_rounded_half_up(amount: int, bps: int) -> None:
    exact = Decimal(amount) * Decimal(bps) / Decimal(10_000)
    assert fees.commission(amount, bps) == exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert 0 <= fees.commission(amount, bps) <= amount


@pytest.mark.parametrize(
    ("amount", "bps", "fee"), [(50_000, 800, 4_000), (1, 5_000, 1), (1, 4_999, 0), (125, 200, 3)]
)
def test_commission_examples(amount: int, bps: int, fee: int) -> None:
    assert fees.commission(amount, bps) == fee


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_none_is_negative(amount: int, shares: list[int]) -> None:
    parts = fees.split(amount, shares)
    assert sum(parts) == amount
    assert len(parts) == len(shares)
    assert min(parts) >= 0


@given(amounts, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount: int, shares: list[int]) -> None:
    whole = sum(shares)
    for part, share in zip(fees.split(amount, shares), shares, strict=True):
        assert abs(part * whole - amount * share) < whole


def test_split_examples() -> None:
    assert fees.split(100, [1, 1, 1]) == [34, 33, 33]
    assert fees.split(5, [0, 10]) == [0, 5]
    assert fees.split(50_001, [3_000, 4_000, 3_000]) == [15_000, 20_001, 15_000]


@pytest.mark.parametrize(
    ("amount", "bps"), [(-1, 800), (MAX_MINOR + 1, 800), (100, -1), (100, 10_001)]
)
def test_commission_refuses_what_cannot_be(amount: int, bps: int) -> None:
    with pytest.raises(ValueError, match=r"commission|amount"):
        fees.commission(amount, bps)


@pytest.mark.parametrize("amount", [1.0, True, "100", Decimal(1)])
def test_amounts_are_whole_numbers(amount: object) -> None:
    with pytest.raises(TypeError):
        fees.commission(amount, 800)  # type: ignore[arg-type]


@pytest.mark.parametrize("shares", [[], [0, 0], [-1, 2]])
def test_split_refuses_impossible_weights(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        fees.split(100, shares)


def test_only_currencies_of_the_marketplace() -> None:
    for currency in ("EUR", "USD", "GBP"):
        fees.check_currency(currency)
    for currency in ("JPY", "eur", "", "XXX"):
        with pytest.raises(ValueError, match="not traded"):
            fees.check_currency(currency)
