"""What an evidence pack holds: the files of an order that one side may see, within limits."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organization
from accounts.roles import Side
from marketplace.files.models import StoredFile
from orders.first_articles import first_articles_of
from orders.message_queries import messages_of_order
from orders.models import MilestoneEvidence, NonconformanceFile, Order, OrderDocument

# A pack is mailed, uploaded to a court's or an insurer's portal, and kept: larger ones are refused
# by most of them.
MOST_BYTES = 200_000_000
MOST_FILES = 500
Kind = OrderDocument.Kind


@dataclass(frozen=True)
class Item:
    """One file of a pack: where it lies in it, and the file as it was stored. `size` in bytes."""

    folder: str
    name: str
    file: str
    size: int
    sha256: str

    @property
    def plain(self) -> dict[str, Any]:
        """For a JSON column."""
        return asdict(self)


def organization_of(order: Order, side: str) -> Organization | None:
    """Whose timeline a side reads; None is staff, who see every fact."""
    if side == Side.BUYER:
        return order.buyer
    return order.manufacturer if side == Side.MANUFACTURER else None


def papers_seen_by(order: Order, side: str) -> QuerySet[OrderDocument]:
    """The papers of an order for one side: those of both, and the packs it asked for itself; staff
    see all."""
    if side in (Side.STAFF, Side.SYSTEM):
        return order.documents.all()
    return order.documents.filter(Q(audience="") | Q(audience=side))


def files_seen_by(order: Order, side: str, problem: str = "") -> list[Item]:
    """Every file of the order this side may see, what matters most first; with the public id of a
    problem its evidence and not that of others. A constant number of queries."""
    return [
        Item(folder, file.name, file.public_id, file.size, file.sha256)
        for folder, file in _found(order, side, problem)
        if file.content
    ]


def divide(items: list[Item]) -> tuple[list[Item], list[Item]]:
    """(what goes in, what is left out): the first that fit into MOST_BYTES and MOST_FILES."""
    taken: list[Item] = []
    left: list[Item] = []
    size = 0
    for item in items:
        fits = len(taken) < MOST_FILES and size + item.size <= MOST_BYTES
        (taken if fits else left).append(item)
        size += item.size if fits else 0
    return taken, left


def _found(order: Order, side: str, problem: str) -> Iterator[tuple[str, StoredFile]]:
    claims = NonconformanceFile.objects.filter(nonconformance__order=order)
    if problem:
        claims = claims.filter(nonconformance__public_id=problem)
    for row in claims.select_related("file", "nonconformance"):
        yield f"claims/{row.nonconformance.reference}", row.file
    for inspection in order.inspections.exclude(file=None).select_related("file"):
        assert inspection.file is not None
        yield "inspections", inspection.file
    for report in first_articles_of(order, side).prefetch_related("files"):
        for file in report.files.all():
            yield "first-articles", file
    for certificate in order.certificates.select_related("file"):
        yield "certificates", certificate.file
    papers = papers_seen_by(order, side).exclude(kind=Kind.EVIDENCE).exclude(file=None)
    for paper in papers.select_related("file").defer("content"):
        assert paper.file is not None
        yield "papers", paper.file
    for attached in order.purchase_orders.select_related("file"):
        yield "purchase-order", attached.file
    for made in order.reports.exclude(photo=None).select_related("photo"):
        assert made.photo is not None
        yield "production", made.photo
    shown = MilestoneEvidence.objects.filter(milestone__order=order)
    for handed in shown.select_related("file", "milestone"):
        yield f"milestones/{handed.milestone.kind}", handed.file
    for message in messages_of_order(order):
        for attachment in message.attachments.all():
            yield "messages", attachment.file
