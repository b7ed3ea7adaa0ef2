"""The splits: sums that are right for every amount."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import MAX_MINOR
from payments import fees

amounts = st.integers(min_value=0, max_value=MAX_MINOR)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12).filter(sum)


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
