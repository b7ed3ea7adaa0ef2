"""First articles for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.parts.api.serializers import FileSerializer
from orders import rules
from orders.actions import first_articles as actions
from orders.characteristics import LONGEST, MOST_ROWS, read_characteristics
from orders.first_articles import find_first_article, first_articles_of
from orders.models import FirstArticle, Order
from orders.queries import find_order, side_of
from orders.states import FirstArticleState


class CharacteristicSerializer(serializers.Serializer):
    """One row of form 3. Figures are decimal text; tolerances are signed deviations."""

    number = serializers.CharField(max_length=LONGEST["number"])
    reference = serializers.CharField(max_length=40, allow_blank=True, default="")
    designator = serializers.CharField(max_length=40, allow_blank=True, default="")
    requirement = serializers.CharField(max_length=LONGEST["requirement"])
    nominal = serializers.CharField(max_length=20, allow_blank=True, default="")
    lower = serializers.CharField(max_length=20, allow_blank=True, default="")
    upper = serializers.CharField(max_length=20, allow_blank=True, default="")
    unit = serializers.CharField(max_length=12, allow_blank=True, default="")
    measured = serializers.CharField(max_length=20, allow_blank=True, default="")
    tool = serializers.CharField(max_length=80, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class CharacteristicShownSerializer(CharacteristicSerializer):
    """A row with its result."""

    result = serializers.ChoiceField(["in", "out", "open"], help_text="computed")


class FirstArticlePartSerializer(serializers.Serializer):
    part = serializers.CharField(max_length=60, allow_blank=True, default="")
    name = serializers.CharField(max_length=140, allow_blank=True, default="")
    serial = serializers.CharField(max_length=60, allow_blank=True, default="")


class FirstArticleMaterialSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=140, allow_blank=True, default="")
    specification = serializers.CharField(max_length=140, allow_blank=True, default="")
    supplier = serializers.CharField(max_length=140, allow_blank=True, default="")
    certificate = serializers.CharField(max_length=60, allow_blank=True, default="")


class FirstArticleSerializer(serializers.Serializer):
    """A report; the buyer finds it from its submission on."""

    id = serializers.CharField(source="public_id")
    line = serializers.CharField(source="line.public_id")
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(FirstArticleState.choices)
    serial = serializers.CharField()
    note = serializers.CharField()
    parts = FirstArticlePartSerializer(many=True)
    materials = FirstArticleMaterialSerializer(many=True)
    characteristics = serializers.SerializerMethodField()
    out_of_tolerance = serializers.IntegerField()
    files = serializers.SerializerMethodField()
    reason = serializers.CharField(help_text="why it was rejected")
    remarks = serializers.DictField(child=serializers.CharField())
    inspector = serializers.CharField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(CharacteristicShownSerializer(many=True))
    def get_characteristics(self, report: FirstArticle) -> list[dict[str, str]]:
        """Form 3 with computed results."""
        return [{**row.plain(), "result": row.result} for row in report.rows]

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, report: FirstArticle) -> Any:
        """Links work for this caller for five minutes."""
        return FileSerializer(report.files.all(), many=True, context=self.context).data


class StartFirstArticleSerializer(serializers.Serializer):
    line = serializers.CharField(max_length=40, help_text="id of the order's line")


class FirstArticleInputSerializer(serializers.Serializer):
    serial = serializers.CharField(max_length=60, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    parts = serializers.ListField(
        child=FirstArticlePartSerializer(), required=False, max_length=actions.MOST_PARTS
    )
    materials = serializers.ListField(
        child=FirstArticleMaterialSerializer(), required=False, max_length=actions.MOST_PARTS
    )
    characteristics = serializers.ListField(
        child=CharacteristicSerializer(), required=False, max_length=MOST_ROWS
    )


class RejectFirstArticleSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
    remarks = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=200)),
        required=False,
        help_text="by id of a report and number of a characteristic",
    )


class FirstArticleFileSerializer(serializers.Serializer):
    file = serializers.FileField(allow_empty_file=True, max_length=1000, help_text="PDF, JPEG, PNG")


class _ReportView(ApiView):
    """A view that answers with reports of an order."""

    def order(self, public_id: str) -> Order:
        """The order, if the caller may see it. Raises NotFound."""
        return find_order(self.actor, public_id)

    def report(self, order: str, public_id: str) -> FirstArticle:
        """A report the caller may see. Raises NotFound."""
        found = self.order(order)
        return find_first_article(found, side_of(self.actor, found), public_id)

    def show(self, order: str, public_id: str, status: int = 200) -> Response:
        """The report as it stands now."""
        return self.answer(FirstArticleSerializer, self.report(order, public_id), status=status)

    def show_all(self, public_id: str) -> Response:
        """The newest page of the order's reports."""
        found = self.order(public_id)
        rows = first_articles_of(found, side_of(self.actor, found)).prefetch_related("files")
        return self.page(FirstArticleSerializer, rows)


class FirstArticleList(_ReportView):
    """First article reports of an order."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_first_articles", responses=FirstArticleSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """Newest first, every revision."""
        return self.show_all(order)

    @extend_schema(
        operation_id="start_first_article",
        request=StartFirstArticleSerializer,
        responses={201: FirstArticleSerializer},
    )
    def post(self, request: Request, order: str) -> Response:
        """The draft of a line: the one there is, or the next revision as a copy of the last."""
        self.order(order)
        line = self.clean(StartFirstArticleSerializer)["line"]
        made = actions.start_first_article(actor=self.actor, public_id=order, line=line)
        return self.show(order, made.public_id, status=201)


class FirstArticleDetail(_ReportView):
    """One report."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Order.objects.filter(public_id=self.kwargs["order"])]

    @extend_schema(operation_id="get_first_article", responses=FirstArticleSerializer)
    def get(self, request: Request, order: str, report: str) -> Response:
        """The three forms with computed results."""
        return self.show(order, report)

    @extend_schema(
        operation_id="save_first_article",
        request=FirstArticleInputSerializer,
        responses=FirstArticleSerializer,
    )
    def put(self, request: Request, order: str, report: str) -> Response:
        """Write a draft down as it is now; what is left out is emptied."""
        self.report(order, report)
        given = self.clean(FirstArticleInputSerializer)
        rows = [
            (f"/characteristics/{at}", row)
            for at, row in enumerate(given.get("characteristics", []))
        ]
        content = actions.Report(
            serial=given["serial"],
            note=given["note"],
            parts=given.get("parts", []),
            materials=given.get("materials", []),
            characteristics=read_characteristics(rows),
        )
        actions.save_first_article(
            actor=self.actor, public_id=order, report=report, content=content
        )
        return self.show(order, report)


class FirstArticleFiles(_ReportView):
    """Photos and documents of a report."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attach_to_first_article",
        request={"multipart/form-data": FirstArticleFileSerializer},
        responses={201: FirstArticleSerializer},
    )
    def post(self, request: Request, order: str, report: str) -> Response:
        """Keep a photo or a document with a draft."""
        rules.INSPECT.check(self.actor, self.report(order, report).order)
        upload = self.clean(FirstArticleFileSerializer)["file"]
        kept = store_upload(actor=self.actor, upload=upload, kind=StoredFile.Kind.DOCUMENT)
        actions.attach_to_first_article(actor=self.actor, public_id=order, report=report, file=kept)
        return self.show(order, report, status=201)


class SubmitFirstArticle(_ReportView):
    """The shop hands its drafts in."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="submit_first_article",
        request=None,
        responses=FirstArticleSerializer(many=True),
    )
    def post(self, request: Request, order: str) -> Response:
        """Hand every draft to the buyer; production waits for the answer."""
        actions.submit_first_article(actor=self.actor, public_id=order)
        return self.show_all(order)


class ApproveFirstArticle(_ReportView):
    """The buyer is content."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="approve_first_article",
        request=None,
        responses=FirstArticleSerializer(many=True),
    )
    def post(self, request: Request, order: str) -> Response:
        """Approve what was submitted; what was agreed to be paid for it is released."""
        actions.approve_first_article(actor=self.actor, public_id=order)
        return self.show_all(order)


class RejectFirstArticle(_ReportView):
    """The buyer is not."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="reject_first_article",
        request=RejectFirstArticleSerializer,
        responses=FirstArticleSerializer(many=True),
    )
    def post(self, request: Request, order: str) -> Response:
        """Reject what was submitted with a reason; the shop submits a new revision."""
        self.order(order)
        actions.reject_first_article(
            actor=self.actor, public_id=order, **self.clean(RejectFirstArticleSerializer)
        )
        return self.show_all(order)
