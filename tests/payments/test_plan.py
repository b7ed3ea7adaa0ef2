"""The plan of instalments adds up, whatever the steps: property tests of pure arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.commission import CommissionTerms, commission
from orders.milestones import WHEN
from payments.instalments import commissions, plan_of

amounts = st.integers(min_value=0, max_value=10**11)


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Some of the kinds of milestones in their order, with amounts of which one is not 0."""
    kinds = draw(st.sets(st.sampled_from(list(WHEN)), min_size=1))
    found = [(kind, draw(amounts)) for kind in WHEN if kind in kinds]
    return found if any(minor for _, minor in found) else [*found[:-1], (found[-1][0], 1)]


@given(steps(), st.integers(0, 10_000), st.integers(0, 5000))
def test_instalments_add_up_to_the_price_and_their_commissions_to_its_commission(
    found: list[tuple[str, int]], bps: int, fixed: int
) -> None:
    total = sum(minor for _, minor in found)
    whole = commission(total, CommissionTerms(bps, fixed))
    plan = plan_of(found, whole)
    assert sum(row.amount_minor for row in plan) == total
    assert sum(row.commission_minor for row in plan) == whole
    assert all(0 <= row.commission_minor <= row.amount_minor for row in plan)
    assert all(row.amount_minor > 0 for row in plan)
    assert [row.due_when == "order" for row in plan] == [at == 0 for at in range(len(plan))]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6), st.data())
def test_shares_of_a_commission_are_never_more_than_their_amounts(
    parts: list[int], data: st.DataObject
) -> None:
    whole = data.draw(st.integers(0, sum(parts)))
    shares = commissions(parts, whole)
    assert sum(shares) == whole
    assert all(0 <= share <= part for share, part in zip(shares, parts, strict=True))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([("acceptance", 500)], [("full", "", "order", 500)]),
        # Both are paid before the goods leave, so they are one payment of the whole.
        ([("shipment", 300), ("acceptance", 200)], [("full", "", "order", 500)]),
        (
            [("deposit", 100), ("tooling", 50), ("first_article", 50), ("acceptance", 300)],
            [
                ("deposit", "deposit", "order", 100),
                ("milestone", "tooling", "confirmed", 50),
                ("milestone", "first_article", "tooling", 50),
                ("balance", "balance", "finished", 300),
            ],
        ),
        (
            [("tooling", 100), ("first_article", 1), ("shipment", 200), ("acceptance", 199)],
            [
                ("milestone", "tooling", "order", 100),
                ("milestone", "first_article", "tooling", 1),
                ("balance", "balance", "finished", 399),
            ],
        ),
        (
            [("deposit", 100), ("first_article", 100), ("acceptance", 0)],
            [
                ("deposit", "deposit", "order", 100),
                ("milestone", "first_article", "confirmed", 100),
            ],
        ),
    ],
)
def test_when_each_falls_due(
    found: list[tuple[str, int]], expected: list[tuple[str, str, str, int]]
) -> None:
    plan = plan_of(found, 0)
    assert [(r.kind, r.stage, r.due_when, r.amount_minor) for r in plan] == expected
