"""What pages, refusals and mails say is paid and goes back, is what really moves: with its VAT."""

from __future__ import annotations

import pytest
from django.core import mail

from marketplace.core.models import Event
from orders.actions import acceptance, changes, nonconformances, settlements, shipping
from orders.actions.money import undecided_minor
from orders.actions.staff_decisions import end_disputed_order
from orders.change_terms import LineChange, Proposal
from orders.models import ChangeOrder
from payments.actions.attempts import pay_order
from payments.models import Instruction, PaymentRequest
from payments.queries import money_rows
from tests.orders.actions.test_claims import claimed
from tests.orders.actions.test_problems import WRONG, act, answer
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, deliver_goods, pay_next, pump
from tests.payments.tax.world import set_taxed_scene
from tests.payments.test_instalments import IN_PARTS, advance, approve_tool, hand_in_tool
from tests.personas import Persona, make_member, make_staff_actor
from tests.steps import step

pytestmark = pytest.mark.django_db
Kind = Instruction.Kind


@pytest.fixture
def taxed(sandbox: Sandbox, db: None) -> Scene:
    """An order of 500.00 net in Germany, 595.00 with VAT."""
    return set_taxed_scene()


@pytest.fixture
def parts(sandbox: Sandbox, db: None) -> Scene:
    """The same in three instalments, of which the first is paid and the order confirmed."""
    scene = set_taxed_scene(agreed=IN_PARTS)
    connect_maker(scene)
    pay_next(scene)
    return scene


def seen(person: Persona, scene: Scene, page: str = "") -> str:
    """A page of the order as this person reads it, in one line."""
    start = "/orders/" if person.organization.is_buyer else "/portal/orders/"
    answer = person.client.get(f"{start}{scene.order.public_id}/{page}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def money_page(scene: Scene) -> str:
    answer = scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/")
    return " ".join(answer.content.decode().split())


def sentences(scene: Scene) -> str:
    rows = Event.objects.filter(thread=scene.order.public_id).order_by("pk")
    return "\n".join(row.sentence for row in rows)


@step
def propose(scene: Scene, quantity: int, *, accept: bool = True, work: bool = True) -> ChangeOrder:
    key = {"public_id": scene.order.public_id}
    line = scene.order.lines.get().public_id
    found = changes.propose_change(
        actor=scene.milo.actor,
        wanted=Proposal({line: LineChange(quantity=quantity)}),
        reason="As we spoke.",
        **key,
    )
    if accept:
        changes.accept_change(actor=scene.bea.actor, change=found.public_id, **key)
    if work:
        pump()
    return found


def refunds() -> list[int]:
    rows = Instruction.objects.filter(kind=Kind.REFUND).order_by("pk")
    return [row.amount_minor for row in rows]


def test_a_dearer_change_names_what_is_paid_for_it(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    mail.outbox.clear()
    found = propose(taxed, 48, accept=False)
    assert "€119.00 incl. VAT" in seen(taxed.bea, taxed, "changes/")
    assert any("€119.00 incl. VAT more" in str(one.body) for one in mail.outbox)
    changes.accept_change(
        actor=taxed.bea.actor, public_id=taxed.order.public_id, change=found.public_id
    )
    pump()
    page = seen(taxed.bea, taxed, "changes/")
    assert "Pay €119.00" in page
    assert "Pay €100.00" not in page
    assert "when €119.00 incl. VAT is paid" in page
    assert "€119.00 incl. VAT more" in seen(taxed.bea, taxed)
    assert "119.00 EUR incl. VAT" in sentences(taxed)
    supplement = PaymentRequest.objects.get(subject=found.public_id)
    assert supplement.gross_minor == 11_900


def test_a_cheaper_change_names_what_comes_back(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    found = propose(taxed, 32, accept=False)
    assert "€119.00 incl. VAT of what is held goes back" in seen(taxed.bea, taxed, "changes/")
    changes.accept_change(
        actor=taxed.bea.actor, public_id=taxed.order.public_id, change=found.public_id
    )
    pump()
    assert refunds() == [11_900]
    assert "119.00 EUR incl. VAT goes back to the buyer" in sentences(taxed)


def test_the_supplement_that_is_not_opened_yet_is_being_prepared(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    found = propose(taxed, 48, work=False)
    path = f"/payments/orders/{taxed.order.public_id}/pay/{found.public_id}/"
    page = taxed.bea.client.get(path)
    assert page.status_code == 200
    assert "being prepared" in page.content.decode()
    assert taxed.milo.client.get(path).status_code == 404
    other = f"/payments/orders/{taxed.order.public_id}/pay/chg_other/"
    assert taxed.bea.client.get(other).status_code == 404
    pump()
    assert "119.00" in taxed.bea.client.get(path).content.decode()
    leads_on = taxed.bea.client.get(path, headers={"HX-Request": "true"})
    assert leads_on["HX-Redirect"] == path


def test_the_wait_page_says_what_the_payment_page_asks(taxed: Scene) -> None:
    attempt = pay_order(actor=taxed.bea.actor, public_id=taxed.order.public_id)
    page = taxed.bea.client.get(f"/payments/attempts/{attempt.public_id}/wait/")
    assert "€595.00" in page.content.decode()


def test_nobody_reads_a_net_sum_of_an_instalment(parts: Scene) -> None:
    """Also a colleague who may not pay, and the shop that waits for it."""
    advance(parts, "confirm_order")
    order = parts.fresh_order()
    gross = f"€{order.instalment_gross.decimal:,.2f} incl. VAT"
    engineer = make_member(parts.bea, "Enno", "engineer")
    page = seen(engineer, parts)
    assert f"{gross} are to be paid by {order.instalment_due_at:%-d %b %Y}" in page
    assert f"The buyer pays {gross} by" in seen(parts.milo, parts)
    for verb in ("start_production", "finish_production", "pass_quality_check"):
        advance(parts, verb)
    answer = parts.milo.client.post(
        f"/portal/orders/{order.public_id}/ship/", {"carrier": "dhl", "tracking_number": "JD1"}
    )
    unpaid = sum(
        row.gross_minor for row in PaymentRequest.objects.filter(order=order) if not row.paid_at
    )
    assert f"{unpaid / 100:,.2f} EUR incl. VAT of this order are not paid yet" in (
        answer.content.decode()
    )


def test_a_problem_says_what_goes_back(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    deliver_goods(taxed)
    line = taxed.order.lines.get().public_id
    [problem] = acceptance.judge_goods(
        actor=taxed.bea.actor, public_id=taxed.order.public_id, rejected={line: 2}, claim=WRONG
    )
    answer(taxed.milo, problem, "refund", refund_minor=2_500)
    page = seen(taxed.bea, taxed, f"problems/{problem.public_id}/")
    assert "€29.75 incl. VAT back" in page
    act("agree_nonconformance", taxed.bea, problem)
    pump()
    assert refunds() == [2_975]
    page = seen(taxed.bea, taxed, f"problems/{problem.public_id}/")
    assert "€29.75 incl. VAT goes back" in page
    assert f"{problem.reference} is settled; 29.75 EUR incl. VAT go back" in sentences(taxed)


def test_a_claim_says_what_is_owed(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    accept_goods(taxed)
    pump()
    problem = claimed(taxed.bea, taxed.fresh_order(), 3_750, 3)
    answer(taxed.milo, problem, "refund", refund_minor=3_750)
    act("agree_nonconformance", taxed.bea, problem)
    pump()
    assert refunds() == [4_462]
    assert "The manufacturer owes 44.62 EUR incl. VAT" in sentences(taxed)
    page = seen(taxed.bea, taxed, f"problems/{problem.public_id}/")
    assert "owes €44.62 incl. VAT to" in page
    assert "Goes back to you: claim" in money_page(taxed)


def settled(scene: Scene, owed_minor: int) -> None:
    key = {"public_id": scene.order.public_id}
    found = settlements.propose_settlement(
        actor=scene.milo.actor, owed_minor=owed_minor, reason="The material is gone.", **key
    )
    page = seen(scene.bea, scene, "problems/")
    assert "€595.00 incl. VAT is held now. With a yes €226.10 incl. VAT goes to" in page
    settlements.accept_settlement(actor=scene.bea.actor, settlement=found.public_id, **key)
    pump()


def test_a_settlement_says_both_parts(taxed: Scene) -> None:
    """190.00 of 500.00 stays with the shop: the page and the mails of the end say so."""
    connect_maker(taxed)
    pay_next(taxed)
    advance(taxed, "confirm_order", "start_production")
    mail.outbox.clear()
    settled(taxed, 19_000)
    assert refunds() == [36_890]
    told = sentences(taxed)
    assert "226.10 EUR incl. VAT for the work done, 368.90 EUR incl. VAT back" in told
    assert "368.90 EUR incl. VAT goes back to the buyer" in told
    page = seen(taxed.bea, taxed)
    parts = "€226.10 incl. VAT goes to Milo Machining and €368.90 incl. VAT back to"
    assert f"{parts} Bea Robotics" in page
    [body] = [
        str(one.body)
        for one in mail.outbox
        if "is cancelled" in one.subject and one.to == [taxed.milo.user.email]
    ]
    assert f"{parts} Bea Robotics" in " ".join(body.split())
    plan = money_page(taxed)
    assert "Released in part, refunded in part" in plan
    assert "€226.10 released, €368.90 back" in plan
    assert "Released to the manufacturer" in plan


def test_a_decision_of_staff_says_both_parts_at_the_problem(taxed: Scene) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    advance(taxed, "confirm_order", "start_production")
    problem = nonconformances.ask_platform(
        actor=taxed.bea.actor, public_id=taxed.order.public_id, claim=WRONG
    )
    end_disputed_order(
        actor=make_staff_actor(),
        public_id=taxed.order.public_id,
        owed_minor=22_500,
        decision="Half of it was made.",
    )
    pump()
    assert refunds() == [32_725]
    page = seen(taxed.bea, taxed, f"problems/{problem.public_id}/")
    assert "Nothing goes back to the buyer" not in page
    assert "€267.75 incl. VAT goes to Milo Machining and €327.25 incl. VAT back to" in page
    assert "267.75 EUR incl. VAT to the manufacturer, 327.25 EUR incl. VAT back" in sentences(taxed)


def test_accepting_says_what_it_releases(parts: Scene) -> None:
    """Thirty and thirty percent were released by the milestones before."""
    advance(parts, "confirm_order")
    pump()
    pay_next(parts)
    hand_in_tool(parts)
    approve_tool(parts)
    for verb in ("start_production", "finish_production", "pass_quality_check"):
        advance(parts, verb)
    pay_next(parts)
    order, key = parts.fresh_order(), {"public_id": parts.order.public_id}
    shipping.ship_order(actor=parts.milo.actor, carrier="dhl", tracking_number="JD1", **key)
    shipping.confirm_delivery(actor=parts.bea.actor, **key)
    pump()
    order = parts.fresh_order()
    left = undecided_minor(order)
    assert 0 < left < order.total_minor
    page = seen(parts.bea, parts)
    assert f"Accepting releases €{left * 1.19 / 100:,.2f} incl. VAT to Milo Machining" in page
    plan = money_page(parts)
    assert "Released in part" in plan or "Released" in plan
    rows = money_rows(parts.bea.actor, order)
    released = [row.amount.minor for row in rows if row.words == "Released to the manufacturer"]
    assert sum(released) == order.shares[0].minor
    answer = parts.bea.client.post(f"/orders/{order.public_id}/accept/", follow=True)
    assert "held payment" not in answer.content.decode()
    pump()
    rows = money_rows(parts.bea.actor, order)
    released = [row.amount.minor for row in rows if row.words == "Released to the manufacturer"]
    assert sum(released) == 59_500
