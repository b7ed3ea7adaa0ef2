"""Questions: read by the two sides only; published without a name; counted a person; limited."""

from collections.abc import Callable

import pytest
from django.core import mail

from accounts.models import Membership
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.messaging.actions import Spot
from marketplace.messaging.models import Message, PublishedAnswer
from marketplace.messaging.queries import unread_of
from marketplace.messaging.rules import MOST_AN_HOUR, TooMany
from quotes.actions import publication, questions
from tests.personas import Persona, make_member
from tests.quotes.scene import Request, open_rfq
from tests.steps import step


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


@step
def ask(request: Request, shop: Persona, text: str = "Which thread?", **rest: object) -> Message:
    return questions.ask_question(actor=shop.actor, rfq_id=request.id, text=text, **rest)  # type: ignore[arg-type]


def test_a_question_is_read_by_the_two_sides_only(
    request_: Request, bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    message = ask(request_, milo)
    assert Event.objects.filter(subject=message.public_id).count() == 1
    for path in ("/portal/requests/{}/questions/", "/portal/requests/{}/"):
        page = rita.client.get(path.format(request_.id)).content.decode()
        assert "Which thread" not in page and "Milo" not in page
    assert not any("Milo" in event.sentence for event in timeline(request_.rfq, rita.organization))
    assert (
        "Which thread"
        in bea.client.get(
            f"/rfqs/{request_.id}/questions/{message.thread.public_id}/"
        ).content.decode()
    )
    mail.outbox.clear()
    work()
    told = [m.to[0] for m in mail.outbox if "asks about" in m.subject]
    assert told == [bea.user.email]


def test_an_answer_reaches_the_asker_alone(
    request_: Request, bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    message = ask(request_, milo)
    answered = questions.answer_question(
        actor=bea.actor,
        rfq_id=request_.id,
        thread_id=message.thread.public_id,
        text="M6 x 1.",
    )
    assert Event.objects.get(subject=answered.public_id).type == "message_answered"
    mail.outbox.clear()
    work()
    assert [m.to[0] for m in mail.outbox if "answered you" in m.subject] == [milo.user.email]
    assert (
        "M6 x 1." in milo.client.get(f"/portal/requests/{request_.id}/questions/").content.decode()
    )


def test_published_names_nobody_and_reaches_everybody_asked(
    request_: Request, bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    message = ask(request_, milo, spot=Spot(request_.line.public_id, (1.0, 2.0, 3.0)))
    work()
    mail.outbox.clear()
    values = {"actor": bea.actor, "rfq_id": request_.id, "message_id": message.public_id}
    with pytest.raises(DomainError, match="Milo Machining"):
        questions.publish_answer(**values, question="Milo machining asks: thread?", answer="M6.")
    questions.publish_answer(**values, question="Which thread?", answer="M6.")
    with pytest.raises(Conflict, match="published already"):
        questions.publish_answer(**values, question="Which thread?", answer="M6.")
    work()
    assert {m.to[0] for m in mail.outbox} == {milo.user.email, rita.user.email}
    page = rita.client.get(f"/portal/requests/{request_.id}/questions/").content.decode()
    assert "Which thread?" in page and "Line 1, at x 1.0" in page and "Milo" not in page
    assert not any("Milo" in e.sentence for e in timeline(request_.rfq, rita.organization))


def test_unread_is_counted_a_person(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    ben = make_member(bea, "Ben", "buyer")
    message = ask(request_, milo)
    ask(request_, milo, "And the finish?")
    assert unread_of(bea.actor, [request_.id]) == unread_of(ben.actor, [request_.id])
    assert unread_of(bea.actor, [request_.id]) == {request_.id: 2}
    bea.client.get(f"/rfqs/{request_.id}/questions/{message.thread.public_id}/")
    assert unread_of(bea.actor, [request_.id]) == {}
    assert unread_of(ben.actor, [request_.id]) == {request_.id: 2}
    questions.publish_answer(actor=bea.actor, rfq_id=request_.id, question="Q", answer="A")
    assert unread_of(rita.actor, [request_.id]) == {request_.id: 1}
    rita.client.get(f"/portal/requests/{request_.id}/questions/")
    assert unread_of(rita.actor, [request_.id]) == {}
    assert unread_of(milo.actor, [request_.id]) == {request_.id: 1}


def test_strangers_find_nothing_and_change_nothing(
    request_: Request, bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    thread = ask(request_, milo).thread.public_id
    other = open_rfq(stefan, milo)
    for actor in (stefan.actor, bea.actor):
        with pytest.raises(NotFound):
            questions.ask_question(actor=actor, rfq_id=request_.id, text="?")
    for actor in (stefan.actor, milo.actor, rita.actor):
        with pytest.raises(NotFound):
            questions.answer_question(actor=actor, rfq_id=request_.id, thread_id=thread, text="?")
        with pytest.raises(NotFound):
            questions.publish_answer(actor=actor, rfq_id=request_.id, question="?", answer="!")
    with pytest.raises(NotFound):
        # The thread of one request is no thread of another.
        questions.answer_question(actor=stefan.actor, rfq_id=other.id, thread_id=thread, text="?")
    with pytest.raises(NotFound):
        ask(request_, milo, spot=Spot(other.line.public_id))
    assert (Message.objects.count(), PublishedAnswer.objects.count()) == (1, 0)


def test_a_role_without_the_right_is_refused(request_: Request, milo: Persona) -> None:
    Membership.objects.filter(user=milo.user).update(role="production")
    with pytest.raises(NotAllowed):
        ask(request_, milo)


def test_nothing_is_asked_after_the_end(request_: Request, bea: Persona, milo: Persona) -> None:
    thread = ask(request_, milo).thread.public_id
    publication.cancel_rfq(actor=bea.actor, public_id=request_.id, reason="No budget.")
    with pytest.raises(WrongState, match="has ended"):
        ask(request_, milo)
    with pytest.raises(WrongState, match="has ended"):
        questions.answer_question(actor=bea.actor, rfq_id=request_.id, thread_id=thread, text="?")


@pytest.mark.parametrize(
    ("text", "spot", "sentence"),
    [
        ("  \x00 ", Spot(), "Write something"),
        ("x" * 4001, Spot(), "at most 4,000"),
        ("?", Spot("here", (float("nan"), 0, 0)), "outside"),
        ("?", Spot("", (1, 2, 3)), "which line"),
    ],
)
def test_what_cannot_be_written_is_refused(
    request_: Request, milo: Persona, text: str, spot: Spot, sentence: str
) -> None:
    if spot.place:
        spot = Spot(request_.line.public_id, spot.point)
    with pytest.raises(DomainError, match=sentence):
        ask(request_, milo, text, spot=spot)
    assert not Message.objects.exists()


def test_too_many_texts_an_hour_wait_and_nothing_typed_is_lost(
    request_: Request, milo: Persona
) -> None:
    for number in range(MOST_AN_HOUR):
        ask(request_, milo, f"Question {number}")
    with pytest.raises(TooMany, match="within an hour"):
        ask(request_, milo)
    answer = milo.client.post(
        f"/portal/requests/{request_.id}/questions/ask/", {"text": "One more thing"}
    )
    assert answer.status_code == 422 and b"One more thing" in answer.content


def test_unread_stands_in_the_lists_and_on_the_home_pages(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    for path in ("/rfqs/", "/home/"):
        assert b"unread" not in bea.client.get(path).content
    message = ask(request_, milo)
    ask(request_, milo, "And the finish?")
    assert "2 unread" in bea.client.get("/rfqs/").content.decode()
    home = bea.client.get("/home/").content.decode()
    assert "2 unread messages" in home and f"/rfqs/{request_.id}/questions/" in home
    bea.client.get(f"/rfqs/{request_.id}/questions/{message.thread.public_id}/")
    assert b"unread" not in bea.client.get("/home/").content
    questions.publish_answer(actor=bea.actor, rfq_id=request_.id, question="Q", answer="A")
    assert "1 unread" in rita.client.get("/portal/requests/").content.decode()
    home = rita.client.get("/portal/").content.decode()
    assert "1 unread message<" in home and f"/portal/requests/{request_.id}/questions/" in home
    rita.client.get(f"/portal/requests/{request_.id}/questions/")
    for path in ("/portal/", "/portal/requests/"):
        assert b"unread" not in rita.client.get(path).content
