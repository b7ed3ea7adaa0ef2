"""Manufacturers and the taxonomy as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.core.api.fields import ColumnField
from marketplace.directory.models import Manufacturer, Scorecard
from marketplace.directory.scorecard import LEAST, card_of, figures_of, stars_of


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


class FigureSerializer(serializers.Serializer):
    """One figure of a scorecard: `numerator` of `denominator`, and how it is counted."""

    key = serializers.CharField(help_text="on_time, quality, response, quote_rate or disputes")
    name = serializers.CharField(source="label")
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    percent = serializers.IntegerField(
        allow_null=True, help_text="rounded down; null below 3, and for the response time"
    )
    sentence = serializers.CharField(help_text="what was counted")
    formula = serializers.CharField(help_text="how it is counted")


class StarsSerializer(serializers.Serializer):
    """The mean stars of one criterion."""

    key = serializers.CharField()
    name = serializers.CharField(source="label")
    mean = serializers.FloatField(help_text="1 to 5")


class ScorecardSerializer(serializers.Serializer):
    """Figures counted from orders and requests of the last 12 months; stars of all reviews."""

    since = serializers.DateField(help_text="first day that counts")
    computed_at = serializers.DateTimeField()
    response_hours = serializers.DecimalField(
        8, 1, allow_null=True, help_text="median from the invitation to the first answer"
    )
    figures = serializers.SerializerMethodField()
    stars = serializers.SerializerMethodField()

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, card: Scorecard) -> Any:
        """The five figures."""
        return FigureSerializer(figures_of(card), many=True).data

    @extend_schema_field(StarsSerializer(many=True))
    def get_stars(self, card: Scorecard) -> Any:
        """What buyers rate."""
        return StarsSerializer(stars_of(card), many=True).data

    def to_representation(self, card: Scorecard) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(card)
        if card.answered < LEAST:
            shown["response_hours"] = None
        return shown


class ManufacturerDetailSerializer(ManufacturerSerializer):
    """With its description, materials, valid certificates and scorecard."""

    description = serializers.CharField()
    materials = ColumnField("code")
    certificates = CertificateSerializer(many=True)
    scorecard = serializers.SerializerMethodField()

    @extend_schema_field(ScorecardSerializer(allow_null=True))
    def get_scorecard(self, manufacturer: Manufacturer) -> Any:
        """Null before anything was counted."""
        card = card_of(manufacturer)
        return ScorecardSerializer(card).data if card else None
