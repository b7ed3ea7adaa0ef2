"""Money adds, never mixes, and is rounded once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import MAX_MINOR, Money, line_total, split, to_minor

prices = st.decimals(min_value="0.0001", max_value="99999", places=4)
amounts = st.integers(min_value=0, max_value=MAX_MINOR)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12).filter(sum)


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="Cannot mix EUR and USD"):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.parametrize("bad", [1.5, "3", True, Decimal(1)])
def test_money_is_whole_minor_units(bad: object) -> None:
    with pytest.raises(TypeError):
        Money(bad, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_what_is_no_amount_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        to_minor(Decimal(word), "EUR")


@pytest.mark.parametrize(
    ("price", "quantity", "minor"),
    [("31.1250", 50, 155625), ("0.005", 1, 1), ("0.0049", 1, 0), ("1.1250", 3, 338)],
)
def test_a_line_is_rounded_half_up_once(price: str, quantity: int, minor: int) -> None:
    assert line_total(Decimal(price), quantity, "EUR") == minor


@given(price=prices, quantity=st.integers(1, 100_000))
def test_a_line_is_within_half_a_cent_of_the_exact_product(price: Decimal, quantity: int) -> None:
    exact = price * quantity * 100
    assert abs(Decimal(line_total(price, quantity, "EUR")) - exact) <= Decimal("0.5")


@given(a=st.integers(-(10**12), 10**12), b=st.integers(-(10**12), 10**12))
def test_adding_and_taking_away_is_exact(a: int, b: int) -> None:
    assert (Money(a, "EUR") + Money(b, "EUR") - Money(b, "EUR")).minor == a


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_none_is_negative(amount: int, shares: list[int]) -> None:
    parts = split(amount, shares)
    assert sum(parts) == amount
    assert len(parts) == len(shares)
    assert min(parts) >= 0


@given(amounts, weights)
def test_no_part_is_a_whole_unit_away_from_its_exact_share(amount: int, shares: list[int]) -> None:
    whole = sum(shares)
    for part, share in zip(split(amount, shares), shares, strict=True):
        assert abs(part * whole - amount * share) < whole


def test_split_examples() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(5, [0, 10]) == [0, 5]
    assert split(50_001, [3_000, 4_000, 3_000]) == [15_000, 20_001, 15_000]


@pytest.mark.parametrize("shares", [[], [0, 0], [-1, 2]])
def test_split_refuses_impossible_weights(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        split(100, shares)
