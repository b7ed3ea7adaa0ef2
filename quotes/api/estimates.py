"""Estimates for programs."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from quotes import estimates
from quotes.estimating.engine import CURVE
from quotes.forms.estimate import EstimateForm
from quotes.models import RFQLine


class RangeSerializer(serializers.Serializer):
    """Lower and upper end in major units, rounded to three significant digits; never an offer."""

    low = serializers.DecimalField(max_digits=14, decimal_places=2)
    high = serializers.DecimalField(max_digits=14, decimal_places=2)


class EstimatePointSerializer(serializers.Serializer):
    """One quantity."""

    quantity = serializers.IntegerField()
    unit_price = RangeSerializer(source="*")
    lead_days_low = serializers.IntegerField(source="lead_days.low", help_text="working days")
    lead_days_high = serializers.IntegerField(source="lead_days.high", help_text="working days")


class DriverSerializer(serializers.Serializer):
    """One reason of the price. `low` and `high` are null while it is unknown."""

    name = serializers.CharField()
    per = serializers.ChoiceField([("order", "order"), ("piece", "piece")])
    low = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    high = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    how = serializers.CharField(help_text="the formula with its numbers")
    source = serializers.CharField(help_text="where the rate stands")  # type: ignore[assignment]


class EstimateSerializer(serializers.Serializer):
    """What a part may cost. `unknown` says what is not in the price, or why there is none."""

    currency = serializers.CharField()
    points = EstimatePointSerializer(many=True)
    drivers = DriverSerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())
    factor = serializers.FloatField(help_text="correction from real quotes; 1 without one")
    calibrated_by = serializers.IntegerField(help_text="prices the correction comes from")


class PartEstimate(ApiView):
    """An estimate of one part of the organization's library."""

    costs = {"GET": 5}

    @extend_schema(
        operation_id="estimate_part",
        parameters=[
            OpenApiParameter(
                "process", {"type": "string", "minLength": 1}, required=True, description="code"
            ),
            OpenApiParameter("material", str, description="code"),
            OpenApiParameter("finish", str, description="code"),
            OpenApiParameter("inspection", str, description="code"),
            OpenApiParameter(
                "tolerance",
                str,
                enum=RFQLine.Tolerance.values,
                description="of ISO 2768",
            ),
            OpenApiParameter("documents", str, many=True, description="codes"),
            OpenApiParameter("quantities", str, description="up to five, such as 1,10,100"),
        ],
        responses=EstimateSerializer,
    )
    def get(self, request: Request, part: str) -> Response:
        """A range at each quantity, opened into its drivers."""
        revision = estimates.revision_to_estimate(self.actor, part)
        form = EstimateForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(
                {name: [str(fault) for fault in faults] for name, faults in form.errors.items()}
            )
        made = estimates.calibrated(
            estimates.job_of(revision, **form.choices()),
            estimates.published_rates(),
            form.cleaned_data["quantities"] or CURVE,
            estimates.factors(),
        )
        return self.answer(EstimateSerializer, made)
