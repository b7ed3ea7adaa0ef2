"""Lines of one request go to several manufacturers: an order each, all of them or none."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule
from accounts.roles import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Material, Process
from marketplace.parts.models import PartRevision
from orders.actions.approvals import approve_award, reject_award
from orders.models import Order
from quotes.actions import amendment, publication
from quotes.actions import quote as quoting
from quotes.actions import rfq as asking
from quotes.actions.award import (
    Choice,
    award_rfq,
    finish_award,
    finish_rfq,
    release_award,
)
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import RFQ, Award, AwardLine, Quote, QuoteCharge, QuoteLine, RFQLine
from quotes.queries import lines_of
from tests.orders.scene import revision_of
from tests.personas import Persona, make_buyer, make_member, make_shop


def two_lines(bea: Persona, *shops: Persona) -> RFQ:
    """A published request for 10 or 100 of two parts."""
    revisions = [revision_of(bea, f"PT-{RFQ.objects.count()}-{n}") for n in (1, 2)]
    PartRevision.objects.update(state="ready")
    rfq = asking.create_rfq(actor=bea.actor, part_ids=[r.part.public_id for r in revisions])
    draft = asking.Draft(
        asking.Header(
            title="Two parts",
            currency="EUR",
            ship_to="Aachen",
            deadline=timezone.now() + timedelta(days=3),
        ),
        [
            asking.LineDraft(
                line.public_id,
                Process.objects.get(code="cnc_milling"),
                Material.objects.get(code="al_6061"),
                quantities=(10, 100),
            )
            for line in lines_of(rfq)
        ],
        [shop.manufacturer.public_id for shop in shops],
    )
    publication.publish_rfq(actor=bea.actor, public_id=rfq.public_id, draft=draft)
    rfq.refresh_from_db()
    return rfq


def quoted(rfq: RFQ, shop: Persona, unit: str = "2.0000") -> Quote:
    """A submitted quote: both lines at 10 and 100, tooling 10.00 a line, freight 5.00."""
    quote = quoting.start_quote(actor=shop.actor, rfq_id=rfq.public_id)
    prices = [PriceDraft(10, Decimal(unit), 7), PriceDraft(100, Decimal(unit), 9)]
    draft = QuoteDraft(
        currency="EUR",
        lines=[
            QuoteLineDraft(line.public_id, prices, tooling_minor=1000) for line in lines_of(rfq)
        ],
        freight_minor=500,
        valid_until=timezone.localdate() + timedelta(days=10),
    )
    quoting.submit_quote(actor=shop.actor, public_id=quote.public_id, draft=draft)
    quote.refresh_from_db()
    return quote


def choice(quote: Quote, line: RFQLine, quantity: int = 100, option: int = 0) -> Choice:
    return Choice(quote.public_id, line.public_id, quantity, quote.seen, option)


def states() -> dict[str, str]:
    rows = Quote.objects.values_list("manufacturer__organization__name", "state")
    return {name.split()[0]: state for name, state in rows}


@pytest.fixture
def rfq(bea: Persona, milo: Persona, rita: Persona) -> RFQ:
    return two_lines(bea, milo, rita)


def test_each_manufacturer_gets_its_order(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita, "3.0000"), quoted(rfq, milo)
    orders = award_rfq(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        choices=[choice(hers, first), choice(his, second, 10)],
        po_number="PO-5",
    )
    # 100 x 3.00 + 10.00 + 5.00 and 10 x 2.00 + 10.00 + 5.00
    assert sorted((o.total_minor, o.po_number) for o in orders) == [
        (3500, "PO-5"),
        (31500, "PO-5"),
    ]
    assert {o.lines.get().part_number for o in orders} == {
        first.part_revision.part.number,
        second.part_revision.part.number,
    }
    rfq.refresh_from_db()
    assert rfq.state == "awarded"
    assert states() == {"Rita": "partially_accepted", "Milo": "partially_accepted"}
    facts = list(Event.objects.filter(type__contains="award").values_list("type", flat=True))
    assert facts == ["rfq_awarded"]
    assert Event.objects.filter(type="quote_accepted").count() == 2


def test_lines_left_out_stay_open_until_they_are_awarded_or_ended(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    act = {"actor": bea.actor, "rfq_id": rfq.public_id, "finish": False}
    award_rfq(**act, choices=[choice(hers, first)])
    rfq.refresh_from_db()
    assert rfq.state == "partially_awarded"
    assert states() == {"Rita": "partially_accepted", "Milo": "submitted"}
    with pytest.raises(WrongState, match="was awarded to Rita"):
        award_rfq(**act, choices=[choice(his, first)])
    hers.refresh_from_db()
    award_rfq(**act, choices=[choice(hers, second)])
    rfq.refresh_from_db()
    assert rfq.state == "awarded"
    assert states() == {"Rita": "accepted", "Milo": "declined"}
    assert Order.objects.count() == 2


def test_a_partly_awarded_request_is_finished_without_more(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    first, _ = lines_of(rfq)
    hers = quoted(rfq, rita)
    quoted(rfq, milo)
    with pytest.raises(WrongState):
        finish_rfq(actor=bea.actor, public_id=rfq.public_id)
    award_rfq(actor=bea.actor, rfq_id=rfq.public_id, choices=[choice(hers, first)], finish=False)
    for stranger in (stefan, milo):
        with pytest.raises(NotFound):
            finish_rfq(actor=stranger.actor, public_id=rfq.public_id)
    finish_rfq(actor=bea.actor, public_id=rfq.public_id)
    rfq.refresh_from_db()
    assert (rfq.state, states()["Milo"]) == ("awarded", "declined")


def test_the_buyers_reason_is_read_by_the_shop_it_concerns(
    rfq: RFQ,
    bea: Persona,
    milo: Persona,
    rita: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    lines = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    award_rfq(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        choices=[choice(hers, line) for line in lines],
        reasons={his.public_id: ("lead_time", "Two weeks too late.")},
    )
    his.refresh_from_db()
    assert (his.state, his.loss_reason, his.loss_note) == (
        "declined",
        "lead_time",
        "Two weeks too late.",
    )
    assert states()["Rita"] == "accepted"
    mailoutbox.clear()
    work()
    (mail,) = [m for m in mailoutbox if "chose another quote" in m.subject]
    page = milo.client.get(f"/portal/requests/{rfq.public_id}/").content.decode()
    for text in (mail.body, page):
        assert "lead time." in text and "Two weeks too late." in text and "Rita" not in text


def test_setup_charges_and_alternates_are_in_the_order(
    rfq: RFQ, bea: Persona, milo: Persona
) -> None:
    first, second = lines_of(rfq)
    quote = quoted(rfq, milo)
    row = QuoteLine.objects.get(quote=quote, rfq_line=first)
    QuoteLine.objects.filter(pk=row.pk).update(setup_minor=4000)
    QuoteCharge.objects.create(line=row, kind="document", code="coc", amount_minor=250)
    other = QuoteLine.objects.create(
        quote=quote,
        rfq_line=second,
        option=1,
        material=Material.objects.exclude(code="al_6061").order_by("pk")[0],
        reason="In stock.",
    )
    other.prices.create(quantity=10, unit_price=Decimal("1.5"), lead_time_days=3)
    (order,) = award_rfq(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        choices=[choice(quote, first), choice(quote, second, 10, option=1)],
    )
    # 200.00 + 15.00 parts, 40.00 setup, 10.00 tooling, 2.50 document, 5.00 freight
    assert order.total_minor == 27250
    assert (order.goods_minor, order.setup_minor, order.charges_minor) == (21500, 4000, 250)
    one, two = order.lines.order_by("position")
    assert one.charges == [{"name": "coc", "amount_minor": 250}]
    assert (two.alternate, two.material) == ("In stock.", other.material.name)


def test_minimums_are_kept(rfq: RFQ, bea: Persona, milo: Persona) -> None:
    first, _ = lines_of(rfq)
    quote = quoted(rfq, milo)
    Quote.objects.update(minimum_order_minor=30000)
    act = {"actor": bea.actor, "rfq_id": rfq.public_id}
    with pytest.raises(DomainError, match=r"300\.00 EUR or more"):
        award_rfq(**act, choices=[choice(quote, first)])
    Quote.objects.update(minimum_order_minor=0)
    QuoteLine.objects.update(min_quantity=50)
    with pytest.raises(DomainError, match="no price for 10"):
        award_rfq(**act, choices=[choice(quote, first, 10)])
    with pytest.raises(DomainError, match="once only"):
        award_rfq(**act, choices=[choice(quote, first), choice(quote, first)])
    assert not Order.objects.exists() and not Award.objects.exists()


def approver_of(bea: Persona) -> Persona:
    anna = make_member(bea, "Anna", Role.APPROVER)
    add_approval_rule(actor=bea.actor, over_minor=30000)
    return anna


def test_splitting_does_not_get_around_an_approval(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    """Two orders of 215.00 are 430.00 together, more than the 300.00 that need nobody."""
    approver_of(bea)
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    act = {"actor": bea.actor, "rfq_id": rfq.public_id, "finish": False}
    (small,) = award_rfq(**act, choices=[choice(hers, first)])
    assert small.state == "awaiting_payment"
    (next_one,) = award_rfq(**act, choices=[choice(his, second)])
    assert next_one.state == "awaiting_approval"
    with pytest.raises(WrongState, match="waits for approval"):
        award_rfq(**act, choices=[choice(his, second)])


def test_a_part_that_is_not_approved_leaves_its_line_open(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    anna = approver_of(bea)
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    orders = award_rfq(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        choices=[choice(hers, first), choice(his, second)],
    )
    yes, no = sorted(orders, key=lambda order: order.manufacturer_name, reverse=True)
    assert states() == {"Rita": "submitted", "Milo": "submitted"}
    approve_award(actor=anna.actor, public_id=yes.public_id)
    finish_award(order_id=yes.public_id)
    finish_award(order_id=yes.public_id)
    rfq.refresh_from_db()
    assert (rfq.state, states()) == ("open", {"Rita": "partially_accepted", "Milo": "submitted"})
    reject_award(actor=anna.actor, public_id=no.public_id, reason="Too dear.")
    release_award(order_id=no.public_id)
    release_award(order_id=no.public_id)
    rfq.refresh_from_db()
    assert (rfq.state, states()["Milo"]) == ("partially_awarded", "submitted")
    assert AwardLine.objects.filter(is_live=True).count() == 1
    assert Event.objects.filter(type="award_released").count() == 1


def race(*steps: Callable[[], object]) -> list[str]:
    """Run the steps at the same moment; the sentence of each refusal, empty for a success."""
    start, outcomes = threading.Barrier(len(steps)), []

    def run(step: Callable[[], object]) -> None:
        start.wait()
        try:
            step()
            outcomes.append("")
        except DomainError as error:
            outcomes.append(error.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_awards_of_one_line_and_of_all_lines_at_once() -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    rita = make_shop("Rita", "Rita Rapid Parts")
    rfq = two_lines(bea, milo, rita)
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    act = {"actor": bea.actor, "rfq_id": rfq.public_id, "finish": False}
    outcomes = race(
        lambda: award_rfq(**act, choices=[choice(hers, first), choice(his, second)]),
        lambda: award_rfq(**act, choices=[choice(his, first), choice(hers, second)]),
    )
    assert sorted(bool(sentence) for sentence in outcomes) == [False, True]
    assert Order.objects.count() == 2
    assert AwardLine.objects.filter(is_live=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_award_against_a_withdrawal_and_against_a_change() -> None:
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    for number, other in enumerate(("withdraw", "amend")):
        rfq = two_lines(bea, milo)
        first, _ = lines_of(rfq)
        quote = quoted(rfq, milo)

        def rival(rfq: RFQ = rfq, quote: Quote = quote, other: str = other) -> object:
            if other == "withdraw":
                return quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
            draft = asking.Draft(
                asking.Header(
                    title="Two parts, changed",
                    currency="EUR",
                    ship_to="Aachen",
                    deadline=rfq.deadline,
                ),
                [
                    asking.LineDraft(
                        line.public_id, line.process, line.material, quantities=(10, 100, 500)
                    )
                    for line in lines_of(rfq)
                ],
                [],
            )
            return amendment.amend_rfq(
                actor=bea.actor, public_id=rfq.public_id, draft=draft, seen=rfq.revision
            )

        def mine(rfq: RFQ = rfq, quote: Quote = quote, first: RFQLine = first) -> object:
            return award_rfq(actor=bea.actor, rfq_id=rfq.public_id, choices=[choice(quote, first)])

        outcomes = race(mine, rival)
        assert sorted(bool(sentence) for sentence in outcomes) == [False, True], outcomes
        quote.refresh_from_db()
        awarded = Order.objects.filter(rfq_id=rfq.public_id).exists()
        lost = ("withdrawn", "needs_reconfirmation")[number]
        assert quote.state == ("partially_accepted" if awarded else lost)
