"""The inbox as JSON."""

from django.conf import settings
from rest_framework import serializers

from marketplace.notifications.groups import Group, MailChoice
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


class KindChoiceSerializer(serializers.Serializer):
    """How one kind is mailed; an empty `mail` means: as its group."""

    kind = serializers.CharField()
    name = serializers.CharField(source="label")
    mail = serializers.ChoiceField(["", *MailChoice.choices])


class ChoiceSerializer(serializers.Serializer):
    """How a group of kinds is mailed."""

    group = serializers.ChoiceField(Group.choices)
    name = serializers.CharField(source="label")
    mail = serializers.ChoiceField(MailChoice.choices)
    is_fixed = serializers.BooleanField(help_text="always mailed at once")
    kinds = KindChoiceSerializer(many=True)


class ChooseMailsSerializer(serializers.Serializer):
    """What is not named stays as it is."""

    groups = serializers.DictField(child=serializers.CharField(max_length=20), default=dict)
    kinds = serializers.DictField(
        child=serializers.CharField(max_length=20, allow_blank=True), default=dict
    )
