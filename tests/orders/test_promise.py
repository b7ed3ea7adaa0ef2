"""What a shop is promised: amounts that add up, days that follow each other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.commission import CommissionTerms
from orders.promise import promise_of

days = st.integers(0, 1000)


@given(st.integers(0, 10**13), days, days, days, st.integers(0, 10_000))
def test_parts_are_the_whole_and_days_never_turn_back(
    total: int, lead: int, payment: int, acceptance: int, bps: int
) -> None:
    made = promise_of(
        total_minor=total,
        lead_time_days=lead,
        accepted_by=date(2026, 12, 31),
        terms=CommissionTerms(bps),
        payment_days=payment,
        acceptance_days=acceptance,
    )
    assert made.payout_minor + made.commission_minor == total
    assert made.payout_minor >= 0
    course = [
        made.accepted_by,
        made.paid_by,
        made.ship_by,
        made.delivered_by,
        made.released_by,
    ]
    assert course == sorted(course)
    assert made.released_by - made.accepted_by == timedelta(days=payment + lead + acceptance + 5)


def test_an_example_across_a_leap_day() -> None:
    made = promise_of(
        total_minor=24_949,
        lead_time_days=8,
        accepted_by=date(2028, 2, 20),
        terms=CommissionTerms(800),
        payment_days=7,
        acceptance_days=14,
    )
    assert (made.commission_minor, made.payout_minor) == (1_996, 22_953)
    assert (made.paid_by, made.ship_by) == (date(2028, 2, 27), date(2028, 3, 6))
    assert made.released_by == date(2028, 3, 25)
    assert made.commission_percent == 8


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        promise_of(
            total_minor=1,
            lead_time_days=1,
            accepted_by=date(2026, 1, 1),
            terms=CommissionTerms(-1),
            payment_days=1,
            acceptance_days=1,
        )
