"""What banks claim: what it freezes, who bears a loss, and the answer to the bank."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from orders.actions.money import decide_money
from orders.queries import lock_order
from orders.states import OrderState
from payments import gateway
from payments.actions.disputes import apply_dispute
from payments.actions.evidence import remind_of_evidence, send_evidence
from payments.actions.reconciliation import compare_books
from payments.bank_evidence import MOST_TEXT, draft_evidence
from payments.bank_files import MOST_BYTES, RECORD, files_to_choose
from payments.gateway import client
from payments.models import DisputeCase, Instruction
from payments.states import DisputeState, InstructionState, PaymentState
from payments.tasks import run_dispute_timers
from payments.values import Dispute
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, connect_maker, deliver_goods, ledger, pump
from tests.payments.test_reconciliation import hear, pay, whole_journey
from tests.payments.test_reconciliation_desk import member_of_staff
from tests.payments.test_returns import debt
from tests.personas import Persona

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
DISPUTE_FEE = 2000


def dispute(scene: Scene, sandbox: Sandbox, amount: int = 50000) -> DisputeCase:
    made = sandbox.command("open_dispute", charge=scene.payment.charge, amount=amount)
    apply_dispute(gateway.retrieve_dispute(made["id"]))
    pump()
    return DisputeCase.objects.get(dispute=made["id"])


def decide(case: DisputeCase, sandbox: Sandbox, status: str) -> None:
    sandbox.command("close_dispute", dispute=case.dispute, status=status)
    for _ in range(2):
        apply_dispute(gateway.retrieve_dispute(case.dispute))
    hear()
    case.refresh_from_db()


def assert_books_agree() -> None:
    assert [each.findings for each in compare_books() if each.difference] == []


def facts(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


@pytest.mark.journey
def test_what_is_left_of_a_lost_part_is_released(scene: Scene, sandbox: Sandbox) -> None:
    connect_maker(scene)
    pay(scene)
    case = dispute(scene, sandbox, 12000)
    assert scene.payment.state == PaymentState.DISPUTED
    accept_goods(scene)
    pump()
    assert not Instruction.objects.exists()
    decide(case, sandbox, "lost")
    assert (case.state, scene.payment.state) == (DisputeState.LOST, PaymentState.RELEASED)
    # 380.00 of 500.00 less 8 % commission on it.
    assert Instruction.objects.get().amount_minor == 34960
    assert ledger()["revenue:commission"] == 3040
    assert not {"order:held", "mfr:debt", "dispute:receivable"} & set(ledger())
    assert scene.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


def test_a_lost_part_of_what_was_released_is_owed(scene: Scene, sandbox: Sandbox) -> None:
    whole_journey(scene)
    case = dispute(scene, sandbox, 10000)
    assert (case.was_released, scene.payment.state) == (True, PaymentState.DISPUTED)
    decide(case, sandbox, "lost")
    assert scene.payment.state == PaymentState.RELEASED
    assert debt(scene) == 10000
    assert (facts("debt_owed"), facts("dispute_lost")) == (1, 1)
    assert_books_agree()


def test_a_loss_takes_what_is_held_first(scene: Scene, sandbox: Sandbox) -> None:
    """300.00 of 500.00 are released when the bank takes everything."""
    connect_maker(scene)
    pay(scene)
    deliver_goods(scene)
    decide_money(
        actor=SYSTEM,
        order=lock_order(scene.order.public_id),
        kind="release",
        because="decision",
        subject="test",
        amount_minor=30000,
    )
    pump()
    case = dispute(scene, sandbox)
    decide(case, sandbox, "lost")
    assert scene.payment.state == PaymentState.LOST
    assert ledger()["mfr:debt"] == -30000
    assert "order:held" not in ledger()
    assert_books_agree()


@pytest.mark.parametrize("status", ["won", "lost"])
def test_payouts_that_wait_pay_a_loss(scene: Scene, sandbox: Sandbox, status: str) -> None:
    """Kills: a payout that is sent an hour after the bank took the money."""
    pay(scene)
    accept_goods(scene)
    pump()
    case = dispute(scene, sandbox)
    decide(case, sandbox, status)
    connect_maker(scene)
    pump()
    sent = Instruction.objects.filter(state=InstructionState.DONE)
    if status == "won":
        assert [row.amount_minor for row in sent] == [46000]
    else:
        assert not sent.exists()
        assert (debt(scene), "mfr:payable" in ledger()) == (4000, False)
    assert scene.fresh_order().state == OrderState.CLOSED
    assert_books_agree()


def test_an_inquiry_takes_no_money_and_ends(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    before = ledger()
    for status in ("warning_needs_response", "warning_closed"):
        value = Dispute("du_w", scene.payment.charge, 50000, "EUR", status, "general", 0, [])
        apply_dispute(value)
        frozen = scene.payment.state == PaymentState.DISPUTED
        assert frozen == (status == "warning_needs_response")
    assert ledger() == before
    assert DisputeCase.objects.get().state == DisputeState.WON


def test_one_of_two_disputes_does_not_thaw_the_other(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    for name, status in (("a", "needs_response"), ("b", "needs_response"), ("a", "won")):
        apply_dispute(Dispute(name, scene.payment.charge, 9000, "EUR", status, "general", 0, []))
    assert scene.payment.state == PaymentState.DISPUTED
    apply_dispute(Dispute("b", scene.payment.charge, 9000, "EUR", "won", "general", 0, []))
    assert scene.payment.state == PaymentState.FUNDED


# --- the answer to the bank


def staff(*rights: str) -> Actor:
    return Actor.staff(member_of_staff(*rights).user, "bank disputes")


def test_the_draft_says_what_the_buyer_may_see(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    accept_goods(scene)
    texts = draft_evidence(dispute(scene, sandbox))
    assert texts["customer_name"] == "Bea Robotics"
    assert (texts["shipping_carrier"], texts["shipping_tracking_number"]) == ("DHL", "JD1")
    assert "40 x B-0" in texts["product_description"]
    record = texts["uncategorized_text"]
    assert scene.order.reference in record and "WHAT HAPPENED" in record
    assert "ommission" not in record and len(record) <= MOST_TEXT


def test_evidence_is_sent_once(
    scene: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kills: sending again after an answer that was lost."""
    monkeypatch.setattr(client, "RETRIES", 0)
    pay(scene)
    case = dispute(scene, sandbox)
    actor = staff("change_disputecase")
    sandbox.command("fault", kind="lost_response", path="/v1/disputes/")
    send_evidence(actor=actor, public_id=case.public_id, evidence=draft_evidence(case))
    with pytest.raises(Conflict, match="once"):
        send_evidence(actor=actor, public_id=case.public_id, evidence={"customer_name": "B"})
    pump()
    DisputeCase.objects.update(due_at=timezone.now())
    pump()
    case.refresh_from_db()
    assert case.evidence_sent_at is not None
    assert gateway.retrieve_dispute(case.dispute).submissions == 1
    assert len(sandbox.calls("POST", "/v1/disputes/")) == 1
    assert (facts("bank_evidence_wanted"), facts("bank_evidence_sent")) == (1, 1)
    pump()
    assert len(sandbox.calls("POST", "/v1/disputes/")) == 1


def test_who_may_answer_banks(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    case = dispute(scene, sandbox)
    for actor in (scene.bea.actor, scene.milo.actor, staff("view_disputecase")):
        with pytest.raises(NotAllowed):
            send_evidence(actor=actor, public_id=case.public_id, evidence={"customer_name": "B"})
    actor = Actor.staff(scene.bea.user)
    with pytest.raises(NotAllowed):
        send_evidence(actor=actor, public_id=case.public_id, evidence={"customer_name": "B"})
    case.refresh_from_db()
    assert (case.evidence, case.evidence_wanted_at) == ({}, None)


def test_what_cannot_be_sent_says_why(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    case = dispute(scene, sandbox)
    actor = staff("change_disputecase")
    with pytest.raises(DomainError, match="Say something"):
        send_evidence(actor=actor, public_id=case.public_id, evidence={"unknown": "x"})
    with pytest.raises(DomainError, match="Shorten"):
        long = {"uncategorized_text": "x" * (MOST_TEXT + 1)}
        send_evidence(actor=actor, public_id=case.public_id, evidence=long)
    with pytest.raises(NotFound):
        send_evidence(actor=actor, public_id="dis_none", evidence={"customer_name": "B"})
    decide(case, sandbox, "won")
    with pytest.raises(Conflict, match="decided"):
        send_evidence(actor=actor, public_id=case.public_id, evidence={"customer_name": "B"})


def test_a_refusal_comes_back_to_staff(scene: Scene, sandbox: Sandbox, sam: Persona) -> None:
    pay(scene)
    case = dispute(scene, sandbox)
    sandbox.command("close_dispute", dispute=case.dispute, status="lost")
    send_evidence(
        actor=staff("change_disputecase"), public_id=case.public_id, evidence={"customer_name": "B"}
    )
    mail.outbox.clear()
    pump()
    case.refresh_from_db()
    assert "it is decided" in case.evidence_error
    assert (case.evidence_wanted_at, case.evidence) == (None, {"customer_name": "B"})
    assert facts("bank_evidence_refused") == 1
    assert any("refused the evidence" in letter.subject for letter in mail.outbox)


def test_staff_are_reminded_daily_before_the_last_day(
    scene: Scene, sandbox: Sandbox, sam: Persona
) -> None:
    pay(scene)
    mail.outbox.clear()
    case = dispute(scene, sandbox)
    assert any(letter.subject.startswith("Bank dispute: 500.00 EUR") for letter in mail.outbox)
    assert case.days_left == 13
    assert run_dispute_timers() == 0
    DisputeCase.objects.update(evidence_due_at=timezone.now() + timedelta(days=3, hours=1))
    assert (run_dispute_timers(), run_dispute_timers()) == (1, 0)
    mail.outbox.clear()
    pump()
    [subject] = {letter.subject for letter in mail.outbox}
    assert subject.startswith("3 days left to answer a bank")
    DisputeCase.objects.update(reminded_at=timezone.now() - timedelta(hours=25))
    assert remind_of_evidence() == 1
    DisputeCase.objects.update(evidence_sent_at=timezone.now(), reminded_at=None)
    assert remind_of_evidence() == 0


def test_the_desk_and_the_form(scene: Scene, sandbox: Sandbox, sam: Persona) -> None:
    pay(scene)
    case = dispute(scene, sandbox)
    desk = sam.client.get("/admin/").content.decode()
    assert "Bank disputes to answer" in desk
    rows = sam.client.get("/admin/payments/disputecase/?state__exact=open").content.decode()
    assert scene.order.reference in rows and "To be written" in rows and ">13<" in rows
    page = sam.client.get(f"/admin/payments/disputecase/{case.pk}/change/").content.decode()
    assert all(word in page for word in (case.request.order.reference, "To be written", "Open"))
    assert str(case.request) in page and case.request.public_id in page
    path = f"/admin/payments/disputecase/{case.pk}/evidence/"
    page = sam.client.get(path).content.decode()
    assert "Bea Robotics" in page and "13 days left" in page
    kept = sam.client.post(path, {"customer_name": "", "uncategorized_text": "x" * 20_001})
    assert kept.status_code == 422 and "x" * 20_001 in kept.content.decode()
    said = {"customer_name": "Bea <b>", "uncategorized_text": "All well"}
    answer = sam.client.post(path, {**said, "uncategorized_file": "record"})
    assert answer.status_code == 302
    page = sam.client.get(path).content.decode()
    assert "The record of the order (PDF)" in page
    assert "Bea &lt;b&gt;" in page and "On its way" in page and "<form method" not in page
    assert sam.client.get("/admin/payments/disputecase/999/evidence/").status_code == 404
    reader = member_of_staff("view_disputecase").client
    assert reader.get(path).status_code == 200
    assert reader.post(path, {"customer_name": "B"}).status_code == 403


def test_files_go_to_the_bank_once(
    scene: Scene, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kills: uploading in a request, and all files again after an answer that was lost."""
    monkeypatch.setattr(client, "RETRIES", 0)
    pay(scene)
    case = dispute(scene, sandbox)
    paper = files_to_choose(scene.order)[0]
    chosen = {"receipt": paper.public_id, "uncategorized_file": RECORD}
    actor = staff("change_disputecase")
    said = {"customer_name": "Bea"}
    sandbox.command("fault", kind="500", path="/v1/disputes/", method="POST")
    send_evidence(actor=actor, public_id=case.public_id, evidence=said, files=chosen)
    assert sandbox.calls("POST", "/v1/files") == []
    pump()
    DisputeCase.objects.update(due_at=timezone.now())
    pump()
    case.refresh_from_db()
    assert (case.evidence_sent_at is not None, case.evidence_error) == (True, "")
    assert len(sandbox.calls("POST", "/v1/files")) == 2
    with client.talking() as api:
        told = api.disputes.retrieve(case.dispute).evidence
        record = api.files.retrieve(told.uncategorized_file)
    assert told.receipt == case.uploaded["receipt"]
    assert (record.filename, record.type) == (f"{scene.order.reference}.pdf", "pdf")


def test_only_files_the_buyer_may_see_fit_a_bank(scene: Scene, sandbox: Sandbox) -> None:
    pay(scene)
    case = dispute(scene, sandbox)
    actor = staff("change_disputecase")
    other = StoredFile.objects.filter(kind="model").get()
    for one in (other.public_id, "fil_none"):
        with pytest.raises(DomainError, match="listed here"):
            send_evidence(
                actor=actor,
                public_id=case.public_id,
                evidence={"customer_name": "B"},
                files={"receipt": one},
            )
    paper = files_to_choose(scene.order)[0]
    StoredFile.objects.filter(pk=paper.pk).update(size=2_300_000)
    with pytest.raises(DomainError, match="Leave one out"):
        send_evidence(
            actor=actor,
            public_id=case.public_id,
            evidence={"customer_name": "B"},
            files=dict.fromkeys(("receipt", "shipping_documentation"), paper.public_id),
        )
    StoredFile.objects.filter(pk=paper.pk).update(size=MOST_BYTES + 1)
    assert paper not in files_to_choose(scene.order)
    case.refresh_from_db()
    assert (case.files, case.evidence_wanted_at) == ({}, None)
