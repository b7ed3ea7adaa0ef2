"""A manufacturer's own rate card, for its programs."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.views import ApiView
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import EXPONENTS, MAX_MINOR
from marketplace.directory.actions.rate_cards import MOST_PERCENT, save_rate_card
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries.rate_card import own_rate_card

ZERO = Decimal(0)


class CardRateSerializer(serializers.Serializer):
    """One figure, such as cnc_milling, "3-axis mill", 75 an hour in the card's currency."""

    kind = serializers.CharField(max_length=40)
    item = serializers.CharField(max_length=60)
    value = serializers.DecimalField(max_digits=14, decimal_places=4, min_value=ZERO)


class RateCardSerializer(serializers.Serializer):
    """The whole card; a figure that is left out is unknown."""

    currency = serializers.ChoiceField(sorted(EXPONENTS))
    minimum_charge_minor = serializers.IntegerField(
        min_value=0, max_value=MAX_MINOR, default=0, help_text="of one line, minor units"
    )
    margin_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=ZERO, max_value=MOST_PERCENT, default=ZERO
    )
    markup_percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=ZERO, max_value=MOST_PERCENT, default=ZERO
    )
    rates = CardRateSerializer(many=True)


class RateCardAnswerSerializer(RateCardSerializer):
    """As it stands."""

    rates = CardRateSerializer(source="rates.all", many=True)
    changed_at = serializers.DateTimeField()


class OwnRateCard(ApiView):
    """The acting shop's rate card. Nobody else reads it."""

    def held_rows(self) -> list[QuerySet[Any]]:
        return [Manufacturer.objects.filter(organization=self.actor.organization)]

    def _card(self) -> Response:
        card = own_rate_card(self.actor)
        if card is None:
            raise NotFound("Your shop has no rate card yet.")
        return self.answer(RateCardAnswerSerializer, card)

    @extend_schema(operation_id="get_rate_card", responses=RateCardAnswerSerializer)
    def get(self, request: Request) -> Response:
        """404 while there is none."""
        return self._card()

    @extend_schema(
        operation_id="save_rate_card",
        request=RateCardSerializer,
        responses=RateCardAnswerSerializer,
    )
    def put(self, request: Request) -> Response:
        """Write the whole card. Figures must be of your profile's processes and materials."""
        given: dict[str, Any] = self.clean(RateCardSerializer)
        rows = given.pop("rates")
        rates = {(row["kind"], row["item"]): row["value"] for row in rows}
        if len(rates) < len(rows):
            raise DomainError("A figure is given twice.", fields={"rates": "Give each once."})
        save_rate_card(actor=self.actor, rates=rates, **given)
        return self._card()
