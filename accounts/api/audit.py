"""The audit log for programs."""

from datetime import date

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.audit import AuditFilter, audit_log
from marketplace.core.api.fields import text_parameter
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView


class FactSerializer(serializers.Serializer):
    """One thing that happened."""

    id = serializers.CharField(source="event.public_id")
    type = serializers.CharField(source="event.type")
    at = serializers.DateTimeField(source="event.at")
    actor = serializers.CharField(source="event.actor_label")
    actor_id = serializers.CharField(source="event.actor_id", allow_blank=True)
    sentence = serializers.CharField(source="event.sentence")
    subject = serializers.CharField(source="event.subject")
    story = serializers.CharField(source="event.thread")
    request_id = serializers.CharField(source="event.request_id", allow_blank=True)


class AuditFilterSerializer(serializers.Serializer):
    """What to show, as query parameters."""

    person = serializers.CharField(max_length=40, allow_blank=True, default="")
    fact = serializers.CharField(max_length=60, allow_blank=True, default="")
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class AuditList(ApiView):
    """Who did what in and around the organization."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_audit_facts",
        parameters=[
            text_parameter("person", "public id of who did it", 40),
            text_parameter("fact", "such as file_opened"),
            OpenApiParameter("since", date, description="a day (UTC), inclusive"),
            OpenApiParameter("until", date, description="a day (UTC), inclusive"),
        ],
        responses=FactSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        asked = AuditFilterSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return self.page(FactSerializer, audit_log(self.actor, AuditFilter(**asked.validated_data)))
