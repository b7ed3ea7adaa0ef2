"""Due dates hang on the day to ship by, and days are said in words."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orders.due_dates import SHARE_OF_LEAD_TIME, days_in_words, due_on
from orders.models import Milestone

K = Milestone.Kind
SHIP = date(2026, 11, 30)
TERMS: dict[str, Any] = {"ship_by": SHIP, "transit_days": 5, "acceptance_days": 14}


def test_a_lead_time_of_ten_days() -> None:
    due = {kind: due_on(kind, lead_time_days=10, **TERMS) for kind in K.values}
    assert due == {
        "deposit": date(2026, 11, 20),
        "tooling": date(2026, 11, 24),
        "first_article": date(2026, 11, 26),
        "shipment": SHIP,
        "acceptance": date(2026, 12, 19),
    }


@given(st.integers(1, 400), st.integers(0, 60), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_in_their_order_and_moving_with_the_day_to_ship(
    lead: int, moved: int, ship_by: date
) -> None:
    terms = {**TERMS, "lead_time_days": lead}
    before = [due_on(kind, **{**terms, "ship_by": ship_by}) for kind in K.values]
    later = ship_by + timedelta(days=moved)
    after = [due_on(kind, **{**terms, "ship_by": later}) for kind in K.values]
    assert before == sorted(before)
    assert [new - old for old, new in zip(before, after, strict=True)] == [
        timedelta(days=moved)
    ] * len(before)
    assert all(ship_by - timedelta(days=lead) <= day for day in before)
    assert set(SHARE_OF_LEAD_TIME) == set(K.values) - {K.ACCEPTANCE}


def test_days_in_words() -> None:
    said = [days_in_words(SHIP + timedelta(days=n), SHIP) for n in (3, 1, 0, -1, -4)]
    assert said == ["in 3 days", "in 1 day", "today", "1 day late", "4 days late"]
