"""The live process: who gets a socket, who may watch what, and what a nudge says."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from accounts.models import Membership, User
from marketplace.core import live as core_live
from marketplace.core.live import announce
from marketplace.notifications.live.server import (
    BAD_MESSAGE,
    MOST_MESSAGES,
    MOST_SOCKETS_OF_A_PERSON,
    MOST_TOPICS,
    SIGNED_OUT,
)
from marketplace.parts.models import Part
from orders.actions.production import advance_order
from orders.models import ApprovalRequest, Order
from tests.notifications.live_process import Live, cookie_of, eventually, live, live_process
from tests.orders.scene import make_order
from tests.personas import Persona, make_member
from tests.quotes.scene import open_rfq

__all__ = ["live", "live_process"]
pytestmark = pytest.mark.django_db(transaction=True)


def watch(socket: ClientConnection, *topics: str, age_ms: int = 0) -> list[str]:
    """Ask to watch what a page of that age shows; the topics that are granted."""
    socket.send(json.dumps({"watch": topics, "age_ms": age_ms}))
    granted: list[str] = json.loads(socket.recv(timeout=5))["watching"]
    return granted


def hears(socket: ClientConnection, seconds: float = 1.0) -> dict[str, Any]:
    """The next nudge, within `seconds`."""
    said: dict[str, Any] = json.loads(socket.recv(timeout=seconds))
    return said


def is_silent(socket: ClientConnection, seconds: float = 0.3) -> bool:
    try:
        socket.recv(timeout=seconds)
    except TimeoutError:
        return True
    return False


def topic_of(order: Order) -> str:
    return f"order:{order.public_id}"


def test_only_a_signed_in_person_on_a_page_of_ours_gets_a_socket(live: Live, bea: Persona) -> None:
    def refusal(person: Persona | None, **options: Any) -> int:
        with pytest.raises(InvalidStatus) as refused, live.open(person, **options):
            pass
        return refused.value.response.status_code

    assert refusal(None) == 401
    assert refusal(bea, origin=None) == 403
    assert refusal(bea, origin="https://evil.example") == 403
    assert refusal(bea, origin="null") == 403
    assert refusal(bea, url=live.url.replace("localhost", "127.0.0.1")) == 403
    assert refusal(bea, url=live.url + "other/") == 404
    bea.client.cookies["sessionid"] = "x" * 32
    assert refusal(bea) == 401
    bea.client.cookies["sessionid"] = "x" * 3000
    assert refusal(bea) == 401


def test_an_order_is_watched_by_its_two_parties(
    live: Live, bea: Persona, milo: Persona, rita: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    topic = topic_of(order)
    with live.open(bea) as hers, live.open(milo) as his, live.open(rita) as rivals:
        assert watch(hers, topic) == watch(his, topic) == [topic]
        assert watch(rivals, topic, "order:ord_nothing", "order:", "x", "secret:1") == []
        began = time.monotonic()
        advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
        assert hears(hers) == hears(his) == {"topic": topic, "what": "changed"}
        assert time.monotonic() - began < 1.0
        assert is_silent(rivals)


def test_an_award_that_waits_for_approval_is_nobodys_but_the_buyers(
    live: Live, bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo)
    Order.objects.filter(pk=order.pk).update(state="awaiting_approval")
    ApprovalRequest.objects.create(order=order, requested_by=bea.user, needed=1, reason="Dear.")
    with live.open(bea) as hers, live.open(milo) as his:
        assert watch(hers, topic_of(order)) == [topic_of(order)]
        assert watch(his, topic_of(order)) == []


def test_a_fact_nudges_only_those_who_may_see_it(
    live: Live, bea: Persona, milo: Persona, rita: Persona
) -> None:
    topic = f"rfq:{open_rfq(bea, rita).id}"
    Part.objects.update(number="ASKED-1")
    order = make_order(bea, milo, "placed")
    with live.open(bea) as hers, live.open(milo) as his, live.open(rita) as rivals:
        assert watch(hers, topic, topic_of(order)) == [topic, topic_of(order)]
        # A shop learns of a request by its inbox; what its rivals do must not show on its page.
        assert watch(rivals, topic) == []
        assert watch(his, topic, topic_of(order)) == [topic_of(order)]
        announce(thread=order.public_id, seen_by=[bea.organization.public_id])
        assert hears(hers)["topic"] == topic_of(order)
        assert is_silent(his) and is_silent(rivals, 0.0)


def test_what_changed_while_a_page_was_opening_is_nudged_when_it_watches(
    live: Live, bea: Persona, milo: Persona
) -> None:
    """A slow page is rendered, then the fact happens, then it asks to watch."""
    order = make_order(bea, milo, "placed")
    topic = topic_of(order)
    with live.open(bea) as hers, live.open(milo) as his, live.open(bea) as later:
        assert watch(hers, topic) == [topic]
        # What making the order announced has come by.
        announce(thread=order.public_id, seen_by=[bea.organization.public_id])
        assert hears(hers)["topic"] == topic
        rendered = time.monotonic()
        announce(thread=order.public_id, seen_by=[bea.organization.public_id])
        assert hears(hers)["topic"] == topic
        age_ms = int((time.monotonic() - rendered) * 1000) + 1
        assert watch(later, topic, age_ms=age_ms) == [topic]
        assert hears(later) == {"topic": topic, "what": "changed"}
        # A page that was rendered after the fact has nothing to look for.
        watch(later, topic)
        assert is_silent(later)
        # What only the buyer may know says nothing to the shop.
        assert watch(his, topic, age_ms=age_ms) == [topic]
        assert is_silent(his)


def test_the_inbox_says_that_something_came_and_when_it_was_read(
    live: Live, bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo)
    with live.open(milo) as his, live.open(bea) as hers:
        work()
        assert hears(his, 5) == {"topic": "inbox", "what": "changed"}
        bell = milo.client.get("/inbox/bell/?seen=0").content.decode()
        assert 'id="bell-news"' in bell and f"/portal/requests/{request.id}/" in bell
        while not is_silent(his):
            pass
        milo.client.post("/inbox/read/")
        assert hears(his) == {"topic": "inbox", "what": "changed"}
        assert is_silent(hers, 0.0)
    assert 'id="bell-news"' not in milo.client.get("/inbox/bell/?seen=junk").content.decode()


@pytest.mark.parametrize(
    "said",
    [
        "junk",
        b"\xff\x00",
        "[" * 500,
        '{"watch": "order:1"}',
        '{"watch": [1]}',
        '{"watch": [], "say": "hello"}',
        '{"watch": [], "age_ms": -1}',
        '{"watch": [], "age_ms": NaN}',
        '{"watch": [], "age_ms": true}',
        '{"watch": [], "age_ms": "1"}',
        json.dumps({"watch": ["order:1"] * (MOST_TOPICS + 1)}),
        "x" * 5000,
    ],
)
def test_whatever_else_is_said_ends_the_socket(live: Live, bea: Persona, said: str | bytes) -> None:
    with live.open(bea) as socket:
        socket.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in (BAD_MESSAGE, 1009)


def test_a_page_that_talks_without_end_is_hung_up_on(live: Live, bea: Persona) -> None:
    with live.open(bea) as socket, pytest.raises(ConnectionClosed):
        for _ in range(MOST_MESSAGES + 1):
            assert watch(socket, "order:\x00", "part:prt_\u00e9") == []


def test_one_person_has_so_many_sockets_and_not_more(
    live: Live, bea: Persona, milo: Persona
) -> None:
    with ExitStack() as sockets:
        for _ in range(MOST_SOCKETS_OF_A_PERSON):
            sockets.enter_context(live.open(bea))
        assert not _opens(live, bea)
        assert _opens(live, milo)
    eventually(lambda: _opens(live, bea))


def _opens(live: Live, person: Persona) -> bool:
    try:
        with live.open(person):
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 429
        return False


def _ended(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=10)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_a_session_that_ended_takes_its_socket_along(live: Live, bea: Persona) -> None:
    with live.open(bea) as socket:
        Session.objects.filter(session_key=cookie_of(bea)).delete()
        assert _ended(socket) == SIGNED_OUT


def test_a_deactivated_person_loses_the_socket(live: Live, bea: Persona) -> None:
    with live.open(bea) as socket:
        User.objects.filter(pk=bea.user.pk).update(is_active=False)
        assert _ended(socket) == SIGNED_OUT


def test_who_leaves_the_organization_stops_hearing_of_its_orders(
    live: Live, bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    colleague = make_member(bea, "Cora", "viewer")
    with live.open(colleague) as socket:
        assert watch(socket, topic_of(order)) == [topic_of(order)]
        Membership.objects.filter(user=colleague.user).delete()
        time.sleep(1.5)
        announce(thread=order.public_id, seen_by=[bea.organization.public_id])
        assert is_silent(socket)


def test_without_redis_nothing_waits_and_afterwards_everybody_looks(
    live: Live, bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    with live.open(bea) as socket:
        assert watch(socket, topic_of(order)) == [topic_of(order)]
        with live.without_redis():
            began = time.monotonic()
            advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
            assert time.monotonic() - began < 0.5
            assert core_live._rests_until > time.monotonic()
            advance_order(actor=milo.actor, public_id=order.public_id, verb="start_production")
            assert is_silent(socket)
        for topic in ("inbox", topic_of(order)):
            assert hears(socket, 10) == {"topic": topic, "what": "missed"}
        # The first announcement that comes through says that others did not; the next is its own.
        for what in ("missed", "changed"):
            announce(thread=order.public_id, seen_by=[bea.organization.public_id])
            if what == "missed":
                assert hears(socket) == {"topic": "inbox", "what": what}
            assert hears(socket) == {"topic": topic_of(order), "what": what}
