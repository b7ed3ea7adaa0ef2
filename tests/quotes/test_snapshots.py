"""What an order keeps of the request it comes from."""

from marketplace.directory.models import InspectionLevel, QualityDocument
from quotes.actions.award import accept_quote
from tests.api.scene import open_rfq, sent_quote
from tests.personas import Persona


def test_the_order_keeps_what_inspection_and_papers_were_asked_for(
    bea: Persona, milo: Persona
) -> None:
    rfq = open_rfq(bea, [milo], "bracket")
    line = rfq.lines.get()
    line.inspection = InspectionLevel.objects.get(code="fai_hold")
    line.save(update_fields=["inspection"])
    line.documents.set(QualityDocument.objects.filter(code__in=["coc", "mtr"]))
    quote = sent_quote(milo, rfq)
    order = accept_quote(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        quote_id=quote.public_id,
        chosen={line.public_id: 10},
        seen=quote.seen,
    )
    kept = order.lines.get()
    assert (kept.inspection_level, kept.inspection_name) == (
        "fai_hold",
        "Build and hold first article",
    )
    assert {document["code"] for document in kept.documents} == {"coc", "mtr"}
