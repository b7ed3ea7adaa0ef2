"""Claims after the acceptance, what travels for a problem, and evidence packs, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.parts.api.serializers import LinkField
from orders import queries
from orders.actions import claims, evidence, problem_shipping
from orders.actions.problem_steps import Claim
from orders.api.problems import NonconformanceAct, NonconformanceSerializer
from orders.api.shipments import (
    CarriageSerializer,
    ShipPartsSerializer,
    carriage_in,
)
from orders.evidence import papers_seen_by
from orders.models import Nonconformance, OrderDocument
from orders.queries import side_of
from orders.shipping_terms import Box, Piece


class HiddenDefectSerializer(serializers.Serializer):
    """`line` and `quantity` go together; without them the claim is about the order as a whole."""

    kind = serializers.ChoiceField(Nonconformance.Kind.choices)
    description = serializers.CharField(max_length=4000)
    line = serializers.CharField(max_length=40, allow_blank=True, default="")
    quantity = serializers.IntegerField(min_value=0, max_value=2_000_000_000, default=0)
    claimed_minor = serializers.IntegerField(
        min_value=0, default=0, help_text="what is claimed back, minor units"
    )


class EvidenceInputSerializer(serializers.Serializer):
    problem = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="id; empty for the whole order"
    )


class EvidencePackSerializer(serializers.Serializer):
    """A ZIP with an index. Until it is put together `url` is empty."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    problem = serializers.CharField(source="subject", help_text="id; empty for the whole order")
    is_ready = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", default=0, help_text="bytes")
    sha256 = serializers.CharField(source="file.sha256", default="")
    url = LinkField(source="file")
    created_at = serializers.DateTimeField()

    def get_is_ready(self, pack: OrderDocument) -> bool:
        """Whether it can be downloaded."""
        return pack.file_id is not None


class ClaimList(ApiView):
    """Claims after the acceptance; they are listed with the order's other problems."""

    @extend_schema(
        operation_id="raise_claim",
        request=HiddenDefectSerializer,
        responses={201: NonconformanceSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Claim a defect that showed after the goods were accepted."""
        given = self.clean(HiddenDefectSerializer)
        claim = Claim(given.pop("kind"), given.pop("description"))
        found = claims.raise_claim(actor=self.actor, public_id=order, claim=claim, **given)
        return self.answer(NonconformanceSerializer, found, status=201)


class ShipRemedy(NonconformanceAct):
    """The pieces of a problem travel to the buyer."""

    @extend_schema(
        operation_id="ship_remedy", request=ShipPartsSerializer, responses=NonconformanceSerializer
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Ship the pieces that were made anew or reworked, all of them together."""
        given = self.clean(ShipPartsSerializer)
        return self.do(
            problem_shipping.ship_remedy,
            order,
            problem,
            pieces=[Piece(**piece) for piece in given["lines"]],
            packages=[Box(**box) for box in given.get("packages", [])],
            carriage=carriage_in(given),
        )


class SendReturn(NonconformanceAct):
    """The pieces of a problem travel back."""

    @extend_schema(
        operation_id="send_return", request=CarriageSerializer, responses=NonconformanceSerializer
    )
    def post(self, request: Request, order: str, problem: str) -> Response:
        """Say by which carrier the pieces go back, under the RMA number."""
        carriage = carriage_in(self.clean(CarriageSerializer))
        return self.do(problem_shipping.send_return, order, problem, carriage=carriage)


class EvidencePacks(ApiView):
    """Everything the caller's side may see of an order, put together in ZIPs."""

    costs = {"POST": 20}

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_evidence_packs", responses=EvidencePackSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """The packs of the caller's side, newest first."""
        found = queries.find_order(self.actor, order)
        packs = papers_seen_by(found, side_of(self.actor, found)).filter(
            kind=OrderDocument.Kind.EVIDENCE
        )
        rows: Any = packs.select_related("file").defer("content").order_by("-pk")
        return self.page(EvidencePackSerializer, rows)

    @extend_schema(
        operation_id="ask_evidence",
        request=EvidenceInputSerializer,
        responses={202: EvidencePackSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Have a pack put together; while one is being made, and as long as nothing has happened
        since the newest, that one is the answer."""
        given = self.clean(EvidenceInputSerializer)
        pack = evidence.ask_evidence(actor=self.actor, public_id=order, **given)
        return self.answer(EvidencePackSerializer, pack, status=202)
