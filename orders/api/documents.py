"""The purchase order for programs."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.documents import PDF_RESPONSE, DocumentView
from marketplace.core.downloads import pdf_answer
from orders import queries, rules
from orders.actions.purchase_order import upload_purchase_order
from orders.api.serializers import OrderSerializer, PurchaseOrderInputSerializer
from orders.papers.purchase_order import purchase_order


class PurchaseOrder(DocumentView):
    """The purchase order of an order: written by the platform, or attached by the buyer."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="get_purchase_order", responses=PDF_RESPONSE)
    def get(self, request: Request, order: str) -> HttpResponse:
        """The order as a purchase order in PDF, for either party."""
        found = queries.get_order(self.actor, order)
        return pdf_answer(purchase_order(found), f"{found.reference}-purchase-order.pdf")

    @extend_schema(
        operation_id="attach_purchase_order",
        request={"multipart/form-data": PurchaseOrderInputSerializer},
        responses={(201, "application/json"): OrderSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Attach the buyer's own purchase order; both parties find it with the order."""
        rules.ATTACH_PURCHASE_ORDER.check(self.actor, queries.get_order(self.actor, order))
        given = self.clean(PurchaseOrderInputSerializer)
        upload_purchase_order(actor=self.actor, public_id=order, **given)
        return self.answer(OrderSerializer, queries.get_order(self.actor, order), status=201)
