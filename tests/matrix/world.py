"""The world of the matrix: two organizations with every role, and a thing in each state."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import time_machine
from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.actions.addresses import add_address
from accounts.actions.approval_rules import add_approval_rule
from accounts.actions.invitations import invite_member, secret_of
from accounts.actions.tokens import create_api_token, digest_of
from accounts.roles import Role, Side
from marketplace.core.money import Money
from marketplace.core.outbox import sweep
from marketplace.core.pdf import to_json
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.actions.supplier_lists import add_supplier, create_supplier_list
from marketplace.directory.models import Certificate, Certification, Material, Process
from marketplace.files.actions import store_generated
from marketplace.integrations.actions import add_endpoint, send_test
from marketplace.notifications.models import Notification
from marketplace.operations.actions.organization_exports import ask_organization_export
from marketplace.operations.models import EarlierRecord
from marketplace.parts.actions.findings import accept_finding
from marketplace.parts.actions.uploads import Announced, start_batch
from marketplace.parts.manufacturability import findings_of
from orders.actions import nonconformances as problems
from orders.actions.acceptance import judge_goods
from orders.actions.blanket_orders import accept_blanket
from orders.actions.calendar_feeds import make_calendar_feed
from orders.actions.changes import propose_change
from orders.actions.documents import issue_purchase_order, write_document
from orders.actions.first_articles import submit_first_article
from orders.actions.problem_steps import Claim
from orders.actions.settlements import hold_order, propose_settlement
from orders.actions.shipping import ship_parts
from orders.change_terms import Proposal as Change
from orders.shipping_terms import Carriage, Piece
from payments.actions.attempts import pay_order
from payments.actions.ledger import BANK, payable_to, post
from payments.actions.on_account import pay_on_account
from payments.invoicing import Facts, Line, party_of
from payments.models import Document, ExemptionCertificate, PaymentRequest, Receipt
from payments.papers.receipt import receipt_paper
from quotes.actions.amendment import amend_rfq
from quotes.actions.best_and_final import ask_best_and_final
from quotes.actions.counter_offers import Proposal, propose_counter
from quotes.actions.guests import invite_guest
from quotes.actions.invitations import revoke_invitation
from quotes.actions.publication import close_rfq
from quotes.actions.questions import ask_question
from quotes.actions.quote import start_quote
from quotes.actions.quote_files import add_quote_file
from quotes.actions.rfq import save_rfq
from quotes.actions.secrecy import write_nda
from quotes.actions.shares import Look, share_comparison
from quotes.guest_links import derive
from quotes.models import RFQ, GuestLink
from quotes.share_links import derive_secret
from tests.api.scene import (
    draft_rfq,
    full_draft,
    make_part,
    new_order,
    open_rfq,
    order_in,
    sent_quote,
)
from tests.orders.actions.test_first_articles import draft as first_article
from tests.orders.actions.test_milestones import attach, tool_of
from tests.orders.actions.test_milestones import submitted as submitted_tool
from tests.orders.actions.test_milestones import tooled as new_tooled
from tests.orders.scene import blanket_from, make_order, write_review
from tests.payments.credit_scene import approve, staff
from tests.personas import (
    Persona,
    give_second_factor,
    make_buyer,
    make_member,
    make_person,
    make_shop,
)

ROLES = [role.value for role in Role]


@dataclass
class World:
    """People by column, and the names that stand in braces in the table."""

    buyers: dict[str, Persona]
    makers: dict[str, Persona]
    strangers: dict[str, Persona]
    names: dict[str, str]


def _team(boss: Persona, tag: str) -> dict[str, Persona]:
    """One colleague a role; the boss is the owner."""
    people = {role: make_member(boss, f"{tag}{role}", role) for role in ROLES[1:]}
    return {Role.OWNER.value: boss, **people}


def part_with_findings(bea: Persona) -> dict[str, str]:
    """A part of two bodies with two findings, one of them accepted, and a file on its way in."""
    part = make_part(bea, "loose")
    assert part.current is not None
    thin = {"value": 0.1, "unit": "mm", "how": "sampled", "exactness": "", "reason": ""}
    deep = {"value": 30.0, "unit": "ratio", "how": "surfaces", "exactness": "", "reason": ""}
    part.current.facts |= {
        "figures": {"wall_min": thin, "wall_p5": thin, "largest_hole_depth_ratio": deep},
        "bodies": [
            {"index": 0, "name": "Pin", "count": 2, "volume_mm3": 5.0, "bbox_mm": [1, 1, 5]}
        ],
    }
    part.current.save(update_fields=["facts"])
    first, second = findings_of(part.current.facts, "cnc_milling")[:2]
    accept_finding(
        actor=bea.actor,
        part_id=part.public_id,
        process="cnc_milling",
        rule=second.rule,
        note="Tried and good.",
    )
    batch, [upload] = start_batch(actor=bea.actor, files=[Announced("cube.stl", 684)])
    return {
        "part": part.public_id,
        "rule_of_part": first.rule,
        "accepted_rule": second.rule,
        "batch": batch.public_id,
        "upload": upload.public_id,
    }


def build_world() -> World:
    """Everything the rows name. Orders stand in the states their rows need."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    rita, stefan = make_shop("Rita", "Rita Rapid Parts"), make_buyer("Stefan", "Stranger Systems")
    buyers, makers = _team(bea, "b-"), _team(milo, "m-")
    former = make_member(bea, "Former", Role.VIEWER, deactivated_at=timezone.now())
    rfq = open_rfq(bea, [milo, rita], "housing")
    quote = sent_quote(milo, rfq)
    sent_quote(rita, rfq)
    look = Look({line.pk: line.quantities[0] for line in rfq.lines.all()})
    share = share_comparison(actor=bea.actor, public_id=rfq.public_id, look=look, days=7)
    question = ask_question(actor=milo.actor, rfq_id=rfq.public_id, text="Which thread?")
    secret = open_rfq(bea, [milo], "cam")
    nda = write_nda(actor=bea.actor, text="Tell nobody.")
    RFQ.objects.filter(pk=secret.pk).update(nda=nda)
    asked = open_rfq(bea, [milo], "gear")
    priced = open_rfq(bea, [milo, rita], "shaft")
    ended = priced.invitations.get(manufacturer=rita.manufacturer)
    revoke_invitation(
        actor=bea.actor, public_id=priced.public_id, invitation_id=ended.public_id, reason="No."
    )
    sealed = open_rfq(bea, [milo], "piston", is_sealed=True)
    closed = open_rfq(bea, [milo], "valve")
    close_rfq(actor=bea.actor, public_id=closed.public_id)
    amended = open_rfq(bea, [milo], "nut")
    changed = sent_quote(milo, amended)
    whole = full_draft(amended, [])
    other = replace(whole, header=replace(whole.header, title="Nuts"))
    amend_rfq(actor=bea.actor, public_id=amended.public_id, draft=other, seen=1)
    talked, bought, last_word = (open_rfq(bea, [milo], n) for n in ("pawl", "cog", "pin"))
    talked_quote, bought_quote = sent_quote(milo, talked), sent_quote(milo, bought)
    final_quote = sent_quote(milo, last_word)
    cheaper = Proposal(freight_minor=100)
    by_shop = propose_counter(
        actor=milo.actor,
        side=Side.MANUFACTURER,
        quote_id=talked_quote.public_id,
        seen=talked_quote.seen,
        proposal=cheaper,
    )
    by_buyer = propose_counter(
        actor=bea.actor,
        side=Side.BUYER,
        quote_id=bought_quote.public_id,
        seen=bought_quote.seen,
        proposal=cheaper,
    )
    soon = timezone.now() + timedelta(days=1)
    ask_best_and_final(
        actor=bea.actor,
        rfq_id=last_word.public_id,
        quote_ids=[final_quote.public_id],
        due_at=soon,
    )
    open_to_all = open_rfq(bea, [], "lever", visibility="open")
    own_draft = start_quote(actor=milo.actor, rfq_id=priced.public_id)
    sheet = SimpleUploadedFile("sheet.pdf", b"%PDF-1.4 sheet")
    beside = add_quote_file(actor=milo.actor, public_id=own_draft.public_id, upload=sheet)
    draft = draft_rfq(bea, "plate", "cover")
    save_rfq(actor=bea.actor, public_id=draft.public_id, draft=full_draft(draft, [milo]))
    order = new_order(bea, milo, "o-paid")
    states = {
        "placed": "placed",
        "confirmed": "confirmed",
        "making": "in_production",
        "checking": "quality_check",
        "ready": "ready_to_ship",
        "shipped": "shipped",
        "delivered": "delivered",
        "accepted": "accepted",
    }
    orders = {name: order_in(state, bea, milo, f"o-{name}") for name, state in states.items()}
    troubled = _troubles(bea, milo)
    tooled, tool_given = new_tooled(bea, milo), submitted_tool(bea, milo)
    attach(milo, tooled, "photo", "report")
    reviewed = order_in("accepted", bea, milo, "o-reviewed")
    shops_review = write_review(milo, reviewed.public_id, 5)
    buyers_review = write_review(bea, reviewed.public_id, 5)
    batches, proposed = blanket_from(bea, reviewed), blanket_from(bea, reviewed)
    accept_blanket(actor=milo.actor, public_id=batches.public_id)
    sent = order_in("ready_to_ship", bea, milo, "o-sent")
    shipment = ship_parts(
        actor=milo.actor,
        public_id=sent.public_id,
        pieces=[Piece(sent.lines.get().public_id, 4)],
        carriage=Carriage("dhl", "JD7"),
    )
    mtr = [("mtr", "Material test report")]
    gated, papered = (make_order(bea, milo, "in_production", documents=mtr) for _ in range(2))
    fai, fai_draft = first_article(milo, gated), first_article(milo, papered)
    submit_first_article(actor=milo.actor, public_id=gated.public_id)
    guest = invite_guest(
        actor=bea.actor, public_id=asked.public_id, email="shop@example.org", company="Guest Shop"
    )
    GuestLink.objects.filter(invitation=guest).update(sent_at=timezone.now() - timedelta(hours=1))
    link = GuestLink.objects.get(invitation=guest)
    GuestLink.objects.filter(pk=link.pk).update(token_hash=digest_of(derive(link)))
    # Bea buys on account, and owes for one order.
    lent = new_order(bea, milo, "o-lent")
    sweep()
    approve(bea, staff(), limit=100_000_000)
    receivable = pay_on_account(actor=bea.actor, public_id=lent.public_id)
    # From here on awards wait, so that one does.
    rule = add_approval_rule(actor=bea.actor, over_minor=0)
    paper = write_document(issue_purchase_order(order.public_id).public_id)
    waiting = new_order(buyers["buyer"], milo, "o-waiting")
    sweep()
    attempt = pay_order(actor=bea.actor, public_id=order.public_id)
    # Something Milo earned, so that there is a statement.
    earned, payable = Money(100, "EUR"), payable_to(milo.organization)
    post(key="earned", kind="payable", debit=BANK, credit=payable, amount=earned, note="Earned")
    # Within ten minutes it could not be sent again, and nobody knows when a row is tried.
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        invitation = invite_member(actor=bea.actor, email="ines@example.com", role=Role.VIEWER)
    address = add_address(
        actor=bea.actor, label="Dock", recipient="Bea", lines="Werkstr. 1", country="DE"
    )
    token, _ = create_api_token(actor=bea.actor, name="ERP")
    webhook, _ = add_endpoint(actor=bea.actor, url="https://erp.example.com/hooks")
    session = UserSession.objects.create(
        user=bea.user, session_key="elsewhere", ip="127.0.0.1", user_agent="Firefox"
    )
    save_rate_card(actor=milo.actor, currency="EUR", rates={})
    certificate = Certificate.objects.create(
        manufacturer=milo.manufacturer,
        certification=Certification.objects.get(code="iso_9001"),
        number="Q-1",
        body="TUEV",
        issued_on=timezone.localdate() - timedelta(days=30),
        expires_on=timezone.localdate() + timedelta(days=300),
    )
    notification = Notification.objects.filter(
        user=bea.user
    ).first() or Notification.objects.create(
        user=bea.user,
        organization=bea.organization,
        event_id="evt_none",
        kind="order_placed",
        title="An order",
        body="",
        link="/orders/",
    )
    spare = make_shop("Sven", "Spare Parts")
    suppliers = create_supplier_list(actor=bea.actor, name="Milling")
    supplier = milo.manufacturer.public_id
    add_supplier(actor=bea.actor, public_id=suppliers.public_id, manufacturer_id=supplier)
    process = Process.objects.get(code="cnc_milling")
    material = Material.objects.get(code="al_6061")
    names = {
        "process": str(process.pk),
        "material": str(material.pk),
        "supplier_list": suppliers.public_id,
        "supplier": supplier,
        "spare_shop": spare.manufacturer.public_id,
        "shop_slug": milo.manufacturer.slug,
        "team_secret": secret_of(invitation),
        "team_invitation": invitation.public_id,
        "no_link": "forged",
        "no_view": "sv_000",
        "forged": "forged",
        "forged_key": "1-forged",
        "no_number": "0",
        "confirm": "confirm_order",
        **{word: word for word in ("withdraw", "answer", "accept", "submit", "approve")},
        "paid": "paid",
        "awarded": "awarded",
        "late": "late",
        "quoted": "quoted",
        "session": str(session.pk),
        "notification": notification.public_id,
        "viewer": buyers["viewer"].user.public_id,
        "former": former.user.public_id,
        "address": address.public_id,
        "rule": rule.public_id,
        "token": token.public_id,
        **_leaving(bea),
        "webhook": webhook.public_id,
        "hook_message": send_test(actor=bea.actor, public_id=webhook.public_id).public_id,
        "organization": bea.organization.public_id,
        **part_with_findings(bea),
        "rfq": rfq.public_id,
        "asked": asked.public_id,
        "draft": draft.public_id,
        "draft_number": draft.lines.select_related("part_revision__part")[
            0
        ].part_revision.part.number,
        "line": draft.lines.order_by("-position")[0].public_id,
        "quote": quote.public_id,
        "thread": question.thread.public_id,
        "message": question.public_id,
        "guest": guest.public_id,
        "guest_secret": derive(link),
        "share": share.public_id,
        "share_secret": derive_secret(share),
        "sealed": sealed.public_id,
        "closed": closed.public_id,
        "changed": changed.public_id,
        "priced": priced.public_id,
        "revoked": ended.public_id,
        "invitation": asked.invitations.get(manufacturer=milo.manufacturer).public_id,
        "open": open_to_all.public_id,
        "secret": secret.public_id,
        "nda": nda.public_id,
        "seen": quote.seen,
        "talked": talked.public_id,
        "talked_quote": talked_quote.public_id,
        "shop_counter": by_shop.public_id,
        "bought": bought.public_id,
        "bought_quote": bought_quote.public_id,
        "buyer_counter": by_buyer.public_id,
        "final_quote": final_quote.public_id,
        "soon": f"{soon:%Y-%m-%dT%H:%M:%S}Z",
        "rfq_line": rfq.lines.get().public_id,
        "own_draft": own_draft.public_id,
        "quote_file": beside.file.public_id,
        "order": order.public_id,
        "paper": paper.public_id,
        "reviewed": reviewed.public_id,
        "reviewed_line": reviewed.lines.get().public_id,
        "blanket": batches.public_id,
        "blanket_line": batches.lines.get().public_id,
        "proposed": proposed.public_id,
        "today": f"{timezone.localdate():%Y-%m-%d}",
        "next_year": f"{timezone.localdate() + timedelta(days=365):%Y-%m-%d}",
        "shops_review": shops_review.public_id,
        "buyers_review": buyers_review.public_id,
        "waiting": waiting.public_id,
        "gated": gated.public_id,
        "fai": fai.public_id,
        "papered": papered.public_id,
        "papered_line": papered.lines.get().public_id,
        "fai_draft": fai_draft.public_id,
        "feed_secret": make_calendar_feed(actor=bea.actor),
        "tooled": tooled.public_id,
        "tool": tool_of(tooled).public_id,
        "tool_given": tool_given.public_id,
        "given_tool": tool_of(tool_given).public_id,
        "sent": sent.public_id,
        "sent_reference": sent.reference,
        "sent_line": sent.lines.get().public_id,
        "shipment": shipment.public_id,
        "attempt": str(attempt.public_id),
        "receivable": receivable.public_id,
        "statement_month": f"{timezone.localdate():%Y-%m}",
        "payment": str(attempt.request.public_id),
        "receipt": str(_receipt(attempt.request).public_id),
        "certificate": certificate.public_id,
        "invoice": _invoice(attempt.request).public_id,
        "exemption": _exemption(bea).public_id,
        **{name: found.public_id for name, found in orders.items()},
        **troubled,
    }
    sam = Persona(give_second_factor(make_person("Sam", is_staff=True, is_superuser=True)))
    strangers = {"stranger": stefan, "rival": rita, "staff": sam}
    for person in (*buyers.values(), *makers.values(), *strangers.values()):
        assert person.client  # signed in now: what a single test does is rolled back after it
    return World(buyers, makers, strangers, names)


def _receipt(payment: PaymentRequest) -> Receipt:
    """A receipt as the worker issues it once a payment is held."""
    paper = receipt_paper(payment, "RC-2026-00001", timezone.now())
    return Receipt.objects.create(request=payment, number=paper.number, content=to_json(paper))


def _invoice(payment: PaymentRequest) -> Document:
    """An invoice as the worker issues it in the manufacturer's name."""
    order = payment.order
    facts = Facts(
        kind="invoice",
        number="IN-2026-00001",
        issued_on="2026-01-02",
        currency=payment.currency,
        seller=party_of(order.manufacturer),
        buyer=party_of(order.buyer),
        lines=(Line("Whole order", payment.amount_minor),),
        net_minor=payment.amount_minor,
        tax_minor=0,
        rate_bps=0,
        category="G",
        sentence="Export, no VAT charged.",
    )
    return Document.objects.create(
        kind=facts.kind,
        cause=f"invoice:{payment.public_id}",
        series="world",
        number=facts.number,
        issuer=order.manufacturer,
        recipient=order.buyer,
        order=order,
        request=payment,
        net_minor=facts.net_minor,
        gross_minor=facts.gross_minor,
        currency=payment.currency,
        facts=facts.plain(),
    )


def _leaving(bea: Persona) -> dict[str, str]:
    """An archive of all data in the making, and a thing that came from elsewhere."""
    earlier = EarlierRecord.objects.create(
        organization=bea.organization, chapter="orders", title="ORD-1", thing={"id": "ord_1"}
    )
    export = ask_organization_export(actor=bea.actor)
    return {"earlier": str(earlier.pk), "org_export": export.public_id}


def _exemption(buyer: Persona) -> ExemptionCertificate:
    """A certificate the buyer handed in."""
    file = store_generated(
        organization=buyer.organization, kind="certificate", name="exempt.pdf", content=b"%PDF-"
    )
    return ExemptionCertificate.objects.create(
        organization=buyer.organization, country="DE", number="A-1", file=file
    )


def _troubles(bea: Persona, milo: Persona) -> dict[str, str]:
    """Orders that stand still or are ending, and a problem in each of its states."""
    names: dict[str, str] = {}
    for name, person in (("held", bea), ("stopped", milo)):
        order = order_in("in_production", bea, milo, f"o-{name}")
        hold_order(actor=person.actor, public_id=order.public_id, reason="Wait for the drawing.")
        names[name] = order.public_id
    ending = order_in("in_production", bea, milo, "o-ending")
    names["ending"] = ending.public_id
    names["settlement"] = propose_settlement(
        actor=milo.actor, public_id=ending.public_id, owed_minor=100, reason="No material."
    ).public_id
    changing = order_in("in_production", bea, milo, "o-changing")
    names["changing"], names["changing_line"] = changing.public_id, changing.lines.get().public_id
    names["change"] = propose_change(
        actor=milo.actor,
        public_id=changing.public_id,
        wanted=Change(ship_by=timezone.localdate() + timedelta(days=90)),
        reason="No steel.",
    ).public_id
    order = order_in("delivered", bea, milo, "o-bad")
    names["bad"] = order.public_id
    for name, steps in (
        ("problem", 0),
        ("offered", 1),
        ("agreed", 2),
        ("remedied", 3),
    ):
        key = {
            "public_id": order.public_id,
            "problem": problems.raise_nonconformance(
                actor=bea.actor, public_id=order.public_id, claim=Claim("damaged", "A dent.")
            ).public_id,
        }
        names[name] = key["problem"]
        offer = problems.Offer("rework", "We sand it.", remedy_days=3)
        acts = [
            partial(problems.answer_nonconformance, actor=milo.actor, offer=offer),
            partial(problems.agree_nonconformance, actor=bea.actor),
            partial(problems.report_remedy, actor=milo.actor, note="Sanded."),
        ]
        for act in acts[:steps]:
            act(**key)
    returning = problems.raise_nonconformance(
        actor=bea.actor,
        public_id=order.public_id,
        claim=Claim("damaged", "A dent."),
        claimed_minor=100,
    )
    [replacing] = judge_goods(
        actor=bea.actor,
        public_id=order.public_id,
        rejected={order.lines.get().public_id: 1},
        claim=Claim("nonconforming", "A burr."),
    )
    names["replaced_line"] = order.lines.get().public_id
    for name, found, offer in (
        ("returning", returning, problems.Offer("return", "Back.", 100, remedy_days=9)),
        ("replacing", replacing, problems.Offer("replace", "Anew.", remedy_days=9)),
    ):
        key = {"public_id": order.public_id, "problem": found.public_id}
        problems.answer_nonconformance(actor=milo.actor, offer=offer, **key)
        problems.agree_nonconformance(actor=bea.actor, **key)
        names[name] = found.public_id
    return names
