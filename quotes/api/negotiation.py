"""Counter-offers and best and final offers for programs, of both sides of a quote."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import (
    MoneyField,
    MoneyInputSerializer,
    MoneySerializer,
    UnitPriceField,
    money_json,
)
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.money import Money
from orders.milestones import WHEN
from quotes import queries, rules
from quotes.actions import best_and_final, counter_offers
from quotes.actions.quote_writing import MAX_LEAD_DAYS, AgreedPrice
from quotes.api.inputs import IdField, QuantityField
from quotes.models import BestAndFinal, CounterOffer, Quote, QuoteSide
from quotes.models.quote import MAX_ALTERNATES
from quotes.queries import negotiation
from quotes.states import BestAndFinalState, CounterOfferState

MOST_PRICES = rules.MAX_LINES * rules.MAX_QUANTITIES


class PaymentPartSerializer(serializers.Serializer):
    """A part of the payment; the parts come to 100 percent."""

    kind = serializers.ChoiceField(list(WHEN.items()))
    percent = serializers.IntegerField(min_value=1, max_value=100)


class OfferedPriceSerializer(serializers.Serializer):
    """A price that would change; `was_` values are the quote's when the offer was made, null where
    it had none for this quantity."""

    rfq_line = serializers.CharField(source="line")
    option = serializers.IntegerField()
    quantity = serializers.IntegerField()
    unit_price = UnitPriceField(read_only=True)
    lead_time_days = serializers.IntegerField()
    was_unit_price = UnitPriceField(read_only=True, allow_null=True)
    was_lead_time_days = serializers.IntegerField(allow_null=True)


class CounterOfferSerializer(serializers.Serializer):
    """An offer of one side to the other. Null `freight` or `milestones`: they stay."""

    id = serializers.CharField(source="public_id")
    by_side = serializers.ChoiceField(QuoteSide.choices)
    state = serializers.ChoiceField(CounterOfferState.choices)
    lines = OfferedPriceSerializer(many=True)
    freight = serializers.SerializerMethodField()
    was_freight = MoneyField("was_freight_minor", "quote.currency")
    milestones = PaymentPartSerializer(many=True, allow_null=True)
    was_milestones = PaymentPartSerializer(many=True)
    message = serializers.CharField()
    reason = serializers.CharField(help_text="why it was declined, or what ended it")
    expires_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_freight(self, counter: CounterOffer) -> dict[str, Any] | None:
        """Of the whole order."""
        if counter.freight_minor is None:
            return None
        return money_json(Money(counter.freight_minor, counter.quote.currency))


class OfferedPriceInputSerializer(serializers.Serializer):
    rfq_line = IdField()
    option = serializers.IntegerField(min_value=0, max_value=MAX_ALTERNATES, default=0)
    quantity = QuantityField(help_text="it need not be one that was asked")
    unit_price = UnitPriceField(help_text="major units for one piece, up to four decimals")
    lead_time_days = serializers.IntegerField(min_value=1, max_value=MAX_LEAD_DAYS)


class CounterOfferInputSerializer(serializers.Serializer):
    """What should be different. `seen` is the quote's fingerprint as read."""

    seen = serializers.CharField(max_length=80)
    answers = serializers.CharField(
        max_length=40,
        allow_blank=True,
        default="",
        help_text="id of the other side's open offer that this one replaces; empty for none",
    )
    lines = OfferedPriceInputSerializer(many=True, max_length=MOST_PRICES, default=list)  # type: ignore[call-arg]
    freight = MoneyInputSerializer(required=False)
    milestones = PaymentPartSerializer(many=True, max_length=len(WHEN), required=False)  # type: ignore[call-arg]
    message = serializers.CharField(max_length=2000, allow_blank=True, default="")
    expires_at = serializers.DateTimeField(required=False)


class NoSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class BestAndFinalSerializer(serializers.Serializer):
    """One shop asked for its last word on its quote."""

    quote = serializers.CharField(source="quote.public_id")
    state = serializers.ChoiceField(BestAndFinalState.choices)
    message = serializers.CharField()
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()


class BestAndFinalListSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = BestAndFinalSerializer(many=True)


class BestAndFinalInputSerializer(serializers.Serializer):
    quotes = serializers.ListField(
        child=IdField(), allow_empty=False, max_length=best_and_final.MAX_ASKED
    )
    due_at = serializers.DateTimeField()
    message = serializers.CharField(max_length=2000, allow_blank=True, default="")


def proposal_of(given: Mapping[str, Any], quote: Quote) -> counter_offers.Proposal:
    """The given values as the action takes them. Raises ValidationError for another currency."""
    freight = given.get("freight")
    if freight and freight.get("currency", quote.currency) != quote.currency:
        raise serializers.ValidationError({"freight": f"This quote is in {quote.currency}."})
    milestones = given.get("milestones")
    return counter_offers.Proposal(
        prices=[
            AgreedPrice(
                row["quantity"],
                row["unit_price"],
                row["lead_time_days"],
                line_id=row["rfq_line"],
                option=row["option"],
            )
            for row in given["lines"]
        ],
        freight_minor=freight["amount_minor"] if freight else None,
        milestones=None if milestones is None else [dict(part) for part in milestones],
        message=given["message"],
        expires_at=given.get("expires_at"),
    )


class _NegotiationView(ApiView):
    """A view that answers with a counter-offer, on one side."""

    pagination_class = KeysetPagination
    side: str = Side.BUYER

    def propose(self, quote: Quote) -> Response:
        """Make the offer the body describes."""
        given = self.clean(CounterOfferInputSerializer)
        counter = counter_offers.propose_counter(
            actor=self.actor,
            side=self.side,
            quote_id=quote.public_id,
            seen=given["seen"],
            answers=given["answers"],
            proposal=proposal_of(given, quote),
        )
        return self.answer(CounterOfferSerializer, counter, status=201)

    def act(self, action: Any, quote: str, counter: str, **values: Any) -> Response:
        """Carry out an answer to an offer."""
        found = action(
            actor=self.actor, side=self.side, quote_id=quote, public_id=counter, **values
        )
        return self.answer(CounterOfferSerializer, found)


class ReceivedCounters(_NegotiationView):
    """Counter-offers on a received quote."""

    @extend_schema(
        operation_id="list_counter_offers_of_received_quote",
        responses=CounterOfferSerializer(many=True),
    )
    def get(self, request: Request, rfq: str, quote: str) -> Response:
        """Of both sides, newest first, with the old values beside the new ones."""
        rows = negotiation.counters_for_buyer(self.actor, rfq, quote)
        return self.page(CounterOfferSerializer, rows)

    @extend_schema(
        operation_id="propose_counter_to_manufacturer",
        request=CounterOfferInputSerializer,
        responses={201: CounterOfferSerializer},
    )
    def post(self, request: Request, rfq: str, quote: str) -> Response:
        """Offer other values. The quote stands as it is until the manufacturer accepts."""
        return self.propose(queries.get_quote_for_buyer(self.actor, rfq, quote))


class AcceptReceivedCounter(_NegotiationView):
    """Agreement."""

    @extend_schema(
        operation_id="accept_counter_of_manufacturer",
        request=None,
        responses=CounterOfferSerializer,
    )
    def post(self, request: Request, rfq: str, quote: str, counter: str) -> Response:
        """The values go into the quote, whose fingerprint changes; nothing is ordered."""
        negotiation.check_received(self.actor, rfq, quote)
        return self.act(counter_offers.accept_counter, quote, counter)


class DeclineReceivedCounter(_NegotiationView):
    """A no."""

    @extend_schema(
        operation_id="decline_counter_of_manufacturer",
        request=NoSerializer,
        responses=CounterOfferSerializer,
    )
    def post(self, request: Request, rfq: str, quote: str, counter: str) -> Response:
        """Decline with a reason the manufacturer reads."""
        negotiation.check_received(self.actor, rfq, quote)
        values = self.clean(NoSerializer)
        return self.act(counter_offers.decline_counter, quote, counter, **values)


class WithdrawOwnCounter(_NegotiationView):
    """The buyer's own offer ends."""

    @extend_schema(
        operation_id="withdraw_counter_to_manufacturer",
        request=None,
        responses=CounterOfferSerializer,
    )
    def post(self, request: Request, rfq: str, quote: str, counter: str) -> Response:
        """Take one's own open offer back."""
        negotiation.check_received(self.actor, rfq, quote)
        return self.act(counter_offers.withdraw_counter, quote, counter)


class BestAndFinals(ApiView):
    """The last word of several manufacturers."""

    @extend_schema(operation_id="list_best_and_final_offers", responses=BestAndFinalListSerializer)
    def get(self, request: Request, rfq: str) -> Response:
        """Who was asked and who answered, newest first, at most 200."""
        found = negotiation.asked_as_final(queries.get_rfq(self.actor, rfq))
        return self.whole_list(BestAndFinalSerializer, found)

    @extend_schema(
        operation_id="ask_best_and_final",
        request=BestAndFinalInputSerializer,
        responses={201: BestAndFinalListSerializer},
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Ask for best and final offers, all or none. No manufacturer learns of another."""
        queries.get_rfq(self.actor, rfq)
        given = self.clean(BestAndFinalInputSerializer)
        asked = best_and_final.ask_best_and_final(
            actor=self.actor,
            rfq_id=rfq,
            quote_ids=given["quotes"],
            due_at=given["due_at"],
            message=given["message"],
        )
        return self.whole_list(BestAndFinalSerializer, asked, status=201)


class OwnQuoteCounters(_NegotiationView):
    """Counter-offers on one's own quote."""

    side = Side.MANUFACTURER

    @extend_schema(operation_id="list_counter_offers", responses=CounterOfferSerializer(many=True))
    def get(self, request: Request, quote: str) -> Response:
        """Of both sides, newest first, with the old values beside the new ones."""
        rows = negotiation.counters_for_shop(self.actor, quote)
        return self.page(CounterOfferSerializer, rows)

    @extend_schema(
        operation_id="propose_counter",
        request=CounterOfferInputSerializer,
        responses={201: CounterOfferSerializer},
    )
    def post(self, request: Request, quote: str) -> Response:
        """Offer the buyer other values. The quote stands as it is until the buyer accepts."""
        return self.propose(negotiation.own_quote_to_negotiate(self.actor, quote)[0])


class AcceptCounter(_NegotiationView):
    """Agreement."""

    side = Side.MANUFACTURER

    @extend_schema(operation_id="accept_counter", request=None, responses=CounterOfferSerializer)
    def post(self, request: Request, quote: str, counter: str) -> Response:
        """The values go into the quote; it is an order once the buyer awards it."""
        return self.act(counter_offers.accept_counter, quote, counter)


class DeclineCounter(_NegotiationView):
    """A no."""

    side = Side.MANUFACTURER

    @extend_schema(
        operation_id="decline_counter", request=NoSerializer, responses=CounterOfferSerializer
    )
    def post(self, request: Request, quote: str, counter: str) -> Response:
        """Decline with a reason the buyer reads."""
        values = self.clean(NoSerializer)
        return self.act(counter_offers.decline_counter, quote, counter, **values)


class WithdrawCounter(_NegotiationView):
    """One's own offer ends."""

    side = Side.MANUFACTURER

    @extend_schema(operation_id="withdraw_counter", request=None, responses=CounterOfferSerializer)
    def post(self, request: Request, quote: str, counter: str) -> Response:
        """Take one's own open offer back."""
        return self.act(counter_offers.withdraw_counter, quote, counter)


class AskedOfMe(ApiView):
    """What the buyer asks as one's last word."""

    @extend_schema(operation_id="list_asked_best_and_finals", responses=BestAndFinalListSerializer)
    def get(self, request: Request, quote: str) -> Response:
        """Newest first, at most 30."""
        found, _ = negotiation.own_quote_to_negotiate(self.actor, quote)
        rows = negotiation.asked_of(found)
        return self.whole_list(BestAndFinalSerializer, rows)

    @extend_schema(operation_id="confirm_final", request=None, responses=BestAndFinalSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Confirm that the quote as it stands is one's last word."""
        asked: BestAndFinal = best_and_final.confirm_final(actor=self.actor, quote_id=quote)
        return self.answer(BestAndFinalSerializer, asked)
