"""Orders for programs, the same paths for both parties."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import (
    EXTERNAL_ID,
    EXTERNAL_ID_LENGTH,
    ReferenceInputSerializer,
    one_of,
    text_of,
)
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView, FlatJSONParser
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from orders import queries, rules
from orders.actions import acceptance, placement, production, references, shipping
from orders.api.serializers import (
    CancelOrderSerializer,
    OrderRowSerializer,
    OrderSerializer,
    ReportInputSerializer,
    ReportSerializer,
    ShipSerializer,
)
from orders.models import Order
from orders.states import OrderState

SIDES = [Side.BUYER.value, Side.MANUFACTURER.value]


class OrderView(ApiView):
    """A view that answers with an order."""

    def show(self, public_id: str) -> Response:
        """The order as it stands now."""
        return self.answer(OrderSerializer, queries.get_order(self.actor, public_id))


class OrderList(ApiView):
    """The organization's orders, bought and sold."""

    expands = "order"
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_orders",
        parameters=[
            OpenApiParameter(
                "state", str, enum=OrderState.values, description="only those in this state"
            ),
            OpenApiParameter("side", str, enum=SIDES, description="only bought, or only sold"),
            EXTERNAL_ID,
        ],
        responses=OrderRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = queries.orders_of(
            self.actor,
            side=one_of(request, "side", SIDES),
            state=one_of(request, "state", OrderState.values),
            external_id=text_of(request, "external_id", EXTERNAL_ID_LENGTH),
        )
        return self.page(OrderRowSerializer, rows)


class OrderDetail(OrderView):
    """One order."""

    expands = "order"

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Order.objects.filter(public_id=self.kwargs["order"])]

    @extend_schema(operation_id="get_order", responses=OrderSerializer)
    def get(self, request: Request, order: str) -> Response:
        """The contract, its production, and what may be done now."""
        return self.show(order)

    @extend_schema(
        operation_id="refer_to_order",
        request=ReferenceInputSerializer,
        responses=OrderSerializer,
    )
    def patch(self, request: Request, order: str) -> Response:
        """Keep what your own system calls it, in any state; the other side never sees it."""
        given = self.clean(ReferenceInputSerializer)
        references.refer_to_order(actor=self.actor, public_id=order, **given)
        return self.show(order)


class AdvanceOrder(OrderView):
    """A step of the manufacturer that needs nothing but the call."""

    verb = ""

    def post(self, request: Request, order: str) -> Response:
        """Take the step; `available_moves` of the order says when it is open."""
        production.advance_order(actor=self.actor, public_id=order, verb=self.verb)
        return self.show(order)


class ConfirmOrder(AdvanceOrder):
    """The manufacturer takes the order on."""

    verb = "confirm_order"

    @extend_schema(operation_id="confirm_order", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Confirm that the parts will be made."""
        return super().post(request, order)


class StartProduction(AdvanceOrder):
    """Production."""

    verb = "start_production"

    @extend_schema(operation_id="start_production", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Say that production has started."""
        return super().post(request, order)


class FinishProduction(AdvanceOrder):
    """Production ends."""

    verb = "finish_production"

    @extend_schema(operation_id="finish_production", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Say that the parts are made; the quality check follows."""
        return super().post(request, order)


class PassQualityCheck(AdvanceOrder):
    """The parts are good."""

    verb = "pass_quality_check"

    @extend_schema(operation_id="pass_quality_check", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Say that the parts are ready to ship."""
        return super().post(request, order)


class FailQualityCheck(AdvanceOrder):
    """The parts are not good."""

    verb = "fail_quality_check"

    @extend_schema(operation_id="fail_quality_check", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Send parts back to production."""
        return super().post(request, order)


class ReportProduction(ApiView):
    """Reports of production."""

    parser_classes = [MultiPartParser, FlatJSONParser]

    @extend_schema(
        operation_id="report_production",
        request={"multipart/form-data": ReportInputSerializer},
        responses={201: ReportSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Say how far the parts are, with a photo where there is one."""
        # Rights first, so that a stranger's upload never reaches the storage.
        rules.REPORT.check(self.actor, queries.get_order(self.actor, order))
        given = self.clean(ReportInputSerializer)
        upload = given["photo"]
        photo = (
            store_upload(actor=self.actor, upload=upload, kind=StoredFile.Kind.PHOTO)
            if upload
            else None
        )
        report = production.report_production(
            actor=self.actor, public_id=order, note=given["note"], photo=photo
        )
        return self.answer(ReportSerializer, report, status=201)


class ShipOrder(OrderView):
    """The parts leave."""

    @extend_schema(operation_id="ship_order", request=ShipSerializer, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Hand the parts to a carrier."""
        shipping.ship_order(actor=self.actor, public_id=order, **self.clean(ShipSerializer))
        return self.show(order)


class ConfirmDelivery(OrderView):
    """The parts arrive."""

    @extend_schema(operation_id="confirm_delivery", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Say that the parts arrived; the time to inspect them starts."""
        shipping.confirm_delivery(actor=self.actor, public_id=order)
        return self.show(order)


class AcceptOrder(OrderView):
    """The goods are as ordered."""

    @extend_schema(operation_id="accept_order", request=None, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Accept the goods: the held payment is released."""
        acceptance.accept_order(actor=self.actor, public_id=order)
        return self.show(order)


class CancelOrder(OrderView):
    """The end before the parts are made."""

    @extend_schema(
        operation_id="cancel_order", request=CancelOrderSerializer, responses=OrderSerializer
    )
    def post(self, request: Request, order: str) -> Response:
        """Cancel; a held payment goes back to the buyer and the other side is told the reason."""
        given = self.clean(CancelOrderSerializer)
        placement.cancel_order(actor=self.actor, public_id=order, **given)
        return self.show(order)
