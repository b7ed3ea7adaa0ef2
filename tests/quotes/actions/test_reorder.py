"""An order again: at its price while the quote holds, else as a request to its manufacturer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from marketplace.core.errors import Conflict, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.outbox import sweep
from marketplace.core.states import WrongState
from marketplace.parts.models import PartRevision
from orders.actions.approvals import approve_award, reject_award
from orders.models import Order
from quotes.actions.publication import publish_rfq
from quotes.actions.reorder import reorder, request_again
from quotes.models import RFQ, Quote
from quotes.queries.reorder import plan_of
from tests.api.scene import order_in
from tests.personas import Persona, make_member


def again(persona: Persona, order: Order, seen: int = 0) -> Order:
    return reorder(actor=persona.actor, order_id=order.public_id, seen=seen, po_number="PO 7")


def test_the_same_price_while_the_quote_holds(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    plan = plan_of(bea.actor, order.public_id)
    assert plan.same_price and plan.total.minor == order.total_minor - order.tooling_minor
    last = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    new = again(bea, order)
    facts = Event.objects.filter(pk__gt=last).order_by("pk").values_list("type", flat=True)
    assert list(facts) == ["order_placed", "order_repeated"]
    assert (new.state, new.goods_minor, new.po_number) == (
        "awaiting_payment",
        order.goods_minor,
        "PO 7",
    )
    assert new.tooling_minor == 0 and new.terms["reordered_from"] == order.public_id
    mine, theirs = order.lines.get(), new.lines.get()
    assert (mine.unit_price, mine.quantity) == (theirs.unit_price, theirs.quantity)
    with pytest.raises(Conflict, match="a moment ago"):
        again(bea, order)
    assert Order.objects.count() == 2
    again(bea, order, seen=1)
    assert Order.objects.count() == 3


def test_approvals_hold_and_the_shop_learns_nothing_before(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    boss = make_member(bea, "Anna", "approver")
    add_approval_rule(actor=bea.actor, over_minor=0)
    first, second = again(bea, order), again(bea, order, seen=1)
    assert first.state == second.state == "awaiting_approval"
    text = milo.client.get(f"/portal/orders/{order.public_id}/").content.decode()
    assert first.reference not in text
    assert milo.client.get(f"/portal/orders/{first.public_id}/").status_code == 404
    approve_award(actor=boss.actor, public_id=first.public_id)
    reject_award(actor=boss.actor, public_id=second.public_id, reason="Enough")
    while sweep():
        pass
    assert Event.objects.filter(deliveries__status="dead").count() == 0
    assert not Event.objects.filter(deliveries__last_error__gt="").exists()
    first.refresh_from_db()
    assert first.state == "awaiting_payment"
    assert Quote.objects.get().state == "accepted" and RFQ.objects.get().state == "awarded"


def test_why_a_new_price_is_needed(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert "valid until" in plan_of(bea.actor, order.public_id).reasons[0]
    with pytest.raises(WrongState, match="valid until"):
        again(bea, order)
    Quote.objects.update(valid_until=timezone.localdate())
    assert plan_of(bea.actor, order.public_id).same_price
    part = order.lines.get().part_revision.part
    newer = PartRevision.objects.create(
        part=part, label="B", model_file=part.current.model_file, state="ready"
    )
    part.current = newer
    part.save(update_fields=["current"])
    assert "newer revision" in plan_of(bea.actor, order.public_id).reasons[0]
    part.current = order.lines.get().part_revision
    part.save(update_fields=["current"])
    type(milo.manufacturer).objects.update(state="suspended")
    plan = plan_of(bea.actor, order.public_id)
    assert "not verified" in plan.reasons[0] and not plan.may_ask
    assert Order.objects.count() == 1


@pytest.mark.parametrize("state", ["awaiting_approval", "awaiting_payment", "cancelled"])
def test_not_before_it_was_paid(bea: Persona, milo: Persona, state: str) -> None:
    order = order_in("accepted", bea, milo)
    Order.objects.update(state=state)
    with pytest.raises(WrongState, match="once it is paid"):
        again(bea, order)
    with pytest.raises(WrongState):
        request_again(actor=bea.actor, order_id=order.public_id)
    assert "Order again" not in bea.client.get("/orders/").content.decode()


def test_not_by_others(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = order_in("accepted", bea, milo)
    viewer, engineer = make_member(bea, "Vic", "viewer"), make_member(bea, "Ed", "engineer")
    with pytest.raises(NotFound):
        again(stefan, order)
    with pytest.raises(NotFound):
        request_again(actor=stefan.actor, order_id=order.public_id)
    for who in (milo, viewer, engineer):
        with pytest.raises(NotAllowed):
            again(who, order)
    for who in (milo, viewer):
        with pytest.raises(NotAllowed):
            request_again(actor=who.actor, order_id=order.public_id)
    assert Order.objects.count() == 1


def test_a_request_to_the_same_manufacturer(bea: Persona, milo: Persona, rita: Persona) -> None:
    order = order_in("accepted", bea, milo)
    rfq = request_again(actor=bea.actor, order_id=order.public_id)
    line, asked = rfq.lines.get(), RFQ.objects.exclude(pk=rfq.pk).get().lines.get()
    assert [i.manufacturer.organization for i in rfq.invitations.all()] == [milo.organization]
    assert (line.process, line.material, line.tolerance) == (
        asked.process,
        asked.material,
        asked.tolerance,
    )
    assert (line.quantities, rfq.ship_to, rfq.state) == ([10], order.ship_to, "draft")
    publish_rfq(actor=bea.actor, public_id=rfq.public_id)
    rfq.refresh_from_db()
    assert rfq.state == "open"


def test_two_clicks_on_the_page(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    path = f"/orders/{order.public_id}/reorder/"
    assert path in bea.client.get(f"/orders/{order.public_id}/").content.decode()
    assert path in bea.client.get("/orders/").content.decode()
    page = bea.client.get(path).content.decode()
    assert "The same price holds" in page and "Order again for" in page
    faulty = bea.client.post(path, {"seen": "x", "po_number": "PO 4711"})
    assert faulty.status_code == 422 and "PO 4711" in faulty.content.decode()
    done = bea.client.post(path, {"seen": 0, "po_number": "PO 4711"})
    new = Order.objects.order_by("-pk")[0]
    assert (done.status_code, done.url) == (302, f"/orders/{new.public_id}/")
    again = bea.client.post(path, {"seen": 0})
    assert again.status_code == 409 and "a moment ago" in again.content.decode()
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    page = bea.client.get(path).content.decode()
    assert "A new price is needed" in page and "Order again for" not in page
    asked = bea.client.post(f"{path}request/")
    assert asked.url == f"/rfqs/{RFQ.objects.order_by('-pk')[0].public_id}/edit/"


def test_constant_queries_for_many_lines(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    actor = bea.actor

    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            plan_of(actor, order.public_id)
        return len(done)

    first = count()
    line = order.lines.get()
    for position in (2, 3, 4):
        line.pk, line.public_id, line.position = None, f"oli_{position}", position
        line.save(force_insert=True)
    assert count() == first


def test_over_the_api(bea: Persona, milo: Persona) -> None:
    order = order_in("accepted", bea, milo)
    path = f"/api/v1/orders/{order.public_id}/reorder/"
    plan = bea.client.get(path).json()
    assert (plan["same_price"], plan["reasons"], plan["seen"]) == (True, [], 0)
    json = "application/json"
    bad = bea.client.post(path, {"seen": -1}, content_type=json)
    assert bad.status_code == 422
    made = bea.client.post(path, {"seen": 0}, content_type=json)
    assert made.status_code == 201 and made.json()["total"] == plan["total"]
    assert bea.client.post(path, {"seen": 0}, content_type=json).status_code == 409
    asked = bea.client.post(f"{path}request/", {}, content_type=json)
    assert (asked.status_code, asked.json()["state"]) == (201, "draft")
