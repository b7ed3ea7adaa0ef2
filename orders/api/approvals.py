"""Approvals of awards for programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import one_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from orders import queries
from orders.actions import approvals
from orders.api.serializers import (
    ApprovalRowSerializer,
    ApproveSerializer,
    OrderSerializer,
    RejectSerializer,
)
from orders.api.views import OrderView


class ApprovalList(ApiView):
    """Awards that needed an approval."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_approvals",
        parameters=[
            OpenApiParameter(
                "waiting_for", str, enum=["me"], description="only what the caller can decide now"
            )
        ],
        responses=ApprovalRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first, decided or not."""
        rows = queries.approvals_of(self.actor)
        if one_of(request, "waiting_for", ["me"]):
            rows = rows.filter(order__in=queries.awaiting_my_approval(self.actor).order_by())
        return self.page(ApprovalRowSerializer, rows)


class ApproveAward(OrderView):
    """Yes."""

    @extend_schema(
        operation_id="approve_award", request=ApproveSerializer, responses=OrderSerializer
    )
    def post(self, request: Request, order: str) -> Response:
        """Approve an award once; the last approval needed places the order."""
        given = self.clean(ApproveSerializer)
        approvals.approve_award(actor=self.actor, public_id=order, **given)
        return self.show(order)


class RejectAward(OrderView):
    """No."""

    @extend_schema(operation_id="reject_award", request=RejectSerializer, responses=OrderSerializer)
    def post(self, request: Request, order: str) -> Response:
        """Reject an award with a reason: its order ends, the request can be awarded anew."""
        given = self.clean(RejectSerializer)
        approvals.reject_award(actor=self.actor, public_id=order, **given)
        return self.show(order)
