"""The inbox as JSON."""

from django.conf import settings
from rest_framework import serializers

from marketplace.notifications.models import Notification


class NotificationSerializer(serializers.Serializer):
    """One thing a person was told. `kind` is stable and meant for programs."""

    id = serializers.CharField(source="public_id")
    kind = serializers.CharField()
    event = serializers.CharField(source="event_id", help_text="id of the fact it tells of")
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="the page it leads to")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def get_url(self, row: Notification) -> str:
        """The whole address."""
        return f"{settings.SITE_URL}{row.link}"
