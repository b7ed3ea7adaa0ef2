"""What a buyer reads before the award, and the award, for programs."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import MoneySerializer, UnitPriceField, money_json
from marketplace.core.api.pagination import KeysetPagination, whole_list
from marketplace.core.api.views import ApiView
from marketplace.core.money import CURRENCY_CHOICES
from orders.api.serializers import OrderSerializer
from orders.queries import get_order
from quotes import queries, rules
from quotes.actions import award
from quotes.api.inputs import AcceptSerializer
from quotes.api.serializers import (
    MatchListSerializer,
    MatchSerializer,
    ReceivedQuoteSerializer,
    ShopSerializer,
)
from quotes.api.totals import TotalSerializer, total_json
from quotes.models import RFQ, RFQLine
from quotes.queries.matching import matches_for
from quotes.states import QuoteState
from quotes.views.comparison import Column, comparison_of


class CellSerializer(serializers.Serializer):
    """One line at one quantity in one quote; null prices mean not quoted, never zero."""

    quote = serializers.CharField()
    unit_price = UnitPriceField(read_only=True, allow_null=True)
    lead_time_days = serializers.IntegerField(allow_null=True)
    total = MoneySerializer(allow_null=True, help_text="goods and tooling")
    is_best = serializers.BooleanField()
    is_fastest = serializers.BooleanField()


class ComparedQuantitySerializer(serializers.Serializer):
    quantity = serializers.IntegerField()
    chosen = serializers.BooleanField()
    cells = CellSerializer(many=True)


class ComparedLineSerializer(serializers.Serializer):
    rfq_line = serializers.CharField()
    part_number = serializers.CharField()
    rows = ComparedQuantitySerializer(many=True)


class ComparedQuoteSerializer(serializers.Serializer):
    """One quote. `total` is null when it does not price every chosen line."""

    quote = serializers.CharField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(QuoteState.choices)
    manufacturer = ShopSerializer()
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    fingerprint = serializers.CharField()
    total = TotalSerializer(allow_null=True)
    is_best = serializers.BooleanField()
    is_fastest = serializers.BooleanField()
    can_accept = serializers.BooleanField()


class ComparisonSerializer(serializers.Serializer):
    """Quotes side by side: cells stand in the order of `quotes`."""

    quotes = ComparedQuoteSerializer(many=True)
    lines = ComparedLineSerializer(many=True)


class MatchList(ApiView):
    """Manufacturers for a request."""

    @extend_schema(operation_id="list_matches", responses=MatchListSerializer)
    def get(self, request: Request, rfq: str) -> Response:
        """Who fits and is not invited yet, best first, each rank explained in words."""
        found = queries.get_rfq(self.actor, rfq)
        matches = matches_for(
            found,
            list(found.lines.all()),
            exclude=[i.manufacturer_id for i in found.invitations.all()],
        )
        return Response(whole_list(list(MatchSerializer(matches, many=True).data)))


class ReceivedQuoteList(ApiView):
    """The quotes of a request."""

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

    @extend_schema(operation_id="get_received_quote", responses=ReceivedQuoteSerializer)
    def get(self, request: Request, rfq: str, quote: str) -> Response:
        """A submitted quote with its prices."""
        found = queries.get_quote_for_buyer(self.actor, rfq, quote)
        held = queries.waiting_order_of(found.rfq) is not None
        return self.answer(ReceivedQuoteSerializer, found, rfq=found.rfq, held=held)


class Comparison(ApiView):
    """The quotes side by side."""

    @extend_schema(
        operation_id="compare_quotes",
        parameters=[
            OpenApiParameter(
                "quantity",
                str,
                many=True,
                description="`<request line id>:<quantity>`; the smallest one asked unless said",
            )
        ],
        responses=ComparisonSerializer,
    )
    def get(self, request: Request, rfq: str) -> Response:
        """Lines by quantities by quotes; best price, shortest lead time and best total marked."""
        found = queries.get_rfq(self.actor, rfq)
        lines = [line for line in found.lines.all() if line.quantities]
        chosen = chosen_quantities(request.query_params.getlist("quantity"), lines)
        compared = comparison_of(found, lines, queries.quotes_for_buyer(found), chosen)
        columns, groups = compared["columns"], compared["groups"]
        held = queries.waiting_order_of(found) is not None
        shown = {
            "quotes": [_column(self.actor, found, column, held) for column in columns],
            "lines": [_line(group, columns) for group in groups],
        }
        return self.answer(ComparisonSerializer, shown)


def chosen_quantities(asked: Sequence[str], lines: Sequence[RFQLine]) -> dict[int, int]:
    """Line row number -> quantity, from `<line id>:<quantity>` texts.

    Raises ValidationError for a line that is not in the request or a quantity it does not ask.
    """
    rows = {line.public_id: line for line in lines}
    chosen = {line.pk: line.quantities[0] for line in lines}
    for text in asked:
        line_id, _, quantity = text.partition(":")
        line = rows.get(line_id)
        known = [str(q) for q in line.quantities] if line else []
        if line is None or quantity not in known:
            raise ValidationError(
                {"quantity": "Use `<request line id>:<quantity>` with a quantity of that line."}
            )
        chosen[line.pk] = int(quantity)
    return chosen


def _column(actor: Any, rfq: RFQ, column: Column, held: bool) -> dict[str, Any]:
    quote = column.quote
    return {
        "quote": quote.public_id,
        "reference": quote.reference,
        "state": quote.state,
        "manufacturer": quote.manufacturer,
        "currency": quote.currency,
        "fingerprint": quote.seen,
        "total": total_json(column.total, quote.currency),
        "is_best": column.is_best,
        "is_fastest": column.is_fastest,
        "can_accept": rules.can_accept(actor, rfq, quote, held=held),
    }


def _line(group: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    line: RFQLine = group["line"]
    return {
        "rfq_line": line.public_id,
        "part_number": line.part_revision.part.number,
        "rows": [
            {
                "quantity": row["quantity"],
                "chosen": row["chosen"],
                "cells": [
                    _cell(cell, column.quote.public_id)
                    for cell, column in zip(row["cells"], columns, strict=True)
                ],
            }
            for row in group["rows"]
        ],
    }


def _cell(cell: dict[str, Any], quote_id: str) -> dict[str, Any]:
    price, total = cell["price"], cell["total"]
    return {
        "quote": quote_id,
        "unit_price": price.unit_price if price else None,
        "lead_time_days": price.lead_time_days if price else None,
        "total": money_json(total) if total else None,
        "is_best": cell["is_best"],
        "is_fastest": cell["is_fastest"],
    }


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
