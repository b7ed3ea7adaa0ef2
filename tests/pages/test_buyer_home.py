"""The buyer's home: what to decide today, what comes up, what was saved; nothing of others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.messaging.models import Thread
from marketplace.messaging.queries import unanswered_on
from marketplace.pages.deadlines import MOST, deadlines_of
from marketplace.parts.models import Part
from orders.models import Order
from quotes.actions.publication import close_rfq
from quotes.actions.questions import answer_question, ask_question
from quotes.models import RFQ, Quote
from tests.orders.scene import make_order
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq, submitted
from tests.quotes.test_savings import award

pytestmark = pytest.mark.django_db


def home(person: Persona) -> str:
    answer = person.client.get("/home/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_quotes_wait_to_be_compared_once_the_request_is_closed(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    assert "Quotes to compare" not in home(bea)
    RFQ.objects.filter(pk=request.rfq.pk).update(deadline=timezone.now() - timedelta(minutes=1))
    assert "Quotes to compare" in home(bea)
    close_rfq(actor=bea.actor, public_id=request.id)
    page = home(bea)
    assert "Compare 1 quote" in page
    assert f"/rfqs/{request.id}/compare/" in page
    assert "Quotes to compare" not in home(stefan)
    award(bea, request, quote)
    assert "Quotes to compare" not in home(bea)


def test_a_request_without_a_quote_is_nothing_to_compare(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    close_rfq(actor=bea.actor, public_id=request.id)
    assert "Quotes to compare" not in home(bea)


def test_what_is_sealed_is_not_compared_before_the_deadline(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    submitted(request, milo)
    close_rfq(actor=bea.actor, public_id=request.id)
    assert "Quotes to compare" not in home(bea)
    RFQ.objects.filter(pk=request.rfq.pk).update(deadline=timezone.now() - timedelta(minutes=1))
    assert "Quotes to compare" in home(bea)


def test_quotes_that_end_within_five_days_are_said_and_sealed_ones_not(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    assert "Quotes that end soon" not in home(bea)
    soon = timezone.localdate() + timedelta(days=4)
    Quote.objects.filter(pk=quote.pk).update(valid_until=soon)
    page = home(bea)
    assert "Quotes that end soon" in page and "Choose or let go by" in page
    assert "The quote of Milo Machining ends" in page
    RFQ.objects.filter(pk=request.rfq.pk).update(is_sealed=True)
    page = home(bea)
    assert "Quotes that end soon" not in page and "Milo Machining" not in page


def test_a_question_waits_until_it_is_answered(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo, rita)
    for shop in (milo, rita):
        ask_question(actor=shop.actor, rfq_id=request.id, text="Which thread?")
    page = home(bea)
    assert "2 shops wait for an answer" in page
    assert "Messages to read" not in page
    for thread in Thread.objects.all():
        answer_question(actor=bea.actor, rfq_id=request.id, thread_id=thread.public_id, text="M6.")
    assert unanswered_on(bea.organization, [request.id]) == {}
    assert "Questions to answer" not in home(bea)


def test_dates_come_soonest_first_and_only_those_ahead(bea: Persona, milo: Persona) -> None:
    today = timezone.localdate()
    open_rfq(bea, milo)
    Part.objects.update(number="PLATE-1")
    due = make_order(bea, milo)
    late = make_order(bea, milo, "in_production")
    far = make_order(bea, milo, "in_production")
    arrived = make_order(bea, milo, "delivered")
    step = make_order(bea, milo, "confirmed")
    for order, fields in (
        (due, {"payment_due_at": timezone.now() + timedelta(days=1)}),
        (late, {"ship_by": today - timedelta(days=1)}),
        (far, {"ship_by": today + timedelta(days=40)}),
        (arrived, {"accept_by": timezone.now() + timedelta(days=2)}),
        (step, {"instalment_due_at": timezone.now() + timedelta(days=3)}),
    ):
        Order.objects.filter(pk=order.pk).update(**fields)
    page = home(bea)
    shown = page[page.index("Coming up") :]
    steps = ("Pay", "Inspect and accept", "Pay an instalment", "Quotes close")
    places = [shown.index(f">{what}<") for what in steps]
    assert places == sorted(places)
    assert "Milo Machining ships" not in shown
    orders = list(Order.objects.all()) * 5
    found = deadlines_of([], [], orders, today, today + timedelta(days=60))
    assert len(found) == MOST
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_savings_and_the_time_to_award_are_shown_in_their_currency(bea: Persona) -> None:
    assert "median" not in home(bea)
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(3)]
    request = open_rfq(bea, *shops)
    quotes = [
        submitted(request, shop, unit) for shop, unit in zip(shops, ("10", "12", "20"), strict=True)
    ]
    award(bea, request, quotes[2])
    page = home(bea)
    assert "Above the median quote" in page and "€80.00" in page
    assert "less than an hour" in page


def test_it_costs_the_same_with_more_of_everything(bea: Persona, django_assert_num_queries) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(3)]

    def add() -> None:
        won, waiting = open_rfq(bea, *shops), open_rfq(bea, *shops)
        first, *_ = [submitted(won, shop, "10") for shop in shops]
        quote = submitted(waiting, shops[0])
        Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate())
        ask_question(actor=shops[1].actor, rfq_id=waiting.id, text="Which thread?")
        close_rfq(actor=bea.actor, public_id=waiting.id)
        award(bea, won, first)

    add()
    home(bea)
    with django_assert_num_queries(22):
        home(bea)
    add()
    add()
    with django_assert_num_queries(22):
        home(bea)
