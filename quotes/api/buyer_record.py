"""A buyer's record as JSON."""

from rest_framework import serializers


class BuyerRecordSerializer(serializers.Serializer):
    """How the buyer decides and pays, other requests than this one; figures are null where there
    are too few to say."""

    is_new = serializers.BooleanField(help_text="fewer than 3 orders paid here")
    orders = serializers.IntegerField(source="paying.paid")
    paid_percent = serializers.IntegerField(allow_null=True, help_text="orders paid in time")
    award_percent = serializers.IntegerField(allow_null=True, help_text="requests with an award")
    days_to_decide = serializers.IntegerField(
        allow_null=True, help_text="median from the deadline to the award"
    )
