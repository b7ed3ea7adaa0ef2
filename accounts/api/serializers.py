"""People and organizations as JSON."""

from rest_framework import serializers

from accounts.actor import Actor
from accounts.models.organization import COUNTRY_CODE
from accounts.roles import Permission, Role
from marketplace.core.money import CURRENCY_CHOICES


class OrganizationSerializer(serializers.Serializer):
    """The acting organization's own details."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    is_buyer = serializers.BooleanField()
    is_manufacturer = serializers.BooleanField()
    country = serializers.CharField(help_text="two letters, ISO 3166-1")
    city = serializers.CharField()
    address = serializers.CharField()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    legal_name = serializers.CharField()
    registration_number = serializers.CharField()
    website = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangeOrganizationSerializer(serializers.Serializer):
    """What may be changed; what is left out stays."""

    name = serializers.CharField(max_length=120, required=False)
    is_buyer = serializers.BooleanField(required=False)
    is_manufacturer = serializers.BooleanField(required=False)
    country = serializers.CharField(validators=[COUNTRY_CODE], required=False)
    city = serializers.CharField(max_length=80, allow_blank=True, required=False)
    address = serializers.CharField(max_length=500, allow_blank=True, required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)
    legal_name = serializers.CharField(max_length=160, allow_blank=True, required=False)
    registration_number = serializers.CharField(max_length=60, allow_blank=True, required=False)
    website = serializers.URLField(max_length=200, allow_blank=True, required=False)


class PersonSerializer(serializers.Serializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    email = serializers.EmailField()


class ActingForSerializer(serializers.Serializer):
    """An organization the caller may act for, and as what."""

    id = serializers.CharField(source="organization.public_id")
    name = serializers.CharField(source="organization.name")
    role = serializers.ChoiceField(Role.choices)


class MeSerializer(serializers.Serializer):
    """Who calls, for whom, and what the call may do."""

    user = PersonSerializer()
    organization = OrganizationSerializer()
    role = serializers.ChoiceField(Role.choices)
    permissions = serializers.SerializerMethodField(
        help_text="what the role allows, narrowed by the token's scopes"
    )
    organizations = ActingForSerializer(
        source="memberships",
        many=True,
        help_text="all the person may act for; a token acts for its own organization only",
    )

    def get_permissions(self, actor: Actor) -> list[str]:
        """Sorted names."""
        return sorted(str(Permission(p).value) for p in actor.permissions)
