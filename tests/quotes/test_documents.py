"""A quote as PDF: what stands in it, who gets it, and that no text breaks it."""

from html import unescape

import pypdfium2
import pytest

from marketplace.directory.models import InspectionLevel, QualityDocument
from quotes.actions.amendment import amend_rfq
from quotes.actions.invitations import revoke_invitation
from quotes.actions.quote import edit_quote, start_quote
from quotes.actions.secrecy import write_nda
from quotes.models import RFQ, Quote, QuoteCharge, QuoteLine, QuotePrice
from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import draft_for, open_rfq, submitted

pytestmark = pytest.mark.django_db
HOSTILE = "a\u202eb\u200f\x00\x1b\r\n😀 שלום =1+1 <b>" * 40 + "x" * 4000


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as opened:
        return " ".join("\n".join(p.get_textpage().get_text_range() for p in opened).split())


def test_both_sides_download_the_same_bytes_with_everything_agreed(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    Quote.objects.filter(pk=quote.pk).update(
        own_number="A-17",
        exceptions="No deburring",
        minimum_order_minor=10_000,
        milestones=[{"kind": "deposit", "percent": 30}, {"kind": "acceptance", "percent": 70}],
    )
    line = quote.lines.get()
    QuoteLine.objects.filter(pk=line.pk).update(setup_minor=4_500, notes="Made from bar")
    QuoteCharge.objects.create(line=line, kind="document", code="coc", amount_minor=1_250)
    bought = bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf")
    sold = milo.client.get(f"/portal/quotes/{quote.public_id}/quote.pdf")
    assert bought.status_code == sold.status_code == 200
    assert bought["Content-Type"] == "application/pdf"
    assert f'filename="{quote.reference}.pdf"' in bought["Content-Disposition"]
    assert bought.content == sold.content
    text = words(bought.content)
    file = request.line.part_revision.model_file
    assert file is not None
    for expected in (
        f"Quote {quote.reference}",
        "Milo Machining GmbH",
        "Bea Robotics",
        request.rfq.reference,
        "revision 1",
        "€12.50",
        "€125.00",
        "€6.25",
        "Setup: €45.00",
        "Tooling, owned by the buyer: €10.00",
        "coc: €12.50",
        "€5.00",
        "€100.00",
        "No deburring",
        "Made from bar",
        "A-17",
        "30% at order, 70% on acceptance",
        "from the paid order",
        "SHA-256",
    ):
        assert expected in text, expected
    assert file.sha256 in text.replace(" ", "")
    quote.refresh_from_db()
    assert quote.fingerprint in text.replace(" ", "")


def test_what_was_asked_for_and_not_priced_is_named_and_costs_not_nothing(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    papers = {paper.code: paper for paper in QualityDocument.objects.all()}
    request.line.documents.set([papers["coc"], papers["mtr"], papers["fair"]])
    level = InspectionLevel.objects.order_by("pk")[0]
    request.rfq.lines.update(inspection=level)
    quote = submitted(request, milo)
    line = quote.lines.get()
    QuoteCharge.objects.create(line=line, kind="document", code="coc", amount_minor=0)
    text = words(bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf").content)
    own = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    for shown in (text, unescape(own)):
        assert f"{papers['coc'].name}: €0.00" in shown
        for name in (papers["mtr"].name, papers["fair"].name, level.name):
            assert f"{name}: not priced" in shown
        assert f"{papers['coc'].name}: not priced" not in shown
    QuoteLine.objects.filter(pk=line.pk).update(is_declined=True, decline_reason="Too large")
    line.prices.all().delete()
    own = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "Too large" in own and "not priced" not in own


def test_programs_get_the_pdf_and_errors_as_problems(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    buyer, shop = Api(bea), Api(milo)
    path = f"/rfqs/{request.id}/quotes/{quote.public_id}/pdf/"
    bought = buyer.get(path)
    sold = shop.client.get(
        f"/api/v1/quotes/{quote.public_id}/pdf/",
        headers={**shop.headers, "Accept": "application/pdf"},
    )
    assert (bought.status_code, sold.status_code) == (200, 200)
    assert bought.content == sold.content
    assert bought["RateLimit-Limit"]
    missing = shop.client.get(
        "/api/v1/quotes/quo_none/pdf/", headers={**shop.headers, "Accept": "application/pdf"}
    )
    assert missing.status_code == 404
    assert missing["Content-Type"].startswith("application/problem+json")
    assert missing.json()["code"] == "not_found"


def test_strangers_rivals_and_the_other_side_find_nothing(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    bought = f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf"
    sold = f"/portal/quotes/{quote.public_id}/quote.pdf"
    assert {p.client.get(bought).status_code for p in (milo, rita, stefan)} == {404}
    assert {p.client.get(sold).status_code for p in (bea, rita, stefan)} == {404}


def test_a_sealed_quote_and_a_draft_are_no_document(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    quote = submitted(request, milo)
    assert (
        bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf").status_code == 404
    )
    assert milo.client.get(f"/portal/quotes/{quote.public_id}/quote.pdf").status_code == 200
    other = open_rfq(bea, milo)
    draft = start_quote(actor=milo.actor, rfq_id=other.id)
    answer = milo.client.get(f"/portal/quotes/{draft.public_id}/quote.pdf")
    assert answer.status_code == 409
    assert b"Submit it" in answer.content
    opened = open_rfq(bea, milo)
    back = submitted(opened, milo)
    edit_quote(actor=milo.actor, public_id=back.public_id)
    path = f"/rfqs/{opened.id}/quotes/{back.public_id}/quote.pdf"
    assert bea.client.get(path).status_code == 404


def test_a_colleague_accepts_the_nda_before_the_parts_are_on_paper(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    nda = write_nda(actor=bea.actor, text="Tell nobody.")
    RFQ.objects.filter(pk=request.rfq.pk).update(nda=nda)
    answer = milo.client.get(f"/portal/quotes/{quote.public_id}/quote.pdf")
    assert (answer.status_code, answer.url) == (302, f"/portal/requests/{request.id}/")  # type: ignore[attr-defined]
    refused = Api(milo).get(f"/quotes/{quote.public_id}/pdf/")
    assert (refused.status_code, refused.json()["code"]) == (403, "nda_required")
    invitation = request.rfq.invitations.get()
    revoke_invitation(
        actor=bea.actor, public_id=request.id, invitation_id=invitation.public_id, reason="No."
    )
    assert milo.client.get(f"/portal/quotes/{quote.public_id}/quote.pdf").status_code == 404


def test_a_quote_of_an_earlier_revision_says_so(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    draft = draft_for(request.line, title="Brackets, longer")
    amend_rfq(actor=bea.actor, public_id=request.id, draft=draft, seen=1)
    path = f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf"
    text = words(bea.client.get(path).content)
    assert "revision 1; the request is at revision 2 now and the quote is not confirmed" in text


def test_no_text_and_no_number_of_lines_breaks_it(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    Quote.objects.filter(pk=quote.pk).update(
        notes=HOSTILE[:4000].replace("\x00", "\x01"),
        exceptions="\u202e" * 4000,
        own_number="\x07" * 60,
    )
    line = QuoteLine.objects.create(
        quote=quote, rfq_line=request.line, option=1, reason="W" * 500, notes="\n" * 2000
    )
    QuotePrice.objects.create(
        line=line, quantity=10, unit_price="9999999999.9999", lead_time_days=1
    )
    QuoteLine.objects.create(
        quote=quote,
        rfq_line=request.line,
        option=2,
        reason="no",
        is_declined=True,
        decline_reason="\x1b" * 200,
    )
    organization = milo.organization
    organization.name = organization.legal_name = "\u202e" + "Ж" * 119
    organization.save()
    path = f"/rfqs/{request.id}/quotes/{quote.public_id}/quote.pdf"
    answer = bea.client.get(path)
    assert answer.status_code == 200
    assert "not quoted" in words(answer.content)
