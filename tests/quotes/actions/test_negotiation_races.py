"""Both sides of a negotiation press at the same moment, on PostgreSQL: one wins, the other reads
why, and a quote is never half of the one and half of the other."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from orders.models import Order
from quotes.actions import best_and_final, counter_offers
from quotes.actions import quote as quoting
from quotes.actions.award import Choice, award_rfq
from quotes.models import BestAndFinal, CounterOffer, Quote, QuotePrice
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.actions.test_races import at_once
from tests.quotes.negotiating import BUYER, SHOP, counter, offer
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def scene() -> tuple[Persona, Persona, Request, Quote]:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    request = open_rfq(bea, milo)
    return bea, milo, request, submitted(request, milo)


def accepting(actor: Actor, side: str, made: CounterOffer) -> Callable[[], object]:
    quote_id, public_id = made.quote.public_id, made.public_id
    return lambda: counter_offers.accept_counter(
        actor=actor, side=side, quote_id=quote_id, public_id=public_id
    )


def sentences(outcomes: list[object]) -> list[str]:
    return [o.sentence if isinstance(o, DomainError) else "" for o in outcomes]


def unit_price(quote: Quote) -> Decimal:
    return QuotePrice.objects.get(line__quote=quote, quantity=10).unit_price


def test_an_accepted_counter_against_the_award_of_the_old_prices() -> None:
    bea, milo, request, quote = scene()
    made = counter(bea, BUYER, request, quote)
    choice = Choice(quote.public_id, request.line.public_id, 10, quote.seen)
    buyer = bea.actor
    outcomes = sentences(
        at_once(
            accepting(milo.actor, SHOP, made),
            lambda: award_rfq(actor=buyer, rfq_id=request.id, choices=[choice]),
        )
    )
    assert sorted(map(bool, outcomes)) == [False, True], outcomes
    made.refresh_from_db()
    quote.refresh_from_db()
    if outcomes[0]:
        assert (made.state, quote.state, unit_price(quote)) == ("expired", "accepted", 12.5)
        assert Order.objects.get().lines.get().unit_price == Decimal("12.5")
    else:
        assert "changed since you opened the page" in outcomes[1]
        assert (made.state, quote.state, unit_price(quote)) == ("accepted", "submitted", 10)
        assert not Order.objects.exists()


def test_an_accepted_counter_against_the_end_of_the_quote() -> None:
    bea, milo, request, quote = scene()
    made = counter(milo, SHOP, request, quote)
    shop = milo.actor
    outcomes = sentences(
        at_once(
            accepting(bea.actor, BUYER, made),
            lambda: quoting.withdraw_quote(actor=shop, public_id=quote.public_id),
        )
    )
    made.refresh_from_db()
    quote.refresh_from_db()
    # Who withdraws is never refused; who accepts a moment later reads that the quote is gone.
    assert (outcomes[1], quote.state) == ("", "withdrawn")
    if outcomes[0]:
        assert "withdrawn" in outcomes[0]
        assert (made.state, quote.edition, unit_price(quote)) == ("expired", 1, 12.5)
    else:
        assert (made.state, quote.edition, unit_price(quote)) == ("accepted", 2, 10)


def test_one_accepts_what_the_other_takes_back() -> None:
    bea, milo, request, quote = scene()
    made = counter(bea, BUYER, request, quote)
    buyer, quote_id = bea.actor, quote.public_id
    outcomes = sentences(
        at_once(
            accepting(milo.actor, SHOP, made),
            lambda: counter_offers.withdraw_counter(
                actor=buyer, side=BUYER, quote_id=quote_id, public_id=made.public_id
            ),
        )
    )
    assert sorted(map(bool, outcomes)) == [False, True], outcomes
    made.refresh_from_db()
    agreed = unit_price(quote) == 10
    assert made.state == ("accepted" if agreed else "withdrawn")


def test_both_sides_offer_something_at_once() -> None:
    bea, milo, request, quote = scene()
    seen = quote.seen

    def offering(person: Persona, side: str, unit: str) -> Callable[[], object]:
        actor, proposal = person.actor, offer(request, unit)
        return lambda: counter_offers.propose_counter(
            actor=actor, side=side, quote_id=quote.public_id, seen=seen, proposal=proposal
        )

    outcomes = sentences(at_once(offering(bea, BUYER, "10"), offering(milo, SHOP, "12")))
    assert sorted(map(bool, outcomes)) == [False, True], outcomes
    assert "acted a moment ago" in "".join(outcomes)
    assert CounterOffer.objects.get().by_side == (BUYER if outcomes[0] == "" else SHOP)


def test_one_accepts_while_a_colleague_counters() -> None:
    bea, milo, request, quote = scene()
    made = counter(bea, BUYER, request, quote)
    shop, seen, proposal = milo.actor, quote.seen, offer(request, "12")
    outcomes = sentences(
        at_once(
            accepting(shop, SHOP, made),
            lambda: counter_offers.propose_counter(
                actor=shop,
                side=SHOP,
                quote_id=quote.public_id,
                seen=seen,
                proposal=proposal,
                answers=made.public_id,
            ),
        )
    )
    assert sorted(map(bool, outcomes)) == [False, True], outcomes
    made.refresh_from_db()
    assert (made.state, unit_price(quote)) == (
        ("accepted", 10) if outcomes[0] == "" else ("replaced", 12.5)
    )


def test_a_last_word_is_given_once() -> None:
    bea, milo, request, quote = scene()
    best_and_final.ask_best_and_final(
        actor=bea.actor,
        rfq_id=request.id,
        quote_ids=[quote.public_id],
        due_at=request.rfq.deadline,
    )
    shop = milo.actor

    def confirm() -> object:
        return best_and_final.confirm_final(actor=shop, quote_id=quote.public_id)

    outcomes = sentences(at_once(confirm, confirm))
    assert sorted(map(bool, outcomes)) == [False, True], outcomes
    assert BestAndFinal.objects.get().state == "confirmed"
