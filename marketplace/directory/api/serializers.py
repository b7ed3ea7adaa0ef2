"""Manufacturers and the taxonomy as JSON."""

from rest_framework import serializers

from marketplace.directory.models import Manufacturer


class TermSerializer(serializers.Serializer):
    """A code and its name."""

    code = serializers.CharField()
    name = serializers.CharField()


class ProcessSerializer(TermSerializer):
    materials = serializers.SlugRelatedField("code", many=True, read_only=True)
    finishes = serializers.SlugRelatedField("code", many=True, read_only=True)


class ManufacturerSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="organization.name")
    country = serializers.CharField(source="organization.country")
    city = serializers.CharField(source="organization.city")
    processes = serializers.SlugRelatedField("code", many=True, read_only=True)
    envelope_mm = serializers.ListField(child=serializers.IntegerField())
    rating = serializers.FloatField(allow_null=True)

    class Meta:
        model = Manufacturer
        fields = [
            "id",
            "slug",
            "name",
            "country",
            "city",
            "headline",
            "processes",
            "envelope_mm",
            "lead_time_days",
            "rating",
            "rating_count",
        ]
