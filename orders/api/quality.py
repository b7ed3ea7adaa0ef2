"""Inspections and certificates for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import WHOLE
from marketplace.core.api.pagination import KeysetPagination, WholeList
from marketplace.core.api.views import ApiView, FlatJSONParser
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.parts.api.serializers import LinkField
from orders import rules
from orders.actions import certificates, inspections
from orders.models import Inspection, Order
from orders.quality import PAPERS, papers_asked
from orders.queries import find_order
from orders.sampling import AQLS

MOST = 2_000_000_000


class InspectionSerializer(serializers.Serializer):
    """What was looked at and found; plan and result are computed."""

    id = serializers.CharField(source="public_id")
    line = serializers.CharField(source="line.public_id")
    part_number = serializers.CharField(source="line.part_number")
    lot = serializers.CharField()
    lot_size = serializers.IntegerField()
    plan = serializers.ChoiceField(Inspection.Plan.choices)
    aql = serializers.CharField()
    letter = serializers.CharField(help_text="code letter of ISO 2859-1, empty for all pieces")
    sample_size = serializers.IntegerField()
    accept = serializers.IntegerField(help_text="defects that still pass")
    defects = serializers.IntegerField()
    passed = serializers.BooleanField()
    inspector = serializers.CharField()
    inspected_on = serializers.DateField()
    note = serializers.CharField()
    file_url = LinkField(source="file")
    created_at = serializers.DateTimeField()


class InspectionInputSerializer(serializers.Serializer):
    line = serializers.CharField(max_length=40, help_text="id of the order's line")
    lot = serializers.CharField(max_length=40, allow_blank=True, default="")
    lot_size = serializers.IntegerField(
        min_value=1, max_value=MOST, error_messages={"invalid": WHOLE}
    )
    aql = serializers.ChoiceField(
        list(AQLS), allow_blank=True, default="", help_text="empty for 100 % inspection"
    )
    defects = serializers.IntegerField(
        min_value=0, max_value=MOST, error_messages={"invalid": WHOLE}
    )
    inspected_on = serializers.DateField()
    inspector = serializers.CharField(max_length=120, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    file = serializers.FileField(
        required=False, allow_null=True, default=None, allow_empty_file=True, max_length=1000
    )


class OrderCertificateSerializer(serializers.Serializer):
    """A paper the shop handed in for some pieces of a line."""

    id = serializers.CharField(source="public_id")
    line = serializers.CharField(source="line.public_id")
    part_number = serializers.CharField(source="line.part_number")
    code = serializers.CharField()
    name = serializers.CharField()
    number = serializers.CharField()
    quantity = serializers.IntegerField()
    lot = serializers.CharField()
    file_url = LinkField(source="file")
    created_at = serializers.DateTimeField()


class OrderCertificateInputSerializer(serializers.Serializer):
    line = serializers.CharField(max_length=40, help_text="id of the order's line")
    code = serializers.ChoiceField(list(PAPERS.items()))
    quantity = serializers.IntegerField(
        min_value=1, max_value=MOST, error_messages={"invalid": WHOLE}
    )
    lot = serializers.CharField(max_length=40, allow_blank=True, default="")
    number = serializers.CharField(max_length=60, allow_blank=True, default="")
    file = serializers.FileField(allow_empty_file=True, max_length=1000, help_text="PDF, JPEG, PNG")


class PaperAskedSerializer(serializers.Serializer):
    """A paper the contract asks for, and for how many pieces it is there."""

    line = serializers.CharField(source="line.public_id")
    part_number = serializers.CharField(source="line.part_number")
    code = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField(source="line.quantity")
    covered = serializers.IntegerField()
    is_waived = serializers.BooleanField()
    is_missing = serializers.BooleanField()


class WaiveSerializer(serializers.Serializer):
    line = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=40)


class ConformanceSerializer(serializers.Serializer):
    """The issued certificate; the order's documents carry its file."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField()
    revision = serializers.IntegerField()


class _QualityView(ApiView):
    """A view on what was inspected and handed in."""

    parser_classes = [MultiPartParser, FlatJSONParser]
    pagination_class = KeysetPagination

    def order(self, public_id: str) -> Order:
        """The order, if the caller may see it. Raises NotFound."""
        return find_order(self.actor, public_id)

    def keep(self, order: str, upload: object) -> StoredFile:
        """Rights first, so that what may not be kept never reaches the storage."""
        rules.INSPECT.check(self.actor, self.order(order))
        return store_upload(
            actor=self.actor,
            upload=upload,  # type: ignore[arg-type]
            kind=StoredFile.Kind.CERTIFICATE,
        )


class InspectionList(_QualityView):
    """Inspections of an order."""

    @extend_schema(operation_id="list_inspections", responses=InspectionSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first; the newest of a line and lot counts."""
        rows = self.order(order).inspections.select_related("line", "file")
        return self.page(InspectionSerializer, rows)

    @extend_schema(
        operation_id="record_inspection",
        request={
            "application/json": InspectionInputSerializer,
            "multipart/form-data": InspectionInputSerializer,
        },
        responses={201: InspectionSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Record what was found; sample size, limits and result are computed."""
        rules.INSPECT.check(self.actor, self.order(order))
        given = self.clean(InspectionInputSerializer)
        upload = given.pop("file")
        made = inspections.record_inspection(
            actor=self.actor,
            public_id=order,
            looked=inspections.Looked(**given),
            file=self.keep(order, upload) if upload else None,
        )
        return self.answer(InspectionSerializer, made, status=201)


class CertificateList(_QualityView):
    """Certificates of an order."""

    @extend_schema(
        operation_id="list_order_certificates", responses=OrderCertificateSerializer(many=True)
    )
    def get(self, request: Request, order: str) -> Response:
        """What the shop handed in, newest first."""
        rows = self.order(order).certificates.select_related("line", "file")
        return self.page(OrderCertificateSerializer, rows)

    @extend_schema(
        operation_id="add_order_certificate",
        request={"multipart/form-data": OrderCertificateInputSerializer},
        responses={201: OrderCertificateSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """Hand a paper in for some pieces of a line."""
        rules.INSPECT.check(self.actor, self.order(order))
        given = self.clean(OrderCertificateInputSerializer)
        kept = self.keep(order, given.pop("file"))
        made = certificates.add_certificate(actor=self.actor, public_id=order, file=kept, **given)
        return self.answer(OrderCertificateSerializer, made, status=201)


class PapersAsked(_QualityView):
    """What the contract asks for."""

    pagination_class = WholeList

    @extend_schema(
        operation_id="list_papers_asked", responses=PaperAskedSerializer(many=True), filters=False
    )
    def get(self, request: Request, order: str) -> Response:
        """Every paper of every line, and whether it is missing; the list is never cut."""
        return self.whole_list(PaperAskedSerializer, papers_asked(self.order(order)))


class IssueConformance(_QualityView):
    """The certificate of conformance."""

    @extend_schema(
        operation_id="issue_conformance", request=None, responses={201: ConformanceSerializer}
    )
    def post(self, request: Request, order: str) -> Response:
        """Write the certificate from the order's facts, signed by name of the caller."""
        made = certificates.issue_conformance(actor=self.actor, public_id=order)
        return self.answer(ConformanceSerializer, made, status=201)


class WaiveDocument(_QualityView):
    """The buyer does without a paper."""

    @extend_schema(
        operation_id="waive_document",
        request=WaiveSerializer,
        responses=PaperAskedSerializer(many=True),
    )
    def post(self, request: Request, order: str) -> Response:
        """Do without a paper that was asked for."""
        certificates.check_can_waive(self.actor, self.order(order))
        given = self.clean(WaiveSerializer)
        certificates.waive_document(actor=self.actor, public_id=order, **given)
        return self.whole_list(PaperAskedSerializer, papers_asked(self.order(order)))
