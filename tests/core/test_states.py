"""Tables of moves: every state has an answer, and only the table's arrows exist."""

import importlib

import pytest

from accounts.roles import Side
from marketplace.core.errors import NotAllowed
from marketplace.core.management.commands.draw_states import lifecycles_of
from marketplace.core.states import Lifecycle, WrongState, draw, move
from marketplace.directory.models import Manufacturer
from marketplace.directory.states import MANUFACTURER
from tests.personas import Persona

APPS = [
    "marketplace.directory",
    "marketplace.operations",
    "marketplace.parts",
    "orders",
    "quotes",
    "payments",
]
TABLES = [table for app in APPS for table in lifecycles_of(app)]


# These lead to where a thing came from, which the thing itself remembers.
WAYS_BACK = ("resume_order", "end_dispute")
# What the row says decides where these lead: who it waits for next, what it costs more.
BY_THE_ROW = ("accept_change", "approve_change")


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
class TestTable:
    def test_every_state_says_whose_turn_it_is(self, table: Lifecycle) -> None:
        assert set(table.turn) == set(table.states.values)

    def test_every_move_goes_between_known_states_by_known_sides(self, table: Lifecycle) -> None:
        for arrow in table.moves:
            assert {*arrow.sources, arrow.target} <= set(table.states.values), arrow
            assert arrow.by and set(arrow.by) <= set(Side.values), arrow

    def test_a_verb_leads_to_one_place_from_each_state(self, table: Lifecycle) -> None:
        for state in table.states.values:
            for verb in table.verbs():
                found = [m for m in table.moves if m.verb == verb and state in m.sources]
                targets = {m.target for m in found}
                assert len(found) == len(targets), (verb, state)
                assert len(found) <= 1 or verb in (*WAYS_BACK, *BY_THE_ROW), (verb, state)

    def test_whoever_is_next_has_something_to_do(self, table: Lifecycle) -> None:
        for state, turn in table.turn.items():
            if turn is None or turn == Side.SYSTEM:
                continue
            able = [m for m in table.moves if state in m.sources]
            assert able, f"{state} has no way out"

    def test_every_state_is_reached(self, table: Lifecycle) -> None:
        reached = {table.initial, *(m.target for m in table.moves)}
        # An order that needs approval is created in that state.
        assert set(table.states.values) - reached <= {"awaiting_approval"}

    def test_the_diagram_names_every_arrow(self, table: Lifecycle) -> None:
        drawing = draw(table)
        assert all(f"{m.verb} (" in drawing for m in table.moves)


def test_the_apps_of_the_tables_are_all_apps_with_states() -> None:
    for app in APPS:
        assert importlib.import_module(f"{app}.states")


def fresh(milo: Persona) -> Manufacturer:
    return Manufacturer.objects.get(pk=milo.manufacturer.pk)


def test_a_move_saves_the_new_state(milo: Persona) -> None:
    profile = fresh(milo)
    move(profile, MANUFACTURER, "suspend_manufacturer", by=Side.STAFF)
    assert (profile.state, fresh(milo).state) == ("suspended", "suspended")


def test_a_move_that_is_not_in_the_table_changes_nothing(milo: Persona) -> None:
    with pytest.raises(WrongState, match="is verified, so this cannot be done now"):
        move(fresh(milo), MANUFACTURER, "verify_manufacturer", by=Side.STAFF)
    assert fresh(milo).state == "verified"


def test_the_wrong_side_is_refused(milo: Persona) -> None:
    with pytest.raises(NotAllowed):
        move(fresh(milo), MANUFACTURER, "suspend_manufacturer", by=Side.BUYER)
    assert fresh(milo).state == "verified"


def test_of_two_who_read_the_same_state_one_wins(milo: Persona) -> None:
    first, second = fresh(milo), fresh(milo)
    move(first, MANUFACTURER, "suspend_manufacturer", by=Side.STAFF)
    with pytest.raises(WrongState, match="a moment ago"):
        move(second, MANUFACTURER, "close_manufacturer", by=Side.STAFF)
    assert fresh(milo).state == "suspended"
