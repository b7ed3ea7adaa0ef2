"""Received quotes and the award, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from orders.api.serializers import OrderSerializer
from orders.queries import get_order
from quotes import queries
from quotes.actions import award
from quotes.api.inputs import AcceptSerializer, AwardSerializer
from quotes.api.serializers import (
    MatchListSerializer,
    MatchSerializer,
    ReceivedQuoteSerializer,
    RFQSerializer,
)
from quotes.queries.matching import matches_for


class AwardedSerializer(serializers.Serializer):
    """An order for each manufacturer, in no promised order."""

    orders = OrderSerializer(many=True)


class MatchList(ApiView):
    """Manufacturers for a request."""

    costs = {"GET": 5}

    @extend_schema(operation_id="list_matches", responses=MatchListSerializer)
    def get(self, request: Request, rfq: str) -> Response:
        """Who fits and is not invited yet, best first, each rank explained in words."""
        found = queries.get_rfq(self.actor, rfq)
        matches = matches_for(
            found,
            list(found.lines.all()),
            exclude=[i.manufacturer_id for i in found.invitations.all()],
        )
        return self.whole_list(MatchSerializer, matches)


class ReceivedQuoteList(ApiView):
    """The quotes of a request."""

    expands = "received quote"
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_received_quotes", responses=ReceivedQuoteSerializer(many=True)
    )
    def get(self, request: Request, rfq: str) -> Response:
        """Submitted quotes with their prices, newest first."""
        found = queries.get_rfq(self.actor, rfq)
        held = queries.waiting_order_of(found) is not None
        rows = queries.submitted_quotes(found)
        return self.page(ReceivedQuoteSerializer, rows, rfq=found, held=held)


class ReceivedQuoteDetail(ApiView):
    """One quote of a request."""

    expands = "received quote"

    @extend_schema(operation_id="get_received_quote", responses=ReceivedQuoteSerializer)
    def get(self, request: Request, rfq: str, quote: str) -> Response:
        """A submitted quote with its prices."""
        found = queries.get_quote_for_buyer(self.actor, rfq, quote)
        held = queries.waiting_order_of(found.rfq) is not None
        return self.answer(ReceivedQuoteSerializer, found, rfq=found.rfq, held=held)


class AwardRFQ(ApiView):
    """The award by line."""

    @extend_schema(
        operation_id="award_rfq", request=AwardSerializer, responses={201: AwardedSerializer}
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Award lines to one or several manufacturers: an order each, all of them or none."""
        given = self.clean(AwardSerializer)
        reasons = {row["quote"]: (row["reason"], row["note"]) for row in given["reasons"]}
        orders = award.award_rfq(
            actor=self.actor,
            rfq_id=rfq,
            choices=[
                award.Choice(
                    quote_id=row["quote"],
                    line_id=row["rfq_line"],
                    quantity=row["quantity"],
                    option=row["option"],
                    seen=row["seen"],
                )
                for row in given["choices"]
            ],
            po_number=given["po_number"],
            finish=given["finish"],
            reasons=reasons,
        )
        found = [get_order(self.actor, order.public_id) for order in orders]
        return self.answer(AwardedSerializer, {"orders": found}, status=201)


class FinishRFQ(ApiView):
    """The end of an award in parts."""

    @extend_schema(operation_id="finish_rfq", request=None, responses=RFQSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Award nothing more: the quotes that are left are declined."""
        award.finish_rfq(actor=self.actor, public_id=rfq)
        return self.answer(RFQSerializer, queries.get_rfq(self.actor, rfq))


class AcceptQuote(ApiView):
    """The award."""

    @extend_schema(
        operation_id="accept_quote", request=AcceptSerializer, responses={201: OrderSerializer}
    )
    def post(self, request: Request, rfq: str, quote: str) -> Response:
        """Accept the quote for the chosen quantities: the order is the answer."""
        given = self.clean(AcceptSerializer)
        order = award.accept_quote(
            actor=self.actor,
            rfq_id=rfq,
            quote_id=quote,
            chosen=given["quantities"],
            seen=given["seen"],
            po_number=given["po_number"],
        )
        return self.answer(OrderSerializer, get_order(self.actor, order.public_id), status=201)
