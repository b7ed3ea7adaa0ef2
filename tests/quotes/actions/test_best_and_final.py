"""Several shops are asked at once for their last word; each knows of itself only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from quotes.actions import award
from quotes.actions import quote as quoting
from quotes.actions.best_and_final import (
    ask_best_and_final,
    confirm_final,
    lapse_best_and_finals,
)
from quotes.models import BestAndFinal, Quote
from quotes.tasks import run_quote_timers
from tests.api.scene import facts_since, last_event
from tests.personas import Persona, make_member
from tests.quotes.negotiating import BUYER, SHOP, counter
from tests.quotes.scene import Request, open_rfq, prices, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


@pytest.fixture
def quotes(request_: Request, milo: Persona, rita: Persona) -> list[Quote]:
    return [submitted(request_, milo), submitted(request_, rita, "11")]


def ask(person: Persona, request: Request, quotes: list[Quote], **values: Any) -> Any:
    return ask_best_and_final(
        actor=person.actor,
        rfq_id=request.id,
        quote_ids=[quote.public_id for quote in quotes],
        due_at=values.pop("due_at", timezone.now() + timedelta(days=2)),
        **values,
    )


def state_of(quote: Quote) -> str:
    return str(BestAndFinal.objects.get(quote=quote).state)


def test_each_is_asked_and_answers_in_its_own_way(
    bea: Persona, milo: Persona, rita: Persona, request_: Request, quotes: list[Quote]
) -> None:
    his, hers = quotes
    before, last = hers.seen, last_event()
    open_offer = counter(bea, BUYER, request_, his)
    ask(bea, request_, quotes, message="Your last word, please.")
    open_offer.refresh_from_db()
    assert open_offer.state == "expired"
    confirm_final(actor=milo.actor, quote_id=his.public_id)
    assert (state_of(his), state_of(hers)) == ("confirmed", "asked")
    with pytest.raises(WrongState, match="No best and final"):
        confirm_final(actor=milo.actor, quote_id=his.public_id)
    quoting.edit_quote(actor=rita.actor, public_id=hers.public_id)
    assert state_of(hers) == "asked"
    draft = prices(request_, "9")
    quoting.submit_quote(actor=rita.actor, public_id=hers.public_id, draft=draft)
    hers.refresh_from_db()
    assert (state_of(hers), hers.seen != before) == ("improved", True)
    facts = facts_since(last)
    assert facts.count("best_and_final_asked") == 2
    assert facts[-4:] == ["final_confirmed", "quote_reopened", "quote_submitted", "offer_improved"]


def test_an_offer_of_better_terms_answers_too(
    bea: Persona, milo: Persona, request_: Request, quotes: list[Quote]
) -> None:
    ask(bea, request_, quotes[:1])
    made = counter(milo, SHOP, request_, quotes[0], "11")
    assert (state_of(quotes[0]), made.state) == ("improved", "open")


def test_without_an_answer_it_lapses_and_the_quote_stands(
    bea: Persona, milo: Persona, request_: Request, quotes: list[Quote]
) -> None:
    asked = ask(bea, request_, quotes[:1])[0]
    with time_machine.travel(asked.due_at + timedelta(seconds=1), tick=False):
        with pytest.raises(WrongState, match="is up"):
            confirm_final(actor=milo.actor, quote_id=quotes[0].public_id)
        last = last_event()
        assert (lapse_best_and_finals(), lapse_best_and_finals()) == (1, 0)
        assert facts_since(last) == ["best_and_final_lapsed"]
        run_quote_timers()
    quotes[0].refresh_from_db()
    assert (state_of(quotes[0]), quotes[0].state, quotes[0].edition) == ("lapsed", "submitted", 1)


def test_the_award_and_the_withdrawal_end_what_was_asked(
    bea: Persona, milo: Persona, request_: Request, quotes: list[Quote]
) -> None:
    ask(bea, request_, quotes)
    quoting.withdraw_quote(actor=milo.actor, public_id=quotes[0].public_id)
    assert (state_of(quotes[0]), state_of(quotes[1])) == ("ended", "asked")
    award.accept_quote(
        actor=bea.actor,
        rfq_id=request_.id,
        quote_id=quotes[1].public_id,
        chosen={request_.line.public_id: 10},
        seen=quotes[1].seen,
    )
    assert state_of(quotes[1]) == "ended"
    assert Event.objects.filter(type="best_and_final_ended").count() == 2


def test_all_are_asked_or_none(
    bea: Persona, milo: Persona, request_: Request, quotes: list[Quote]
) -> None:
    ask(bea, request_, quotes[:1])
    last = last_event()
    with pytest.raises(WrongState, match="Milo Machining was asked already"):
        ask(bea, request_, quotes)
    foreign = submitted(open_rfq(bea, milo), milo)
    last = last_event()
    with pytest.raises(NotFound):
        ask(bea, request_, [quotes[1], foreign])
    with pytest.raises(DomainError, match="at least one"):
        ask(bea, request_, [])
    for due in (timedelta(0), timedelta(days=12)):
        with pytest.raises(DomainError, match="in the future"):
            ask(bea, request_, quotes[1:], due_at=timezone.now() + due)
    quoting.edit_quote(actor=quotes_shop(quotes[1]), public_id=quotes[1].public_id)
    with pytest.raises(NotFound):
        ask(bea, request_, quotes[1:])
    assert [fact for fact in facts_since(last) if "final" in fact] == []
    assert BestAndFinal.objects.count() == 1


def quotes_shop(quote: Quote) -> Any:
    membership = quote.manufacturer.organization.memberships.get()
    return Persona(membership.user).actor


def test_nobody_else_asks_or_answers(
    bea: Persona,
    milo: Persona,
    rita: Persona,
    stefan: Persona,
    request_: Request,
    quotes: list[Quote],
) -> None:
    for person in (stefan, milo):
        with pytest.raises(NotFound):
            ask(person, request_, quotes)
    with pytest.raises(NotAllowed):
        ask(make_member(bea, "Eva", "engineer"), request_, quotes)
    ask(bea, request_, quotes)
    for other in (bea, stefan, rita):
        with pytest.raises(NotFound):
            confirm_final(actor=other.actor, quote_id=quotes[0].public_id)
    with pytest.raises(NotFound):
        confirm_final(actor=milo.actor, quote_id="quo_none")
    assert state_of(quotes[0]) == "asked"


def test_no_word_in_mail_page_or_timeline_tells_of_another(
    bea: Persona,
    milo: Persona,
    rita: Persona,
    request_: Request,
    quotes: list[Quote],
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    work()
    mailoutbox.clear()
    ask(bea, request_, quotes, message="Be bold.")
    work()
    assert sorted(m.to[0] for m in mailoutbox) == [milo.user.email, rita.user.email]
    for mail in mailoutbox:
        assert "Be bold." in mail.body
    mailoutbox.clear()
    confirm_final(actor=rita.actor, quote_id=quotes[1].public_id)
    work()
    # The answer of one is told to the buyer alone.
    assert [m.to for m in mailoutbox] == [[bea.user.email]]
    page = milo.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "asks for your best and final offer" in page and "Rita" not in page
    own = Event.objects.filter(sightings__organization=milo.organization.public_id)
    assert own.filter(type="best_and_final_asked").count() == 1
    assert not own.filter(type="final_confirmed").exists()
