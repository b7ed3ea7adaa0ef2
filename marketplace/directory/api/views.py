"""The directory for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.directory import queries
from marketplace.directory.api.serializers import (
    ManufacturerSerializer,
    ProcessSerializer,
    TermSerializer,
)
from marketplace.directory.models import Manufacturer


@extend_schema(
    operation_id="list_manufacturers",
    parameters=[
        OpenApiParameter(name, str, description="exact code")
        for name in ("process", "material", "country")
    ],
)
class ManufacturerList(generics.ListAPIView):
    """Verified manufacturers."""

    serializer_class = ManufacturerSerializer

    def get_queryset(self) -> QuerySet[Manufacturer]:
        asked = self.request.query_params
        return queries.listed_manufacturers(
            **{key: asked.get(key, "")[:80] for key in ("process", "material", "country")}
        )


class Taxonomy(APIView):
    """Processes with their materials and finishes."""

    @extend_schema(operation_id="list_processes", responses=ProcessSerializer(many=True))
    def get(self, request: Request, *args: Any) -> Response:
        rows = queries.active_processes().prefetch_related("materials", "finishes")
        return Response(ProcessSerializer(rows, many=True).data)


class Materials(APIView):
    """Materials by code."""

    @extend_schema(operation_id="list_materials", responses=TermSerializer(many=True))
    def get(self, request: Request, *args: Any) -> Response:
        return Response(TermSerializer(queries.active_materials(), many=True).data)
