"""The part library for programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import text_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.parts import queries
from marketplace.parts.actions import parts as actions
from marketplace.parts.api.serializers import (
    ChangePartSerializer,
    PartRowSerializer,
    PartSerializer,
    UnitsSerializer,
    UploadSerializer,
)


class PartList(ApiView):
    """The organization's parts."""

    parser_classes = [MultiPartParser]
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_parts",
        parameters=[OpenApiParameter("text", str, description="part of the number or name")],
        responses=PartRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = queries.parts_of(self.actor, text_of(request, "text"))
        return self.page(PartRowSerializer, rows)

    @extend_schema(
        operation_id="upload_part",
        request={"multipart/form-data": UploadSerializer},
        responses={201: PartSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload one file; its name without the extension is the part number.

        A drawing joins the model of the same number, a changed file makes the next revision, the
        same file again changes nothing. The file is read afterwards: ask for the part until
        `current.state` is no longer `pending`.
        """
        upload = self.clean(UploadSerializer)["file"]
        part = actions.upload_part_file(actor=self.actor, upload=upload)
        found = queries.get_part(self.actor, part.public_id)
        return self.answer(PartSerializer, found, status=201)


class PartDetail(ApiView):
    """One part."""

    @extend_schema(operation_id="get_part", responses=PartSerializer)
    def get(self, request: Request, part: str) -> Response:
        """Figures, warnings, and links to its files."""
        return self.answer(PartSerializer, queries.get_part(self.actor, part))

    @extend_schema(
        operation_id="change_part", request=ChangePartSerializer, responses=PartSerializer
    )
    def patch(self, request: Request, part: str) -> Response:
        """Change number, name or notes."""
        found = queries.get_part(self.actor, part)
        given = self.clean(ChangePartSerializer)
        present = {name: getattr(found, name) for name in ("number", "name", "notes")}
        actions.change_part(actor=self.actor, public_id=part, **{**present, **given})
        return self.answer(PartSerializer, queries.get_part(self.actor, part))


class GiveUnits(ApiView):
    """The unit of a file that carries none."""

    @extend_schema(operation_id="give_units", request=UnitsSerializer, responses=PartSerializer)
    def post(self, request: Request, part: str) -> Response:
        """Say in which unit the file is drawn; it is read again."""
        actions.give_units(actor=self.actor, public_id=part, **self.clean(UnitsSerializer))
        return self.answer(PartSerializer, queries.get_part(self.actor, part))
