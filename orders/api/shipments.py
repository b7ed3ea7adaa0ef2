"""Shipments for programs."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import WHOLE
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from orders.actions import shipping, tracking
from orders.models import Order, OrderDocument, Shipment
from orders.queries import find_order
from orders.shipments import find_shipment, shipments_of
from orders.shipping_terms import MOST_PACKAGES, MOST_PIECES, Box, Carriage, Piece

STATUSES = [c for c in Shipment.Status.choices if c[0] != Shipment.Status.DELIVERED]


class PieceSerializer(serializers.Serializer):
    """So many pieces of one line, of one lot where it is named."""

    line = serializers.CharField(source="line.public_id", help_text="id of the order's line")
    part_number = serializers.CharField(source="line.part_number", read_only=True)
    lot = serializers.CharField(max_length=40, allow_blank=True, default="")
    quantity = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, error_messages={"invalid": WHOLE}
    )


class PackageSerializer(serializers.Serializer):
    """`count` packages of one kind: weight of each in kg, size of each in mm."""

    count = serializers.IntegerField(min_value=1, max_value=1000, error_messages={"invalid": WHOLE})
    weight_kg = serializers.DecimalField(max_digits=9, decimal_places=3, min_value=Decimal("0.001"))
    length_mm = serializers.IntegerField(min_value=1, max_value=100_000)
    width_mm = serializers.IntegerField(min_value=1, max_value=100_000)
    height_mm = serializers.IntegerField(min_value=1, max_value=100_000)


class ShipmentPaperSerializer(serializers.Serializer):
    """A paper that belongs to a shipment; the order's documents carry the file."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(OrderDocument.Kind.choices)
    number = serializers.CharField()


class ShipmentRowSerializer(serializers.Serializer):
    """A shipment as the list shows it."""

    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField(help_text="1, 2, 3 of its order")
    purpose = serializers.ChoiceField(Shipment.Purpose.choices)
    problem = serializers.CharField(
        source="problem.public_id", default=None, allow_null=True, help_text="what it travels for"
    )
    carrier = serializers.ChoiceField(Shipment.Carrier.choices)
    carrier_name = serializers.CharField(help_text="of another carrier")
    tracking_number = serializers.CharField()
    tracking_url = serializers.CharField(help_text="empty where there is no page to link to")
    note = serializers.CharField()
    status = serializers.ChoiceField(Shipment.Status.choices)
    status_note = serializers.CharField()
    status_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    delivery_source = serializers.CharField(
        help_text="whose word it is: buyer, maker (of what it sent, from a carrier's table; "
        "carrier in older ones), staff (from a carrier's table); empty before"
    )
    piece_count = serializers.IntegerField()
    package_count = serializers.IntegerField()


class ShipmentDetailSerializer(ShipmentRowSerializer):
    """A shipment with its pieces, packages and papers."""

    lines = PieceSerializer(many=True)
    packages = PackageSerializer(many=True)
    documents = serializers.SerializerMethodField()

    def get_documents(self, shipment: Shipment) -> list[dict[str, Any]]:
        """Delivery note and packing list."""
        papers = OrderDocument.objects.filter(
            order_id=shipment.order_id, subject=shipment.public_id
        ).defer("content")
        return [dict(ShipmentPaperSerializer(paper).data) for paper in papers]


class CarriageSerializer(serializers.Serializer):
    """Who carries it, under which number."""

    carrier = serializers.ChoiceField(Shipment.Carrier.choices)
    tracking_number = serializers.CharField(max_length=60)
    carrier_name = serializers.CharField(max_length=80, allow_blank=True, default="")
    tracking_link = serializers.CharField(
        max_length=300, allow_blank=True, default="", help_text="https, of another carrier"
    )
    note = serializers.CharField(max_length=400, allow_blank=True, default="")


class PieceInputSerializer(serializers.Serializer):
    line = serializers.CharField(max_length=40, help_text="id of the order's line")
    quantity = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, error_messages={"invalid": WHOLE}
    )
    lot = serializers.CharField(max_length=40, allow_blank=True, default="")


class ShipPartsSerializer(CarriageSerializer):
    lines = serializers.ListField(
        child=PieceInputSerializer(), allow_empty=False, max_length=MOST_PIECES
    )
    packages = serializers.ListField(
        child=PackageSerializer(), required=False, max_length=MOST_PACKAGES
    )


class TrackingSerializer(CarriageSerializer):
    status = serializers.ChoiceField(STATUSES)
    status_note = serializers.CharField(max_length=200, allow_blank=True, default="")


def carriage_in(given: dict[str, Any]) -> Carriage:
    """The carrier of a clean body."""
    names = ("carrier", "tracking_number", "carrier_name", "tracking_link", "note")
    return Carriage(**{name: given[name] for name in names})


class _ShipmentView(ApiView):
    """A view that answers with a shipment."""

    def order(self, public_id: str) -> Order:
        """The order, if the caller may see it. Raises NotFound."""
        return find_order(self.actor, public_id)

    def show(self, order: str, public_id: str, status: int = 200) -> Response:
        """The shipment as it stands now."""
        shipment = find_shipment(self.order(order), public_id)
        return self.answer(ShipmentDetailSerializer, shipment, status=status)


class ShipmentList(_ShipmentView):
    """Shipments of an order."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_shipments", responses=ShipmentRowSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first."""
        return self.page(ShipmentRowSerializer, shipments_of(self.order(order)))

    @extend_schema(
        operation_id="ship_parts",
        request=ShipPartsSerializer,
        responses={201: ShipmentDetailSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Ship some of what is left; the last pieces complete the order. Delivery note and packing
        list are issued with it."""
        self.order(order)
        given = self.clean(ShipPartsSerializer)
        made = shipping.ship_parts(
            actor=self.actor,
            public_id=order,
            pieces=[Piece(**piece) for piece in given["lines"]],
            packages=[Box(**box) for box in given.get("packages", [])],
            carriage=carriage_in(given),
        )
        return self.show(order, made.public_id, status=201)


class ShipmentDetail(_ShipmentView):
    """One shipment."""

    @extend_schema(operation_id="get_shipment", responses=ShipmentDetailSerializer)
    def get(self, request: Request, order: str, shipment: str) -> Response:
        """Its pieces, packages and papers, and where it is."""
        return self.show(order, shipment)


class ConfirmShipment(_ShipmentView):
    """A shipment arrives."""

    @extend_schema(
        operation_id="confirm_shipment", request=None, responses=ShipmentDetailSerializer
    )
    def post(self, request: Request, order: str, shipment: str) -> Response:
        """Say that this shipment arrived; with the last one the time to inspect starts."""
        find_shipment(self.order(order), shipment)
        shipping.confirm_shipment(actor=self.actor, public_id=order, shipment=shipment)
        return self.show(order, shipment)


class UpdateTracking(_ShipmentView):
    """What the carrier says."""

    @extend_schema(
        operation_id="update_tracking",
        request=TrackingSerializer,
        responses=ShipmentDetailSerializer,
    )
    def post(self, request: Request, order: str, shipment: str) -> Response:
        """Correct the carrier, or say where the shipment is, until it arrived."""
        find_shipment(self.order(order), shipment)
        given = self.clean(TrackingSerializer)
        tracking.update_tracking(
            actor=self.actor,
            public_id=order,
            shipment=shipment,
            carriage=carriage_in(given),
            status=given["status"],
            status_note=given["status_note"],
        )
        return self.show(order, shipment)
