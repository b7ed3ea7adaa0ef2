"""Blanket orders: proposed, answered, called off under a lock, reminded of, ended."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions.approvals import reject_award
from orders.actions.blanket_orders import (
    LineAgreed,
    Period,
    accept_blanket,
    call_off,
    cancel_blanket,
    decline_blanket,
    propose_blanket,
    release_call_off,
)
from orders.actions.blanket_timers import end_blankets, remind_of_end, remind_of_use
from orders.actions.placement import cancel_order
from orders.blanket_states import BLANKET, BlanketState
from orders.models import BlanketOrder, Order
from tests.orders.scene import blanket_from, make_order
from tests.personas import Persona, make_buyer, make_member, make_shop


def active(bea: Persona, milo: Persona, **agreed: int) -> BlanketOrder:
    blanket = blanket_from(bea, make_order(bea, milo, "closed"), **agreed)
    accept_blanket(actor=milo.actor, public_id=blanket.public_id)
    return fresh(blanket)


def fresh(blanket: BlanketOrder) -> BlanketOrder:
    return BlanketOrder.objects.get(pk=blanket.pk)


def batch(bea: Persona, blanket: BlanketOrder, pieces: int, seen: int | None = None) -> Order:
    return call_off(
        actor=bea.actor,
        public_id=blanket.public_id,
        quantities={blanket.lines.get().public_id: pieces},
        seen=blanket.call_offs.count() if seen is None else seen,
    )


def force(blanket: BlanketOrder, state: str) -> None:
    BlanketOrder.objects.filter(pk=blanket.pk).update(state=state)


ACTS: dict[str, Callable[..., Any]] = {
    "accept_blanket": accept_blanket,
    "decline_blanket": lambda **key: decline_blanket(reason="No", **key),
    "cancel_blanket": lambda **key: cancel_blanket(reason="No", **key),
}


@pytest.mark.parametrize("state", BlanketState.values)
def test_each_side_can_do_what_the_table_says(
    bea: Persona, milo: Persona, stefan: Persona, rita: Persona, state: str
) -> None:
    blanket = blanket_from(bea, make_order(bea, milo, "closed"))
    key = {"public_id": blanket.public_id}
    for verb, act in ACTS.items():
        for side, who in {"buyer": bea, "manufacturer": milo}.items():
            force(blanket, state)
            facts = Event.objects.count()
            arrow = BLANKET.find(verb, state)
            if arrow and side in arrow.by:
                act(actor=who.actor, **key)
                assert fresh(blanket).state == arrow.target
                assert Event.objects.count() == facts + 1
            else:
                with pytest.raises((WrongState, NotAllowed)):
                    act(actor=who.actor, **key)
                assert (fresh(blanket).state, Event.objects.count()) == (state, facts)
        force(blanket, state)
        for stranger in (stefan, rita):
            with pytest.raises(NotFound):
                act(actor=stranger.actor, **key)
        assert fresh(blanket).state == state


def test_three_call_offs_and_a_fourth_refused(bea: Persona, milo: Persona) -> None:
    blanket = active(bea, milo)
    last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    first = batch(bea, blanket, 40)
    facts = Event.objects.filter(pk__gt=last).order_by("pk").values_list("type", flat=True)
    assert list(facts) == ["order_placed", "called_off"]
    line = first.lines.get()
    assert (line.quantity, line.unit_price, line.lead_time_days) == (40, 12.5, 12)
    assert (first.total_minor, first.ship_to) == (40 * 1250 + 500, "Aachen, gate 2")
    assert first.terms["called_off_from"] == blanket.public_id
    batch(bea, blanket, 55)
    with pytest.raises(DomainError, match="5 pieces are left"):
        batch(bea, blanket, 6)
    with pytest.raises(DomainError, match="5 pieces are left"):
        batch(bea, blanket, 10)
    batch(bea, blanket, 5)
    assert blanket.lines.get().left == 0
    with pytest.raises(DomainError, match="0 pieces are left"):
        batch(bea, blanket, 1)
    assert blanket.call_offs.count() == 3


def test_what_a_call_off_must_keep_to(bea: Persona, milo: Persona, stefan: Persona) -> None:
    blanket = active(bea, milo)
    with pytest.raises(DomainError, match="10 pieces or more"):
        batch(bea, blanket, 9)
    with pytest.raises(DomainError, match="at least one line"):
        batch(bea, blanket, 0)
    with pytest.raises(NotFound):
        batch(stefan, blanket, 10)
    with pytest.raises(WrongState):
        batch(milo, blanket, 10)
    with pytest.raises(NotAllowed):
        batch(make_member(bea, "Ed", "engineer"), blanket, 10)
    with pytest.raises(NotFound):
        call_off(actor=bea.actor, public_id=blanket.public_id, quantities={"bli_other": 10}, seen=0)
    shops = type(milo.manufacturer).objects
    shops.update(state="suspended")
    with pytest.raises(WrongState, match="takes no orders"):
        batch(bea, blanket, 10)
    shops.update(state="verified")
    batch(bea, blanket, 10)
    with pytest.raises(Conflict, match="a moment ago"):
        batch(bea, blanket, 10, seen=0)
    today = timezone.localdate()
    rows = BlanketOrder.objects.filter(pk=blanket.pk)
    rows.update(starts_on=today + timedelta(days=1))
    with pytest.raises(WrongState, match="start on"):
        batch(bea, blanket, 10)
    rows.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    with pytest.raises(WrongState, match="last day"):
        batch(bea, blanket, 10)
    assert (blanket.call_offs.count(), blanket.lines.get().called) == (1, 10)


@pytest.mark.parametrize("state", ["proposed", "ended", "cancelled", "declined"])
def test_only_an_active_one_is_called_off(bea: Persona, milo: Persona, state: str) -> None:
    blanket = active(bea, milo)
    force(blanket, state)
    with pytest.raises(WrongState):
        batch(bea, blanket, 10)
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "lead", "pieces", "least", "field"),
    [
        (-1, 30, 10, 100, 10, "starts_on"),
        (5, 5, 10, 100, 10, "ends_on"),
        (0, 1200, 10, 100, 10, "ends_on"),
        (0, 30, 0, 100, 10, "lead_time_days"),
        (0, 30, 10, 0, 1, ""),
        (0, 30, 10, 10, 11, ""),
        (0, 30, 10, 10**8, 1, ""),
    ],
)
def test_what_cannot_be_proposed(
    bea: Persona,
    milo: Persona,
    start: int,
    end: int,
    lead: int,
    pieces: int,
    least: int,
    field: str,
) -> None:
    order = make_order(bea, milo, "closed")
    today = timezone.localdate()
    line = order.lines.get().public_id
    with pytest.raises(DomainError) as caught:
        propose_blanket(
            actor=bea.actor,
            order_id=order.public_id,
            period=Period(today + timedelta(days=start), today + timedelta(days=end), lead),
            lines=[LineAgreed(line, pieces, least)],
            ship_to="Aachen",
        )
    assert list(caught.value.fields) == [field or line]
    assert not BlanketOrder.objects.exists()


def test_who_proposes_from_which_order(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = make_order(bea, milo, "awaiting_payment")
    with pytest.raises(WrongState, match="once it is paid"):
        blanket_from(bea, order)
    other = make_order(stefan, milo, "closed")
    with pytest.raises(NotFound):
        blanket_from(bea, other)
    Order.objects.filter(pk=order.pk).update(state="closed")
    with pytest.raises(NotFound):
        blanket_from(milo, order)
    with pytest.raises(NotAllowed):
        blanket_from(make_member(bea, "Ed", "engineer"), order)
    for lines in ([], [LineAgreed(other.lines.get().public_id, 5)]):
        with pytest.raises(DomainError):
            propose_blanket(
                actor=bea.actor,
                order_id=order.public_id,
                period=Period(timezone.localdate(), timezone.localdate() + timedelta(days=9), 3),
                lines=lines,
                ship_to="Aachen",
            )
    assert not BlanketOrder.objects.exists()


def test_a_cancelled_call_off_gives_its_pieces_back(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    blanket = active(bea, milo)
    order = batch(bea, blanket, 60)
    cancel_order(actor=bea.actor, public_id=order.public_id, reason="Too many")
    work()
    assert blanket.lines.get().left == 100
    release_call_off(order_id=order.public_id)
    assert Event.objects.filter(type="call_off_released").count() == 1
    batch(bea, blanket, 100)


def test_an_approval_holds_and_the_manufacturer_learns_nothing_before(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    blanket = active(bea, milo)
    boss = make_member(bea, "Anna", "approver")
    add_approval_rule(actor=bea.actor, over_minor=0)
    order = batch(bea, blanket, 90)
    assert order.state == "awaiting_approval"
    page = milo.client.get(f"/portal/blanket-orders/{blanket.public_id}/").content.decode()
    assert order.reference not in page and "called off 90" not in page
    shown = milo.client.get(f"/api/v1/blanket-orders/{blanket.public_id}/").json()
    assert (shown["lines"][0]["left"], shown["call_offs"], shown["seen"]) == (100, [], None)
    assert remind_of_use() == 0
    reject_award(actor=boss.actor, public_id=order.public_id, reason="Not now")
    work()
    assert not Event.objects.filter(deliveries__last_error__gt="").exists()
    assert blanket.lines.get().left == 100


def test_both_are_reminded_once_and_told_of_the_end(
    bea: Persona, milo: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    blanket = active(bea, milo, days=60)
    work()
    mailoutbox.clear()
    assert remind_of_use() == remind_of_end() == end_blankets() == 0
    batch(bea, blanket, 79)
    assert remind_of_use() == 0
    batch(bea, blanket, 10)
    assert (remind_of_use(), remind_of_use()) == (1, 0)
    today = timezone.localdate()
    rows = BlanketOrder.objects.filter(pk=blanket.pk)
    rows.update(ends_on=today + timedelta(days=30))
    assert (remind_of_end(), remind_of_end()) == (1, 0)
    rows.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assert (end_blankets(), end_blankets()) == (1, 0)
    assert fresh(blanket).state == "ended"
    work()
    subjects = [letter.subject for letter in mailoutbox]
    for words in ("is called off", "ends on", "has ended"):
        assert sum(words in subject for subject in subjects) == 2, words


def test_answers_are_mailed(
    bea: Persona, milo: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    blanket = blanket_from(bea, make_order(bea, milo, "closed"))
    work()
    assert any("proposes the blanket order" in letter.subject for letter in mailoutbox)
    with pytest.raises(DomainError, match="Say why"):
        decline_blanket(actor=milo.actor, public_id=blanket.public_id, reason=" ")
    decline_blanket(actor=milo.actor, public_id=blanket.public_id, reason="Full for a year")
    work()
    assert "Full for a year" in mailoutbox[-1].body
    assert mailoutbox[-1].to == [bea.user.email]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins() -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Races are tried on PostgreSQL; SQLite has one writer.")
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    blanket = active(bea, milo)
    actor, line = bea.actor, blanket.lines.get().public_id
    start, outcomes = threading.Barrier(2), []

    def press() -> None:
        start.wait()
        try:
            call_off(actor=actor, public_id=blanket.public_id, quantities={line: 60}, seen=0)
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Conflict", "done"]
    assert (blanket.lines.get().called, blanket.call_offs.count()) == (60, 1)
