"""Ways to pay that take days: a debit, a bank transfer. Held on success only; nothing ends
meanwhile because it is not paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from orders.actions.placement import cancel_unpaid_orders
from orders.models import Order
from payments.actions.attempts import pay_order
from payments.actions.funding import apply_payment
from payments.actions.transfers_in import give_up_transfer
from payments.models import PaymentRequest
from payments.states import PaymentState
from payments.values import BalanceEntry, Charge, Payment
from payments.ways import ways_for
from tests.api.scene import facts_since, last_event
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, ledger, pump
from tests.personas import make_buyer

PAGE = "https://payments.stripe.com/bank_transfers/instructions/1"


def answer(request: PaymentRequest, status: str, **more: Any) -> Payment:
    """What Stripe says of a debit of the whole amount."""
    paid = status == "succeeded"
    amount, currency = request.gross_minor, request.currency
    entry = BalanceEntry("txn_1", amount, 35, amount - 35, currency) if paid else None
    charge = Charge(
        id="py_1",
        amount=amount,
        amount_refunded=0,
        currency=currency,
        status="succeeded" if paid else "pending",
        disputed=False,
        payment_intent="pi_1",
        transfer_group="",
        failure="",
        entry=entry,
    )
    values: dict[str, Any] = {
        "id": "pi_1",
        "status": status,
        "amount": amount,
        "amount_received": amount if paid else 0,
        "currency": currency,
        "charge": charge,
        "error": "",
        "metadata": {"payment": request.public_id},
        "way": "sepa_debit",
    }
    return Payment(**{**values, **more})


def test_the_ways_of_a_currency_are_those_switched_on(settings: Any) -> None:
    settings.PAYMENT_WAYS = ["card", "sepa_debit", "customer_balance"]
    assert ways_for("EUR") == ["card", "sepa_debit", "customer_balance"]
    assert ways_for("USD") == ways_for("GBP") == ["card"]
    settings.PAYMENT_WAYS = ["card"]
    assert ways_for("EUR") == ["card"]


def test_a_debit_is_held_when_the_bank_has_confirmed_it(
    scene: Scene, sandbox: Sandbox, mailoutbox: list[Any]
) -> None:
    before = last_event()
    for _ in range(2):
        assert apply_payment(answer(scene.payment, "processing"))
    assert facts_since(before) == ["payment_processing"]
    assert (scene.payment.state, scene.payment.way) == ("processing", "sepa_debit")
    assert ledger() == {}
    with pytest.raises(WrongState):
        pay_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    # The shop sees it too, and the order does not end while the bank works.
    assert Event.objects.get(type="payment_processing").sightings.count() == 2
    Order.objects.filter(payment_due_at__lt=timezone.now() + timedelta(days=10)).update(
        payment_due_at=timezone.now() - timedelta(days=1)
    )
    assert cancel_unpaid_orders() == 0
    pump()
    assert "five business days" in mailoutbox[-1].body
    page = scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/").content.decode()
    assert "the bank confirms it" in page
    shop = scene.milo.client.get(f"/portal/payouts/orders/{scene.order.public_id}/")
    assert "SEPA debit" in shop.content.decode()

    before = last_event()
    for _ in range(2):
        apply_payment(answer(scene.payment, "succeeded"))
    assert facts_since(before) == ["payment_funded", "order_funded"]
    assert ledger()["order:held"] == 50000
    assert scene.fresh_order().state == "placed"


def test_a_debit_the_bank_refuses_is_due_again(
    scene: Scene, sandbox: Sandbox, mailoutbox: list[Any]
) -> None:
    apply_payment(answer(scene.payment, "processing"))
    refused = answer(
        scene.payment, "requires_payment_method", error="The account has too little money."
    )
    before = last_event()
    for _ in range(2):
        apply_payment(refused)
    assert facts_since(before) == ["payment_failed"]
    assert scene.payment.state == PaymentState.DUE
    assert scene.fresh_order().instalment_minor == 50000
    pump()
    assert "too little money" in mailoutbox[-1].body
    assert pay_order(actor=scene.bea.actor, public_id=scene.order.public_id).state == "preparing"


def test_a_card_refused_earlier_does_not_stop_the_debit(scene: Scene, sandbox: Sandbox) -> None:
    apply_payment(answer(scene.payment, "processing"))
    stale = answer(scene.payment, "requires_payment_method", id="pi_0", error="No.", charge=None)
    before = last_event()
    apply_payment(stale)
    assert facts_since(before) == []
    assert scene.payment.state == PaymentState.PROCESSING


def wait_for_transfer(scene: Scene) -> PaymentRequest:
    waits = answer(
        scene.payment,
        "requires_action",
        charge=None,
        way="customer_balance",
        transfer_page=PAGE,
    )
    apply_payment(waits)
    return scene.payment


def test_a_transfer_says_where_to_and_can_be_given_up(scene: Scene, sandbox: Sandbox) -> None:
    payment = wait_for_transfer(scene)
    assert (payment.state, payment.transfer_page) == ("processing", PAGE)
    path = f"/payments/orders/{scene.order.public_id}/pay/{payment.public_id}/"
    page = scene.bea.client.get(path).content.decode()
    assert PAGE in page
    assert "Pay another way" in page
    answered = scene.bea.client.post(f"{path}another-way/", follow=True)
    assert "no longer waited for" in answered.content.decode()
    asked = scene.payment.give_up_asked_at
    assert asked is not None
    key = {"public_id": scene.order.public_id, "payment": payment.public_id}
    assert give_up_transfer(actor=scene.bea.actor, **key).give_up_asked_at == asked
    before = last_event()
    apply_payment(answer(payment, "canceled", charge=None, way="customer_balance"))
    assert facts_since(before) == ["payment_failed"]
    assert scene.payment.state == PaymentState.DUE
    with pytest.raises(WrongState, match="No bank transfer"):
        give_up_transfer(actor=scene.bea.actor, **key)


def test_only_the_buyer_gives_up_its_transfer(scene: Scene, sandbox: Sandbox) -> None:
    payment = wait_for_transfer(scene)
    key = {"public_id": scene.order.public_id, "payment": payment.public_id}
    with pytest.raises((NotFound, NotAllowed)):
        give_up_transfer(actor=scene.milo.actor, **key)
    with pytest.raises(NotFound):
        give_up_transfer(actor=make_buyer("Stefan", "Stefan Tools").actor, **key)
    assert scene.payment.give_up_asked_at is None


def test_money_that_comes_all_the_same_is_held(scene: Scene, sandbox: Sandbox) -> None:
    payment = wait_for_transfer(scene)
    key = {"public_id": scene.order.public_id, "payment": payment.public_id}
    give_up_transfer(actor=scene.bea.actor, **key)
    apply_payment(answer(payment, "succeeded", way="customer_balance"))
    assert (scene.payment.state, scene.payment.transfer_page) == ("funded", "")
    assert ledger()["order:held"] == 50000
