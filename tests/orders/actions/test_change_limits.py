"""What a change order keeps to: revisions, shipments, the buyer's approvals, call-offs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from marketplace.parts.models import PartRevision
from orders.actions import changes, settlements
from orders.actions.blanket_orders import accept_blanket, call_off
from orders.actions.placement import Terms, place_order
from orders.actions.shipping import ship_order, ship_parts
from orders.models import ChangeOrder, Order
from orders.reordering import line_again
from orders.shipping_terms import Carriage, Piece
from quotes.queries.reorder import plan_for
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_changes import accept, assert_adds_up, fund, key, propose
from tests.orders.actions.test_first_articles import draft
from tests.orders.actions.test_problems import money, paid
from tests.orders.scene import blanket_from, make_order
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db


# --- revisions and first articles ----------------------------------------------------------------
def newer(order: Order, label: str = "B", **values: Any) -> PartRevision:
    old = order.lines.all()[0].part_revision
    values = {"part": old.part, "model_file": old.model_file, "state": "ready", **values}
    return PartRevision.objects.create(label=label, **values)


def test_another_revision_brings_its_files_and_a_new_first_article(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "in_production", inspection=("fai_hold", "First article"))
    Order.objects.filter(pk=order.pk).update(funded_minor=order.total_minor)
    report = draft(milo, order)
    type(report).objects.filter(pk=report.pk).update(state="approved")
    revision = newer(order)
    with pytest.raises(NotAllowed, match="The buyer, whose part it is"):
        propose(milo, order, revision=revision.public_id)
    found = propose(bea, order, revision=revision.public_id)
    revision.refresh_from_db()
    assert revision.locked_at is not None
    accept(milo, order, found)
    line = order.lines.get()
    assert (line.part_revision, line.revision_label) == (revision, "B")
    report.refresh_from_db()
    assert report.state == "superseded"
    assert draft(milo, order).revision == 2
    assert money(order) == []


@pytest.mark.parametrize("case", ["older", "unread", "foreign", "made", "in_review", "shipped"])
def test_a_revision_that_cannot_be(bea: Persona, milo: Persona, rita: Persona, case: str) -> None:
    order = paid(bea, milo, "ready_to_ship" if case == "made" else "in_production")
    if case == "older":
        revision = order.lines.get().part_revision
        order_of = paid(bea, milo, "in_production")
        revision = order_of.lines.get().part_revision
    elif case == "foreign":
        revision = newer(paid(bea, milo, "in_production"))
    else:
        revision = newer(order, state="pending" if case == "unread" else "ready")
    if case == "in_review":
        report = draft(milo, order)
        type(report).objects.filter(pk=report.pk).update(state="submitted")
    if case == "shipped":
        ship(milo, order, 5)
    with pytest.raises(DomainError):
        propose(bea, order, revision=revision.public_id)


# --- what has been shipped -----------------------------------------------------------------------
def ship(milo: Persona, order: Order, count: int) -> None:
    ship_parts(
        actor=milo.actor,
        public_id=order.public_id,
        pieces=[Piece(order.lines.get().public_id, count)],
        carriage=Carriage("dhl", f"JD{count}"),
    )


def test_never_below_what_has_been_shipped(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "ready_to_ship")
    early = propose(bea, order, quantity=10)
    ship(milo, order, 20)
    with pytest.raises(DomainError, match="20 pieces have been shipped"):
        accept(milo, order, early)
    changes.withdraw_change(actor=bea.actor, **key(order, early))
    with pytest.raises(DomainError, match="20 pieces have been shipped"):
        propose(bea, order, quantity=19)
    found = propose(bea, order, quantity=20)
    accept(milo, order, found)
    order.refresh_from_db()
    assert order.state == "shipped"
    assert_adds_up(order)


def test_what_was_agreed_lapses_when_everything_has_shipped(
    bea: Persona, milo: Persona, work: Any
) -> None:
    order = paid(bea, milo, "ready_to_ship")
    found = propose(bea, order, quantity=50)
    accept(milo, order, found)
    ship(milo, order, 40)
    work()
    found.refresh_from_db()
    assert found.state == "lapsed"
    assert not fund(order, found)


# --- the buyer's own approvals -------------------------------------------------------------------
def limited(bea: Persona) -> Persona:
    add_approval_rule(actor=bea.actor, over_minor=51000, approvers_needed=1)
    return make_member(bea, "Anna", "approver")


def test_a_dearer_proposal_is_hidden_until_it_is_approved(
    bea: Persona, milo: Persona, work: Any
) -> None:
    order = paid(bea, milo, "in_production")
    anna = limited(bea)
    last = last_event()
    found = propose(bea, order, quantity=50)
    assert facts_since(last) == ["change_approval_requested"]
    assert found.state == "awaiting_approval"
    with pytest.raises(NotFound):
        accept(milo, order, found)
    with pytest.raises(NotAllowed, match="somebody else"):
        changes.approve_change(actor=bea.actor, **key(order, found))
    # The manufacturer is held up by nothing it does not see.
    own = propose(milo, order, quantity=39)
    with pytest.raises(WrongState):
        changes.approve_change(actor=anna.actor, **key(order, found))
    changes.withdraw_change(actor=milo.actor, **key(order, own))
    last = last_event()
    changes.approve_change(actor=anna.actor, **key(order, found))
    assert facts_since(last) == ["change_approved", "change_proposed"]
    accept(milo, order, found)
    assert fund(order, found)
    work()


def test_a_yes_above_the_limit_needs_another_one(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    anna = limited(bea)
    found = propose(milo, order, quantity=50)
    last = last_event()
    accept(bea, order, found)
    assert facts_since(last) == ["change_approval_requested"]
    with pytest.raises(NotAllowed):
        changes.approve_change(actor=bea.actor, **key(order, found))
    last = last_event()
    changes.approve_change(actor=anna.actor, **key(order, found))
    assert facts_since(last) == ["change_approved", "change_accepted"]
    with pytest.raises(WrongState):
        changes.approve_change(actor=anna.actor, **key(order, found))


def test_an_approver_says_no(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    anna = limited(bea)
    found = propose(bea, order, quantity=50)
    changes.decline_change(actor=anna.actor, reason="Too much.", **key(order, found))
    found.refresh_from_db()
    assert (found.state, found.shown_at) == ("declined", None)


def test_nobody_to_approve_is_said_at_once(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    add_approval_rule(actor=bea.actor, over_minor=51000, approvers_needed=1)
    with pytest.raises(DomainError, match="nobody could give it"):
        propose(bea, order, quantity=50)
    # Within the rule one person's word is enough.
    assert propose(bea, order, quantity=40, freight_minor=600).state == "open"


# --- blanket orders ------------------------------------------------------------------------------
def test_a_call_off_keeps_to_its_blanket_order(bea: Persona, milo: Persona) -> None:
    blanket = blanket_from(bea, paid(bea, milo, "closed"), quantity=100, least=10)
    accept_blanket(actor=milo.actor, public_id=blanket.public_id)
    line = blanket.lines.get()
    order = call_off(
        actor=bea.actor, public_id=blanket.public_id, quantities={line.public_id: 40}, seen=0
    )
    Order.objects.filter(pk=order.pk).update(state="placed", funded_minor=order.total_minor)
    for count in (101, 9):
        with pytest.raises(DomainError, match="10 to 100 pieces"):
            propose(bea, order, quantity=count)
    accept(milo, order, propose(bea, order, quantity=20))
    line.refresh_from_db()
    assert line.called == 20


# --- a line that is dropped, and a day that was agreed while the work stood still -----------------
def test_a_dropped_line_is_neither_made_nor_ordered_again(bea: Persona, milo: Persona) -> None:
    first = paid(bea, milo, "closed")
    lines = [
        replace(line_again(first.lines.get(), count), setup_minor=700, inspection=inspection)
        for count, inspection in ((40, ("fai_hold", "First article")), (10, ("", "")))
    ]
    terms = Terms(title="Two", currency="EUR", incoterm="DAP", ship_to="Aachen", quote_id="quo_2")
    order = place_order(
        actor=bea.actor,
        buyer=bea.organization,
        manufacturer=milo.organization,
        lines=lines,
        terms=terms,
    )
    Order.objects.filter(pk=order.pk).update(state="ready_to_ship", funded_minor=order.total_minor)
    accept(milo, order, propose(bea, order, quantity=0))
    assert_adds_up(order)
    # What was paid once for the line stays: 10 pieces at 12.50 and twice 7.00.
    assert order.total_minor == 13900
    assert list(order.lines.values_list("quantity", flat=True)) == [0, 10]
    ship_order(actor=milo.actor, public_id=order.public_id, carrier="dhl", tracking_number="JD1")
    assert order.shipments.get().lines.get().quantity == 10
    plan = plan_for(order)
    assert [line.quantity for line in plan.lines] == [10]
    assert plan.total.minor == 13200


def test_days_before_an_agreed_day_are_not_added_to_it(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    named = {"public_id": order.public_id}
    settlements.hold_order(actor=bea.actor, reason="Wait.", **named)
    Order.objects.filter(pk=order.pk).update(state_changed_at=timezone.now() - timedelta(days=9))
    day = timezone.localdate() + timedelta(days=30)
    found = propose(milo, order, ship_by=day)
    accept(bea, order, found)
    order.refresh_from_db()
    assert (order.state, order.ship_by, found.difference_minor) == ("on_hold", day, 0)
    ChangeOrder.objects.update(state_changed_at=timezone.now() - timedelta(days=2))
    settlements.resume_order(actor=bea.actor, **named)
    order.refresh_from_db()
    assert order.ship_by == day + timedelta(days=2)
