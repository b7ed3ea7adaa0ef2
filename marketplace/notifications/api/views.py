"""The inbox for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.notifications import queries
from marketplace.notifications.api.serializers import NotificationSerializer


class NotificationList(ApiView):
    """What the token's person was told on behalf of the organization, newest first."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_notifications", responses=NotificationSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(NotificationSerializer, queries.inbox_for_organization(self.actor))
