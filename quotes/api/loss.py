"""Why a quote was not chosen, as JSON."""

from typing import Any

from rest_framework import serializers

from quotes.loss_feedback import LeadTimeGap, PriceBand
from quotes.models import Quote
from quotes.models.quote import LossReason
from quotes.queries.loss_feedback import loss_feedback_of

FIGURES = ("price_band", "lead_time_gap", "rank", "ranked", "is_partial", "sentences")


class LossFeedbackSerializer(serializers.Serializer):
    """Why another quote was chosen and how close one's own was, at the awarded lines and
    quantities. Null is not known, or would tell of somebody."""

    reason = serializers.ChoiceField(LossReason.choices, allow_blank=True)
    note = serializers.CharField(help_text="the buyer's words")
    price_band = serializers.ChoiceField(PriceBand.choices, allow_null=True)
    lead_time_gap = serializers.ChoiceField(LeadTimeGap.choices, allow_null=True)
    rank = serializers.IntegerField(allow_null=True, help_text="by price, 1 the lowest")
    ranked = serializers.IntegerField(allow_null=True, help_text="of how many quotes")
    is_partial = serializers.BooleanField(help_text="of the awarded lines you priced some only")
    sentences = serializers.ListField(child=serializers.CharField())


def loss_json(quote: Quote) -> dict[str, Any] | None:
    """The feedback on one's own quote; None unless another quote was chosen."""
    feedback = loss_feedback_of(quote)
    if feedback is None:
        return None
    known = {"reason": quote.loss_reason, "note": quote.loss_note}
    return {**known, **{name: getattr(feedback, name) for name in FIGURES}}
