"""The life of a published request, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from quotes import queries
from quotes.actions import amendment, deadline, publication
from quotes.api import inputs
from quotes.api.buyer import RFQView
from quotes.api.portal import QuoteView
from quotes.api.serializers import OwnQuoteSerializer, RFQSerializer
from quotes.api.taking_part import ReasonSerializer


class DeadlineInputSerializer(serializers.Serializer):
    deadline = serializers.DateTimeField(help_text="after the present one, in the future")


class AmendInputSerializer(inputs.RFQPatchSerializer):
    """What changes; what is left out stays. `revision` is the one you read."""

    revision = serializers.IntegerField(min_value=1, max_value=32767)


class AmendRFQ(RFQView):
    """A published request changes."""

    @extend_schema(operation_id="amend_rfq", request=AmendInputSerializer, responses=RFQSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Make the next revision. Who was asked is told; submitted quotes must be confirmed."""
        found = queries.get_rfq(self.actor, rfq)
        given = self.clean(AmendInputSerializer, **inputs.terms())
        amendment.amend_rfq(
            actor=self.actor,
            public_id=rfq,
            draft=inputs.rfq_draft(given, found, whole=False),
            seen=given["revision"],
        )
        return self.show(rfq)


class ExtendRFQ(RFQView):
    """A later deadline."""

    @extend_schema(
        operation_id="extend_rfq", request=DeadlineInputSerializer, responses=RFQSerializer
    )
    def post(self, request: Request, rfq: str) -> Response:
        """Take quotes longer; a closed request opens again."""
        given = self.clean(DeadlineInputSerializer)
        deadline.extend_rfq(actor=self.actor, public_id=rfq, **given)
        return self.show(rfq)


class UnsealRFQ(RFQView):
    """Sealed quotes opened early."""

    @extend_schema(operation_id="unseal_rfq", request=ReasonSerializer, responses=RFQSerializer)
    def post(self, request: Request, rfq: str) -> Response:
        """Open them before the deadline; every manufacturer asked is told the reason."""
        given = self.clean(ReasonSerializer)
        deadline.unseal_rfq(actor=self.actor, public_id=rfq, **given)
        return self.show(rfq)


class EndRFQ(RFQView):
    """The end without a choice."""

    @extend_schema(
        operation_id="end_without_award", request=ReasonSerializer, responses=RFQSerializer
    )
    def post(self, request: Request, rfq: str) -> Response:
        """End a closed request without choosing a quote; all are told the reason."""
        given = self.clean(ReasonSerializer)
        publication.end_without_award(actor=self.actor, public_id=rfq, **given)
        return self.show(rfq)


class ReissueRFQ(RFQView):
    """The same request once more."""

    @extend_schema(operation_id="reissue_rfq", request=None, responses={201: RFQSerializer})
    def post(self, request: Request, rfq: str) -> Response:
        """A new draft with the same lines and manufacturers and without a deadline."""
        new = publication.reissue_rfq(actor=self.actor, public_id=rfq)
        return self.show(new.public_id, 201)


class ReconfirmQuote(QuoteView):
    """A quote stands although the request changed."""

    @extend_schema(operation_id="reconfirm_quote", request=None, responses=OwnQuoteSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Confirm the prices as they are; those of quantities no longer asked go."""
        amendment.reconfirm_quote(actor=self.actor, public_id=quote)
        return self.show(quote)
