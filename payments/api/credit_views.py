"""Buying on account for programs."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import one_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from payments import credit_queries as queries
from payments.actions import credit, on_account
from payments.api.credit_serializers import (
    CreditAccountSerializer,
    CreditApplicationSerializer,
    ReceivableSerializer,
)
from payments.api.serializers import AttemptSerializer


class CreditAccountDetail(ApiView):
    """The acting buyer's credit account."""

    @extend_schema(operation_id="get_credit_account", responses=CreditAccountSerializer)
    def get(self, request: Request) -> Response:
        """Its limit, what of it is used and free, and what is overdue."""
        found = queries.plain_account(queries.credit_account_of(self.actor))
        return self.answer(CreditAccountSerializer, found)

    @extend_schema(
        operation_id="apply_for_credit",
        request=CreditApplicationSerializer,
        responses={201: CreditAccountSerializer},
    )
    def post(self, request: Request) -> Response:
        """Apply to buy on account; staff decide."""
        typed = self.clean(CreditApplicationSerializer)
        application = credit.Application(
            registration_number=typed["registration_number"],
            monthly=Money(typed["monthly_minor"], typed["currency"]),
            contact=typed["contact"],
            email=typed["email"],
        )
        account = credit.apply_for_credit(actor=self.actor, application=application)
        return self.answer(CreditAccountSerializer, queries.plain_account(account), status=201)


class Receivables(ApiView):
    """What the acting buyer bought on account."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_receivables",
        responses=ReceivableSerializer(many=True),
        parameters=[
            OpenApiParameter(
                "state", enum=list(queries.FILTERS), description="only those that stand so"
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Newest first, those of one `state` if given."""
        if self.actor.organization is None or not self.actor.organization.is_buyer:
            raise NotFound()
        rows = queries.receivables_of(self.actor, one_of(request, "state", list(queries.FILTERS)))
        return self.page(ReceivableSerializer, rows)


class ReceivableDetail(ApiView):
    """What is owed for one payment."""

    @extend_schema(operation_id="get_receivable", responses=ReceivableSerializer)
    def get(self, request: Request, receivable: str) -> Response:
        """How it stands."""
        return self.answer(ReceivableSerializer, queries.get_receivable(self.actor, receivable))


class PayReceivable(ApiView):
    """Paying what is owed."""

    @extend_schema(operation_id="pay_receivable", request=None, responses={202: AttemptSerializer})
    def post(self, request: Request, receivable: str) -> Response:
        """Ask for a payment page for all that is owed: 202. Read the attempt until its `url` is
        there, then pay."""
        attempt = on_account.pay_receivable(actor=self.actor, public_id=receivable)
        return self.answer(AttemptSerializer, attempt, status=202)


class PayOnAccount(ApiView):
    """Putting a payment of an order on account."""

    @extend_schema(
        operation_id="pay_on_account", request=None, responses={201: ReceivableSerializer}
    )
    def post(self, request: Request, order: str, payment: str) -> Response:
        """The order goes on, and the amount is owed; 409 `no_credit` where the account does not
        cover it."""
        made = on_account.pay_on_account(actor=self.actor, public_id=order, payment=payment)
        return self.answer(ReceivableSerializer, made, status=201)
