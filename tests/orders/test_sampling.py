"""Sampling plans as the standard prints them, and what holds for every one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.sampling import AQLS, full_inspection, plan_for

lots = st.integers(1, 2_000_000)
aqls = st.sampled_from(AQLS)


# Rows of ISO 2859-1:1999, Table 2-A: lot, AQL, letter after the arrows, sample, accept.
@pytest.mark.parametrize(
    ("lot", "aql", "letter", "sample", "accept"),
    [
        (500, "2.5", "H", 50, 3),
        (500, "1.0", "H", 50, 1),
        (501, "1.0", "J", 80, 2),
        (1000, "0.65", "J", 80, 1),
        (3200, "0.65", "K", 125, 2),
        (10_000, "4.0", "L", 200, 14),
        (20, "2.5", "C", 5, 0),
        (50, "2.5", "C", 5, 0),
        (90, "2.5", "F", 20, 1),
        (150, "2.5", "F", 20, 1),
        (280, "4.0", "G", 32, 3),
        (25, "4.0", "B", 3, 0),
        (50, "4.0", "E", 13, 1),
        (150, "1.0", "E", 13, 0),
        (280, "1.0", "H", 50, 1),
        (280, "0.65", "F", 20, 0),
        (500, "0.65", "J", 80, 1),
        (35_000, "1.5", "M", 315, 10),
        (500_000, "0.65", "P", 800, 10),
        (500_000, "4.0", "M", 315, 21),
        (2_000_000, "0.65", "Q", 1250, 14),
        (2_000_000, "1.5", "P", 800, 21),
    ],
)
def test_a_plan_of_the_standard(lot: int, aql: str, letter: str, sample: int, accept: int) -> None:
    plan = plan_for(lot, aql)
    assert (plan.letter, plan.sample_size, plan.accept) == (letter, sample, accept)
    assert plan.reject == accept + 1


@pytest.mark.parametrize(("lot", "aql"), [(1, "0.65"), (8, "0.65"), (13, "1.0"), (3, "4.0")])
def test_a_lot_no_larger_than_the_sample_is_looked_at_whole(lot: int, aql: str) -> None:
    plan = plan_for(lot, aql)
    assert (plan.sample_size, plan.accept, plan.letter, plan.is_full) == (lot, 0, "", True)


@given(lots, aqls)
def test_a_sample_is_part_of_its_lot(lot: int, aql: str) -> None:
    plan = plan_for(lot, aql)
    assert 1 <= plan.sample_size <= lot
    assert 0 <= plan.accept < plan.sample_size
    assert plan.is_full == (plan.letter == "")


@given(lots, lots, aqls)
def test_a_larger_lot_never_asks_for_less(one: int, other: int, aql: str) -> None:
    small, large = (plan_for(lot, aql) for lot in sorted((one, other)))
    if not small.is_full:
        assert small.sample_size <= large.sample_size
        assert small.accept <= large.accept


@given(lots)
def test_a_looser_limit_never_accepts_a_smaller_share(lot: int) -> None:
    plans = [plan_for(lot, aql) for aql in AQLS]
    shares = [plan.accept / plan.sample_size for plan in plans]
    assert shares[0] <= shares[-1]


@pytest.mark.parametrize(("lot", "aql"), [(0, "1.0"), (-5, "1.0"), (10, "3.0"), (10, "")])
def test_what_has_no_plan_is_refused(lot: int, aql: str) -> None:
    with pytest.raises(ValueError, match="no plan"):
        plan_for(lot, aql)


def test_full_inspection_accepts_none() -> None:
    plan = full_inspection(40)
    assert (plan.sample_size, plan.accept, plan.reject) == (40, 0, 1)
