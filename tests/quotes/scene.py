"""A published request of Bea's with quotes of Milo and Rita."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from marketplace.directory.models import Material, Process
from marketplace.parts.models import PartRevision
from quotes.actions import publication
from quotes.actions import quote as quoting
from quotes.actions import rfq as asking
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import RFQ, Quote, RFQLine
from quotes.queries import lines_of
from tests.orders.scene import revision_of
from tests.personas import Persona
from tests.steps import step


@dataclass
class Request:
    rfq: RFQ
    line: RFQLine

    @property
    def id(self) -> str:
        return self.rfq.public_id

    def fresh(self) -> RFQ:
        self.rfq.refresh_from_db()
        return self.rfq


def draft_for(line: RFQLine, *shops: Persona, **header: object) -> asking.Draft:
    values = {
        "title": "Brackets",
        "currency": "EUR",
        "ship_to": "Aachen",
        "deadline": timezone.now() + timedelta(days=3),
        **header,
    }
    return asking.Draft(
        asking.Header(**values),  # type: ignore[arg-type]
        [
            asking.LineDraft(
                line.public_id,
                Process.objects.get(code="cnc_milling"),
                Material.objects.get(code="al_6061"),
                quantities=(10, 100),
            )
        ],
        [shop.manufacturer.public_id for shop in shops],
    )


@step
def draft_rfq(bea: Persona) -> Request:
    revision = revision_of(bea, f"BRK-{RFQ.objects.count() + 1}")
    PartRevision.objects.filter(pk=revision.pk).update(state="ready")
    rfq = asking.create_rfq(actor=bea.actor, part_ids=[revision.part.public_id])
    return Request(rfq, lines_of(rfq)[0])


@step
def open_rfq(bea: Persona, *shops: Persona, **header: object) -> Request:
    """A published request to the shops; `header` are values of its Header."""
    request = draft_rfq(bea)
    draft = draft_for(request.line, *shops, **header)
    publication.publish_rfq(actor=bea.actor, public_id=request.id, draft=draft)
    request.rfq.refresh_from_db()
    return request


def prices(request: Request, unit: str = "12.5000", **fields: object) -> QuoteDraft:
    return QuoteDraft(
        currency=request.fresh().currency,
        lines=[
            QuoteLineDraft(
                request.line.public_id,
                [
                    PriceDraft(10, Decimal(unit), 7),
                    PriceDraft(100, Decimal(unit) / 2, 9),
                ],
                tooling_minor=1000,
            )
        ],
        freight_minor=500,
        valid_until=timezone.localdate() + timedelta(days=10),
        **fields,  # type: ignore[arg-type]
    )


@step
def submitted(request: Request, shop: Persona, unit: str = "12.5000") -> Quote:
    quote = quoting.start_quote(actor=shop.actor, rfq_id=request.id)
    quoting.submit_quote(actor=shop.actor, public_id=quote.public_id, draft=prices(request, unit))
    quote.refresh_from_db()
    return quote
