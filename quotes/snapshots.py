"""What an order keeps of a quote: plain values, so that it knows neither quote nor request."""

from dataclasses import dataclass

from marketplace.core.money import line_total
from orders.actions.placement import LineSnapshot, Terms
from quotes.models import RFQ, Quote, QuoteLine, RFQLine
from quotes.pricing import Price, Priced


@dataclass(frozen=True)
class Part:
    """One awarded line: the request's, the quote's, and its figures."""

    line: RFQLine
    row: QuoteLine
    priced: Priced
    price: Price

    def total_minor(self, currency: str) -> int:
        """Goods and what is paid once, minor units."""
        goods = line_total(self.price.unit_price, self.price.quantity, currency)
        return goods + self.priced.one_time_minor


def line_snapshot(part: Part) -> LineSnapshot:
    """The line as it will be made: as asked, changed by what an alternate names."""
    line, row = part.line, part.row
    process, material = row.process or line.process, row.material or line.material
    finish = row.finish or line.finish
    assert process is not None and material is not None  # checked at publishing
    documents = [(document.code, document.name) for document in line.documents.all()]
    level, names = line.inspection, line.charge_names
    return LineSnapshot(
        part_revision=line.part_revision,
        process=process.name,
        material=material.name,
        finish=finish.name if finish else "",
        tolerance=line.get_tolerance_display(),
        quantity=part.price.quantity,
        unit_price=part.price.unit_price,
        lead_time_days=part.price.lead_time_days,
        setup_minor=row.setup_minor,
        tooling_minor=row.tooling_minor,
        tooling_owner=row.tooling_owner if row.tooling_minor else "",
        charges=[
            (names.get(key, key.partition(":")[2]), amount)
            for key, amount in part.priced.charges.items()
        ],
        inspection=(level.code, level.name) if level else ("", ""),
        documents=documents,
        alternate=row.reason,
        notes=line.notes,
    )


def order_terms(rfq: RFQ, quote: Quote, po_number: str) -> Terms:
    """What holds for the whole order."""
    return Terms(
        title=rfq.title,
        currency=quote.currency,
        incoterm=quote.incoterm,
        ship_to=rfq.ship_to,
        freight_minor=quote.freight_minor,
        po_number=po_number,
        notes=quote.notes,
        exceptions=quote.exceptions,
        agreed={"lead_time_from": quote.lead_time_from, "milestones": quote.milestones},
        rfq_id=rfq.public_id,
        rfq_reference=rfq.reference,
        quote_id=quote.public_id,
        quote_reference=quote.reference,
        quote_number=quote.own_number,
    )
