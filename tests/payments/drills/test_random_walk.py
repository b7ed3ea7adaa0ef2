"""Orders at random through all moves, with every invariant after every step (`walk.py`)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from orders.states import OrderState
from tests.payments.drills import walk
from tests.payments.drills.report import counted
from tests.payments.drills.stage import IS_LONG, rounds

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.drill]
# Five or six orders a walk: 2,000 in a long round, in parts that can run alone (`-k "walk and 2"`).
PARTS = rounds(1, 4)
WALKS = rounds(1, 100)
STEPS = rounds(40, 80)


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_the_books_hold_wherever_orders_go(part: int) -> None:
    """Kills: anything that books twice, forgets a leg, or decides about more than is held."""
    walk.taken.clear()
    walk.reached.clear()
    rules = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=not IS_LONG,
        # Looking for a shorter walk takes minutes: a short round says only that there is one.
        phases=(Phase.generate, Phase.shrink) if IS_LONG else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(walk.Walk, settings=rules, _min_steps=STEPS)
    counted.update(orders=walk.taken["place"], steps=sum(walk.taken.values()))
    assert walk.taken["place"] >= rounds(4, 500)
    assert len(walk.reached) >= rounds(4, 9), walk.reached
    if IS_LONG:
        unreached = set(OrderState.values) - walk.reached
        assert unreached <= {"awaiting_approval", "first_article_review"}, unreached
