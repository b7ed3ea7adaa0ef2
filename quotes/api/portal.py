"""Requests a manufacturer was asked to quote, and its quotes, for programs."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.core.api.fields import EXTERNAL_ID, EXTERNAL_ID_LENGTH, one_of, text_of
from marketplace.core.api.pagination import KeysetPagination
from marketplace.core.api.views import ApiView
from quotes import admission, queries
from quotes.actions import quote as actions
from quotes.api import inputs, quote_inputs
from quotes.api.filters import LIST_PARAMETERS, chosen
from quotes.api.serializers import (
    OwnQuoteRowSerializer,
    OwnQuoteSerializer,
    RequestRowSerializer,
    RequestSerializer,
)
from quotes.lists import invitation_rows
from quotes.models import RFQ, Invitation, Quote
from quotes.queries.secrecy import lines_for_shop
from quotes.states import InvitationState, QuoteState


class RequestView(ApiView):
    """A view that answers with a request one was asked to quote."""

    def show(self, invitation: Invitation) -> Response:
        """The request with lines and files, and the id of one's own quote."""
        return self.answer(
            RequestSerializer,
            invitation,
            lines=lines_for_shop(self.actor, invitation),
            nda_required=admission.needs_nda(self.actor, invitation.rfq),
            lacks=admission.lacks_of(invitation.rfq, invitation.manufacturer),
            room=invitation.rfq.public_id,
            quote=queries.quote_of(invitation),
        )


class RequestList(RequestView):
    """What the manufacturer was asked to quote."""

    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_requests",
        parameters=[
            OpenApiParameter(
                "state", str, enum=InvitationState.values, description="only those in this state"
            ),
            *LIST_PARAMETERS,
        ],
        responses=RequestRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        rows = invitation_rows(self.actor, chosen(request, InvitationState))
        return self.page(RequestRowSerializer, rows)


class RequestDetail(RequestView):
    """One request."""

    @extend_schema(operation_id="get_request", responses=RequestSerializer)
    def get(self, request: Request, rfq: str) -> Response:
        """Lines and files. The first reading is a receipt that the buyer sees."""
        return self.show(actions.view_rfq(actor=self.actor, rfq_id=rfq))


class DeclineRequest(RequestView):
    """A no."""

    @extend_schema(
        operation_id="decline_request",
        request=inputs.DeclineSerializer,
        responses=RequestSerializer,
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Decline to quote; the buyer is told the reason. A quote that stands is withdrawn."""
        given = self.clean(inputs.DeclineSerializer)
        actions.decline_to_quote(actor=self.actor, rfq_id=rfq, **given)
        return self.show(queries.get_invitation(self.actor, rfq))


class QuoteView(ApiView):
    """A view that answers with one's own quote."""

    def show(self, public_id: str, status: int = 200) -> Response:
        """The quote as it stands now."""
        quote = queries.get_own_quote(self.actor, public_id)
        return self.answer(OwnQuoteSerializer, quote, status)


class StartQuote(QuoteView):
    """A quote on a request."""

    @extend_schema(operation_id="start_quote", request=None, responses=OwnQuoteSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Start a draft; a second call answers with the same one."""
        return self.show(actions.start_quote(actor=self.actor, rfq_id=rfq).public_id)


class QuoteList(QuoteView):
    """The manufacturer's quotes."""

    expands = "quote"
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="list_quotes",
        parameters=[
            OpenApiParameter(
                "state", str, enum=QuoteState.values, description="only those in this state"
            ),
            EXTERNAL_ID,
        ],
        responses=OwnQuoteRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        state = one_of(request, "state", QuoteState.values)
        known_as = text_of(request, "external_id", EXTERNAL_ID_LENGTH)
        rows = queries.quotes_of_shop(self.actor, state, known_as)
        return self.page(OwnQuoteRowSerializer, rows)


class QuoteDetail(QuoteView):
    """One of the manufacturer's quotes."""

    expands = "quote"

    def held_rows(self) -> list[QuerySet[Any]]:
        return [
            RFQ.objects.filter(quotes__public_id=self.kwargs["quote"]),
            Quote.objects.filter(public_id=self.kwargs["quote"]),
        ]

    @extend_schema(operation_id="get_quote", responses=OwnQuoteSerializer)
    def get(self, request: Request, quote: str) -> Response:
        """The quote with its prices."""
        return self.show(quote)

    @extend_schema(
        operation_id="replace_quote",
        request=quote_inputs.QuoteInputSerializer,
        responses=OwnQuoteSerializer,
    )
    def put(self, request: Request, quote: str) -> Response:
        """Save the whole draft; a line that is left out is not quoted."""
        found = queries.get_own_quote(self.actor, quote)
        given = self.clean(quote_inputs.QuoteInputSerializer, **inputs.terms())
        draft = quote_inputs.quote_draft(given, found)
        actions.save_quote(actor=self.actor, public_id=quote, draft=draft)
        return self.show(quote)


class SubmitQuote(QuoteView):
    """The draft goes to the buyer."""

    @extend_schema(operation_id="submit_quote", request=None, responses=OwnQuoteSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Hand the draft to the buyer, pinned to what it prices."""
        actions.submit_quote(actor=self.actor, public_id=quote)
        return self.show(quote)


class ReopenQuote(QuoteView):
    """A submitted quote becomes a draft again."""

    @extend_schema(operation_id="reopen_quote", request=None, responses=OwnQuoteSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Take it back to change it; until it is submitted again the buyer has none."""
        actions.edit_quote(actor=self.actor, public_id=quote)
        return self.show(quote)


class WithdrawQuote(QuoteView):
    """The end of a quote."""

    @extend_schema(operation_id="withdraw_quote", request=None, responses=OwnQuoteSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Take it back for good."""
        actions.withdraw_quote(actor=self.actor, public_id=quote)
        return self.show(quote)
