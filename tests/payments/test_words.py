"""Pages and mails of an order say of its money what is so: prepared, on account, released."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orders.actions import acceptance
from orders.models import Order
from payments.models import PaymentRequest
from tests.orders.actions.test_problems import WRONG
from tests.orders.scene import make_order
from tests.payments.credit_scene import approve, staff, use
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    deliver_goods,
    pay_next,
    pump,
)
from tests.personas import Persona, make_buyer, make_shop

pytestmark = pytest.mark.django_db


def read(person: Persona, path: str) -> str:
    """A page in one line."""
    answer = person.client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_an_order_just_placed_does_not_ask_for_a_sum_yet(db: None) -> None:
    """Which instalments it has, and its VAT, is found a moment later by the worker."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = make_order(bea, milo)
    assert not PaymentRequest.objects.exists()
    page = read(bea, f"/orders/{order.public_id}/")
    assert "The payment is being prepared" in page
    assert "Next: pay" not in page
    path = f"/payments/orders/{order.public_id}/pay/"
    assert "The payment is being prepared" in read(bea, path)
    pump()
    assert "Next: pay" in read(bea, f"/orders/{order.public_id}/")
    assert "To be paid" in read(bea, path)


def test_an_unpaid_order_offers_the_account_like_the_pay_page(scene: Scene) -> None:
    place = f"/orders/{scene.order.public_id}/"
    assert "Pay on account" not in read(scene.bea, place)
    approve(scene.bea, staff())
    pay = f"/payments/orders/{scene.order.public_id}/pay/"
    for path in (place, pay):
        page = read(scene.bea, path)
        assert "Pay on account (net 30)" in page
        assert f"{pay}{scene.payment.public_id}/on-account/" in page


def test_an_offer_that_is_not_enough_says_why_on_the_order(scene: Scene) -> None:
    approve(scene.bea, staff(), 10_000)
    assert "Not on account: 100.00 EUR of your limit" in read(
        scene.bea, f"/orders/{scene.order.public_id}/"
    )


def test_on_account_nothing_held_is_spoken_of(scene: Scene) -> None:
    """Neither on the page, nor as the answer to the click, nor in a mail, nor in the story."""
    connect_maker(scene)
    approve(scene.bea, staff())
    use(scene)
    deliver_goods(scene)
    pump()
    place = f"/orders/{scene.order.public_id}/"
    assert "paid out when you settle your invoice" in read(scene.bea, place)
    mail.outbox.clear()
    answer = scene.bea.client.post(f"{place}accept/", follow=True)
    done = answer.content.decode()
    pump()
    assert "The manufacturer is paid when your invoice is settled." in done
    pages = [done, read(scene.bea, place), read(scene.milo, f"/portal{place}")]
    mails = [str(one.body) for one in mail.outbox]
    assert any("when the buyer has settled its invoice" in body for body in mails)
    assert not any("held payment" in text for text in (*pages, *mails))


def test_the_buyer_reads_when_and_how_much_was_released(scene: Scene) -> None:
    """Never what of it is our commission, or what the shop got."""
    connect_maker(scene)
    pay_next(scene)
    accept_goods(scene)
    pump()
    page = read(scene.bea, f"/payments/orders/{scene.order.public_id}/")
    row = page[page.index("Released to the manufacturer") :]
    assert "€500.00" in row
    assert "460.00" not in page
    assert "€40.00" not in page


def test_good_pieces_are_shown_as_released_while_bad_ones_wait(scene: Scene) -> None:
    connect_maker(scene)
    pay_next(scene)
    deliver_goods(scene)
    line = scene.order.lines.get().public_id
    acceptance.judge_goods(
        actor=scene.bea.actor, public_id=scene.order.public_id, rejected={line: 2}, claim=WRONG
    )
    pump()
    page = read(scene.bea, f"/payments/orders/{scene.order.public_id}/")
    assert "Released in part" in page
    assert "€475.00 released" in page
    assert "Payment held" not in page


def test_a_cancelled_order_says_what_went_back(scene: Scene) -> None:
    place = f"/orders/{scene.order.public_id}/"
    pay_next(scene)
    mail.outbox.clear()
    scene.bea.client.post(f"{place}cancel/", {"reason": "No longer needed."})
    pump()
    assert "€500.00 goes back to Bea Robotics" in read(scene.bea, place)


def test_an_unpaid_order_that_is_cancelled_gives_nothing_back(scene: Scene) -> None:
    place = f"/orders/{scene.order.public_id}/"
    scene.bea.client.post(f"{place}cancel/", {"reason": "No longer needed."})
    pump()
    assert "Nothing had been paid" in read(scene.bea, place)
    bodies = [str(one.body) for one in mail.outbox if "is cancelled" in one.subject]
    assert not any("goes back" in body for body in bodies)


def test_a_sentence_begins_with_a_capital(scene: Scene) -> None:
    """Also where a timer did it."""
    connect_maker(scene)
    pay_next(scene)
    deliver_goods(scene)
    Order.objects.update(accept_by=timezone.now() - timedelta(days=1))
    assert acceptance.accept_silent_orders() == 1
    place = f"/orders/{scene.order.public_id}/"
    assert "The acceptance timer accepted the goods" in read(scene.bea, place)
