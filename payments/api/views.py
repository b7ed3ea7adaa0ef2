"""Payments for programs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import Side
from orders.queries import get_order, side_of
from payments import queries
from payments.actions import attempts
from payments.api.serializers import (
    AttemptSerializer,
    EarningSerializer,
    PaymentSerializer,
    PayoutSerializer,
)
from payments.models import Instruction


class OrderPayments(APIView):
    """The instalments of an order."""

    @extend_schema(operation_id="list_order_payments", responses=EarningSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        found = get_order(request.auth, order)
        rows = queries.payments_of(request.auth, found)
        buyer = side_of(request.auth, found) == Side.BUYER
        shape = PaymentSerializer if buyer else EarningSerializer
        return Response(shape(rows, many=True).data)


class PayOrder(APIView):
    """Ask for a payment page. The answer is 202: ask for the attempt until its `url` is there."""

    @extend_schema(operation_id="pay_order", request=None, responses={202: AttemptSerializer})
    def post(self, request: Request, order: str) -> Response:
        attempt = attempts.pay_order(actor=request.auth, public_id=order)
        return Response(AttemptSerializer(attempt).data, status=202)


class PaymentAttemptDetail(APIView):
    """One try to pay."""

    @extend_schema(operation_id="get_payment_attempt", responses=AttemptSerializer)
    def get(self, request: Request, attempt: str, *args: Any) -> Response:
        found = queries.get_attempt(request.auth, attempt)
        return Response(AttemptSerializer(found).data)


@extend_schema(operation_id="list_payouts")
class Payouts(generics.ListAPIView):
    """Transfers to the acting manufacturer."""

    serializer_class = PayoutSerializer

    def get_queryset(self) -> QuerySet[Instruction]:
        return queries.payouts_of(self.request.auth)
