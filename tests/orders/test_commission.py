"""The commission: exact for every amount, and refused where it cannot be."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import MAX_MINOR
from orders.commission import CommissionTerms, commission

amounts = st.integers(min_value=0, max_value=MAX_MINOR)
rates = st.integers(min_value=0, max_value=10_000)


@given(amounts, rates)
def test_commission_is_the_exact_product_rounded_half_up(amount: int, bps: int) -> None:
    exact = Decimal(amount) * Decimal(bps) / Decimal(10_000)
    assert commission(amount, CommissionTerms(bps)) == exact.quantize(
        Decimal(1), rounding=ROUND_HALF_UP
    )
    assert 0 <= commission(amount, CommissionTerms(bps)) <= amount


@pytest.mark.parametrize(
    ("amount", "bps", "fee"), [(50_000, 800, 4_000), (1, 5_000, 1), (1, 4_999, 0), (125, 200, 3)]
)
def test_commission_examples(amount: int, bps: int, fee: int) -> None:
    assert commission(amount, CommissionTerms(bps)) == fee


@pytest.mark.parametrize(
    ("amount", "bps"), [(-1, 800), (MAX_MINOR + 1, 800), (100, -1), (100, 10_001)]
)
def test_commission_refuses_what_cannot_be(amount: int, bps: int) -> None:
    with pytest.raises(ValueError, match=r"commission|amount"):
        commission(amount, CommissionTerms(bps))


@pytest.mark.parametrize("amount", [1.0, True, "100", Decimal(1)])
def test_amounts_are_whole_numbers(amount: object) -> None:
    with pytest.raises(TypeError):
        commission(amount, 800)  # type: ignore[arg-type]


@given(amounts, rates, amounts, amounts)
def test_a_minimum_and_a_fixed_part_never_take_more_than_there_is(
    amount: int, bps: int, fixed: int, least: int
) -> None:
    kept = commission(amount, CommissionTerms(bps, fixed, least))
    assert 0 <= kept <= amount
    assert kept == amount or kept >= max(fixed, least)
    assert kept >= commission(amount, CommissionTerms(bps))


@given(amounts, amounts, rates, amounts, amounts)
def test_more_never_costs_less(one: int, other: int, bps: int, fixed: int, least: int) -> None:
    terms = CommissionTerms(bps, fixed, least)
    small, large = sorted((one, other))
    assert commission(small, terms) <= commission(large, terms)


def test_terms_in_words() -> None:
    assert CommissionTerms(800).words("EUR") == "8%"
    assert CommissionTerms(725, 200, 500).words("EUR") == "7.25% plus 2.00 EUR, at least 5.00 EUR"
