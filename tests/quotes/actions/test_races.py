"""Two people press at the same moment, on PostgreSQL: one outcome, and never a wrong one."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connections

from marketplace.core.errors import Conflict, DomainError
from marketplace.messaging.models import PublishedAnswer
from quotes.actions import amendment, guests, invitations, questions
from quotes.actions import quote as quoting
from quotes.guest_links import derive
from quotes.models import GuestLink, Invitation, Quote
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.scene import draft_for, open_rfq, prices

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or the DomainError it raised; all started together."""
    start = threading.Barrier(len(acts))
    outcomes: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            outcomes[index] = act()
        except DomainError as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def people() -> tuple[Persona, Persona]:
    return make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")


def test_two_browsers_open_one_link() -> None:
    bea, milo = people()
    request = open_rfq(bea, milo)
    guests.invite_guest(actor=bea.actor, public_id=request.id, email="g@x.example", company="G")
    secret = derive(GuestLink.objects.get())

    def enter() -> object:
        return guests.open_guest_link(secret=secret, name="Gil", company="Gears", country="AT")

    outcomes = at_once(enter, enter)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1


def test_a_change_and_a_quote_at_once_leave_no_quote_for_the_old_request() -> None:
    bea, milo = people()
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    draft = draft_for(request.line, deadline=request.rfq.deadline)
    draft = replace(draft, lines=[replace(draft.lines[0], quantities=(10, 200))])
    buyer, maker, offer = bea.actor, milo.actor, prices(request)
    at_once(
        lambda: amendment.amend_rfq(actor=buyer, public_id=request.id, draft=draft, seen=1),
        lambda: quoting.submit_quote(actor=maker, public_id=quote.public_id, draft=offer),
    )
    left = Quote.objects.get()
    assert request.fresh().revision == 2
    # The old prices were refused, or they wait to be confirmed; they never stand as they are.
    assert left.state in ("draft", "needs_reconfirmation")


def test_two_members_join_and_publish_once() -> None:
    bea, milo = people()
    request = open_rfq(bea, visibility="open")
    buyer, maker = bea.actor, milo.actor

    def join() -> object:
        return invitations.join_rfq(actor=maker, rfq_id=request.id)

    assert not any(isinstance(outcome, DomainError) for outcome in at_once(join, join))
    assert Invitation.objects.count() == 1
    asked = questions.ask_question(actor=maker, rfq_id=request.id, text="Which?").public_id

    def publish() -> object:
        return questions.publish_answer(
            actor=buyer, rfq_id=request.id, question="Which?", answer="M6.", message_id=asked
        )

    outcomes = at_once(publish, publish)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert PublishedAnswer.objects.count() == 1
