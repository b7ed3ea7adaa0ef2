"""Orders with VAT on top: what is charged, held, released, given back, owed, and lost."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actor import Actor
from marketplace.core.models import Event
from marketplace.core.templatetags.formats import money
from orders.actions import acceptance
from orders.actions.money import decide_money
from orders.actions.placement import cancel_order
from orders.queries import lock_order
from orders.states import OrderState
from payments.actions.ledger import debt_of
from payments.actions.reconciliation import compare_books
from payments.actions.tax import end_mandate
from payments.debt_queries import debt_to_us
from payments.invariants import check_books
from payments.models import Instruction, LedgerEntry, OrderTax, PaymentRequest
from payments.sandbox import driver
from payments.states import InstructionState, PaymentState
from payments.tasks import sync_attempt
from payments.tax_rules import Treatment
from tests.orders.actions.test_claims import claimed
from tests.orders.actions.test_problems import act, answer
from tests.payments.conftest import Sandbox
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    deliver_goods,
    ledger,
    new_order,
    open_page,
    pay_next,
    pump,
)
from tests.payments.tax.world import set_taxed_scene
from tests.payments.test_disputes import decide, dispute
from tests.payments.test_instalment_changes import agree
from tests.payments.test_instalments import IN_PARTS, advance, nth
from tests.payments.test_reconciliation import hear

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
Kind = Instruction.Kind
# The sandbox's fee on 595.00: 1.5 % and 0.25.
FEE = 918


@pytest.fixture
def taxed(sandbox: Sandbox, db: None) -> Scene:
    """An order of 500.00 net in Germany, 595.00 with VAT."""
    return set_taxed_scene()


def assert_books_agree() -> None:
    hear()
    assert [each.findings for each in compare_books() if each.difference] == []


def refunds() -> list[tuple[int, int]]:
    """(gross, VAT in it) of every refund."""
    rows = Instruction.objects.filter(kind=Kind.REFUND).order_by("pk")
    return [(row.amount_minor, row.tax_minor) for row in rows]


@pytest.mark.journey
def test_domestic_from_the_page_to_the_last_cent(taxed: Scene, sandbox: Sandbox) -> None:
    """Two of forty pieces are bad: their money goes back with its VAT, the rest is released."""
    tax = OrderTax.objects.get(order=taxed.order)
    assert (tax.treatment, tax.rate_bps, tax.label) == (Treatment.DOMESTIC, 1900, "VAT 19 %")
    assert (taxed.payment.amount_minor, taxed.payment.tax_minor) == (50_000, 9_500)
    connect_maker(taxed)
    pay_next(taxed)
    assert taxed.fresh_order().funded_minor == 50_000
    assert taxed.fresh_order().instalment_tax_minor == 0
    assert ledger() == {
        "stripe:platform": -(59_500 - FEE),
        "expense:stripe_fees": -FEE,
        "order:held": 50_000,
        "order:tax": 9_500,
    }
    deliver_goods(taxed)
    line = taxed.order.lines.get().public_id
    from tests.orders.actions.test_problems import WRONG

    [problem] = acceptance.judge_goods(
        actor=taxed.bea.actor, public_id=taxed.order.public_id, rejected={line: 2}, claim=WRONG
    )
    answer(taxed.milo, problem, "refund", refund_minor=2_500)
    act("agree_nonconformance", taxed.bea, problem)
    pump()
    assert refunds() == [(2_975, 475)]
    transfer = Instruction.objects.get(kind=Kind.TRANSFER)
    # 475.00 less 8 % and with 90.25 of VAT.
    assert (transfer.state, transfer.amount_minor) == (
        InstructionState.DONE,
        47_500 - 3_800 + 9_025,
    )
    assert ledger() == {
        "stripe:platform": -(3_800 - FEE),
        "expense:stripe_fees": -FEE,
        "revenue:commission": 3_800,
    }
    assert taxed.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


@pytest.mark.parametrize(
    ("country", "treatment"),
    [("FR", Treatment.REVERSE_CHARGE), ("US", Treatment.EXPORT), ("CH", Treatment.EXPORT)],
)
def test_across_a_border_nothing_is_on_top(
    sandbox: Sandbox, db: None, country: str, treatment: str
) -> None:
    scene = set_taxed_scene(buyer_country=country)
    tax = OrderTax.objects.get(order=scene.order)
    assert (tax.treatment, tax.buyer_country, tax.rate) == (treatment, country, None)
    connect_maker(scene)
    pay_next(scene)
    accept_goods(scene)
    pump()
    assert Instruction.objects.get().amount_minor == 46_000
    assert not LedgerEntry.objects.filter(kind__startswith="tax_").exists()
    assert_books_agree()


def test_the_snapshot_is_never_found_again(taxed: Scene, sandbox: Sandbox) -> None:
    """The mandate ends after the first payment was asked for: this order stays as it was."""
    end_mandate(actor=taxed.milo.actor)
    pay_next(taxed)
    assert ledger()["order:tax"] == 9_500
    second = new_order(taxed.bea, taxed.milo)
    assert second.payments.get().tax_minor == 0
    assert second.tax.treatment == Treatment.NO_TAX  # type: ignore[attr-defined]


def test_instalments_bear_the_tax_of_the_whole(sandbox: Sandbox, db: None) -> None:
    """498.83 net: three parts whose VAT adds up to 94.78, a lower price and a supplement."""
    scene = set_taxed_scene(agreed=IN_PARTS, price="12.4707")
    rows = list(PaymentRequest.objects.filter(order=scene.order).order_by("seq"))
    assert sum(row.amount_minor for row in rows) == 49_883
    assert sum(row.tax_minor for row in rows) == 9_478
    pay_next(scene)
    advance(scene, "confirm_order")
    connect_maker(scene)
    agree(scene, 39)
    rows = list(PaymentRequest.objects.filter(order=scene.order).order_by("seq"))
    net = sum(row.amount_minor for row in rows)
    assert net == scene.fresh_order().total_minor
    assert sum(row.tax_minor for row in rows) == (net * 19 + 50) // 100
    agree(scene, 43)
    supplement = PaymentRequest.objects.get(order=scene.order, kind="supplement")
    pay_next(scene, supplement.public_id)
    rows = list(PaymentRequest.objects.filter(order=scene.order))
    net = sum(row.amount_minor for row in rows)
    assert net == scene.fresh_order().total_minor
    assert sum(row.tax_minor for row in rows) == (net * 19 + 50) // 100
    for seq in (2, 3):
        pay_next(scene, nth(scene, seq).public_id)
    paid = sum(row.gross_minor for row in PaymentRequest.objects.filter(order=scene.order))
    assert (
        ledger()["order:held"]
        + ledger()["order:tax"]
        + sum(
            row.amount_minor
            for row in LedgerEntry.objects.filter(kind__in=["payable", "tax_payable"])
        )
        + ledger().get("revenue:commission", 0)
        == paid
    )
    assert_books_agree()


def test_a_step_says_what_its_payment_and_its_release_say(sandbox: Sandbox, db: None) -> None:
    """Half a cent of VAT stands in the first two parts of 498.83 net: 149.65 and 149.65."""
    scene = set_taxed_scene(agreed=IN_PARTS, price="12.4707")
    rows = list(PaymentRequest.objects.filter(order=scene.order).order_by("seq"))
    milestones = list(scene.fresh_order().milestones.all())
    said = [row.gross.minor for row in milestones]
    assert [*said[:2], sum(said[2:])] == [row.gross_minor for row in rows]
    assert rows[1].tax_minor != rows[0].tax_minor, "the rounding falls on one of the two"
    pay_next(scene)
    advance(scene, "confirm_order")
    room = f"/orders/{scene.order.public_id}/milestones/"
    shown = scene.bea.client.get(room).content.decode()
    for row in milestones:
        assert f"{money(row.gross)} incl. VAT" in shown
    api = scene.bea.client.get(f"/api/v1{room}").json()
    listed = api["results"] if isinstance(api, dict) else api
    assert [row["gross"]["amount_minor"] for row in listed] == said
    told = Event.objects.get(type="money_released").data["amount"]
    assert told == f"{milestones[0].gross} incl. VAT"


def test_a_cancelled_order_goes_back_with_its_tax(taxed: Scene, sandbox: Sandbox) -> None:
    pay_next(taxed)
    cancel_order(actor=taxed.bea.actor, public_id=taxed.order.public_id, reason="No need.")
    pump()
    assert refunds() == [(59_500, 9_500)]
    assert taxed.payment.state == PaymentState.REFUNDED
    assert set(ledger()) == {"stripe:platform", "expense:stripe_fees"}
    assert_books_agree()


def test_a_claim_gives_tax_back_and_the_debt_has_it(taxed: Scene, sandbox: Sandbox) -> None:
    """Never transferred, so that the whole stays payable and pays the debt."""
    pay_next(taxed)
    accept_goods(taxed)
    pump()
    assert ledger()["mfr:payable"] == 46_000 + 9_500
    problem = claimed(taxed.bea, taxed.fresh_order(), 10_000, 4)
    answer(taxed.milo, problem, "refund", refund_minor=10_000)
    act("agree_nonconformance", taxed.bea, problem)
    pump()
    assert refunds() == [(11_900, 1_900)]
    # 92.00 and the VAT of 19.00 are kept from what waits; our 8.00 go back too.
    assert ledger()["mfr:payable"] == 46_000 + 9_500 - 9_200 - 1_900
    assert debt_to_us(taxed.milo.organization, "EUR") == 0
    page = taxed.bea.client.get(f"/payments/orders/{taxed.order.public_id}/").content.decode()
    assert "119.00" in page
    assert_books_agree()


def test_a_reversal_takes_tax_back_and_a_later_release_pays_the_rest(
    taxed: Scene, sandbox: Sandbox
) -> None:
    connect_maker(taxed)
    pay_next(taxed)
    accept_goods(taxed)
    pump()
    hear()
    for minor in (3_333, 46_667):
        problem = claimed(taxed.bea, taxed.fresh_order(), minor, 2)
        answer(taxed.milo, problem, "refund", refund_minor=minor)
        act("agree_nonconformance", taxed.bea, problem)
        pump()
    assert [sum(each) for each in zip(*refunds(), strict=True)] == [59_500, 9_500]
    taken = Instruction.objects.filter(kind=Kind.REVERSAL, state=InstructionState.DONE)
    assert sum(row.amount_minor for row in taken) == 46_000 + 9_500
    assert set(ledger()) == {"stripe:platform", "expense:stripe_fees"}
    assert_books_agree()


@pytest.mark.parametrize(
    ("released", "taken"), [(0, 59_500), (0, 20_001), (30_000, 59_500), (30_000, 30_001)]
)
def test_a_bank_takes_gross(taxed: Scene, sandbox: Sandbox, released: int, taken: int) -> None:
    """What is held covers the loss, net and VAT; the rest becomes a debt with its VAT."""
    connect_maker(taxed)
    pay_next(taxed)
    deliver_goods(taxed)
    if released:
        decide_money(
            actor=SYSTEM,
            order=lock_order(taxed.order.public_id),
            kind="release",
            because="decision",
            subject="test",
            amount_minor=released,
        )
        pump()
    case = dispute(taxed, sandbox, taken)
    decide(case, sandbox, "lost")
    assert [each.findings for each in check_books() if each.difference] == []
    held = 59_500 - released - released * 19 // 100
    assert debt_to_us(taxed.milo.organization, "EUR") == max(0, taken - held)
    acceptance.accept_order(actor=taxed.bea.actor, public_id=taxed.order.public_id)
    pump()
    assert not {"order:held", "order:tax", "dispute:receivable"} & set(ledger())
    assert_books_agree()


def test_what_arrives_net_alone_is_looked_at(taxed: Scene, sandbox: Sandbox) -> None:
    """Kills: a payment that counts as paid without its VAT."""
    page = open_page(taxed)
    PaymentRequest.objects.filter(pk=taxed.payment.pk).update(tax_minor=0)
    driver.pay(page.url)
    sync_attempt(page.pk)
    assert taxed.payment.state == PaymentState.REVIEW


def test_the_facts_say_what_is_paid(taxed: Scene, sandbox: Sandbox) -> None:
    pay_next(taxed)
    asked = Event.objects.get(type="payment_requested")
    funded = Event.objects.get(type="payment_funded")
    assert (asked.data["amount"], funded.data["amount_minor"]) == ("595.00 EUR", 59_500)


def test_pages_say_net_tax_and_total(taxed: Scene, sandbox: Sandbox) -> None:
    def page(client: Client, url: str) -> str:
        return " ".join(client.get(url).content.decode().split())

    pay = page(taxed.bea.client, f"/payments/orders/{taxed.order.public_id}/pay/")
    for words in ("VAT 19 %", "95.00", "Pay €595.00"):
        assert words in pay
    order = page(taxed.bea.client, f"/orders/{taxed.order.public_id}/")
    for words in ("Pay €595.00", "VAT of €95.00 is included", "€500.00"):
        assert words in order
    listed = page(taxed.bea.client, "/payments/")
    assert "595.00" in listed and "95.00 VAT" in listed
    made = page(taxed.milo.client, f"/portal/payouts/orders/{taxed.order.public_id}/")
    assert "555.00" in made


def test_wrong_books_are_found(taxed: Scene, sandbox: Sandbox) -> None:
    pay_next(taxed)
    PaymentRequest.objects.filter(pk=taxed.payment.pk).update(tax_minor=9_400)
    wrong = {each.label for each in check_books() if each.difference}
    assert wrong == {
        "What is held of a payment came with the VAT on it",
        "VAT is where the money is that it is on, and none is left without it",
        "The VAT of every payment is the order's rate on its amount",
    }
    assert debt_of(taxed.milo.organization)
