"""Invoices and credit notes: once for each cause, numbered without gaps, never in money's way."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.models import Event
from marketplace.core.numbers import take_number
from orders.actions.placement import cancel_order
from payments.actions import documents
from payments.actions.commission_invoices import invoice_commissions, issue_commission
from payments.actions.documents import issue_credit_note, issue_invoice, write_files
from payments.actions.ledger import BANK, COMMISSION, ledger_account
from payments.document_handlers import credit_paid_otherwise
from payments.models import Document, Instruction, LedgerEntry
from payments.statements import Month
from tests.orders.actions.test_claims import claimed
from tests.orders.actions.test_problems import act, answer
from tests.payments.conftest import Sandbox
from tests.payments.drills.stage import together
from tests.payments.scene import Scene, accept_goods, connect_maker, new_order, pay_next, pump
from tests.payments.tax.world import set_taxed_scene
from tests.payments.test_failures import bounced
from tests.payments.test_manual import settle, staff

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
Kind = Document.Kind
COMPANY = {
    "name": "Platform GmbH",
    "address": "Street 1",
    "city": "Berlin",
    "country": "DE",
    "vat_id": "DE111111125",
    "registration": "HRB 2",
}


@pytest.fixture
def taxed(sandbox: Sandbox, db: None) -> Scene:
    return set_taxed_scene()


def text_of(content: bytes) -> str:
    import pypdfium2

    page = pypdfium2.PdfDocument(content)[0]
    return str(page.get_textpage().get_text_range())


@pytest.mark.journey
def test_a_payment_is_invoiced_and_what_goes_back_is_credited(
    taxed: Scene, sandbox: Sandbox
) -> None:
    pay_next(taxed)
    cancel_order(actor=taxed.bea.actor, public_id=taxed.order.public_id, reason="No need.")
    pump()
    credit, invoice = Document.objects.all()
    year = timezone.localdate().year
    assert (invoice.number, credit.number) == (f"IN-{year}-00001", f"CN-{year}-00001")
    for row in (invoice, credit):
        assert (row.net_minor, row.tax_minor, row.gross_minor) == (50_000, 9_500, 59_500)
        assert (row.issuer, row.recipient) == (taxed.milo.organization, taxed.bea.organization)
    assert credit.corrects == invoice
    assert Event.objects.filter(type="invoice_issued").count() == 2
    assert invoice.file is not None and invoice.xml is not None
    with invoice.file.content.open("rb") as kept:
        content = kept.read()
    assert hashlib.sha256(content).hexdigest() == invoice.file.sha256
    words = text_of(content)
    for part in (invoice.number, "VAT 19 %", "95.00", "595.00", "VAT id DE136695976", "on behalf"):
        assert part in words
    with invoice.xml.content.open("rb") as kept:
        assert b"IN-" in kept.read()


@pytest.mark.usefixtures("really")
def test_twice_is_once_and_files_are_written_once(taxed: Scene, sandbox: Sandbox) -> None:
    payment = pay_next(taxed)
    [first] = Document.objects.all()
    again = issue_invoice(payment=payment.public_id)
    assert again == first
    assert write_files(first.public_id).file == first.file
    # What is downloaded before it is written is the same.
    assert first.file is not None
    with first.file.content.open("rb") as kept:
        assert documents.pdf_of(first) == kept.read()


def test_without_a_mandate_nothing_is_written(scene: Scene, sandbox: Sandbox) -> None:
    payment = pay_next(scene)
    assert issue_invoice(payment=payment.public_id) is None
    accept_goods(scene)
    pump()
    assert not Document.objects.exists()


def test_money_nobody_asked_for_is_not_credited(taxed: Scene, sandbox: Sandbox) -> None:
    payment = pay_next(taxed)
    stray = Instruction.objects.create(
        key="refund:ch_other",
        kind=Instruction.Kind.REFUND,
        request=payment,
        organization=taxed.bea.organization,
        amount_minor=100,
        currency="EUR",
        charge="ch_other",
        state="done",
        stripe_ref="re_1",
    )
    assert issue_credit_note(refund=stray.public_id) is None
    waiting = Instruction.objects.create(
        key="refund:decision:x",
        kind=Instruction.Kind.REFUND,
        request=payment,
        organization=taxed.bea.organization,
        amount_minor=100,
        currency="EUR",
        charge=payment.charge,
    )
    assert issue_credit_note(refund=waiting.public_id) is None


def test_reverse_charge_says_so_on_paper(sandbox: Sandbox, db: None) -> None:
    scene = set_taxed_scene(buyer_country="FR")
    pay_next(scene)
    [invoice] = Document.objects.all()
    assert (invoice.tax_minor, invoice.gross_minor) == (0, 50_000)
    words = " ".join(text_of(documents.pdf_of(invoice)).split())
    for part in ("VAT to be accounted for by the recipient", "Article 138", "FR40303265045"):
        assert part in words


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_whoever_comes_first(sandbox: Sandbox) -> None:
    """Kills: a number that is taken outside the transaction of its row."""
    first = set_taxed_scene()
    scenes = [
        first,
        *(Scene(first.bea, first.milo, new_order(first.bea, first.milo)) for _ in range(3)),
    ]
    payments = [pay_next(scene) for scene in scenes]
    Document.objects.all().delete()
    series = f"{first.milo.organization.public_id}:IN-{timezone.localdate().year}"
    with transaction.atomic():
        begun = take_number(series)
    calls = [lambda p=payment.public_id: issue_invoice(payment=p) for payment in payments]
    together([*calls, *calls])
    numbers = sorted(int(row.number[-5:]) for row in Document.objects.all())
    assert numbers == list(range(begun + 1, begun + 5))


def last_month() -> Month:
    day = timezone.localdate().replace(day=1) - timedelta(days=1)
    return Month(day.year, day.month)


def earned_last_month(scene: Scene) -> None:
    """What was kept and given back was so last month too: written anew, since no entry is ever
    changed, and between accounts of ours, since nothing more is held."""
    ours = ledger_account(BANK, "EUR"), ledger_account(COMMISSION, "EUR")
    for entry in list(LedgerEntry.objects.filter(kind__in=["commission", "commission_back"])):
        LedgerEntry.objects.create(
            key=f"{entry.key}:earlier",
            kind=entry.kind,
            debit=ours[0],
            credit=ours[1],
            amount_minor=entry.amount_minor,
            currency=entry.currency,
            request=entry.request,
            note=entry.note,
            at=last_month().start + timedelta(days=3),
        )


def test_the_commission_of_a_month_is_invoiced_once(
    taxed: Scene, sandbox: Sandbox, settings: object
) -> None:
    """40.00 kept and 8.00 given back contain the platform's VAT."""
    settings.PLATFORM_COMPANY = COMPANY  # type: ignore[attr-defined]
    connect_maker(taxed)
    pay_next(taxed)
    accept_goods(taxed)
    pump()
    problem = claimed(taxed.bea, taxed.fresh_order(), 10_000, 4)
    answer(taxed.milo, problem, "refund", refund_minor=10_000)
    act("agree_nonconformance", taxed.bea, problem)
    pump()
    assert invoice_commissions() == 0
    second = Scene(taxed.bea, taxed.milo, new_order(taxed.bea, taxed.milo))
    pay_next(second)
    earned_last_month(taxed)
    assert invoice_commissions() == 2
    assert invoice_commissions() == 0
    invoice = Document.objects.get(kind=Kind.COMMISSION)
    credit = Document.objects.get(kind=Kind.COMMISSION_CREDIT)
    assert (invoice.issuer, invoice.recipient) == (None, taxed.milo.organization)
    assert (invoice.gross_minor, invoice.tax_minor) == (4_000, 639)
    assert (credit.gross_minor, credit.tax_minor, credit.corrects) == (800, 128, invoice)
    assert sum(line["net_minor"] for line in invoice.facts["lines"]) == invoice.net_minor
    pump()
    invoice.refresh_from_db()
    assert invoice.xml is not None
    assert str(last_month()) in invoice.facts["subject"]


@pytest.mark.django_db(transaction=True)
def test_two_timers_write_one_commission_invoice(sandbox: Sandbox, settings: object) -> None:
    settings.PLATFORM_COMPANY = COMPANY  # type: ignore[attr-defined]
    scene = set_taxed_scene()
    pay_next(scene)
    accept_goods(scene)
    pump()
    earned_last_month(scene)
    one = {"kind": Kind.COMMISSION, "currency": "EUR", "month": last_month()}
    shop = scene.milo.organization.pk
    together([lambda: issue_commission(shop_pk=shop, **one) for _ in range(4)])
    assert Document.objects.filter(kind=Kind.COMMISSION).count() == 1


def test_without_the_company_no_commission_is_invoiced(scene: Scene, sandbox: Sandbox) -> None:
    assert invoice_commissions() == 0


def test_a_refund_that_came_back_and_is_paid_otherwise_is_credited_once(
    taxed: Scene, sandbox: Sandbox
) -> None:
    refund = bounced(taxed, sandbox)
    assert (refund.amount_minor, refund.tax_minor) == (59_500, 9_500)
    settle(taxed, staff(), "paid_otherwise", refund=refund.public_id, reference="SEPA 4711")
    pump()
    credit = Document.objects.get(kind=Kind.CREDIT_NOTE)
    assert credit.gross_minor == 59_500
    # Had it never gone out, the settlement would have brought it.
    with transaction.atomic():
        Document.objects.filter(pk=credit.pk).delete()
    settled = Event.objects.get(type="manual_settlement_carried_out")
    credit_paid_otherwise(settled)
    assert Document.objects.get(kind=Kind.CREDIT_NOTE).gross_minor == 59_500
