"""Reviews as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.roles import Side
from marketplace.core.api.fields import WHOLE
from orders.models import Review
from orders.review_states import ReviewReportState, ReviewState

STARS = "Give one to five stars."


def _score(words: str) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, help_text=words)


def _stars(words: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1,
        max_value=5,
        required=False,
        help_text=words,
        error_messages={"invalid": WHOLE, "min_value": STARS, "max_value": STARS},
    )


class ReviewSerializer(serializers.Serializer):
    """What one side wrote of the other. Criteria the side does not rate are null."""

    id = serializers.CharField(source="public_id")
    side = serializers.ChoiceField(Side.choices)
    state = serializers.ChoiceField(ReviewState.choices)
    rating = serializers.IntegerField(help_text="mean of the criteria, rounded half up")
    quality = _score("by the buyer")
    on_time = _score("by the buyer")
    communication = _score("by the buyer")
    clear_documents = _score("by the manufacturer")
    quick_decisions = _score("by the manufacturer")
    paid_on_time = _score("by the manufacturer")
    text = serializers.CharField()
    answer = serializers.CharField(help_text="of the side reviewed")
    answered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class PublicReviewSerializer(serializers.Serializer):
    """What a buyer wrote about a manufacturer: no order, no names."""

    id = serializers.CharField(source="public_id")
    rating = serializers.IntegerField(help_text="mean of the criteria, rounded half up")
    quality = _score("1 to 5; null in old reviews")
    on_time = _score("1 to 5; null in old reviews")
    communication = _score("1 to 5; null in old reviews")
    text = serializers.CharField()
    answer = serializers.CharField(help_text="of the manufacturer")
    month = serializers.SerializerMethodField()

    @extend_schema_field(serializers.CharField(help_text="of publication, such as 2026-11"))
    def get_month(self, review: Review) -> Any:
        """No exact moment, so that nobody finds the order by it."""
        return f"{review.published_at:%Y-%m}" if review.published_at else ""


class ReviewReportSerializer(serializers.Serializer):
    """A report that waits for staff."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(ReviewReportState.choices)
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


# --- What a program may send --------------------------------------------------------------------
class ReviewInputSerializer(serializers.Serializer):
    """The three criteria of the caller's side, and words."""

    quality = _stars("the buyer rates it")
    on_time = _stars("the buyer rates it")
    communication = _stars("the buyer rates it")
    clear_documents = _stars("the manufacturer rates it")
    quick_decisions = _stars("the manufacturer rates it")
    paid_on_time = _stars("the manufacturer rates it")
    text = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ReviewAnswerSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=1000)


class ReviewReportInputSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)
