"""Blanket orders for programs."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import WHOLE, UnitPriceField, one_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.money import CURRENCY_CHOICES
from orders import blanket_queries as queries
from orders import blanket_rules as rules
from orders.actions import blanket_orders as actions
from orders.api.serializers import OrderRowSerializer, OrderSerializer
from orders.blanket_states import BlanketState
from orders.models import BlanketOrder, CallOff
from orders.queries import get_order

SIDES = (Side.BUYER.value, Side.MANUFACTURER.value)


class BlanketRowSerializer(serializers.Serializer):
    """A blanket order as the list shows it."""

    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    side = serializers.SerializerMethodField()
    state = serializers.ChoiceField(BlanketState.choices)
    title = serializers.CharField()
    buyer_name = serializers.CharField(source="buyer.name")
    manufacturer_name = serializers.CharField(source="manufacturer.name")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="last day of a call-off")
    lead_time_days = serializers.IntegerField(help_text="of each call-off, from its payment")
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(Side.choices))
    def get_side(self, blanket: BlanketOrder) -> str:
        """Where the caller stands."""
        return str(queries.side_of_blanket(self.context["actor"], blanket))


class BlanketLineSerializer(serializers.Serializer):
    """One line: pieces agreed, called off and left, as far as the caller knows."""

    id = serializers.CharField()
    part_number = serializers.CharField()
    part_name = serializers.CharField()
    revision = serializers.CharField()
    quantity = serializers.IntegerField()
    called = serializers.IntegerField()
    left = serializers.IntegerField()
    least = serializers.IntegerField(help_text="fewest pieces of a call-off")
    unit_price = UnitPriceField(read_only=True)


class CallOffSerializer(serializers.Serializer):
    """A batch and its order. `counts` is false once its order was cancelled."""

    order = OrderRowSerializer()
    counts = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class BlanketSerializer(BlanketRowSerializer):
    """What was agreed, what is left, and the call-offs, newest first (100 at most)."""

    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    ship_to = serializers.CharField()
    notes = serializers.CharField()
    reason = serializers.CharField(help_text="why it was declined or cancelled")
    source_order = serializers.CharField(
        source="source.public_id", help_text="order it is made from"
    )
    lines = serializers.SerializerMethodField()
    call_offs = serializers.SerializerMethodField()
    seen = serializers.SerializerMethodField()
    available_moves = serializers.SerializerMethodField()

    @extend_schema_field(BlanketLineSerializer(many=True))
    def get_lines(self, blanket: BlanketOrder) -> Any:
        """With what is left of each."""
        called = queries.called_by_line(self.context["actor"], blanket)
        rows = [
            {
                "id": line.public_id,
                "part_number": line.source.part_number,
                "part_name": line.source.part_name,
                "revision": line.source.revision_label,
                "quantity": line.quantity,
                "called": called.get(line.pk, 0),
                "left": line.quantity - called.get(line.pk, 0),
                "least": line.least,
                "unit_price": line.unit_price,
            }
            for line in blanket.lines.all()
        ]
        return BlanketLineSerializer(rows, many=True).data

    @extend_schema_field(CallOffSerializer(many=True))
    def get_call_offs(self, blanket: BlanketOrder) -> Any:
        """Each is an order of its own."""
        rows: list[CallOff] = list(queries.call_offs_of(self.context["actor"], blanket)[:100])
        return CallOffSerializer(rows, many=True, context=self.context).data

    def get_seen(self, blanket: BlanketOrder) -> int | None:
        """The buyer sends it back with a call-off; null for the manufacturer."""
        is_buyer = queries.side_of_blanket(self.context["actor"], blanket) == Side.BUYER
        return blanket.call_offs.count() if is_buyer else None

    def get_available_moves(self, blanket: BlanketOrder) -> list[str]:
        """The verbs this caller may use now."""
        return rules.available_moves(self.context["actor"], blanket)


# --- What a program may send --------------------------------------------------------------------
def _pieces(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1,
        max_value=rules.MOST_PIECES,
        error_messages={"invalid": WHOLE},
        **kwargs,
    )


class LineInputSerializer(serializers.Serializer):
    line_id = serializers.CharField(max_length=40, help_text="line of the order")
    quantity = _pieces()
    least = _pieces(default=1, help_text="fewest pieces of a call-off")


class ProposeBlanketSerializer(serializers.Serializer):
    order = serializers.CharField(max_length=40, help_text="order it is made from")
    title = serializers.CharField(max_length=140, allow_blank=True, default="")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    lead_time_days = serializers.IntegerField(min_value=1, max_value=365)
    ship_to = serializers.CharField(max_length=500)
    notes = serializers.CharField(max_length=2000, allow_blank=True, default="")
    lines = LineInputSerializer(many=True)


class CallOffInputSerializer(serializers.Serializer):
    seen = serializers.IntegerField(min_value=0, max_value=1_000_000)
    quantities = serializers.DictField(
        child=_pieces(), help_text="line of the blanket order -> pieces"
    )
    po_number = serializers.CharField(max_length=60, allow_blank=True, default="")


class BlanketReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)


class BlanketView(ApiView):
    """What the operations on one blanket order share."""

    def show(self, public_id: str, status: int = 200) -> Response:
        """The blanket order as it stands now."""
        found = queries.get_blanket(self.actor, public_id)
        return self.answer(BlanketSerializer, found, status=status)


class BlanketList(BlanketView):
    """Blanket orders of the organization."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_blanket_orders",
        parameters=[OpenApiParameter("side", str, enum=SIDES, description="whose you are in it")],
        responses=BlanketRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first, of one side if asked."""
        side = one_of(request, "side", SIDES)
        return self.page(BlanketRowSerializer, queries.blankets_of(self.actor, side=side))

    @extend_schema(
        operation_id="propose_blanket",
        request=ProposeBlanketSerializer,
        responses={201: BlanketSerializer},
    )
    def post(self, request: Request) -> Response:
        """Propose to an order's manufacturer to call off its lines at their unit prices."""
        given = self.clean(ProposeBlanketSerializer)
        period = actions.Period(
            given.pop("starts_on"), given.pop("ends_on"), given.pop("lead_time_days")
        )
        lines = [actions.LineAgreed(**line) for line in given.pop("lines")]
        blanket = actions.propose_blanket(
            actor=self.actor, order_id=given.pop("order"), period=period, lines=lines, **given
        )
        return self.show(blanket.public_id, status=201)


class BlanketDetail(BlanketView):
    """One blanket order."""

    @extend_schema(operation_id="get_blanket_order", responses=BlanketSerializer)
    def get(self, request: Request, blanket: str) -> Response:
        """What was agreed and what is left."""
        return self.show(blanket)


class AcceptBlanket(BlanketView):
    """The manufacturer agrees."""

    @extend_schema(operation_id="accept_blanket", request=None, responses=BlanketSerializer)
    def post(self, request: Request, blanket: str) -> Response:
        """From its first day on the buyer calls off."""
        actions.accept_blanket(actor=self.actor, public_id=blanket)
        return self.show(blanket)


class DeclineBlanket(BlanketView):
    """The manufacturer says no."""

    @extend_schema(
        operation_id="decline_blanket",
        request=BlanketReasonSerializer,
        responses=BlanketSerializer,
    )
    def post(self, request: Request, blanket: str) -> Response:
        """The buyer reads why."""
        given = self.clean(BlanketReasonSerializer)
        actions.decline_blanket(actor=self.actor, public_id=blanket, **given)
        return self.show(blanket)


class CancelBlanket(BlanketView):
    """The buyer ends it."""

    @extend_schema(
        operation_id="cancel_blanket", request=BlanketReasonSerializer, responses=BlanketSerializer
    )
    def post(self, request: Request, blanket: str) -> Response:
        """Orders that were placed stay."""
        given = self.clean(BlanketReasonSerializer)
        actions.cancel_blanket(actor=self.actor, public_id=blanket, **given)
        return self.show(blanket)


class CallOffBlanket(BlanketView):
    """Batches."""

    @extend_schema(
        operation_id="call_off", request=CallOffInputSerializer, responses={201: OrderSerializer}
    )
    def post(self, request: Request, blanket: str) -> Response:
        """Order a batch at the agreed prices; it is approved and paid like any order."""
        given = self.clean(CallOffInputSerializer)
        order = actions.call_off(actor=self.actor, public_id=blanket, **given)
        return self.answer(OrderSerializer, get_order(self.actor, order.public_id), status=201)
