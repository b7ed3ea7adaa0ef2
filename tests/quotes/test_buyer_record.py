"""How a buyer decides and pays, for the shops it asked: other requests, and no names."""

from datetime import date, timedelta

from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.parts.models import Part
from orders.actions.placement import cancel_order, cancel_unpaid_orders
from orders.models import Order
from quotes.actions.award import accept_quote
from quotes.actions.publication import cancel_rfq
from quotes.models import RFQ
from quotes.queries.buyer_record import buyer_record_of
from tests.orders.scene import make_order
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, submitted


def award(bea: Persona, milo: Persona) -> Request:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=quote.public_id,
        chosen={request.line.public_id: 10},
        seen=quote.seen,
    )
    return request


def new_order(bea: Persona, milo: Persona) -> Order:
    """Numbers of parts are made unique first: requests and orders of the scenes count apart."""
    Part.objects.update(number=F("public_id"))
    return make_order(bea, milo)


def paid(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(ship_by=date(2030, 1, 1), state="funded")


def test_a_new_buyer_is_called_new(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    for _ in range(2):
        paid(new_order(bea, milo))
    record = buyer_record_of(request.rfq)
    assert record.is_new and record.award_percent is None and record.paid_percent is None
    text = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "New buyer" in text
    paid(new_order(bea, milo))
    assert not buyer_record_of(request.rfq).is_new


def test_payment_counts_what_was_due(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    for _ in range(3):
        paid(new_order(bea, milo))
    late, called_off, _ = (new_order(bea, milo) for _ in range(3))
    cancel_order(actor=bea.actor, public_id=called_off.public_id, reason="not paid in time")
    Order.objects.filter(pk=late.pk).update(payment_due_at=timezone.now() - timedelta(days=1))
    assert cancel_unpaid_orders() == 1
    record = buyer_record_of(request.rfq)
    assert (record.paying.paid, record.paying.lapsed, record.paid_percent) == (3, 1, 75)
    text = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "75%, 1 order ended unpaid" in text


def test_awards_are_counted_but_for_the_request_itself(bea: Persona, milo: Persona) -> None:
    for _ in range(3):
        request = award(bea, milo)
    RFQ.objects.update(deadline=timezone.now() - timedelta(days=2, hours=1))
    dropped = open_rfq(bea, milo)
    cancel_rfq(actor=bea.actor, public_id=dropped.id, reason="Not needed")
    own = buyer_record_of(request.rfq)
    assert (own.decided, own.awarded, own.award_percent, own.days_to_decide) == (3, 2, 67, None)
    fresh = open_rfq(bea, milo)
    record = buyer_record_of(fresh.rfq)
    assert (record.decided, record.awarded, record.award_percent) == (4, 3, 75)
    assert record.days_to_decide == 2
    answer = milo.client.get(f"/api/v1/requests/{fresh.id}/").json()["buyer_record"]
    assert answer == {
        "is_new": True,
        "orders": 0,
        "paid_percent": None,
        "award_percent": 75,
        "days_to_decide": 2,
    }


def test_two_queries_for_any_number(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)

    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            buyer_record_of(request.rfq)
        return len(done)

    assert count() == 2
    for _ in range(3):
        award(bea, milo)
    assert count() == 2
