"""The tables of moves: whole, reachable, and each state with somebody whose turn it is."""

from __future__ import annotations

import pytest

from marketplace.core.states import Lifecycle
from payments import states

TABLES = [
    *(states.PAYMENT, states.ATTEMPT, states.INSTRUCTION, states.ACCOUNT, states.DISPUTE),
    states.RECEIVABLE,
]


ALL = [*TABLES, states.EXEMPTION]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_state_has_a_turn_and_can_be_reached(table: Lifecycle) -> None:
    assert set(table.turn) == set(table.states)
    reached, size = {table.initial}, 0
    while len(reached) != size:
        size = len(reached)
        reached |= {m.target for m in table.moves if reached & set(m.sources)}
    assert reached == set(table.states)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_finished_state_is_nobodys_turn(table: Lifecycle) -> None:
    leaving = {source for arrow in table.moves for source in arrow.sources}
    for state, turn in table.turn.items():
        if state not in leaving:
            assert turn is None, state


def test_money_is_moved_by_the_system_or_staff_only() -> None:
    for table in TABLES:
        for arrow in table.moves:
            assert set(arrow.by) <= {"system", "staff"}, arrow.verb
