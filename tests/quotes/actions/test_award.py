"""Accepting a quote: one order, one winner, and only what the buyer saw."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.models import Order
from quotes.actions.award import accept_quote
from quotes.actions.quote import withdraw_quote
from quotes.models import Quote, RFQLine
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.scene import Request, open_rfq, submitted


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


def accept(request: Request, who: Persona, quote: Quote, **changed: object) -> Order:
    values = {
        "chosen": {request.line.public_id: 100},
        "seen": quote.seen,
        "po_number": "PO-1",
        **changed,
    }
    return accept_quote(
        actor=who.actor,
        rfq_id=request.id,
        quote_id=quote.public_id,
        **values,  # type: ignore[arg-type]
    )


def test_it_places_the_order_and_declines_the_rivals(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    quote, rival = submitted(request_, milo), submitted(request_, rita, "13.0000")
    order = accept(request_, bea, quote)
    # 100 x 6.25 + 10.00 tooling + 5.00 freight
    assert (order.total_minor, order.state, order.po_number) == (64000, "awaiting_payment", "PO-1")
    assert dict(Quote.objects.values_list("pk", "state")) == {
        quote.pk: "accepted",
        rival.pk: "declined",
    }
    assert request_.fresh().state == "awarded"
    facts = Event.objects.filter(
        type__in=["order_placed", "quote_accepted", "rfq_awarded", "quote_not_chosen"]
    )
    assert sorted(facts.values_list("type", flat=True)) == [
        "order_placed",
        "quote_accepted",
        "quote_not_chosen",
        "rfq_awarded",
    ]


def test_a_second_click_reads_why(request_: Request, bea: Persona, milo: Persona) -> None:
    quote = submitted(request_, milo)
    accept(request_, bea, quote)
    with pytest.raises(WrongState, match="was awarded to Milo Machining already, by Bea"):
        accept(request_, bea, quote)
    assert Order.objects.count() == 1


def test_a_quote_that_changed_since_the_page_opened_is_not_accepted(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    quote = submitted(request_, milo)
    with pytest.raises(WrongState, match="changed since you opened"):
        accept(request_, bea, quote, seen="0" * 64)
    RFQLine.objects.update(notes="Now in blue.")
    with pytest.raises(WrongState, match="changed since you opened"):
        accept(request_, bea, quote)
    assert not Order.objects.exists()


def test_an_expired_or_withdrawn_quote_is_not_accepted(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    quote, other = submitted(request_, milo), submitted(request_, rita)
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(WrongState, match="validity has ended"):
        accept(request_, bea, quote)
    withdraw_quote(actor=rita.actor, public_id=other.public_id)
    with pytest.raises(WrongState):
        accept(request_, bea, other)


@pytest.mark.parametrize(
    ("chosen", "error"),
    [({}, DomainError), ({"rfl_nobody": 10}, NotFound)],
)
def test_a_choice_that_cannot_be_is_refused(
    request_: Request,
    bea: Persona,
    milo: Persona,
    chosen: dict[str, int],
    error: type[DomainError],
) -> None:
    quote = submitted(request_, milo)
    with pytest.raises(error):
        accept(request_, bea, quote, chosen=chosen)
    with pytest.raises(DomainError, match="no price for 11"):
        accept(request_, bea, quote, chosen={request_.line.public_id: 11})
    assert not Order.objects.exists() and request_.fresh().state == "open"


def test_only_the_buyer_with_the_right_accepts(
    request_: Request, bea: Persona, milo: Persona, stefan: Persona
) -> None:
    quote = submitted(request_, milo)
    for stranger in (milo, stefan):
        with pytest.raises(NotFound):
            accept(request_, stranger, quote)
    Membership.objects.filter(user=bea.user).update(role="engineer")
    with pytest.raises(NotAllowed):
        accept(request_, bea, quote)
    assert not Order.objects.exists()


def test_a_quote_of_another_request_is_not_found(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    other = open_rfq(bea, milo)
    quote = submitted(other, milo)
    with pytest.raises(NotFound):
        accept(request_, bea, quote)


@pytest.mark.django_db(transaction=True)
def test_of_two_awards_at_the_same_moment_one_wins() -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Races are tried on PostgreSQL; SQLite has one writer.")
    bea, milo, rita = (
        make_buyer("Bea", "Bea Robotics"),
        make_shop("Milo", "Milo Machining"),
        make_shop("Rita", "Rita Rapid Parts"),
    )
    request = open_rfq(bea, milo, rita)
    quotes = [submitted(request, milo), submitted(request, rita)]
    start, outcomes = threading.Barrier(2), []

    def race(quote: Quote) -> None:
        start.wait()
        try:
            outcomes.append(accept(request, bea, quote).reference)
        except WrongState as error:
            outcomes.append(error.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=race, args=(quote,)) for quote in quotes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Order.objects.count() == 1
    assert sum(o.startswith("ORD-") for o in outcomes) == 1
    assert Quote.objects.filter(state="accepted").count() == 1
