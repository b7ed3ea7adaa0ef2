"""The directory for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import text_of, text_parameter
from marketplace.core.api.pagination import KeysetPagination, TermPagination
from marketplace.core.api.views import ApiView
from marketplace.directory import queries
from marketplace.directory.api.serializers import (
    ManufacturerDetailSerializer,
    ManufacturerSerializer,
    MaterialSerializer,
    ProcessSerializer,
    TermSerializer,
)

LONGEST_FILTER = 80
FILTERS = {
    "process": "code of a process",
    "material": "code of a material",
    "country": "two letters",
    "text": "part of the name",
}


class ManufacturerList(ApiView):
    """Verified manufacturers, newest first."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_manufacturers",
        parameters=[text_parameter(name, said, LONGEST_FILTER) for name, said in FILTERS.items()],
        responses=ManufacturerSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = {name: text_of(request, name, LONGEST_FILTER) for name in FILTERS}
        return self.page(ManufacturerSerializer, queries.listed_manufacturers(**asked))


class ManufacturerDetail(ApiView):
    """One verified manufacturer."""

    @extend_schema(operation_id="get_manufacturer", responses=ManufacturerDetailSerializer)
    def get(self, request: Request, manufacturer: str) -> Response:
        found = queries.get_listed_manufacturer(manufacturer)
        return self.answer(ManufacturerDetailSerializer, found)


class ProcessList(ApiView):
    """Processes with their materials and finishes."""

    pagination_class = TermPagination

    @extend_schema(operation_id="list_processes", responses=ProcessSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = queries.active_processes().prefetch_related("materials", "finishes")
        return self.page(ProcessSerializer, rows)


class MaterialList(ApiView):
    """Materials by code."""

    pagination_class = TermPagination

    @extend_schema(operation_id="list_materials", responses=MaterialSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(MaterialSerializer, queries.active_materials())


class FinishList(ApiView):
    """Finishes by code."""

    pagination_class = TermPagination

    @extend_schema(operation_id="list_finishes", responses=TermSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(TermSerializer, queries.active_finishes())


class InspectionLevelList(ApiView):
    """How thoroughly parts can be inspected, by code."""

    pagination_class = TermPagination

    @extend_schema(operation_id="list_inspection_levels", responses=TermSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(TermSerializer, queries.active_inspection_levels())


class CertificationList(ApiView):
    """Certifications by code."""

    pagination_class = TermPagination

    @extend_schema(operation_id="list_certifications", responses=TermSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(TermSerializer, queries.active_certifications())
