"""VAT of what is bought on account: owed with the rest, invoiced when owed, lowered with it."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accounts.actor import Actor
from orders.actions.placement import cancel_order
from orders.states import OrderState
from payments.models import Document, Instruction, Receivable
from payments.states import InstructionState, ReceivableState
from payments.tasks import sweep_payments
from tests.payments.conftest import Sandbox
from tests.payments.credit_scene import assert_books_hold, buy_on_account, match, staff
from tests.payments.scene import Scene, accept_goods, connect_maker, deliver_goods, ledger, pump
from tests.payments.tax.test_documents import text_of
from tests.payments.tax.test_einvoice import texts
from tests.payments.tax.world import set_taxed_scene
from tests.payments.test_on_account import accept, claim_back

pytestmark = pytest.mark.django_db
IBAN = "DE89370400440532013000"


@pytest.fixture
def desk(db: None) -> Actor:
    return staff()


@pytest.fixture
def taxed(sandbox: Sandbox, db: None, settings: LazySettings) -> Scene:
    """An order of 500.00 net in Germany, 595.00 with VAT."""
    settings.PLATFORM_IBAN = IBAN
    return set_taxed_scene()


def content_of(document: Document, field: str) -> bytes:
    with getattr(document, field).content.open("rb") as kept:
        return bytes(kept.read())


@pytest.mark.journey
def test_from_the_account_to_the_shop_with_its_vat(
    taxed: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    connect_maker(taxed)
    receivable = buy_on_account(taxed, desk)
    assert receivable.amount_minor == 59_500
    assert ledger() == {
        "buyer:receivable": -59_500,
        "order:held": 50_000,
        "order:tax": 9_500,
    }
    assert not Document.objects.exists(), "nothing is owed before the goods leave"
    deliver_goods(taxed)
    pump()
    invoice = Document.objects.get()
    receivable.refresh_from_db()
    assert receivable.due_on is not None
    assert (invoice.net_minor, invoice.tax_minor) == (50_000, 9_500)
    words = text_of(content_of(invoice, "file"))
    for part in ("To be paid by", receivable.number, IBAN, "595.00"):
        assert part in words
    xml = content_of(invoice, "xml")
    assert texts(xml, "DuePayableAmount") == ["595.00"]
    assert texts(xml, "PaymentReference") == [receivable.number]
    accept(taxed)
    transfer = Instruction.objects.get(kind=Instruction.Kind.TRANSFER)
    assert (transfer.state, transfer.amount_minor) == (InstructionState.BLOCKED, 46_000 + 9_500)
    assert_books_hold()
    match(desk, receivable, 59_500)
    assert receivable.state == ReceivableState.SETTLED
    assert Document.objects.count() == 1, "paid later, invoiced once"
    assert_books_hold()


def test_a_cancelled_order_owes_no_vat_and_is_not_invoiced(
    taxed: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    receivable = buy_on_account(taxed, desk)
    cancel_order(actor=taxed.bea.actor, public_id=taxed.order.public_id, reason="No need.")
    pump()
    receivable.refresh_from_db()
    assert (receivable.state, receivable.open_minor) == (ReceivableState.CANCELLED, 0)
    assert taxed.fresh_order().state in (OrderState.CANCELLED, OrderState.CLOSED)
    assert not Document.objects.exists() and ledger() == {}
    assert_books_hold()


def test_a_claim_lowers_what_is_owed_with_its_vat_and_is_credited_once(
    taxed: Scene, sandbox: Sandbox, desk: Actor
) -> None:
    connect_maker(taxed)
    receivable = buy_on_account(taxed, desk)
    accept_goods(taxed)
    pump()
    assert Document.objects.get().gross_minor == 59_500
    claim_back(taxed, 10_000)
    pump()
    receivable.refresh_from_db()
    assert receivable.lowered_minor == 11_900
    credit, invoice = Document.objects.order_by("-pk")
    assert (credit.net_minor, credit.tax_minor, credit.corrects) == (10_000, 1_900, invoice)
    assert "nothing was sent back" in text_of(content_of(credit, "file"))
    sweep_payments()
    assert Document.objects.count() == 2
    match(desk, receivable, 47_600)
    assert Receivable.objects.get().state == ReceivableState.SETTLED
    assert_books_hold()
