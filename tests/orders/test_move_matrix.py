"""State x move x side, made from the tables and run against the real actions: exactly what a table
says happens, and everything else is refused, changes nothing and records nothing."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Role
from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from marketplace.core.states import Lifecycle, Move
from orders import blanket_states, change_states, review_states, states
from orders.models import ApprovalRequest, Order
from tests.orders.moves import BUYER, MAKER, STAFF, SYSTEM, TABLES, Scene, Table
from tests.orders.scene import force, make_order
from tests.personas import Persona, make_member

IDS = [table.lifecycle.name for table in TABLES]


def lifecycles_of(*modules: Any) -> set[str]:
    found = [value for module in modules for value in vars(module).values()]
    return {value.name for value in found if isinstance(value, Lifecycle)}


def arrows(table: Table) -> set[tuple[str, str]]:
    return {(arrow.verb, side) for arrow in table.lifecycle.moves for side in arrow.by}


def test_every_lifecycle_is_in_the_matrix() -> None:
    assert lifecycles_of(states, blanket_states, change_states, review_states) == set(IDS)


@pytest.mark.parametrize("table", TABLES, ids=IDS)
def test_every_move_has_an_act(table: Table) -> None:
    assert arrows(table) - set(table.acts) == set()


class _Undo(Exception):
    """Ends a try: what it changed is taken back."""


def expected(table: Table, verb: str, state: str, side: str, left: str) -> Move | None:
    open_ = [m for m in table.lifecycle.moves if state in m.sources and side in m.by]
    moves = [m for m in open_ if m.verb == verb]
    moves = moves or [m for m in open_ if m.verb == table.doors.get(verb)]
    # A verb that leads back to where a thing came from has an arrow for each such state.
    leads = (left, table.leads.get(verb))
    return next((m for m in moves if len(moves) == 1 or m.target in leads), None)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=IDS)
def test_each_side_can_do_what_the_table_says_and_nothing_else(
    bea: Persona, milo: Persona, sam: Persona, table: Table
) -> None:
    order = make_order(bea, milo)
    Order.objects.filter(pk=order.pk).update(funded_minor=50500)
    order.refresh_from_db()
    ApprovalRequest.objects.create(
        order=order, requested_by=make_member(bea, "Paul", Role.ADMIN).user, needed=1
    )
    actors = {
        BUYER: bea.actor,
        MAKER: milo.actor,
        STAFF: Actor.staff(sam.user),
        SYSTEM: Actor.system("timer"),
    }
    is_order = table.lifecycle is states.ORDER
    force(order, "awaiting_payment" if is_order else "in_production")
    thing = table.make(order, actors)
    tried = 0
    for state in table.lifecycle.states.values:
        for verb, side in sorted(table.acts):
            arrow = expected(table, verb, state, side, "in_production")
            if arrow is None and side == SYSTEM and verb != "cancel_order":
                # A timer chooses what is due by itself; that it leaves the rest alone is in
                # `test_timers_leave_the_rest_alone`.
                continue
            tried += 1
            with pytest.raises(_Undo), transaction.atomic():
                _try(table, Scene(order, thing, actors, side), verb, state, arrow)
    assert tried >= len(table.lifecycle.states) * len(
        {verb for verb, side in table.acts if side != SYSTEM}
    )


def _try(table: Table, scene: Scene, verb: str, state: str, arrow: Move | None) -> None:
    _place(table, scene, state)
    run = table.acts[verb, scene.side](scene)
    before, facts = _kept(scene), Event.objects.count()
    case = (table.lifecycle.name, state, verb, scene.side)
    if arrow is None and verb in table.follows:
        with suppress(DomainError), transaction.atomic():
            run()
        scene.thing.refresh_from_db()
        assert scene.thing.state == state, case
    elif arrow is None:
        try:
            with transaction.atomic():
                run()
        except DomainError:
            assert (_kept(scene), Event.objects.count()) == (before, facts), case
        else:
            raise AssertionError(f"{case} was not refused.")
    else:
        run()
        scene.thing.refresh_from_db()
        assert scene.thing.state == arrow.target, case
        assert Event.objects.count() > facts or table.lifecycle.name == "report of a review", case
    raise _Undo


def _place(table: Table, scene: Scene, state: str) -> None:
    """Put the thing, and its order where that must fit, into a state without walking there."""
    if scene.thing is scene.order:
        force(scene.order, state)
        stands = state in ("on_hold", "disputed")
        Order.objects.filter(pk=scene.order.pk).update(
            left_state="in_production" if stands else "", accept_by=None
        )
    else:
        type(scene.thing).objects.filter(pk=scene.thing.pk).update(
            state=state, **table.columns.get(state, {})
        )
        table.place(scene, state)
        scene.thing.refresh_from_db()
    scene.order.refresh_from_db()


def _kept(scene: Scene) -> list[Mapping[str, Any]]:
    """Every column of the thing and of its order."""
    return [
        *type(scene.thing).objects.filter(pk=scene.thing.pk).values(),
        *Order.objects.filter(pk=scene.order.pk).values(),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=IDS)
def test_timers_leave_the_rest_alone(
    bea: Persona, milo: Persona, sam: Persona, table: Table
) -> None:
    system = [(v, s) for v, s in table.acts if s == SYSTEM and table.lifecycle.name != "order"]
    timers = [(verb, side) for verb, side in system if verb not in table.follows]
    order = make_order(bea, milo, "in_production")
    actors = {BUYER: bea.actor, MAKER: milo.actor, SYSTEM: Actor.system("timer")}
    thing = table.make(order, actors)
    for verb, side in timers:
        for state in table.lifecycle.states.values:
            reachable = {m.target for m in table.lifecycle.moves if state in m.sources}
            due = [m for m in table.lifecycle.moves if state in m.sources and SYSTEM in m.by]
            if due:
                continue
            scene = Scene(order, thing, actors, side)
            with pytest.raises(_Undo), transaction.atomic():
                _place(table, scene, state)
                run = table.acts[verb, side](scene)
                before, facts = _kept(scene), Event.objects.count()
                run()
                assert (_kept(scene), Event.objects.count()) == (before, facts), (state, reachable)
                raise _Undo
