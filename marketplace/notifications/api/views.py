"""The inbox for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.notifications import actions, queries
from marketplace.notifications.api.serializers import (
    ChoiceSerializer,
    ChooseMailsSerializer,
    NotificationSerializer,
)


class NotificationList(ApiView):
    """What the token's person was told on behalf of the organization, newest first."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_notifications", responses=NotificationSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self.page(NotificationSerializer, queries.inbox_for_organization(self.actor))


class NotificationPreferences(ApiView):
    """How the token's person gets what they are told; the inbox has everything."""

    @extend_schema(
        operation_id="get_notification_preferences", responses=ChoiceSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Every group with its kinds."""
        return self.show()

    @extend_schema(
        operation_id="choose_mails",
        request=ChooseMailsSerializer,
        responses=ChoiceSerializer(many=True),
    )
    def patch(self, request: Request) -> Response:
        """Set groups and kinds to `now`, `digest` or `off`; a kind to "": as its group."""
        actions.choose_mails(actor=self.actor, **self.clean(ChooseMailsSerializer))
        return self.show()

    def show(self) -> Response:
        """The choices as they stand."""
        found = queries.mail_choices(self.actor)
        return self.rows(ChoiceSerializer, found)
