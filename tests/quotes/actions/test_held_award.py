"""An award that waits: quotes stand still, rivals hear nothing, and it ends well or in nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from accounts.roles import Role
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions.approvals import approve_award, reject_award
from orders.actions.placement import cancel_order
from orders.models import Order
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
from quotes.actions.publication import cancel_rfq, close_rfq
from quotes.models import Quote
from tests.personas import Persona, make_member
from tests.quotes.scene import Request, open_rfq, prices, submitted


@pytest.fixture
def ada(bea: Persona) -> Persona:
    person = make_member(bea, "Ada", Role.APPROVER)
    add_approval_rule(actor=bea.actor, over_minor=50_000)
    return person


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona, ada: Persona) -> Request:
    return open_rfq(bea, milo, rita)


@pytest.fixture
def held(request_: Request, bea: Persona, milo: Persona, rita: Persona) -> Order:
    submitted(request_, rita, "13.0000")
    return award(request_, bea, submitted(request_, milo))


@pytest.fixture(autouse=True)
def quiet(request_: Request, work: Callable[[], None], mailoutbox: list[Any]) -> None:
    """What led to the request is told already."""
    work()
    mailoutbox.clear()


def award(request: Request, bea: Persona, quote: Quote) -> Order:
    return accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=quote.public_id,
        chosen={request.line.public_id: 100},
        seen=quote.seen,
    )


def states() -> dict[str, str]:
    rows = Quote.objects.values_list("manufacturer__organization__name", "state")
    return {name.split()[0]: state for name, state in rows}


def quote_of(shop: Persona) -> Quote:
    return Quote.objects.get(manufacturer=shop.manufacturer)


def test_nothing_moves_and_no_shop_is_told_while_it_waits(
    held: Order,
    request_: Request,
    bea: Persona,
    milo: Persona,
    rita: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    assert (held.state, request_.fresh().state) == ("awaiting_approval", "open")
    assert states() == {"Milo": "submitted", "Rita": "submitted"}
    mailoutbox.clear()
    work()
    told = {mail.to[0] for mail in mailoutbox}
    assert not told & {"milo@example.com", "rita@example.com"}
    for shop in (milo, rita):
        facts = {event.type for event in timeline(request_.rfq, shop.organization)}
        assert not facts & {"award_held", "quote_accepted", "rfq_awarded", "quote_not_chosen"}
        assert (
            "approval" not in shop.client.get(f"/portal/requests/{request_.id}/").content.decode()
        )
    assert "award_held" in {e.type for e in timeline(request_.rfq, bea.organization)}


def test_until_it_is_decided_no_other_quote_is_accepted_and_the_request_stays(
    held: Order, request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    for shop in (milo, rita):
        with pytest.raises(WrongState, match="waits for approval"):
            award(request_, bea, quote_of(shop))
    with pytest.raises(WrongState, match="Cancel that order first"):
        cancel_rfq(actor=bea.actor, public_id=request_.id, reason="Enough.")
    page = bea.client.get(f"/rfqs/{request_.id}/").content.decode()
    assert "is being decided" in page and "/accept/" not in page
    body = bea.client.get(f"/api/v1/rfqs/{request_.id}/").json()
    assert body["waiting_order"] == held.public_id
    quotes = bea.client.get(f"/api/v1/rfqs/{request_.id}/quotes/").json()["results"]
    assert [quote["can_accept"] for quote in quotes] == [False, False]
    assert Order.objects.count() == 1


def test_the_last_approval_finishes_the_award_and_tells_everybody(
    held: Order,
    request_: Request,
    ada: Persona,
    milo: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    work()
    mailoutbox.clear()
    approve_award(actor=ada.actor, public_id=held.public_id)
    work()
    assert states() == {"Milo": "accepted", "Rita": "declined"}
    assert request_.fresh().state == "awarded"
    assert Event.objects.get(type="quote_accepted").actor_label == "Bea (Bea Robotics)"
    told = sorted((mail.to[0], mail.subject.split(" for ")[0]) for mail in mailoutbox)
    assert ("bea@example.com", f"{held.reference} is approved") in told
    assert ("milo@example.com", f"Bea Robotics accepted your quote: {held.reference}") in told
    assert ("rita@example.com", "Bea Robotics chose another quote") in told
    assert any(to == "bea@example.com" and "pay" in subject.lower() for to, subject in told)
    for event in Event.objects.filter(type="award_approved"):
        event.deliveries.update(status="pending", delivered_at=None)
    work()
    assert Event.objects.filter(type="quote_accepted").count() == 1


@pytest.mark.parametrize("end", ["rejected", "cancelled"])
def test_after_a_no_another_quote_or_the_same_one_can_be_accepted(
    end: str,
    held: Order,
    request_: Request,
    bea: Persona,
    milo: Persona,
    rita: Persona,
    ada: Persona,
    work: Callable[[], None],
) -> None:
    if end == "rejected":
        reject_award(actor=ada.actor, public_id=held.public_id, reason="Too much.")
    else:
        cancel_order(actor=bea.actor, public_id=held.public_id, reason="Too early.")
    work()
    assert states() == {"Milo": "submitted", "Rita": "submitted"}
    assert request_.fresh().state == "open"
    assert Event.objects.filter(type="award_released").count() == 1
    again = award(request_, bea, quote_of(milo))
    reject_award(actor=ada.actor, public_id=again.public_id, reason="Still too much.")
    other = award(request_, bea, quote_of(rita))
    approve_award(actor=ada.actor, public_id=other.public_id)
    work()
    assert states() == {"Milo": "declined", "Rita": "accepted"}
    assert not Event.objects.filter(
        type="order_placed", sightings__organization=milo.organization.public_id
    ).exists()


def test_a_request_that_closed_meanwhile_can_still_be_awarded(
    held: Order, request_: Request, bea: Persona, rita: Persona, ada: Persona
) -> None:
    close_rfq(actor=bea.actor, public_id=request_.id)
    reject_award(actor=ada.actor, public_id=held.public_id, reason="Too much.")
    assert request_.fresh().state == "closed"
    assert award(request_, bea, quote_of(rita)).state == "awaiting_approval"


@pytest.mark.parametrize("end", ["withdrawn", "draft", "expired"])
def test_when_the_shop_ends_its_quote_the_waiting_award_ends_and_the_buyer_is_told(
    end: str,
    held: Order,
    request_: Request,
    milo: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    work()
    mailoutbox.clear()
    quote = quote_of(milo)
    if end == "withdrawn":
        quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    elif end == "draft":
        quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    else:
        yesterday = timezone.localdate() - timedelta(days=1)
        Quote.objects.filter(pk=quote.pk).update(valid_until=yesterday)
        assert quoting.expire_quotes() == 1
    held.refresh_from_db()
    assert (held.state, states()["Milo"]) == ("cancelled", end)
    work()
    about = [m for m in mailoutbox if m.subject == f"{held.reference} is cancelled"]
    assert {mail.to[0] for mail in about} == {"bea@example.com", "ada@example.com"}
    assert "Milo Machining" in about[0].body
    if end == "draft":
        quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))


def test_between_the_approval_and_its_news_the_shop_is_bound(
    held: Order, milo: Persona, ada: Persona, work: Callable[[], None]
) -> None:
    quote = quote_of(milo)
    yesterday = timezone.localdate() - timedelta(days=1)
    approve_award(actor=ada.actor, public_id=held.public_id)
    Quote.objects.filter(pk=quote.pk).update(valid_until=yesterday)
    assert quoting.expire_quotes() == 0
    with pytest.raises(WrongState, match="accepted this quote a moment ago"):
        quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    work()
    assert states()["Milo"] == "accepted"


def test_the_accept_page_says_before_that_an_approval_comes_first(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    quote = submitted(request_, milo)
    path = f"/rfqs/{request_.id}/quotes/{quote.public_id}/accept/"
    chosen = {f"q_{request_.line.public_id}": 100}
    page = bea.client.get(path, chosen).content.decode()
    assert "Accept and ask for approval" in page and "over 500.00 EUR" in page
    small = bea.client.get(path, {f"q_{request_.line.public_id}": 10}).content.decode()
    assert "ask for approval" not in small
    answer = bea.client.post(path, {**chosen, "seen": quote.seen}, follow=True)
    assert "Your award waits for approval" in answer.content.decode()
