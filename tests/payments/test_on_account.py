"""A payment on account: the order goes on, the shop waits, and money follows what really came."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.states import WrongState
from orders.actions import acceptance
from orders.actions.placement import cancel_order
from orders.actions.production import advance_order
from orders.actions.shipping import ship_parts
from orders.shipping_terms import Carriage, Piece
from orders.states import OrderState
from payments.actions import gates, instructions
from payments.actions.bank_receipts import note_top_up
from payments.actions.credit import suspend_credit
from payments.actions.instructions import retry_blocked
from payments.actions.manual import Wish, propose_settlement
from payments.actions.on_account import pay_on_account, pay_receivable
from payments.credit_queries import standing_of
from payments.credit_rules import NoCredit
from payments.invariants import check_books
from payments.models import CreditAccount, Instruction, PaymentRequest, Receipt, Receivable
from payments.sandbox import driver
from payments.states import InstructionState, PaymentState, ReceivableState
from payments.tasks import sync_attempt
from tests.api.scene import facts_since, last_event
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import (
    age,
    approve,
    assert_books_hold,
    buy_on_account,
    match,
    staff,
    use,
)
from tests.payments.drills.stage import assert_books_agree
from tests.payments.scene import (
    Scene,
    connect_maker,
    deliver_goods,
    ledger,
    new_order,
    open_page,
    pay_next,
    pump,
    set_scene,
)
from tests.payments.test_instalments import IN_PARTS
from tests.payments.test_returns import cash_out, claim_back, journey_at_once
from tests.payments.test_supplements import agree, supplement
from tests.personas import make_buyer
from tests.steps import step

pytestmark = pytest.mark.django_db
SENT = [InstructionState.DONE]


@pytest.fixture
def desk(db: None) -> Actor:
    return staff()


@pytest.fixture
def waiting(scene: Scene, sandbox: Sandbox, desk: Actor) -> Receivable:
    """Bought on account, delivered and accepted; the payout of 460.00 waits."""
    connect_maker(scene)
    receivable = buy_on_account(scene, desk)
    deliver_goods(scene)
    accept(scene)
    receivable.refresh_from_db()
    return receivable


@step
def accept(scene: Scene) -> None:
    acceptance.accept_order(actor=scene.bea.actor, public_id=scene.order.public_id)
    pump()


def fact(kind: str) -> Event:
    return Event.objects.filter(type=kind).latest("pk")


def payout() -> Instruction:
    return Instruction.objects.get(kind=Instruction.Kind.TRANSFER)


def top_up(sandbox: Sandbox, desk: Actor, minor: int) -> None:
    moved = sandbox.command("top_up", amount=minor, currency="eur")
    note_top_up(actor=desk, amount=Money(minor, "EUR"), reference=moved["id"])
    pump()


def pay_by_link(scene: Scene, receivable: Receivable) -> None:
    attempt = pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id)
    pump()
    attempt.refresh_from_db()
    driver.pay(attempt.url)
    sync_attempt(attempt.pk)
    pump()
    receivable.refresh_from_db()


@pytest.mark.journey
def test_the_shop_is_paid_when_the_buyer_has_paid_by_bank_transfer(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    connect_maker(scene)
    receivable = buy_on_account(scene, desk)
    assert scene.payment.state == PaymentState.INVOICED
    order = scene.fresh_order()
    assert (order.state, order.funded_minor, order.account_days) == ("placed", 50000, 30)
    assert (receivable.state, receivable.due_on) == (ReceivableState.COMMITTED, None)
    assert ledger() == {"buyer:receivable": -50000, "order:held": 50000}
    deliver_goods(scene)
    pump()
    receivable.refresh_from_db()
    assert receivable.state == ReceivableState.OPEN
    assert fact("receivable_opened").data["due_on"] == str(receivable.due_on)

    accept(scene)
    assert ledger()["mfr:payable"] == 46000
    assert scene.fresh_order().state == OrderState.ACCEPTED
    assert (payout().state, payout().last_error) == ("blocked", gates.WAITS_FOR_BUYER)
    assert_books_agree()

    age(receivable, 8)
    mail.outbox.clear()
    from payments.tasks import run_payment_timers

    assert run_payment_timers() == 1
    pump()
    told = sorted(letter.to[0].split("@")[0] for letter in mail.outbox)
    assert told == ["bea", "milo"]

    match(desk, receivable, 50000)
    assert (receivable.state, scene.payment.state) == (ReceivableState.SETTLED, "released")
    # The money is at our bank and not at Stripe yet, where only other people's might be.
    assert (payout().state, payout().last_error) == ("blocked", gates.NOT_COVERED)
    top_up(sandbox, desk, 50000)
    assert payout().state == InstructionState.DONE
    assert scene.fresh_order().state == OrderState.CLOSED
    assert ledger() == {"revenue:commission": 4000, "stripe:platform": -4000}
    assert Receipt.objects.get().request == scene.payment
    assert_books_agree()


@pytest.mark.journey
def test_paid_by_link_the_waiting_payout_goes_out_of_that_charge(
    scene: Scene, sandbox: Sandbox, waiting: Receivable
) -> None:
    pay_by_link(scene, waiting)
    assert (waiting.state, waiting.received_minor) == (ReceivableState.SETTLED, 50000)
    payment = scene.payment
    assert (payment.state, payment.way) == (PaymentState.RELEASED, "card")
    assert (payout().state, payout().charge) == (InstructionState.DONE, payment.charge)
    assert scene.fresh_order().state == OrderState.CLOSED
    assert "buyer:receivable" not in ledger()
    assert_books_agree()


def test_it_records_exactly_its_facts(scene: Scene, sandbox: Sandbox, desk: Actor) -> None:
    approve(scene.bea, desk)
    before = last_event()
    pay_on_account(actor=scene.bea.actor, public_id=scene.order.public_id)
    assert facts_since(before) == ["payment_on_account", "order_funded"]
    with pytest.raises(WrongState, match="nothing to pay"):
        pay_on_account(actor=scene.bea.actor, public_id=scene.order.public_id)
    assert Receivable.objects.count() == 1
    # The shop learns of the terms, never of the limit.
    seen = fact("payment_on_account")
    assert scene.milo.organization.public_id in seen.sightings.values_list(
        "organization", flat=True
    )
    limit = fact("credit_approved")
    assert list(limit.sightings.values_list("organization", flat=True)) == [
        scene.bea.organization.public_id
    ]


def test_nobody_else_uses_the_account(scene: Scene, sandbox: Sandbox, desk: Actor) -> None:
    approve(scene.bea, desk)
    stranger = make_buyer("Stefan", "Stranger GmbH").actor
    for actor in (scene.milo.actor, stranger):
        with pytest.raises(NotFound):
            pay_on_account(actor=actor, public_id=scene.order.public_id)
    scene.bea.user.memberships.update(role="engineer")
    with pytest.raises(NotAllowed):
        pay_on_account(actor=scene.bea.actor, public_id=scene.order.public_id)
    assert not Receivable.objects.exists()
    assert scene.payment.state == PaymentState.DUE


@step
def suspended(scene: Scene, desk: Actor) -> None:
    account = approve(scene.bea, desk)
    suspend_credit(actor=desk, public_id=account.public_id, reason="A claim is open.")


def overdue(scene: Scene, desk: Actor) -> None:
    approve(scene.bea, desk, limit=200_000)
    other = new_order(scene.bea, scene.milo)
    made = use(Scene(scene.bea, scene.milo, other))
    Receivable.objects.filter(pk=made.pk).update(state=ReceivableState.OPEN, due_on="2026-01-01")


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda scene, desk: None, "has no account"),
        (lambda scene, desk: approve(scene.bea, desk, limit=49_999), "499.99 EUR of your limit"),
        (lambda scene, desk: approve(scene.bea, desk, currency="USD"), "account is in USD"),
        (
            lambda scene, desk: approve(scene.bea, desk, starts_production=False),
            "begins with is paid at once",
        ),
        (suspended, "not usable: suspended"),
        (overdue, "500.00 EUR on your account are overdue"),
    ],
)
def test_an_account_that_does_not_cover_it_says_why(
    scene: Scene,
    sandbox: Sandbox,
    desk: Actor,
    prepare: Callable[[Scene, Actor], object],
    sentence: str,
) -> None:
    prepare(scene, desk)
    with pytest.raises(NoCredit, match=sentence):
        pay_on_account(actor=scene.bea.actor, public_id=scene.order.public_id)
    assert scene.payment.state == PaymentState.DUE
    assert scene.fresh_order().state == OrderState.AWAITING_PAYMENT


def test_what_was_overdue_stops_nothing_once_it_is_paid(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    overdue(scene, desk)
    match(desk, Receivable.objects.get(), 50000)
    assert use(scene).state == ReceivableState.COMMITTED


def test_a_cancelled_order_owes_nothing_and_sends_nothing(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(scene, desk)
    cancel_order(actor=scene.bea.actor, public_id=scene.order.public_id, reason="No need.")
    pump()
    receivable.refresh_from_db()
    assert (receivable.state, receivable.lowered_minor) == (ReceivableState.CANCELLED, 50000)
    assert scene.payment.state == PaymentState.CANCELLED
    assert not Instruction.objects.exists()
    assert ledger() == {}
    account = CreditAccount.objects.get()
    assert standing_of(account).free.minor == account.limit_minor
    assert_books_agree()


def test_what_came_in_goes_back_the_way_it_came(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(scene, desk)
    match(desk, receivable, 20000)
    assert (receivable.state, receivable.open_minor) == (ReceivableState.COMMITTED, 30000)
    cancel_order(actor=scene.bea.actor, public_id=scene.order.public_id, reason="No need.")
    pump()
    receivable.refresh_from_db()
    assert (receivable.state, receivable.lowered_minor) == (ReceivableState.SETTLED, 30000)
    refund = Instruction.objects.get()
    assert (refund.kind, refund.amount_minor, refund.state) == ("refund", 20000, "blocked")
    assert refund.last_error == gates.BY_BANK
    assert scene.payment.state == PaymentState.REFUNDED
    # A person pays it back at the bank and notes it.
    wish = Wish("paid_otherwise", "The order ended.", refund=refund.public_id, reference="OUT 7")
    propose_settlement(actor=desk, order_id=scene.order.public_id, wish=wish)
    assert ledger() == {}
    assert_books_agree()


def test_a_claim_before_the_buyer_has_paid_lowers_what_is_owed_and_what_waits(
    scene: Scene, sandbox: Sandbox, desk: Actor, waiting: Receivable
) -> None:
    claim_back(scene, 10000)
    waiting.refresh_from_db()
    assert (waiting.open_minor, waiting.lowered_minor) == (40000, 10000)
    waits = Instruction.objects.exclude(state=InstructionState.CANCELLED).get()
    assert (waits.kind, waits.amount_minor, waits.state) == ("transfer", 36800, "blocked")
    assert not Instruction.objects.filter(kind=Instruction.Kind.REFUND).exists()
    assert_books_agree()
    pay_by_link(scene, waiting)
    waits.refresh_from_db()
    assert waits.state == InstructionState.DONE
    assert ledger()["revenue:commission"] == 3200
    assert_books_agree()


@pytest.mark.parametrize("paid", [0, 40000])
def test_a_claim_for_all_that_is_left_ends_what_is_owed(
    scene: Scene, sandbox: Sandbox, desk: Actor, waiting: Receivable, paid: int
) -> None:
    if paid:
        match(desk, waiting, paid)
    claim_back(scene, 50000 - paid)
    waiting.refresh_from_db()
    assert waiting.open_minor == 0
    left = Instruction.objects.exclude(state=InstructionState.CANCELLED)
    if not paid:
        assert (waiting.state, scene.payment.state) == ("cancelled", PaymentState.CANCELLED)
        assert (left.count(), ledger()) == (0, {})
    else:
        assert (waiting.state, scene.payment.state) == ("settled", PaymentState.RELEASED)
        assert [(row.amount_minor, row.last_error) for row in left] == [(36800, gates.NOT_COVERED)]
        top_up(sandbox, desk, 36800)
    assert scene.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


def test_a_waiting_payout_goes_neither_by_the_retry_nor_by_a_new_account(
    scene: Scene, sandbox: Sandbox, waiting: Receivable
) -> None:
    Instruction.objects.update(state_changed_at="2026-01-01T00:00Z")
    assert retry_blocked() == 0
    instructions.unblock_instruction(actor=instructions.ACTOR, pk=payout().pk)
    pump()
    assert payout().last_error == gates.WAITS_FOR_BUYER
    assert not sandbox.calls("POST", "transfers")
    assert_books_hold()


def test_money_of_others_at_stripe_pays_nobody_who_waits_for_the_bank(
    scene: Scene, sandbox: Sandbox, desk: Actor, waiting: Receivable
) -> None:
    other = Scene(scene.bea, scene.milo, new_order(scene.bea, scene.milo))
    pay_next(other)
    match(desk, waiting, 50000)
    # 492.25 are at Stripe, and all of it is held for the other order.
    assert payout().last_error == gates.NOT_COVERED
    top_up(sandbox, desk, 46774)
    assert payout().last_error == gates.NOT_COVERED
    top_up(sandbox, desk, 1)
    assert payout().state == InstructionState.DONE
    assert_books_agree()


def test_the_page_of_a_payment_that_went_on_account_is_closed(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    page = open_page(scene)
    buy_on_account(scene, desk)
    page.refresh_from_db()
    assert page.state == "expired"
    assert_books_agree()


def test_a_page_that_asks_for_too_much_is_given_back(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(scene, desk)
    attempt = pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id)
    pump()
    attempt.refresh_from_db()
    driver.pay(attempt.url)
    match(desk, receivable, 10000)
    sync_attempt(attempt.pk)
    pump()
    receivable.refresh_from_db()
    assert receivable.open_minor == 40000
    refund = Instruction.objects.get()
    assert (refund.kind, refund.amount_minor, refund.state) == ("refund", 50000, "done")
    with pytest.raises(WrongState, match="came by bank transfer"):
        pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id)
    assert_books_agree()


def test_others_do_not_pay_a_receivable(scene: Scene, sandbox: Sandbox, desk: Actor) -> None:
    receivable = buy_on_account(scene, desk)
    stranger = make_buyer("Stefan", "Stranger GmbH").actor
    for actor in (scene.milo.actor, stranger):
        with pytest.raises(NotFound):
            pay_receivable(actor=actor, public_id=receivable.public_id)
    first = pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id)
    assert pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id) == first
    match(desk, receivable, 50000)
    with pytest.raises(WrongState, match="Nothing is owed"):
        pay_receivable(actor=scene.bea.actor, public_id=receivable.public_id)


def test_a_step_before_the_goods_is_owed_from_its_use(
    sandbox: Sandbox, desk: Actor, db: None
) -> None:
    scene = set_scene(agreed=IN_PARTS)
    receivable = buy_on_account(scene, desk, net_days=14)
    assert (receivable.number, receivable.amount_minor) == (f"{scene.order.reference}-1", 15000)
    assert receivable.state == ReceivableState.OPEN
    assert (receivable.due_on - receivable.created_at.date()).days == 14  # type: ignore[operator]
    order = scene.fresh_order()
    assert (order.funded_minor, order.unpaid_minor) == (15000, 35000)
    assert_books_hold()


def test_a_debt_is_kept_only_from_money_that_came(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    journey_at_once(scene)
    cash_out(scene, sandbox, 46000)
    claim_back(scene, 10000)
    assert ledger()["mfr:debt"] == -9200
    second = Scene(scene.bea, scene.milo, new_order(scene.bea, scene.milo))
    receivable = buy_on_account(second, desk)
    deliver_goods(second)
    accept(second)
    assert ledger()["mfr:debt"] == -9200
    pay_by_link(second, receivable)
    assert "mfr:debt" not in ledger()
    sent = Instruction.objects.filter(request__order=second.order, state=InstructionState.DONE)
    assert [row.amount_minor for row in sent] == [36800]
    assert_books_agree()


def test_staff_release_and_return_what_is_on_account(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(scene, desk)
    deliver_goods(scene)
    wish = Wish("refund", "A part is missing.", minor=5000)
    propose_settlement(actor=desk, order_id=scene.order.public_id, wish=wish)
    pump()
    receivable.refresh_from_db()
    assert receivable.open_minor == 45000
    assert not Instruction.objects.exists()
    with pytest.raises(DomainError):
        wish = Wish("refund", "Too much.", minor=45001)
        propose_settlement(actor=desk, order_id=scene.order.public_id, wish=wish)
    assert PaymentRequest.objects.get().state == PaymentState.INVOICED
    assert_books_hold()


def test_a_change_that_costs_more_goes_on_account_and_one_that_costs_less_comes_off(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    first = buy_on_account(scene, desk)
    agree(scene, 60)
    extra = pay_on_account(
        actor=scene.bea.actor,
        public_id=scene.order.public_id,
        payment=supplement(scene).public_id,
    )
    pump()
    assert (scene.fresh_order().total_minor, extra.amount_minor) == (75000, 25000)
    assert extra.state == ReceivableState.COMMITTED
    assert_books_hold()
    agree(scene, 50)
    first.refresh_from_db()
    extra.refresh_from_db()
    assert first.open_minor + extra.open_minor == 62500
    assert not Instruction.objects.exists()
    deliver_goods(scene)
    pump()
    assert set(Receivable.objects.values_list("state", flat=True)) == {ReceivableState.OPEN}
    assert_books_agree()


def test_parts_that_leave_in_two_shipments_are_owed_from_the_last(
    scene: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(scene, desk)
    milo, public_id = scene.milo.actor, scene.order.public_id
    for verb in ("confirm_order", "start_production", "finish_production", "pass_quality_check"):
        advance_order(actor=milo, public_id=public_id, verb=verb)
    line = scene.order.lines.get().public_id
    for pieces, state in ((15, ReceivableState.COMMITTED), (25, ReceivableState.OPEN)):
        ship_parts(
            actor=milo,
            public_id=public_id,
            pieces=[Piece(line, pieces, "")],
            packages=[],
            carriage=Carriage("dhl", f"JD{pieces}"),
        )
        pump()
        receivable.refresh_from_db()
        assert receivable.state == state


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda: Receivable.objects.update(received_minor=100), "receivables"),
        (
            lambda: PaymentRequest.objects.update(
                state=PaymentState.FUNDED, charge="ch_1", paid_at=timezone.now()
            ),
            "on_account",
        ),
        (
            lambda: Receivable.objects.update(
                state=ReceivableState.COMMITTED, received_minor=0, lowered_minor=50000
            ),
            "unpaid",
        ),
    ],
)
def test_books_that_do_not_fit_what_is_owed_are_found(
    scene: Scene,
    sandbox: Sandbox,
    waiting: Receivable,
    spoil: Callable[[], object],
    code: str,
) -> None:
    if code == "unpaid":
        pay_by_link(scene, waiting)
    assert_books_hold()
    spoil()
    found = [one.key for each in check_books() for one in each.findings]
    assert [key for key in found if key.startswith(f"books:{code}:")] != []
