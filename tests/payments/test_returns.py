"""Money that goes back after it was released: reversal first, then debt, and debt pays itself."""

from __future__ import annotations

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import Actor
from marketplace.core.models import Event
from marketplace.core.money import Money
from orders.models import ClaimRefund, Nonconformance, Order
from orders.states import OrderState
from payments import gateway
from payments.actions import instructions
from payments.actions.ledger import BANK, debt_of, post
from payments.actions.reconciliation import compare_books
from payments.actions.releases import carry_out_decisions, commission_on
from payments.actions.returns import carry_out_claims
from payments.debt_queries import debt_to_us, debts_of
from payments.gateway import client
from payments.invariants import check_books
from payments.models import Instruction, PaymentRequest
from payments.sandbox import driver
from payments.states import InstructionState, PaymentState
from payments.tasks import backfill_events, sync_attempt
from tests.orders.actions.test_claims import claimed
from tests.orders.actions.test_problems import act, answer
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import together
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    ledger,
    new_order,
    open_page,
    pump,
    set_scene,
)
from tests.payments.test_reconciliation import hear, pay, whole_journey
from tests.steps import step

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
Kind = Instruction.Kind
FEE = 775


@step
def claim_back(scene: Scene, minor: int, pieces: int = 4) -> Nonconformance:
    """A hidden defect for which the shop agrees to give `minor` units back."""
    problem = claimed(scene.bea, scene.fresh_order(), minor, pieces)
    answer(scene.milo, problem, "refund", refund_minor=minor)
    act("agree_nonconformance", scene.bea, problem)
    pump()
    return problem


@step
def journey_at_once(scene: Scene) -> None:
    """Paid with a card whose money is there at once, released, transferred."""
    connect_maker(scene)
    pay_at_once(scene)
    accept_goods(scene)
    pump()
    hear()


@step
def pay_at_once(scene: Scene) -> None:
    page = open_page(scene)
    driver.pay(page.url, "4000000000000077")
    sync_attempt(page.pk)


def cash_out(scene: Scene, sandbox: Sandbox, minor: int) -> None:
    """The shop has its Stripe balance paid out to its bank."""
    account = scene.milo.organization.payout_account
    sandbox.command("payout", account=account.account, amount=minor, currency="eur")


def assert_books_agree() -> None:
    assert [each.findings for each in compare_books() if each.difference] == []


def facts(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


def debt(scene: Scene) -> int:
    return debt_to_us(scene.milo.organization, "EUR")


@pytest.mark.journey
def test_a_claim_is_taken_back_from_the_payout_account_and_paid(
    scene: Scene, sandbox: Sandbox
) -> None:
    whole_journey(scene)
    claim_back(scene, 10000)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    refund = Instruction.objects.get(kind=Kind.REFUND)
    assert (refund.state, refund.amount_minor) == (InstructionState.DONE, 10000)
    # 8 % of what goes back is our commission, and we give it back.
    assert (back.state, back.amount_minor) == (InstructionState.DONE, 9200)
    assert ledger() == {
        "stripe:platform": -(4000 - FEE) + 800,
        "expense:stripe_fees": -FEE,
        "revenue:commission": 4000 - 800,
    }
    assert (scene.payment.state, scene.fresh_order().state) == (
        PaymentState.RELEASED,
        OrderState.CLOSED,
    )
    assert debt(scene) == 0
    assert_books_agree()
    assert [facts(kind) for kind in ("claim_refunded", "debt_owed", "payout_reversed")] == [1, 1, 1]
    assert facts("reversal_refused") == 0


def test_each_side_reads_what_happened(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    mail.outbox.clear()
    problem = claim_back(scene, 10000)
    told = {(letter.to[0], letter.subject) for letter in mail.outbox}
    order = scene.order.reference
    assert ("bea@example.com", f"100.00 EUR go back to you for {order}") in told
    assert ("milo@example.com", f"You owe 92.00 EUR for {order}") in told
    assert ("milo@example.com", f"92.00 EUR were taken back for {order}") in told
    buyer = scene.bea.client.get(f"/payments/orders/{scene.order.public_id}/").content.decode()
    assert f"Goes back to you: claim {problem.reference}" in buyer
    assert "Sent back to the buyer" in buyer
    assert "92.00" not in buyer and "ommission" not in buyer
    maker = scene.milo.client.get(f"/portal/payouts/orders/{scene.order.public_id}/")
    for words in ("Owed by the manufacturer", "out of the commission", "Taken back from"):
        assert words in maker.content.decode()


@pytest.mark.journey
def test_the_buyer_is_paid_although_the_shop_has_cashed_out(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    cash_out(scene, sandbox, 46000)
    claim_back(scene, 50000, 40)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    assert (back.state, back.stripe_ref) == (InstructionState.CANCELLED, "")
    assert "insufficient" in back.last_error
    assert Instruction.objects.get(kind=Kind.REFUND).state == InstructionState.DONE
    # The whole commission goes back with the whole order.
    assert ledger() == {
        "stripe:platform": 46000 + FEE,
        "expense:stripe_fees": -FEE,
        "mfr:debt": -46000,
    }
    assert (debt(scene), facts("reversal_refused")) == (46000, 1)
    assert scene.fresh_order().state == OrderState.CLOSED
    assert instructions.retry_blocked() == 0
    assert_books_agree()
    page = scene.milo.client.get("/portal/payouts/").content.decode()
    assert "460.00" in page and "You owe" in page


def test_later_releases_pay_the_debt_the_oldest_first(scene: Scene, sandbox: Sandbox) -> None:
    journey_at_once(scene)
    cash_out(scene, sandbox, 46000)
    claim_back(scene, 50000, 40)
    second = deliver_another(scene, price="5.0000")
    # 200.00 less 16.00 commission: all of it pays the debt, and the order closes without transfer.
    assert not Instruction.objects.filter(request__order=second, kind=Kind.TRANSFER).exists()
    assert Order.objects.get(pk=second.pk).state == OrderState.CLOSED
    assert debt(scene) == 46000 - 18400
    [left] = debts_of(scene.milo.actor)
    assert (left.left, left.entry.request.order) == (Money(27600, "EUR"), scene.order)  # type: ignore[union-attr]
    third = deliver_another(scene, price="12.5000")
    transfer = Instruction.objects.get(request__order=third, kind=Kind.TRANSFER)
    assert (transfer.state, transfer.amount_minor) == (InstructionState.DONE, 46000 - 27600)
    assert (debt(scene), debts_of(scene.milo.actor)) == (0, [])
    assert facts("debt_kept") == 2
    assert ledger()["revenue:commission"] == 1600 + 4000
    assert "mfr:debt" not in ledger() and "mfr:payable" not in ledger()
    maker = scene.milo.client.get(f"/portal/payouts/orders/{third.public_id}/").content.decode()
    assert f"Kept for what was owed from {scene.order.reference}" in maker
    buyer = scene.bea.client.get(f"/payments/orders/{third.public_id}/").content.decode()
    assert "Kept for" not in buyer
    assert_books_agree()


@step
def deliver_another(scene: Scene, price: str) -> Order:
    order = new_order(scene.bea, scene.milo, price=price)
    another = Scene(scene.bea, scene.milo, order)
    pay(another)
    accept_goods(another)
    pump()
    return order


@pytest.mark.django_db(transaction=True)
def test_releases_at_the_same_moment_keep_a_debt_once(sandbox: Sandbox) -> None:
    """Kills: a debt that is read without the manufacturer's lock."""
    first = set_scene()
    scenes = [first, Scene(first.bea, first.milo, new_order(first.bea, first.milo))]
    for scene in scenes:
        pay(scene)
    for scene in scenes:
        accept_goods(scene)
    shop, owed = first.milo.organization, Money(60000, "EUR")
    post(key="old", kind="owed", debit=debt_of(shop), credit=BANK, amount=owed, note="Old")
    together(
        [
            lambda public_id=scene.order.public_id: carry_out_decisions(
                actor=SYSTEM, order_id=public_id
            )
            for scene in scenes
        ]
    )
    assert debt(first) == 0
    left = Instruction.objects.filter(kind=Kind.TRANSFER)
    assert sum(row.amount_minor for row in left) == 2 * 46000 - 60000
    assert [each.findings for each in check_books() if each.difference] == []


def test_payouts_that_never_left_pay_first(scene: Scene, sandbox: Sandbox) -> None:
    """A shop without payout account: nothing goes out and nothing has to come back."""
    pay(scene)
    accept_goods(scene)
    pump()
    claim_back(scene, 10000)
    assert Instruction.objects.filter(kind=Kind.REVERSAL).count() == 0
    states = Instruction.objects.filter(kind=Kind.TRANSFER).order_by("pk")
    assert [(row.state, row.amount_minor) for row in states] == [
        (InstructionState.CANCELLED, 46000),
        (InstructionState.BLOCKED, 36800),
    ]
    assert (debt(scene), ledger()["mfr:payable"]) == (0, 36800)
    connect_maker(scene)
    pump()
    assert ledger() == {
        "stripe:platform": -(3200 - FEE),
        "expense:stripe_fees": -FEE,
        "revenue:commission": 3200,
    }
    assert scene.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


def test_without_the_setting_the_shop_bears_the_commission(
    scene: Scene, sandbox: Sandbox, settings: object
) -> None:
    settings.COMMISSION_RETURNED_ON_REFUND = False  # type: ignore[attr-defined]
    whole_journey(scene)
    claim_back(scene, 10000)
    assert Instruction.objects.get(kind=Kind.REVERSAL).amount_minor == 10000
    assert ledger()["revenue:commission"] == 4000


def test_twice_is_once_and_a_claim_waits_for_the_release(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    claim_back(scene, 10000)
    before = ledger()
    for _ in range(2):
        carry_out_claims(actor=SYSTEM, order_id=scene.order.public_id)
    pump()
    assert (ledger(), facts("claim_refunded")) == (before, 1)
    # What is not released cannot be given back twice.
    ClaimRefund.objects.update(amount_minor=60000)
    carry_out_claims(actor=SYSTEM, order_id=scene.order.public_id)
    assert facts("claim_refunded") == 2
    refunds = Instruction.objects.filter(kind=Kind.REFUND)
    assert sum(row.amount_minor for row in refunds) == 50000


@pytest.mark.parametrize("fault", ["500", "lost_response", "cut"])
def test_a_reversal_happens_exactly_once(
    scene: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Less than half of the transfer, so that its own limit would not hide a second one."""
    monkeypatch.setattr(client, "RETRIES", 0)
    whole_journey(scene)
    sandbox.command("fault", kind=fault, path="/reversals$", times=2)
    claim_back(scene, 10000)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    assert back.state == InstructionState.DONE
    moved = [row.entry.amount for row in gateway.list_movements() if row.kind == "transfer_refund"]
    assert moved == [9200]
    assert_books_agree()


def test_a_reversal_is_heard_from_the_webhook_too(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    problem = claimed(scene.bea, scene.fresh_order(), 10000)
    answer(scene.milo, problem, "refund", refund_minor=10000)
    act("agree_nonconformance", scene.bea, problem)
    carry_out_claims(actor=SYSTEM, order_id=scene.order.public_id)
    back = Instruction.objects.get(kind=Kind.REVERSAL)
    transfer = Instruction.objects.get(kind=Kind.TRANSFER)
    # Stripe did it, the answer was lost and the worker died.
    gateway.create_reversal(
        key=back.idempotency_key,
        transfer=transfer.stripe_ref,
        amount=9200,
        metadata={"instruction": back.public_id},
    )
    Instruction.objects.filter(pk=back.pk).update(due_at="2199-01-01T00:00Z")
    backfill_events()
    from payments.actions import inbox

    for pk in inbox.events_to_process():
        inbox.process_event(pk)
    back.refresh_from_db()
    assert back.state == InstructionState.DONE
    assert debt(scene) == 0


@given(st.integers(1, 10**7), st.integers(0, 5000), st.lists(st.integers(1, 10**6), max_size=8))
def test_the_commission_that_stays_is_that_on_what_stays(
    amount: int, bps: int, parts: list[int]
) -> None:
    """Whatever is given back in whatever parts, nothing of it is lost to rounding."""
    request = PaymentRequest(amount_minor=amount, commission_minor=amount * bps // 10_000)
    back, given_back = 0, 0
    for part in parts:
        part = min(part, amount - back)
        stays = commission_on(request, amount - back - part)
        ours = commission_on(request, amount) - given_back - stays
        assert 0 <= ours <= part
        back, given_back = back + part, given_back + ours
        assert request.commission_minor - given_back == stays
