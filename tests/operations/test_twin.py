"""The test twin: who comes in, and whether its bots play everybody else to the end."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions.tokens import create_api_token
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from config.schedule import SCHEDULE, TWIN_SCHEDULE
from marketplace.core.errors import DomainError
from marketplace.core.mail import Letter, send_letter
from marketplace.directory.queries import listed_manufacturers
from marketplace.operations.twin import people, tickets
from marketplace.operations.twin.beside import TwinPlace
from marketplace.operations.twin.entering import enter_twin
from marketplace.operations.twin.playing import play
from marketplace.operations.twin.shops import UNKNOWN, _price
from marketplace.operations.twin.steps import story_of
from marketplace.operations.twin.tickets import Ticket, read_ticket, write_ticket
from orders.actions.acceptance import accept_order
from orders.actions.shipping import confirm_delivery
from orders.models import Order
from payments.actions.attempts import pay_order
from payments.models import Instruction
from quotes.actions import publication
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
from quotes.actions.counter_offers import Proposal, propose_counter
from quotes.actions.quote_writing import AgreedPrice, PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.estimating.model import Estimate, Point, Span
from quotes.models import RFQ, CounterOffer, Quote, RFQLine
from quotes.queries import lines_of
from tests.orders.scene import revision_of
from tests.payments.conftest import Sandbox, sandbox
from tests.payments.scene import pump
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, draft_rfq, prices

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db
KEY = "k" * 40
TICKET = Ticket(
    person="usr_0000000000000000000a",
    email="ines@buyer.example",
    name="Ines Integrator",
    role=Role.BUYER,
    organization="org_0000000000000000000a",
    organization_name="Integrator Works",
    country="DE",
    currency="EUR",
    vat_id="DE999000025",
    is_buyer=True,
    is_manufacturer=False,
)


@pytest.fixture
def twin(settings: Any) -> Any:
    """This installation is the twin of another one."""
    settings.TWIN_OF, settings.TWIN_KEY = "https://real.example", KEY
    return settings


@pytest.fixture
def playing(twin: Any, sandbox: Sandbox) -> Callable[[int], None]:
    """Beats of the twin, with the workers' work after each."""
    twin.STRIPE_SANDBOX_HOST = sandbox.base

    def beat(times: int) -> None:
        for _ in range(times):
            play()
            pump()

    return beat


def test_from_the_real_site_into_the_twin(bea: Persona, settings: Any) -> None:
    settings.TWIN_URL, settings.TWIN_KEY = "https://test.example", KEY
    page = bea.client.get("/settings/tokens/").content.decode()
    assert "https://test.example/api/v1/" in page and "/settings/twin/" in page
    answer = bea.client.get("/settings/twin/")
    address = answer["Location"]
    assert answer.status_code == 302 and address.startswith("https://test.example/twin/")
    assert bea.user.email not in address and bea.organization.public_id not in address
    ticket = read_ticket(address.rstrip("/").rpartition("/")[2])
    assert (ticket.person, ticket.organization) == (
        bea.user.public_id,
        bea.organization.public_id,
    )
    # Without a twin there is no door, and the real site lets nobody in by a ticket.
    settings.TWIN_URL = ""
    assert bea.client.get("/settings/twin/").status_code == 404
    assert "/settings/twin/" not in bea.client.get("/settings/tokens/").content.decode()
    assert Client().get(f"/twin/{write_ticket(bea.actor)}/").status_code == 404


def test_who_enters_is_signed_in_with_organization_and_role(twin: Any) -> None:
    path = f"/twin/{_written(TICKET)}/"
    visitor = Client()
    assert "Ines Integrator" in visitor.get(path).content.decode()
    assert not User.objects.filter(email=TICKET.email).exists()
    assert visitor.post(path).status_code == 302
    member = Membership.objects.get(user__email=TICKET.email)
    assert (member.role, member.organization.public_id) == (Role.BUYER, TICKET.organization)
    assert member.user.public_id == TICKET.person and not member.user.has_usable_password()
    assert member.organization.vat_id == "DE999000025"
    home = visitor.get("/home/").content.decode()
    assert "Integrator Works" in home and "Nothing here is real" in home
    # Once more, with another role: the same person and organization.
    assert Client().post(f"/twin/{_written(replace(TICKET, role=Role.VIEWER))}/").status_code == 302
    member.refresh_from_db()
    assert member.role == Role.VIEWER and Organization.objects.filter(is_demo=False).count() == 1
    # Nobody signs up here.
    assert "closed" in visitor_without_account().lower()


def visitor_without_account() -> str:
    return Client().get("/accounts/signup/").content.decode()


def test_tickets_that_open_nothing(twin: Any, monkeypatch: Any, bea: Persona) -> None:
    good = _written(TICKET)
    for bad in (good[:-6] + "AAAA==", "x", good[1:]):
        answer = Client().post(f"/twin/{bad}/")
        assert answer.status_code == 410 and "five minutes" in answer.content.decode()
    twin.TWIN_KEY = "o" * 40
    assert Client().post(f"/twin/{good}/").status_code == 410
    twin.TWIN_KEY = KEY
    later = timezone.now() + timedelta(seconds=301)
    monkeypatch.setattr("cryptography.fernet.time.time", later.timestamp)
    assert Client().post(f"/twin/{good}/").status_code == 410
    monkeypatch.undo()
    people.make_bots()
    bea.user.is_staff = True
    bea.user.save()
    for email in (people.BUYER, people.STAFF, bea.user.email):
        with pytest.raises(DomainError, match="belongs to the staff"):
            enter_twin(replace(TICKET, email=email))


def test_tokens_say_where_they_belong(bea: Persona, settings: Any) -> None:
    settings.TWIN_OF, settings.TWIN_KEY = "https://real.example", KEY
    _, secret = create_api_token(actor=bea.actor, name="test")
    assert secret.startswith("mkt_test_") and _call(secret) == (200, "")
    status, sentence = _call("mkt_" + "x" * 51)
    assert status == 401 and "https://real.example/api/v1/" in sentence
    settings.TWIN_OF, settings.TWIN_URL = "", "https://test.example"
    status, sentence = _call("mkt_test_" + "x" * 51)
    assert status == 401 and "https://test.example/api/v1/" in sentence


def test_mails_say_so_and_bots_get_none(twin: Any) -> None:
    for to in ("ines@buyer.example", people.BUYER):
        send_letter(Letter("A quote", "It is here."), to=to, link="https://x.example")
    assert [(m.to, m.subject) for m in mail.outbox] == [(["ines@buyer.example"], "[Test] A quote")]


def test_a_buyer_builds_the_whole_flow_alone(bea: Persona, playing: Callable[[int], None]) -> None:
    """From a request to both reviews; nobody but Bea does anything but bots."""
    request = _request(bea, "Brackets")
    playing(1)
    quotes = list(Quote.objects.filter(rfq=request.rfq, state="submitted").order_by("pk"))
    assert len(quotes) == 2
    (cheap, dear) = (quote.lines.get().prices.order_by("quantity")[0] for quote in quotes)
    assert cheap.unit_price < dear.unit_price
    _offer(bea, quotes[0], "0.95")
    _offer(bea, quotes[1], "0.50")
    playing(1)
    states = CounterOffer.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["accepted", "declined"]
    quotes[0].refresh_from_db()
    order = accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=quotes[0].public_id,
        chosen={request.line.public_id: 10},
        seen=quotes[0].seen,
    )
    pump()
    pay_order(actor=bea.actor, public_id=order.public_id)
    pump()
    seen = _states_of(order, playing, until="shipped")
    assert seen == ["placed", "confirmed", "in_production", "quality_check", "ready_to_ship"]
    confirm_delivery(actor=bea.actor, public_id=order.public_id)
    accept_order(actor=bea.actor, public_id=order.public_id)
    playing(2)
    order.refresh_from_db()
    assert order.state == "closed" and order.reviews.count() == 1
    assert Instruction.objects.get(kind="transfer").state == "done"


def test_prices_come_from_the_estimate() -> None:
    line, at = RFQLine(quantities=[10]), Point(10, Span(10.0, 14.0), Span(5.0, 8.0))
    assert _price(Estimate("EUR", points=[at]), line, 10, Decimal("1.06")) == Decimal("12.72")
    assert (
        _price(Estimate("EUR"), line, 10, Decimal(1))
        == UNKNOWN
        == _price(None, line, 10, Decimal(1))
    )


def test_whoever_tries_sees_bots_only(bea: Persona, milo: Persona, twin: Any) -> None:
    people.make_bots()
    names = {shop.organization.name for shop in listed_manufacturers()}
    assert len(names) == len(people.BOT_SHOPS) and milo.organization.name not in names
    page = bea.client.get("/manufacturers/").content.decode()
    assert "(test bot)" in page and milo.organization.name not in page


def test_stories_of_the_title(bea: Persona, playing: Callable[[int], None]) -> None:
    assert story_of("A [decline] b [ LATE ]c") == {"decline", "late"}
    declined, silent = _request(bea, "Arms [decline]"), _request(bea, "Legs [silent]")
    playing(1)
    assert list(declined.rfq.invitations.values_list("state", flat=True)) == ["no_bid", "no_bid"]
    assert not Quote.objects.filter(rfq=silent.rfq).exists()


def test_a_shop_builds_the_whole_flow_alone(
    playing: Callable[[int], None], monkeypatch: Any
) -> None:
    """The bot vouches for the shop, asks it, awards, pays, accepts and reviews."""
    user = enter_twin(
        replace(TICKET, is_buyer=False, is_manufacturer=True, role=Role.OWNER, email="m@m.example")
    )
    shop = Persona(user)
    people.make_bots()
    # Reading a part file is a matter of its own (tests/parts); here it is there already.
    buyer = Persona(User.objects.get(email=people.BUYER))
    monkeypatch.setattr(
        "marketplace.operations.twin.buyers._upload",
        lambda actor, number: _ready_part(buyer, number),
    )
    playing(2)
    rfq = RFQ.objects.get(organization=buyer.organization)
    assert rfq.state == "open" and rfq.title == "Test parts for Integrator Works"
    quote = quoting.start_quote(actor=shop.actor, rfq_id=rfq.public_id)
    request = Request(rfq, lines_of(rfq)[0])
    quoting.submit_quote(actor=shop.actor, public_id=quote.public_id, draft=_priced(request))
    playing(2)
    order = Order.objects.get(manufacturer=shop.organization)
    assert order.state == "placed"


def _written(ticket: Ticket) -> str:
    """A ticket for somebody this installation does not know."""
    return tickets._box().encrypt(json.dumps(asdict(ticket)).encode()).decode()


def _call(secret: str) -> tuple[int, str]:
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code, answer.json().get("detail", "")


def _request(bea: Persona, title: str) -> Request:
    people.make_bots()
    request = draft_rfq(bea)
    shops = [Persona(actor.user) for actor in people.bot_shops()[:2]]
    draft = draft_for(request.line, *shops, title=title)
    publication.publish_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    request.rfq.refresh_from_db()
    return request


def _offer(bea: Persona, quote: Quote, part: str) -> None:
    price = quote.lines.get().prices.get(quantity=10)
    wanted = AgreedPrice(
        10,
        (price.unit_price * Decimal(part)).quantize(Decimal("0.01")),
        9,
        line_id=quote.lines.get().rfq_line.public_id,
    )
    propose_counter(
        actor=bea.actor,
        side="buyer",
        quote_id=quote.public_id,
        seen=quote.seen,
        proposal=Proposal([wanted]),
    )


def _states_of(order: Order, playing: Callable[[int], None], until: str) -> list[str]:
    """The states an order goes through, beat by beat, before `until`."""
    seen: list[str] = []
    for _ in range(12):
        playing(1)
        order.refresh_from_db()
        if order.state == until:
            return seen
        seen.append(order.state)
    raise AssertionError(seen)


def _priced(request: Request) -> QuoteDraft:
    """What the bot asked for, at 12.50 a piece and in nine days."""
    rows = [PriceDraft(n, Decimal("12.5"), 9) for n in request.line.quantities]
    return replace(prices(request), lines=[QuoteLineDraft(request.line.public_id, rows)])


def _ready_part(buyer: Persona, number: str) -> str:
    revision = revision_of(buyer, number)
    type(revision).objects.filter(pk=revision.pk).update(state="ready")
    return revision.part.public_id


def test_the_place_beside_is_separate() -> None:
    place = TwinPlace(8001, 12112)
    real = {"SITE_URL": "http://127.0.0.1:8000", "REDIS_URL": "redis://127.0.0.1:7/0", "A": "b"}
    own = place.environment({**real, **place.known_to_real_site(), "LIVE_PORT": "9"})
    assert own["TWIN_OF"] == real["SITE_URL"] and "TWIN_URL" not in own and "LIVE_PORT" not in own
    assert own["REDIS_URL"].endswith("/1") and own["VAR_DIR"] in own["DATABASE_URL"]
    assert own["STRIPE_SANDBOX_HOST"] == "http://127.0.0.1:12112" and own["A"] == "b"
    assert len(own["TWIN_KEY"]) >= 32
    assert set(SCHEDULE) < set(TWIN_SCHEDULE)
