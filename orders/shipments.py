"""Reads of an order's shipments; the caller has found the order for the actor."""

from collections.abc import Collection

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.core.errors import NotFound
from orders.models import Order, OrderDocument, Package, Shipment, ShipmentLine

PAPERS = (OrderDocument.Kind.DELIVERY_NOTE, OrderDocument.Kind.PACKING_LIST)


def shipments_of(order: Order) -> QuerySet[Shipment]:
    """Every shipment with its number of pieces and packages: `piece_count`, `package_count`."""
    return order.shipments.select_related("problem").annotate(
        piece_count=_sum(ShipmentLine, "quantity"), package_count=_sum(Package, "count")
    )


def _sum(model: type[ShipmentLine | Package], column: str) -> Coalesce:
    rows = model._default_manager.filter(shipment=OuterRef("pk")).order_by()
    total = rows.values("shipment").annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def find_shipment(order: Order, public_id: str) -> Shipment:
    """One shipment of this order with its counts. Raises NotFound."""
    found = shipments_of(order).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return found


def papers_of(order: Order, subjects: Collection[str]) -> dict[str, list[OrderDocument]]:
    """Public id of a shipment -> its papers, in one query."""
    found: dict[str, list[OrderDocument]] = {subject: [] for subject in subjects}
    for paper in order.documents.filter(kind__in=PAPERS, subject__in=subjects).defer("content"):
        found[paper.subject].append(paper)
    return found
