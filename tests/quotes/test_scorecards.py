"""How a shop answers, the figures written down after each fact, and counted anew."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.errors import DomainError
from marketplace.core.models import Delivery
from marketplace.core.outbox import deliver
from marketplace.directory.models import Scorecard
from marketplace.parts.models import Part
from orders.actions.acceptance import accept_order
from orders.actions.placement import cancel_order, mark_order_funded
from orders.actions.production import advance_order
from orders.actions.review_moderation import hide_review, restore_review
from orders.actions.shipping import confirm_delivery, ship_order
from orders.models import Order, Review
from quotes.actions.deadline import expire_invitations
from quotes.actions.publication import cancel_rfq, close_rfq
from quotes.actions.quote import decline_to_quote, edit_quote, start_quote
from quotes.actions.scorecards import recompute_scorecards
from quotes.models import RFQ, Invitation
from quotes.queries.response import asked_of
from quotes.response import Asked, response_of
from tests.orders.scene import make_order, write_review
from tests.personas import Persona, make_buyer, make_shop
from tests.quotes.scene import open_rfq, submitted

NINE = datetime(2030, 6, 3, 9, tzinfo=UTC)
SYSTEM = Actor.system("test")


def asked(quoted: float | None = None, declined: float | None = None, over: bool = False) -> Asked:
    """Asked at nine, answered so many hours later."""

    def after(hours: float | None) -> datetime | None:
        return None if hours is None else NINE + timedelta(hours=hours)

    return Asked(NINE, after(quoted), after(declined), over)


def test_what_is_open_says_nothing_yet() -> None:
    rows = [asked(), asked(over=True), asked(quoted=2), asked(declined=4), asked(5, 1)]
    assert response_of(rows) == {
        "asked": 4,
        "answered": 3,
        "quoted": 1,
        "response_hours": Decimal("2.0"),
    }
    assert response_of([])["response_hours"] is None


@given(st.lists(st.tuples(st.none() | st.floats(0, 999), st.booleans(), st.booleans())))
def test_quoted_is_answered_and_answered_is_asked(
    rows: list[tuple[float | None, bool, bool]],
) -> None:
    found = response_of(
        asked(None if no else hours, hours if no else None, over) for hours, no, over in rows
    )
    assert found["quoted"] <= found["answered"] <= found["asked"]  # type: ignore[operator]
    assert (found["response_hours"] is None) == (found["answered"] == 0)


def new_order(bea: Persona, milo: Persona, state: str = "") -> Order:
    """Numbers of parts are made unique: requests and orders of the scenes count apart."""
    order = make_order(bea, milo, state)
    Part.objects.update(number=F("public_id"))
    return order


def card(shop: Persona) -> Scorecard:
    return Scorecard.objects.get(manufacturer=shop.manufacturer)


def test_the_first_quote_counts_however_often_it_is_changed(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo)
    RFQ.objects.update(published_at=timezone.now() - timedelta(hours=6))
    Invitation.objects.update(created_at=timezone.now() - timedelta(hours=9))
    quote = submitted(request, milo)
    edit_quote(actor=milo.actor, public_id=quote.public_id)
    work()
    row = card(milo)
    assert (row.asked, row.answered, row.quoted) == (1, 1, 1)
    assert row.response_hours == Decimal("6.0")
    page = milo.client.get("/portal/requests/figures/quoted/").content.decode()
    assert request.rfq.reference in page and "6 hours" in page


def test_a_no_and_silence(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, rita)
    decline_to_quote(actor=milo.actor, rfq_id=request.id, reason="Full")
    work()
    assert (card(milo).asked, card(milo).answered, card(milo).quoted) == (1, 1, 0)
    start_quote(actor=milo.actor, rfq_id=request.id)
    work()
    assert (card(milo).asked, card(milo).answered) == (0, 0)
    decline_to_quote(actor=milo.actor, rfq_id=request.id, reason="Full")
    close_rfq(actor=bea.actor, public_id=request.id)
    work()
    assert (card(rita).asked, card(rita).answered) == (1, 0)
    page = rita.client.get("/portal/requests/figures/not-quoted/").content.decode()
    assert request.rfq.reference in page and "no answer" in page
    assert rita.client.get("/portal/requests/figures/secrets/").status_code == 404
    empty = rita.client.get("/portal/requests/figures/quoted/").content.decode()
    assert "No request is counted here" in empty


def test_a_cancelled_request_blames_nobody(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo)
    cancel_rfq(actor=bea.actor, public_id=request.id, reason="Not needed")
    expire_invitations()
    work()
    assert card(milo).asked == 0
    assert asked_of(milo.organization.pk)[0][1].counts is False


def test_recomputing_prints_what_was_wrong_and_then_nothing(bea: Persona, milo: Persona) -> None:
    first, second = StringIO(), StringIO()
    order = make_order(bea, milo, "accepted")
    Order.objects.filter(pk=order.pk).update(ship_by=timezone.localdate())
    call_command("recompute_scorecards", stdout=first)
    assert "Milo Machining: " in first.getvalue()
    assert "delivered_pieces 0 -> 40" in first.getvalue()
    call_command("recompute_scorecards", stdout=second)
    assert second.getvalue() == "0 scorecards changed.\n"


def test_the_shops_page_leads_to_what_was_counted(bea: Persona, milo: Persona) -> None:
    page = milo.client.get("/portal/profile/scorecard/").content.decode()
    assert "Nothing to count yet" in page and "Too few to say" in page
    order = make_order(bea, milo, "accepted")
    write_review(bea, order.public_id, 4)
    write_review(milo, order.public_id, 5)
    page = milo.client.get("/portal/profile/scorecard/").content.decode()
    for path in ("/portal/orders/figures/late/", "/portal/requests/figures/quoted/"):
        assert path in page
    assert "0 of 0 orders shipped on or before the promised day" in page
    assert "Communication <strong>4</strong>" in page


def test_the_buyers_own_page_says_what_shops_read(bea: Persona, milo: Persona) -> None:
    order = new_order(bea, milo, "accepted")
    request = open_rfq(bea, milo)
    cancel_rfq(actor=bea.actor, public_id=request.id, reason="Not needed")
    write_review(bea, order.public_id, 4)
    write_review(milo, order.public_id, 2, "Slow to decide")
    page = bea.client.get("/rfqs/record/").content.decode()
    assert "Slow to decide" in page and "Quick decisions" in page
    assert "0 of 1 request ended with an award" in page
    behind = bea.client.get("/rfqs/figures/not-awarded/").content.decode()
    assert request.rfq.reference in behind
    assert "No request is counted" in bea.client.get("/rfqs/figures/awarded/").content.decode()
    assert bea.client.get("/rfqs/figures/secret/").status_code == 404


STEPS = ("fund", "make", "ship", "deliver", "accept", "cancel", "review", "hide", "restore")
MAKING = ("confirm_order", "start_production", "finish_production", "pass_quality_check")
ASKS = ("ask", "quote", "no", "close", "drop")


@pytest.mark.django_db
@hypothesis_settings(max_examples=12)
@given(steps=st.lists(st.sampled_from([*STEPS, *ASKS]), max_size=14), name=st.integers(0, 10**9))
def test_counting_anew_finds_what_was_counted_along_the_way(steps: list[str], name: int) -> None:
    with transaction.atomic():
        bea, milo = make_buyer(f"Bea{name}", "Bea Works"), make_shop(f"Milo{name}", "Milo Works")
        world = World(bea, milo)
        for step in steps:
            world.take(step)
            _keep_figures()
        list(recompute_scorecards())  # a card for who had no fact yet
        assert [name for name, _ in recompute_scorecards()] == []
        transaction.set_rollback(True)


def _keep_figures() -> None:
    """What the figures hear of the facts. Mails and papers, most of the work, leave them alone."""
    owed = Delivery.objects.filter(status=Delivery.State.PENDING, handler__contains=".keep_")
    for pk in list(owed.order_by("pk").values_list("pk", flat=True)):
        assert deliver(pk)


class World:
    """One order and one request at a time; a step that cannot be taken now is left out."""

    def __init__(self, bea: Persona, milo: Persona) -> None:
        self.bea, self.milo = bea, milo
        self.staff = Actor.staff(bea.user, "test")
        self.order = new_order(bea, milo)
        self.asked = open_rfq(bea, milo)

    def take(self, step: str) -> None:
        with suppress(DomainError):
            getattr(self, f"_{step}")()

    def _key(self) -> dict[str, str]:
        return {"public_id": self.order.public_id}

    def _fund(self) -> None:
        mark_order_funded(actor=SYSTEM, amount_minor=self.order.total_minor, **self._key())

    def _make(self) -> None:
        for verb in (
            "confirm_order",
            "start_production",
            "finish_production",
            "pass_quality_check",
        ):
            advance_order(actor=self.milo.actor, verb=verb, **self._key())

    def _ship(self) -> None:
        ship_order(actor=self.milo.actor, carrier="dhl", tracking_number="JD1", **self._key())

    def _deliver(self) -> None:
        confirm_delivery(actor=self.bea.actor, **self._key())

    def _accept(self) -> None:
        accept_order(actor=self.bea.actor, **self._key())

    def _cancel(self) -> None:
        cancel_order(actor=self.bea.actor, reason="No", **self._key())

    def _review(self) -> None:
        write_review(self.bea, self.order.public_id, 2)
        write_review(self.milo, self.order.public_id, 3)

    def _hide(self) -> None:
        self._moderate(hide_review)

    def _restore(self) -> None:
        self._moderate(restore_review)

    def _moderate(self, act: Callable[..., Review]) -> None:
        review = Review.objects.filter(order=self.order, side="buyer").first()
        if review:
            act(actor=self.staff, public_id=review.public_id, reason="Because")

    def _ask(self) -> None:
        self.asked = open_rfq(self.bea, self.milo)

    def _quote(self) -> None:
        submitted(self.asked, self.milo)

    def _no(self) -> None:
        decline_to_quote(actor=self.milo.actor, rfq_id=self.asked.id, reason="Full")

    def _close(self) -> None:
        close_rfq(actor=self.bea.actor, public_id=self.asked.id)

    def _drop(self) -> None:
        cancel_rfq(actor=self.bea.actor, public_id=self.asked.id, reason="No")
