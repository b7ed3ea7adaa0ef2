"""An order becomes other when both sides want it, and its money, papers and milestones follow."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import changes, settlements
from orders.actions.changes import propose_change
from orders.actions.shipping import ship_order
from orders.change_terms import LineChange, Proposal
from orders.models import ChangeOrder, Order, OrderDocument
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_problems import money, paid
from tests.orders.scene import make_order
from tests.payments.drills.stage import together
from tests.personas import Persona, make_buyer, make_member, make_shop

pytestmark = pytest.mark.django_db
PAPER = "document_issued"


def wanted(order: Order, **change: Any) -> Proposal:
    """The order's first line otherwise; `freight_minor` and `ship_by` are the order's."""
    own = {name: change.pop(name) for name in ("freight_minor", "ship_by") if name in change}
    lines = {order.lines.all()[0].public_id: LineChange(**change)} if change else {}
    return Proposal(lines, **own)


def propose(who: Persona, order: Order, **change: Any) -> ChangeOrder:
    return propose_change(
        actor=who.actor,
        public_id=order.public_id,
        wanted=wanted(order, **change),
        reason="We need fewer.",
    )


def key(order: Order, found: ChangeOrder) -> dict[str, str]:
    return {"public_id": order.public_id, "change": found.public_id}


def accept(who: Persona, order: Order, found: ChangeOrder) -> ChangeOrder:
    return changes.accept_change(actor=who.actor, **key(order, found))


def fund(order: Order, found: ChangeOrder) -> bool:
    return changes.fund_change(
        actor=changes.TIMER, amount_minor=found.difference_minor, **key(order, found)
    )


def assert_adds_up(order: Order) -> None:
    """The milestones are the total, and so is what was paid less what came back for changes."""
    order.refresh_from_db()
    rows = list(order.milestones.values_list("amount_minor", flat=True))
    assert sum(rows) == order.total_minor and min(rows) >= 0
    back = sum(
        row.amount_minor for row in order.money_decisions.filter(kind="refund", because="change")
    )
    assert order.funded_minor - back == order.total_minor


@pytest.mark.parametrize("side", ["buyer", "manufacturer"])
def test_a_cheaper_change_is_in_force_with_the_answer(
    bea: Persona, milo: Persona, stefan: Persona, side: str
) -> None:
    order = paid(bea, milo, "in_production")
    mine, other = (bea, milo) if side == "buyer" else (milo, bea)
    last = last_event()
    found = propose(mine, order, quantity=30, ship_by=timezone.localdate() + timedelta(days=40))
    assert facts_since(last) == ["change_proposed"]
    assert (found.state, found.reference) == ("open", f"{order.reference}-C1")
    assert (found.total_before_minor, found.total_after_minor) == (50500, 38000)
    with pytest.raises(NotAllowed, match="other side answers"):
        accept(mine, order, found)
    with pytest.raises(NotFound):
        accept(stefan, order, found)
    order.refresh_from_db()
    assert (order.total_minor, order.edition) == (50500, 1)
    last = last_event()
    accept(other, order, found)
    assert facts_since(last) == [PAPER, "change_in_force", PAPER, "money_returned"]
    with pytest.raises(WrongState):
        accept(other, order, found)
    line = order.lines.get()
    assert (line.quantity, line.total_minor) == (30, 37500)
    assert_adds_up(order)
    assert (order.total_minor, order.edition, money(order)) == (38000, 2, [("refund", 12500)])
    assert order.ship_by == timezone.localdate() + timedelta(days=40)
    papers = order.documents.filter(kind=OrderDocument.Kind.PURCHASE_ORDER)
    assert list(papers.values_list("revision", flat=True)) == [1, 2]
    first, second = (json.dumps(paper.content, ensure_ascii=False) for paper in papers)
    assert "Revision 2" in second and "30\xa0pcs" in second and "Revision" not in first


@pytest.mark.journey
def test_a_dearer_change_is_in_force_when_it_is_paid(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    found = propose(milo, order, unit_price=Decimal("13.1250"))
    last = last_event()
    accept(bea, order, found)
    assert facts_since(last) == ["change_accepted"]
    order.refresh_from_db()
    assert (order.total_minor, order.edition) == (50500, 1)
    with pytest.raises(WrongState, match="waits for its answer"):
        propose(bea, order, quantity=39)
    last = last_event()
    assert fund(order, found)
    assert facts_since(last) == [PAPER, "change_in_force", PAPER]
    assert not fund(order, found)
    assert_adds_up(order)
    assert (order.total_minor, order.funded_minor, order.edition) == (53000, 53000, 2)


def test_no_taken_back_silence_and_no_payment_leave_the_order(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    more = {"quantity": 50}
    found = propose(bea, order, **more)
    with pytest.raises(DomainError, match="Say why"):
        changes.decline_change(actor=milo.actor, reason=" ", **key(order, found))
    with pytest.raises(NotAllowed):
        changes.withdraw_change(actor=milo.actor, **key(order, found))
    last = last_event()
    changes.decline_change(actor=milo.actor, reason="No steel.", **key(order, found))
    found = propose(bea, order, **more)
    changes.withdraw_change(actor=bea.actor, **key(order, found))
    propose(bea, order, **more)
    assert changes.run_change_timers() == 0
    past = timezone.now() - timedelta(seconds=1)
    ChangeOrder.objects.update(answer_by=past)
    assert (changes.run_change_timers(), changes.run_change_timers()) == (1, 0)
    found = propose(milo, order, **more)
    accept(bea, order, found)
    with pytest.raises((WrongState, NotAllowed)):
        changes.withdraw_change(actor=milo.actor, **key(order, found))
    changes.withdraw_change(actor=bea.actor, **key(order, found))
    found = propose(milo, order, **more)
    accept(bea, order, found)
    ChangeOrder.objects.filter(pk=found.pk).update(pay_by=past)
    assert (changes.run_change_timers(), changes.run_change_timers()) == (1, 0)
    assert not fund(order, found)
    states = list(order.changes.order_by("pk").values_list("state", flat=True))
    assert states == ["declined", "withdrawn", "expired", "lapsed", "lapsed"]
    assert list(order.changes.order_by("pk").values_list("answer", flat=True)[3:]) == [
        "The buyer took it back before it was paid.",
        "It was not paid in time.",
    ]
    assert [f.removeprefix("change_") for f in facts_since(last)] == [
        *("declined", "proposed", "withdrawn", "proposed", "expired"),
        *("proposed", "accepted", "lapsed", "proposed", "accepted", "lapsed"),
    ]
    assert_adds_up(order)
    assert (order.total_minor, order.edition, money(order)) == (50500, 1, [])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "Nothing is changed"),
        ({"quantity": 40}, "Nothing is changed"),
        ({"quantity": 0}, "at least one piece"),
        ({"quantity": -1}, "Enter 0 to"),
        ({"quantity": 10**9}, "Enter 0 to"),
        ({"unit_price": Decimal(0)}, "above zero"),
        ({"unit_price": Decimal("NaN")}, "above zero"),
        ({"unit_price": Decimal("Infinity")}, "above zero"),
        ({"unit_price": Decimal("1e400")}, "above zero"),
        ({"unit_price": Decimal("0.00001")}, "four decimals"),
        ({"unit_price": Decimal("0.0001"), "quantity": 1}, "cost nothing"),
        ({"unit_price": Decimal("9999999999"), "quantity": 10**7}, "more than an order"),
        ({"setup_minor": -1}, "0 or more"),
        ({"tooling_minor": 10**14}, "0 or more"),
        ({"charges": {0: 1}}, "not a charge"),
        ({"freight_minor": -1}, "0 or more"),
        ({"ship_by": timezone.localdate() - timedelta(days=1)}, "from today on"),
        ({"ship_by": timezone.localdate() + timedelta(days=4000)}, "from today on"),
        ({"revision": "rev_nowhere"}, "newer revision"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    bea: Persona, milo: Persona, change: dict[str, Any], sentence: str
) -> None:
    order = paid(bea, milo, "in_production")
    with pytest.raises(DomainError, match=sentence):
        propose(bea, order, **change)
    assert not ChangeOrder.objects.exists()


@pytest.mark.parametrize("state", ["awaiting_payment", "shipped", "disputed", "closed"])
def test_out_of_time_nothing_changes(bea: Persona, milo: Persona, state: str) -> None:
    order = paid(bea, milo, state)
    with pytest.raises(WrongState, match="from its payment until"):
        propose(milo, order, quantity=30)


def test_rights(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = paid(bea, milo, "placed")
    viewer = make_member(bea, "Vera", "viewer")
    for person, refusal in ((viewer, NotAllowed), (stefan, NotFound)):
        with pytest.raises(refusal):
            propose(person, order, quantity=30)
    found = propose(milo, order, quantity=30)
    for act in (changes.accept_change, changes.withdraw_change):
        with pytest.raises(NotAllowed):
            act(actor=viewer.actor, **key(order, found))
        with pytest.raises(NotFound):
            act(actor=stefan.actor, **key(order, found))
    with pytest.raises(NotFound):
        changes.accept_change(actor=bea.actor, public_id=order.public_id, change="chg_nowhere")


def test_one_proposal_at_a_time(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    found = propose(bea, order, quantity=30)
    with pytest.raises(WrongState, match="waits for its answer"):
        propose(milo, order, quantity=20)
    values = {"public_id": order.public_id, "reason": "Stop.", "owed_minor": 0}
    with pytest.raises(WrongState, match="waits for its answer"):
        settlements.propose_settlement(actor=milo.actor, **values)
    changes.withdraw_change(actor=bea.actor, **key(order, found))
    settlements.propose_settlement(actor=milo.actor, **values)
    with pytest.raises(WrongState, match="waits for its answer"):
        propose(bea, order, quantity=30)


def test_a_form_filled_from_an_earlier_edition_is_refused(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    with pytest.raises(Conflict, match="changed meanwhile"):
        propose_change(
            actor=bea.actor,
            public_id=order.public_id,
            wanted=wanted(order, quantity=30),
            reason="Fewer.",
            seen=2,
        )


def test_no_more_comes_back_than_is_held(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    Order.objects.filter(pk=order.pk).update(funded_minor=10000)
    with pytest.raises(DomainError, match=r"only 100\.00 EUR"):
        propose(milo, order, quantity=1)


@pytest.mark.parametrize("percents", [(30, 70), (33, 33), (10, 20)])
def test_milestones_share_the_new_rest_to_the_cent(
    bea: Persona, milo: Persona, percents: tuple[int, int]
) -> None:
    kinds = ("deposit", "shipment")
    agreed = {
        "milestones": [
            {"kind": kind, "percent": percent}
            for kind, percent in zip(kinds, percents, strict=True)
        ]
    }
    order = make_order(bea, milo, "in_production", agreed=agreed)
    Order.objects.filter(pk=order.pk).update(funded_minor=order.total_minor)
    order.milestones.filter(kind="deposit").update(state="approved")
    deposit = order.milestones.get(kind="deposit").amount_minor
    for count in (33, 7 if percents[0] < 30 else 32, 31):
        found = propose(bea, order, quantity=count)
        accept(milo, order, found)
        if found.difference_minor > 0:
            assert fund(order, found)
        assert_adds_up(order)
    assert order.milestones.get(kind="deposit").amount_minor == deposit


def test_a_paid_milestone_is_not_taken_back(bea: Persona, milo: Persona) -> None:
    agreed = {"milestones": [{"kind": "deposit", "percent": 50}]}
    order = make_order(bea, milo, "in_production", agreed=agreed)
    Order.objects.filter(pk=order.pk).update(funded_minor=order.total_minor)
    order.milestones.filter(kind="deposit").update(state="approved")
    with pytest.raises(DomainError, match="milestones"):
        propose(bea, order, quantity=10)


# --- past the code, in the database --------------------------------------------------------------
def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.journey
def test_the_database_lets_nothing_else_change(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    found = propose(bea, order, quantity=30)
    bare = "UPDATE orders_order SET edition = edition + 1, freight_minor = 400, total_minor = 50400"
    for sql, sentence in (
        (bare, "an order is a contract"),
        ("UPDATE orders_order SET edition = 2", "an order is a contract"),
        ("UPDATE orders_order SET incoterm = 'EXW'", "an order is a contract"),
        ("UPDATE orders_orderline SET quantity = 30, total_minor = 37500", "an order is"),
        ("UPDATE orders_orderline SET part_name = 'Other'", "an order is a contract"),
        ("UPDATE orders_changeorder SET total_after_minor = 1", "kept as it was proposed"),
        ("UPDATE orders_changeorder SET \"after\" = '{}'", "kept as it was proposed"),
        ("UPDATE orders_changeorder SET reason = 'x'", "kept as it was proposed"),
    ):
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            run(sql)
    accept(milo, order, found)
    for sql in (
        bare,
        "UPDATE orders_order SET edition = 1",
        "UPDATE orders_orderline SET quantity = 30",
        "UPDATE orders_orderline SET quantity = 40, total_minor = 50000",
        "UPDATE orders_changeorder SET edition = 3",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            run(sql)
    assert_adds_up(order)


@pytest.mark.journey
def test_lines_take_exactly_what_was_accepted(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    found = propose(bea, order, quantity=30)
    ChangeOrder.objects.filter(pk=found.pk).update(state="in_force", edition=2)
    with pytest.raises(IntegrityError, match="an order is a contract"), transaction.atomic():
        run("UPDATE orders_orderline SET quantity = 29, total_minor = 37500")
    with pytest.raises(IntegrityError, match="an order is a contract"), transaction.atomic():
        run("UPDATE orders_order SET edition = 2, freight_minor = 400, total_minor = 50400")
    run("UPDATE orders_orderline SET quantity = 30, total_minor = 37500")
    run("UPDATE orders_order SET edition = 2, goods_minor = 37500, total_minor = 38000")


# --- at the same moment --------------------------------------------------------------------------
@pytest.mark.slow
@pytest.mark.parametrize("race", ["two accepts", "accept and withdraw", "accept and ship"])
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_order_of_things_holds(race: str) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Races are tried on PostgreSQL; SQLite has one writer.")
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = paid(bea, milo, "ready_to_ship")
    found = propose(milo, order, quantity=30)
    bea_acts, milo_acts = bea.actor, milo.actor
    other = {
        "two accepts": lambda: changes.accept_change(actor=bea_acts, **key(order, found)),
        "accept and withdraw": lambda: changes.withdraw_change(
            actor=milo_acts, **key(order, found)
        ),
        "accept and ship": lambda: ship_order(
            actor=milo_acts, public_id=order.public_id, carrier="dhl", tracking_number="JD1"
        ),
    }[race]
    refused: list[str] = []

    def quietly(act: Any) -> Any:
        def run_it() -> None:
            try:
                act()
            except DomainError as error:
                refused.append(error.sentence)

        return run_it

    accept_it = quietly(lambda: changes.accept_change(actor=bea_acts, **key(order, found)))
    together([accept_it, quietly(other)])
    found.refresh_from_db()
    order.refresh_from_db()
    in_force = found.state == "in_force"
    assert (order.total_minor, order.edition) == ((38000, 2) if in_force else (50500, 1))
    assert money(order) == ([("refund", 12500)] if in_force else [])
    if race == "accept and ship":
        # Shipped first: nothing changes any more. Accepted first: thirty are shipped.
        assert order.state == "shipped"
        assert order.shipments.get().lines.get().quantity == (30 if in_force else 40)
        assert len(refused) == (0 if in_force else 1)
    else:
        assert len(refused) == 1
    assert_adds_up(order)
