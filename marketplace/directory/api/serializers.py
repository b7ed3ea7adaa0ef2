"""Manufacturers and the taxonomy as JSON."""

from rest_framework import serializers

from marketplace.core.api.fields import ColumnField


class TermSerializer(serializers.Serializer):
    """A code and its name."""

    code = serializers.CharField()
    name = serializers.CharField()


class ProcessSerializer(TermSerializer):
    """A process with what it works in and what can follow it, by code."""

    materials = ColumnField("code")
    finishes = ColumnField("code")


class MaterialSerializer(TermSerializer):
    family = serializers.CharField()
    density_g_cm3 = serializers.DecimalField(6, 3, allow_null=True)


class ManufacturerSerializer(serializers.Serializer):
    """A manufacturer as the directory shows it."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField()
    name = serializers.CharField(source="organization.name")
    country = serializers.CharField(source="organization.country")
    city = serializers.CharField(source="organization.city")
    headline = serializers.CharField()
    processes = ColumnField("code")
    envelope_mm = serializers.ListField(
        child=serializers.IntegerField(), help_text="largest part, longest edge first"
    )
    lead_time_days = serializers.IntegerField(help_text="working days it usually takes to ship")
    rating = serializers.FloatField(allow_null=True, help_text="mean of reviews, 1 to 5")
    rating_count = serializers.IntegerField()


class CertificateSerializer(serializers.Serializer):
    code = serializers.CharField(source="certification.code")
    name = serializers.CharField(source="certification.name")
    number = serializers.CharField()
    body = serializers.CharField(help_text="who issued it")
    scope = serializers.CharField()
    expires_on = serializers.DateField()


class ManufacturerDetailSerializer(ManufacturerSerializer):
    """With its description, materials and valid certificates."""

    description = serializers.CharField()
    materials = ColumnField("code")
    certificates = CertificateSerializer(many=True)
