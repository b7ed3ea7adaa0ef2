"""What travels for a problem is a shipment of its own, and is never counted as ordered pieces."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from orders.actions import problem_shipping, problem_timers, shipping, tracking
from orders.models import Nonconformance, Shipment
from orders.progress import progress_of
from orders.shipping_terms import Carriage, Piece
from tests.api.scene import facts_since, last_event, order_in
from tests.orders.actions.test_problems import act, answer, money, paid, reject, ship_again
from tests.personas import Persona

pytestmark = pytest.mark.django_db
DHL = Carriage("dhl", "7")


def agreed(bea: Persona, milo: Persona, disposition: str, **offer: int) -> Nonconformance:
    """Two of forty pieces were rejected, and how it is put right is agreed."""
    problem = reject(bea, paid(bea, milo))
    answer(milo, problem, disposition, remedy_days=10, **offer)
    act("agree_nonconformance", bea, problem)
    return problem


def keys(problem: Nonconformance) -> dict[str, str]:
    return {"public_id": problem.order.public_id, "problem": problem.public_id}


def test_a_replacement_has_papers_and_is_not_counted_among_the_ordered(
    bea: Persona, milo: Persona
) -> None:
    order = order_in("delivered", bea, milo)
    problem = reject(bea, order)
    answer(milo, problem, "replace", remedy_days=10)
    act("agree_nonconformance", bea, problem)
    before = [(row.shipped, row.delivered) for row in progress_of(order)]
    last = last_event()
    ship_again(milo, problem, "4711")
    assert facts_since(last) == ["document_issued", "document_issued", "remedy_reported"]
    shipment = problem.shipments.get()
    assert (shipment.purpose, shipment.number, shipment.lines.get().quantity) == (
        "replacement",
        2,
        2,
    )
    assert problem.state == "remedied" and "4711" in problem.remedy_note
    assert [(row.shipped, row.delivered) for row in progress_of(order)] == before
    papers = order.documents.filter(subject=shipment.public_id)
    assert {paper.kind for paper in papers} == {"delivery_note", "packing_list"}
    assert all(problem.reference in str(paper.content) for paper in papers)
    shipping.confirm_shipment(
        actor=bea.actor, public_id=order.public_id, shipment=shipment.public_id
    )
    order.refresh_from_db()
    assert order.state == "delivered"
    act("resolve_nonconformance", bea, problem)
    assert problem.order.state == "accepted"
    assert [(row.shipped, row.delivered) for row in progress_of(order)] == before


def test_the_buyer_who_judges_the_pieces_has_them(bea: Persona, milo: Persona) -> None:
    problem = agreed(bea, milo, "rework")
    ship_again(milo, problem, "4711")
    act("reopen_nonconformance", bea, problem, reason="Still 8.2.")
    assert problem.state == "open"
    answer(milo, problem, "replace", remedy_days=5)
    act("agree_nonconformance", bea, problem)
    ship_again(milo, problem, "4712")
    act("resolve_nonconformance", bea, problem)
    assert not problem.shipments.filter(delivered_at=None).exists()
    assert money(problem.order) == [("release", 47975), ("release", 2525)]


def test_the_time_to_look_starts_when_the_pieces_arrive(bea: Persona, milo: Persona) -> None:
    lost, there = agreed(bea, milo, "replace"), agreed(bea, milo, "replace")
    ship_again(milo, lost, "1")
    ship_again(milo, there, "2")
    late = timezone.now() - timedelta(seconds=1)
    Nonconformance.objects.update(respond_by=late)
    shipment = there.shipments.get()
    shipping.confirm_shipment(
        actor=bea.actor, public_id=there.order.public_id, shipment=shipment.public_id
    )
    assert problem_timers.run_problem_timers() == 1
    lost.refresh_from_db()
    there.refresh_from_db()
    assert (lost.state, there.state) == ("escalated", "remedied")
    Nonconformance.objects.update(respond_by=late)
    assert problem_timers.run_problem_timers() == 1
    there.refresh_from_db()
    assert there.state == "resolved"


def test_what_cannot_be_shipped(bea: Persona, milo: Persona, stefan: Persona) -> None:
    problem = agreed(bea, milo, "replace")
    for count in (1, 3):
        with pytest.raises(DomainError):
            ship_again(milo, problem, "1", count)
    with pytest.raises(NotAllowed):
        ship_again(bea, problem, "1")
    with pytest.raises(NotFound):
        ship_again(stefan, problem, "1")
    with pytest.raises(DomainError, match="not a line of this order"):
        problem_shipping.ship_remedy(
            actor=milo.actor, pieces=[Piece("oli_x", 2)], carriage=DHL, **keys(problem)
        )
    assert not Shipment.objects.exists()
    ship_again(milo, problem, "1")
    with pytest.raises(WrongState):
        ship_again(milo, problem, "2")
    money_back = agreed(bea, milo, "return", refund_minor=100)
    with pytest.raises(WrongState, match="Nothing is shipped"):
        ship_again(milo, money_back, "1")


def test_a_return_travels_under_its_number_and_the_shop_confirms_it(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    problem = agreed(bea, milo, "return", refund_minor=2525)
    for person, error in ((milo, NotAllowed), (stefan, NotFound)):
        with pytest.raises(error):
            problem_shipping.send_return(actor=person.actor, carriage=DHL, **keys(problem))
    last = last_event()
    shipment = problem_shipping.send_return(actor=bea.actor, carriage=DHL, **keys(problem))
    assert facts_since(last) == ["document_issued", "document_issued", "return_sent"]
    paper = problem.order.documents.filter(subject=shipment.public_id).first()
    assert paper is not None and problem.rma_number in str(paper.content)
    with pytest.raises(WrongState, match="on their way"):
        problem_shipping.send_return(actor=bea.actor, carriage=DHL, **keys(problem))
    with pytest.raises(NotAllowed, match="manufacturer confirms"):
        shipping.confirm_shipment(
            actor=bea.actor,
            public_id=problem.order.public_id,
            shipment=shipment.public_id,
        )
    tracking.update_tracking(
        actor=bea.actor,
        public_id=problem.order.public_id,
        shipment=shipment.public_id,
        carriage=DHL,
        status="in_transit",
    )
    act("report_remedy", milo, problem, note="Two pieces, unused.")
    shipment.refresh_from_db()
    assert shipment.delivery_source == "maker"
    assert (problem.state, problem.order.state) == ("resolved", "accepted")
    assert money(problem.order)[-1] == ("refund", 2525)


def test_numbers_of_returns_have_no_gaps(bea: Persona, milo: Persona) -> None:
    numbers = [agreed(bea, milo, "return", refund_minor=1).rma_number for _ in range(3)]
    year = timezone.localdate().year
    assert numbers == [f"RMA-{year}-0000{n}" for n in (1, 2, 3)]
