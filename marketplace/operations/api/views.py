"""All data of an organization, for programs."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views import View
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.files.links import link_to
from marketplace.operations import queries
from marketplace.operations.actions.organization_exports import ask_organization_export
from marketplace.operations.leaving.chapters import CHAPTERS
from marketplace.operations.leaving.schema import archive_schema
from marketplace.operations.models import OrganizationExport
from marketplace.operations.states import ExportState


class OrganizationExportSerializer(serializers.Serializer):
    """An archive of everything: being made, ready for some days, or over."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(ExportState.choices)
    chapters_done = serializers.IntegerField(source="chapter")
    chapters = serializers.SerializerMethodField(help_text="how many there are")
    rows = serializers.IntegerField(help_text="things read so far")
    url = serializers.SerializerMethodField(
        help_text="works for this caller for five minutes; empty until it is ready"
    )
    size = serializers.IntegerField(
        source="file.size", allow_null=True, default=None, help_text="bytes"
    )
    sha256 = serializers.CharField(source="file.sha256", allow_null=True, default=None)
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)

    def get_chapters(self, export: OrganizationExport) -> int:
        """How many chapters an archive has at most."""
        return len(CHAPTERS)

    def get_url(self, export: OrganizationExport) -> str:
        """A link for the caller."""
        return link_to(export.file, self.context["actor"], absolute=True)


class OrganizationExports(ApiView):
    """Archives of all data. For owners."""

    pagination_class = KeysetPagination
    costs = {"POST": 20}

    @extend_schema(
        operation_id="list_organization_exports",
        responses=OrganizationExportSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(OrganizationExportSerializer, queries.organization_exports(self.actor))

    @extend_schema(
        operation_id="ask_organization_export",
        request=None,
        responses={202: OrganizationExportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ask for an archive; while one is in the making, it is that one. It is made in the
        background: ask for it until `state` is no longer `requested`."""
        export = ask_organization_export(actor=self.actor)
        return self.answer(OrganizationExportSerializer, export, status=202)


class OrganizationExportDetail(ApiView):
    """One archive."""

    @extend_schema(operation_id="get_organization_export", responses=OrganizationExportSerializer)
    def get(self, request: Request, export: str) -> Response:
        """How far it is, and where it is."""
        found = queries.get_organization_export(self.actor, export)
        return self.answer(OrganizationExportSerializer, found)


class ArchiveSchema(View):
    """The JSON Schema of an archive. Public: who writes a reader of archives needs no account."""

    audience = "public"

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.audience = cls.audience
        return view

    def get(self, request: HttpRequest) -> JsonResponse:
        """The same for everybody until the code changes."""
        return JsonResponse(
            archive_schema(),
            content_type="application/schema+json",
            json_dumps_params={"indent": 1},
        )
