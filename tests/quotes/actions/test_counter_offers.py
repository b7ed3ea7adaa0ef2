"""Each side offers other values for a submitted quote; the other one answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.models import Order
from quotes.actions import amendment, award, counter_offers, deadline, invitations, publication
from quotes.actions import quote as quoting
from quotes.actions.counter_offers import accept_counter, decline_counter, withdraw_counter
from quotes.actions.forgetting import forget_requests
from quotes.actions.quote_writing import AgreedPrice
from quotes.models import CounterOffer, Quote, QuoteLine, QuotePrice
from quotes.tasks import run_quote_timers
from tests.api.scene import facts_since, last_event
from tests.personas import Persona, make_member
from tests.quotes.negotiating import BUYER, SHOP, counter, offer
from tests.quotes.scene import Request, draft_for, open_rfq, prices, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


@pytest.fixture
def quote(request_: Request, milo: Persona) -> Quote:
    return submitted(request_, milo)


def price_at(quote: Quote, quantity: int) -> tuple[str, int]:
    row = QuotePrice.objects.get(line__quote=quote, quantity=quantity)
    return str(row.unit_price), row.lead_time_days


def accept(person: Persona, side: str, made: CounterOffer) -> CounterOffer:
    quote_id = made.quote.public_id
    return accept_counter(
        actor=person.actor, side=side, quote_id=quote_id, public_id=made.public_id
    )


def test_the_shop_accepts_and_the_quote_has_the_values(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    before, last = quote.seen, last_event()
    made = counter(bea, BUYER, request_, quote, freight_minor=300, message=" Closer? ")
    (row,) = made.lines
    assert row == {
        "line": request_.line.public_id,
        "option": 0,
        "quantity": 10,
        "unit_price": "10.0000",
        "lead_time_days": 5,
        "was_unit_price": "12.5000",
        "was_lead_time_days": 7,
    }
    assert (made.freight_minor, made.was_freight_minor, made.message) == (300, 500, "Closer?")
    assert (made.seen, made.created_by) == (before, bea.user)
    assert price_at(quote, 10) == ("12.5000", 7)
    accept(milo, SHOP, made)
    quote.refresh_from_db()
    assert (quote.state, quote.edition, quote.freight_minor) == ("submitted", 2, 300)
    assert price_at(quote, 10) == ("10.0000", 5)
    assert price_at(quote, 100) == ("6.2500", 9)
    assert facts_since(last) == ["counter_proposed", "counter_accepted"]
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("accepted", milo.user)
    with pytest.raises(WrongState, match="accepted"):
        accept(milo, SHOP, made)
    quote.refresh_from_db()
    assert quote.edition == 2
    chosen = {request_.line.public_id: 10}
    act = {"actor": bea.actor, "rfq_id": request_.id, "quote_id": quote.public_id}
    with pytest.raises(WrongState, match="changed since you opened"):
        award.accept_quote(**act, chosen=chosen, seen=before)
    # 10 x 10.00 + 10.00 tooling + 3.00 freight
    assert award.accept_quote(**act, chosen=chosen, seen=quote.seen).total_minor == 11300


def test_the_buyer_accepts_what_the_shop_offers(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made = counter(milo, SHOP, request_, quote, "11.25")
    accept(bea, BUYER, made)
    assert price_at(quote, 10) == ("11.2500", 5)


def test_another_quantity_and_payment_in_parts_are_agreed_and_ordered(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    QuoteLine.objects.filter(quote=quote).update(min_quantity=50)
    parts = [{"kind": "deposit", "percent": 30}, {"kind": "acceptance", "percent": 70}]
    made = counter(bea, BUYER, request_, quote, quantity=25, milestones=parts)
    assert made.lines[0]["was_unit_price"] is None
    accept(milo, SHOP, made)
    quote.refresh_from_db()
    assert (quote.milestones, quote.lines.get().min_quantity) == (parts, 25)
    choice = award.Choice(quote.public_id, request_.line.public_id, 25, quote.seen)
    page = bea.client.get(f"/rfqs/{request_.id}/quotes/{quote.public_id}/negotiate/")
    assert f'value="{quote.public_id}:0:25"' in page.content.decode()
    (order,) = award.award_rfq(actor=bea.actor, rfq_id=request_.id, choices=[choice])
    assert (order.lines.get().quantity, order.terms["milestones"]) == (25, parts)


def test_a_quantity_nobody_agreed_on_is_not_ordered_and_changing_the_quote_drops_it(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    accept(milo, SHOP, counter(bea, BUYER, request_, quote, quantity=25))
    quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))
    quote.refresh_from_db()
    QuotePrice.objects.create(
        line=quote.lines.get(), quantity=30, unit_price=Decimal(1), lead_time_days=1
    )
    for quantity in (25, 30):
        choice = award.Choice(quote.public_id, request_.line.public_id, quantity, quote.seen)
        with pytest.raises(DomainError, match=f"no price for {quantity}"):
            award.award_rfq(actor=bea.actor, rfq_id=request_.id, choices=[choice])


def test_a_counter_of_the_other_side_replaces_the_open_one(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    first = counter(bea, BUYER, request_, quote)
    with pytest.raises(WrongState, match="still waits"):
        counter(bea, BUYER, request_, quote, "9")
    with pytest.raises(WrongState, match="acted a moment ago"):
        counter(milo, SHOP, request_, quote, "11")
    second = counter(milo, SHOP, request_, quote, "11", answers=first.public_id)
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "open")
    with pytest.raises(WrongState, match="countered"):
        accept(milo, SHOP, first)
    accept(bea, BUYER, second)
    assert price_at(quote, 10) == ("11.0000", 5)


def test_a_no_has_a_reason_and_changes_nothing(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made, last = counter(bea, BUYER, request_, quote), last_event()
    act = {"side": SHOP, "quote_id": quote.public_id, "public_id": made.public_id}
    with pytest.raises(DomainError, match="Say why"):
        decline_counter(actor=milo.actor, **act, reason=" ")
    decline_counter(actor=milo.actor, **act, reason="Below cost.")
    made.refresh_from_db()
    assert (made.state, made.reason) == ("declined", "Below cost.")
    assert (facts_since(last), price_at(quote, 10)) == (["counter_declined"], ("12.5000", 7))
    with pytest.raises(WrongState):
        decline_counter(actor=milo.actor, **act, reason="Again.")


def test_ones_own_offer_is_taken_back_and_never_answered_by_its_own_side(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made, last = counter(bea, BUYER, request_, quote), last_event()
    act = {"quote_id": quote.public_id, "public_id": made.public_id}
    with pytest.raises(WrongState, match="your side's own"):
        accept(bea, BUYER, made)
    with pytest.raises(WrongState, match="your side's own"):
        decline_counter(actor=bea.actor, side=BUYER, reason="No.", **act)
    with pytest.raises(WrongState, match="the other side's"):
        withdraw_counter(actor=milo.actor, side=SHOP, **act)
    withdraw_counter(actor=bea.actor, side=BUYER, **act)
    assert facts_since(last) == ["counter_withdrawn"]
    with pytest.raises(WrongState):
        withdraw_counter(actor=bea.actor, side=BUYER, **act)


@pytest.mark.parametrize("side", [BUYER, SHOP])
def test_strangers_rivals_and_the_other_door_find_nothing(
    side: str,
    bea: Persona,
    milo: Persona,
    rita: Persona,
    stefan: Persona,
    request_: Request,
    quote: Quote,
) -> None:
    own, other = (bea, milo) if side == BUYER else (milo, bea)
    submitted(request_, rita)
    made, last = counter(other, BUYER if side == SHOP else SHOP, request_, quote), last_event()
    act = {"side": side, "quote_id": quote.public_id, "public_id": made.public_id}
    for person in (stefan, rita, other):
        for action, more in (
            (accept_counter, {}),
            (withdraw_counter, {}),
            (decline_counter, {"reason": "No."}),
        ):
            with pytest.raises(NotFound):
                action(actor=person.actor, **act, **more)
        with pytest.raises(NotFound):
            counter(person, side, request_, quote, answers=made.public_id)
    with pytest.raises(NotFound):
        accept_counter(actor=own.actor, **{**act, "public_id": "cof_none"})
    with pytest.raises(NotFound):
        accept_counter(actor=own.actor, **{**act, "quote_id": "quo_none"})
    viewer = make_member(own, "Vera", Role.VIEWER)
    with pytest.raises(NotAllowed):
        accept_counter(actor=viewer.actor, **act)
    assert (facts_since(last), CounterOffer.objects.count()) == ([], 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"unit": "12.5", "lead": 7}, "Nothing differs"),
        ({"unit": "0"}, "above zero"),
        ({"unit": "NaN"}, "above zero"),
        ({"unit": "1.00001"}, "four decimals"),
        ({"lead": 0}, "lead time"),
        ({"lead": 1001}, "lead time"),
        ({"quantity": 0}, "whole number from 1"),
        ({"quantity": 10_000_001}, "whole number from 1"),
        ({"unit": "99999999", "quantity": 10_000_000}, "too large"),
        ({"twice": True}, "once"),
        ({"freight_minor": -1}, "Freight"),
        ({"freight_minor": 10**14}, "Freight"),
        ({"milestones": [{"kind": "deposit", "percent": 50}]}, "add up to 50 %"),
        ({"milestones": [{"kind": "bribe", "percent": 100}]}, "Name each milestone"),
        ({"milestones": [{"kind": "deposit", "percent": 50}] * 2}, "Name each milestone"),
        ({"milestones": [{"kind": "deposit", "percent": 0}]}, "whole percent"),
        ({"expires_at": timedelta(0)}, "in the future"),
        ({"expires_at": timedelta(days=12)}, "validity ends"),
    ],
)
def test_what_cannot_be_is_refused_with_its_sentence(
    change: dict[str, Any], sentence: str, bea: Persona, request_: Request, quote: Quote
) -> None:
    unit, lead = change.pop("unit", "10"), change.pop("lead", 5)
    quantity, twice = change.pop("quantity", 10), change.pop("twice", False)
    if "expires_at" in change:
        change["expires_at"] += timezone.now()
    price = AgreedPrice(quantity, Decimal(unit), lead, line_id=request_.line.public_id)
    proposal = replace(offer(request_, **change), prices=[price] * (1 + twice))
    last = last_event()
    with pytest.raises(DomainError, match=sentence):
        counter(bea, BUYER, request_, quote, proposal=proposal)
    assert (facts_since(last), CounterOffer.objects.count()) == ([], 0)


def test_foreign_lines_and_alternates_are_missing_ones(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    foreign = open_rfq(bea, milo)
    for line, option in ((foreign.line.public_id, 0), (request_.line.public_id, 1)):
        price = AgreedPrice(10, Decimal(9), 5, line_id=line, option=option)
        with pytest.raises(NotFound):
            proposal = replace(offer(request_), prices=[price])
            counter(bea, BUYER, request_, quote, proposal=proposal)


def test_it_is_written_against_what_was_seen(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    old = quote.seen
    accept(milo, SHOP, counter(bea, BUYER, request_, quote))
    with pytest.raises(WrongState, match="quote changed"):
        counter_offers.propose_counter(
            actor=bea.actor,
            side=BUYER,
            quote_id=quote.public_id,
            seen=old,
            proposal=offer(request_, "9"),
        )
    made = counter(bea, BUYER, request_, quote, "9")
    Quote.objects.filter(pk=quote.pk).update(edition=9)
    with pytest.raises(WrongState, match="changed since this counter-offer"):
        accept(milo, SHOP, made)


def test_it_waits_three_days_or_until_the_quote_ends(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    now = timezone.now()
    made = counter(bea, BUYER, request_, quote)
    assert timedelta(days=2, hours=23) < made.expires_at - now < timedelta(days=3, hours=1)
    with time_machine.travel(made.expires_at + timedelta(seconds=1), tick=False):
        with pytest.raises(WrongState, match="is up"):
            accept(milo, SHOP, made)
        last = last_event()
        assert (counter_offers.expire_counters(), counter_offers.expire_counters()) == (1, 0)
        run_quote_timers()
        assert facts_since(last)[0] == "counter_expired"
    made.refresh_from_db()
    assert made.state == "expired"
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate())
    soon = counter(bea, BUYER, request_, quote)
    assert soon.expires_at - now < timedelta(days=1, hours=1)


def test_a_sealed_quote_cannot_be_countered_before_it_is_opened(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    quote = submitted(request, milo)
    for person, side in ((bea, BUYER), (milo, SHOP)):
        with pytest.raises(WrongState, match="sealed"):
            counter(person, side, request, quote)
    deadline.unseal_rfq(actor=bea.actor, public_id=request.id, reason="Urgent.")
    assert counter(bea, BUYER, request, quote).state == "open"


def test_a_draft_is_not_the_buyers_and_a_quote_that_ended_is_not_negotiated(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    with pytest.raises(NotFound):
        counter(bea, BUYER, request_, quote)
    with pytest.raises(WrongState, match="about a draft"):
        counter(milo, SHOP, request_, quote)
    quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    with pytest.raises(WrongState, match="is withdrawn"):
        counter(bea, BUYER, request_, quote)


def _amend(bea: Persona, request: Request) -> None:
    draft = draft_for(request.line, deadline=request.rfq.deadline, title="Other brackets")
    amendment.amend_rfq(actor=bea.actor, public_id=request.id, draft=draft, seen=1)


def _accept_all(bea: Persona, request: Request, quote: Quote) -> None:
    award.accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=quote.public_id,
        chosen={request.line.public_id: 10},
        seen=quote.seen,
    )


ENDS: dict[str, Callable[[Persona, Persona, Request, Quote, Quote], object]] = {
    "taken back to change": lambda bea, milo, request, quote, other: quoting.edit_quote(
        actor=milo.actor, public_id=quote.public_id
    ),
    "withdrawn": lambda bea, milo, request, quote, other: quoting.withdraw_quote(
        actor=milo.actor, public_id=quote.public_id
    ),
    "request changed": lambda bea, milo, request, quote, other: _amend(bea, request),
    "request was cancelled": lambda bea, milo, request, quote, other: publication.cancel_rfq(
        actor=bea.actor, public_id=request.id, reason="No."
    ),
    "quote was accepted": lambda bea, milo, request, quote, other: _accept_all(bea, request, quote),
    "another quote was chosen": lambda bea, milo, request, quote, other: _accept_all(
        bea, request, other
    ),
    "access to the request ended": lambda bea, milo, request, quote, other: (
        invitations.revoke_invitation(
            actor=bea.actor,
            public_id=request.id,
            invitation_id=request.rfq.invitations.get(manufacturer=milo.manufacturer).public_id,
            reason="No.",
        )
    ),
}


@pytest.mark.parametrize("why", ENDS)
def test_the_end_of_the_quote_ends_the_open_offer(
    why: str, bea: Persona, milo: Persona, rita: Persona, request_: Request, quote: Quote
) -> None:
    other = submitted(request_, rita)
    made = counter(bea, BUYER, request_, quote)
    hers = counter(bea, BUYER, request_, other)
    if "chosen" in why or "accepted" in why:
        other.refresh_from_db()
    ENDS[why](bea, milo, request_, quote, other)
    made.refresh_from_db()
    assert (made.state, why in made.reason) == ("expired", True), made.reason
    assert Event.objects.filter(type="counter_ended", subject=made.public_id).count() == 1
    hers.refresh_from_db()
    of_one = why in ("taken back to change", "withdrawn", "access to the request ended")
    assert hers.state == ("open" if of_one else "expired")


def test_the_end_of_the_validity_ends_it(bea: Persona, request_: Request, quote: Quote) -> None:
    made = counter(bea, BUYER, request_, quote)
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert quoting.expire_quotes() == 1
    made.refresh_from_db()
    assert (made.state, made.reason) == ("expired", "the quote's validity ended")


def test_an_award_that_waits_for_approval_blocks_both_sides_and_tells_the_shop_nothing(
    bea: Persona, milo: Persona, rita: Persona, request_: Request, quote: Quote
) -> None:
    make_member(bea, "Anna", Role.APPROVER)
    add_approval_rule(actor=bea.actor, over_minor=0)
    hers = submitted(request_, rita)
    mine = counter(bea, BUYER, request_, quote)
    her_offer = counter(rita, SHOP, request_, hers, "11")
    _accept_all(bea, request_, quote)
    assert Order.objects.get().state == "awaiting_approval"
    with pytest.raises(WrongState, match="cannot agree on other values right now") as refusal:
        accept(milo, SHOP, mine)
    assert "approval" not in refusal.value.sentence
    with pytest.raises(WrongState, match="waits for approval"):
        accept(bea, BUYER, her_offer)
    assert price_at(quote, 10) == ("12.5000", 7)
    # What concerns the rival's own quote is as before for the rival.
    withdraw_counter(
        actor=rita.actor, side=SHOP, quote_id=hers.public_id, public_id=her_offer.public_id
    )
    with pytest.raises(WrongState, match="waits for approval"):
        counter(bea, BUYER, request_, hers)


def test_the_database_keeps_one_open_offer_a_quote(
    bea: Persona, request_: Request, quote: Quote
) -> None:
    made = counter(bea, BUYER, request_, quote)
    made.pk, made.public_id = None, "cof_second"
    made._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_the_other_side_is_told_and_no_rival(
    bea: Persona,
    milo: Persona,
    rita: Persona,
    request_: Request,
    quote: Quote,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    submitted(request_, rita)
    work()
    mailoutbox.clear()
    made = counter(bea, BUYER, request_, quote)
    work()
    assert [m.to for m in mailoutbox] == [[milo.user.email]]
    assert f"/portal/quotes/{quote.public_id}/negotiate/" in mailoutbox[0].body
    mailoutbox.clear()
    act = {"quote_id": quote.public_id, "public_id": made.public_id}
    decline_counter(actor=milo.actor, side=SHOP, reason="Below cost.", **act)
    second = counter(milo, SHOP, request_, quote, "12")
    accept(bea, BUYER, second)
    work()
    told = sorted((m.to[0], m.subject) for m in mailoutbox)
    reference = request_.rfq.reference
    assert told == sorted(
        [
            (bea.user.email, f"Your counter-offer on {reference} is declined"),
            (bea.user.email, f"Milo Machining made a counter-offer on {reference}"),
            (milo.user.email, f"Your counter-offer on {reference} is accepted"),
        ]
    )
    page = rita.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "counter-offer" not in page


def test_a_deleted_side_leaves_no_words_of_its_own(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made = counter(bea, BUYER, request_, quote, message="Of Bea.")
    act = {"quote_id": quote.public_id, "side": SHOP}
    decline_counter(actor=milo.actor, public_id=made.public_id, reason="Of Milo.", **act)
    theirs = counter(milo, SHOP, request_, quote, message="Also of Milo.")
    for person, left in ((milo, ["Of Bea.", ""]), (bea, ["", ""])):
        forget_requests(actor=person.actor, organization=person.organization)
        rows = CounterOffer.objects.order_by("pk")
        assert [row.message for row in rows] == left
    made.refresh_from_db()
    theirs.refresh_from_db()
    assert (made.reason, theirs.state, theirs.reason) == ("", "expired", "")
