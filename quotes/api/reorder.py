"""Orders placed again, for programs."""

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import MoneySerializer, money_json
from marketplace.core.api.views import ApiView
from orders.api.serializers import OrderSerializer
from orders.queries import get_order
from quotes.actions import reorder as actions
from quotes.api.serializers import RFQSerializer
from quotes.queries import get_rfq
from quotes.queries.reorder import Plan, plan_of


class ReorderPlanSerializer(serializers.Serializer):
    """How an order is repeated now. `reasons` say why its price does not hold."""

    same_price = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    total = serializers.SerializerMethodField()
    seen = serializers.IntegerField(help_text="send it back with the order")

    @extend_schema_field(MoneySerializer)
    def get_total(self, plan: Plan) -> dict[str, object]:
        """At the same price, without tooling that was paid."""
        return money_json(plan.total)


class ReorderSerializer(serializers.Serializer):
    seen = serializers.IntegerField(min_value=0, max_value=1_000_000)
    po_number = serializers.CharField(max_length=60, allow_blank=True, default="")


class Reorder(ApiView):
    """An order again."""

    @extend_schema(operation_id="get_reorder", responses=ReorderPlanSerializer)
    def get(self, request: Request, order: str) -> Response:
        """Whether it can be placed at its price, and why not."""
        return self.answer(ReorderPlanSerializer, plan_of(self.actor, order))

    @extend_schema(
        operation_id="place_reorder", request=ReorderSerializer, responses={201: OrderSerializer}
    )
    def post(self, request: Request, order: str) -> Response:
        """Place the same lines at the same price; 409 when the price no longer holds."""
        given = self.clean(ReorderSerializer)
        new = actions.reorder(actor=self.actor, order_id=order, **given)
        return self.answer(OrderSerializer, get_order(self.actor, new.public_id), status=201)


class RequestAgain(ApiView):
    """A new price for an order."""

    @extend_schema(operation_id="request_again", request=None, responses={201: RFQSerializer})
    def post(self, request: Request, order: str) -> Response:
        """A draft to the same manufacturer with the lines of the order."""
        rfq = actions.request_again(actor=self.actor, order_id=order)
        return self.answer(RFQSerializer, get_rfq(self.actor, rfq.public_id), status=201)
