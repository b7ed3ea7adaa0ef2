"""Payments for programs."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Side
from marketplace.core.api.fields import one_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from marketplace.core.errors import NotFound
from orders.queries import get_order, side_of
from payments import document_queries, payout_queries, queries
from payments.actions import attempts
from payments.api.serializers import (
    AttemptSerializer,
    DocumentSerializer,
    EarningSerializer,
    MonthlyStatementSerializer,
    OrderPaymentSerializer,
    PaymentSerializer,
    PayoutAccountSerializer,
    PayoutSerializer,
    PurchasePaymentSerializer,
    StatementMonthsSerializer,
)
from payments.document_queries import BUYER_FILTERS, MAKER_FILTERS
from payments.purchase_queries import FILTERS, purchase_payments
from payments.rules import check_can_manage_payouts


class OrderPayments(ApiView):
    """The instalments of an order."""

    @extend_schema(operation_id="list_order_payments", responses=OrderPaymentSerializer(many=True))
    def get(self, request: Request, order: str) -> Response:
        """The buyer's answer leaves out what the manufacturer alone may know."""
        found = get_order(self.actor, order)
        rows = queries.payments_of(self.actor, found)
        buyer = side_of(self.actor, found) == Side.BUYER
        shape = PaymentSerializer if buyer else EarningSerializer
        return self.rows(shape, rows)


class PayOrder(ApiView):
    """Paying what is due on an order."""

    @extend_schema(operation_id="pay_order", request=None, responses={202: AttemptSerializer})
    def post(self, request: Request, order: str) -> Response:
        """Ask for a payment page: 202. Read the attempt until its `url` is there, then pay."""
        attempt = attempts.pay_order(actor=self.actor, public_id=order)
        return self.answer(AttemptSerializer, attempt, status=202)


class PayInstalment(ApiView):
    """Paying one instalment of an order, also before it has fallen due."""

    @extend_schema(operation_id="pay_instalment", request=None, responses={202: AttemptSerializer})
    def post(self, request: Request, order: str, payment: str) -> Response:
        """The same for the payment named; instalments are paid in their order."""
        attempt = attempts.pay_order(actor=self.actor, public_id=order, payment=payment)
        return self.answer(AttemptSerializer, attempt, status=202)


class Payments(ApiView):
    """The acting buyer's payments over all its orders."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_payments",
        responses=PurchasePaymentSerializer(many=True),
        parameters=[
            OpenApiParameter("state", enum=list(FILTERS), description="only those that stand so")
        ],
    )
    def get(self, request: Request) -> Response:
        """Newest first, those of one `state` if given."""
        if self.actor.organization is None or not self.actor.organization.is_buyer:
            raise NotFound()
        rows = purchase_payments(self.actor, one_of(request, "state", list(FILTERS)))
        return self.page(PurchasePaymentSerializer, rows)


class PaymentAttemptDetail(ApiView):
    """One try to pay."""

    @extend_schema(operation_id="get_payment_attempt", responses=AttemptSerializer)
    def get(self, request: Request, attempt: str) -> Response:
        """The attempt, with the address of its page once a worker has opened it."""
        return self.answer(AttemptSerializer, queries.get_attempt(self.actor, attempt))


class Payouts(ApiView):
    """Transfers to the acting manufacturer."""

    pagination_class = KeysetPagination

    @extend_schema(operation_id="list_payouts", responses=PayoutSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Newest first."""
        check_can_manage_payouts(self.actor)
        return self.page(PayoutSerializer, queries.payouts_of(self.actor))


class PayoutAccount(ApiView):
    """The acting manufacturer's payout account."""

    @extend_schema(operation_id="get_payout_account", responses=PayoutAccountSerializer)
    def get(self, request: Request) -> Response:
        """How it stands, what Stripe asks for, and what is owed to the platform."""
        check_can_manage_payouts(self.actor)
        found = payout_queries.payout_account(self.actor)
        return self.answer(PayoutAccountSerializer, found)


class PayoutStatements(ApiView):
    """The acting manufacturer's monthly statements."""

    @extend_schema(operation_id="get_payout_statement_months", responses=StatementMonthsSerializer)
    def get(self, request: Request) -> Response:
        """The months that have one, newest first."""
        months = payout_queries.statement_months(self.actor)
        rows = [{"month": str(month), "is_over": month.is_over} for month in months]
        return self.answer(StatementMonthsSerializer, {"months": rows})


class PayoutStatementDetail(ApiView):
    """One month."""

    @extend_schema(operation_id="get_payout_statement", responses=MonthlyStatementSerializer)
    def get(self, request: Request, month: str) -> Response:
        """Every line of the month, such as 2026-11, in each currency."""
        found, statements = payout_queries.get_statements(self.actor, month)
        plain = [payout_queries.plain_statement(each) for each in statements]
        body = {"month": str(found), "is_over": found.is_over, "statements": plain}
        return self.answer(MonthlyStatementSerializer, body)


class PurchaseDocuments(ApiView):
    """Invoices and credit notes to the acting buyer."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_purchase_documents",
        responses=DocumentSerializer(many=True),
        parameters=[
            OpenApiParameter(
                "kind", enum=list(BUYER_FILTERS), description="only those of this kind"
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Newest first, those of one `kind` if given."""
        kind = one_of(request, "kind", list(BUYER_FILTERS))
        rows = document_queries.documents_to_buyer(self.actor, kind)
        return self.page(DocumentSerializer, rows)


class PurchaseDocumentDetail(ApiView):
    """One of them."""

    @extend_schema(operation_id="get_purchase_document", responses=DocumentSerializer)
    def get(self, request: Request, document: str) -> Response:
        """Everything it says."""
        rows = document_queries.documents_to_buyer(self.actor)
        return self.answer(DocumentSerializer, document_queries.get_document(rows, document))


class SalesDocuments(ApiView):
    """What was issued in the acting shop's name, and what the platform invoiced it."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_sales_documents",
        responses=DocumentSerializer(many=True),
        parameters=[
            OpenApiParameter(
                "kind", enum=list(MAKER_FILTERS), description="only those of this kind"
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Newest first, those of one `kind` if given."""
        kind = one_of(request, "kind", list(MAKER_FILTERS))
        rows = document_queries.documents_of_maker(self.actor, kind)
        return self.page(DocumentSerializer, rows)


class SalesDocumentDetail(ApiView):
    """One of them."""

    @extend_schema(operation_id="get_sales_document", responses=DocumentSerializer)
    def get(self, request: Request, document: str) -> Response:
        """Everything it says."""
        rows = document_queries.documents_of_maker(self.actor)
        return self.answer(DocumentSerializer, document_queries.get_document(rows, document))
