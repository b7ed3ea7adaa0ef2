"""What the quote builder offers beside writing prices, for programs."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from quotes.actions.prefill import prefill_quote
from quotes.actions.quote_copy import copy_quote
from quotes.actions.quote_files import add_quote_file, remove_quote_file
from quotes.api.inputs import IdField
from quotes.api.portal import QuoteView
from quotes.api.quote_inputs import QuoteFileInputSerializer
from quotes.api.serializers import OwnQuoteSerializer


class PrefillSerializer(serializers.Serializer):
    """`again` names request lines to calculate over what they hold; the others keep it."""

    again = serializers.ListField(child=IdField(), max_length=200, default=list)


class AddQuoteFile(QuoteView):
    """Files beside a quote."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="add_quote_file",
        request=QuoteFileInputSerializer,
        responses={201: OwnQuoteSerializer},
    )
    def post(self, request: Request, quote: str) -> Response:
        """Keep a file with the draft: PDF, PNG or JPEG. The buyer reads it once submitted."""
        given = self.clean(QuoteFileInputSerializer)
        add_quote_file(actor=self.actor, public_id=quote, upload=given["file"])
        return self.show(quote, status=201)


class RemoveQuoteFile(QuoteView):
    """One file beside a quote."""

    @extend_schema(
        operation_id="remove_quote_file", request=None, responses={200: OwnQuoteSerializer}
    )
    def delete(self, request: Request, quote: str, file: str) -> Response:
        """Take it from the draft."""
        remove_quote_file(actor=self.actor, public_id=quote, file_id=file)
        return self.show(quote)


class CopySerializer(serializers.Serializer):
    """An earlier quote of one's own that priced one of these parts."""

    quote = IdField(help_text="id of the earlier quote")


class CopyQuote(QuoteView):
    """Prices from an earlier quote of one's own."""

    @extend_schema(operation_id="copy_quote", request=CopySerializer, responses=OwnQuoteSerializer)
    def post(self, request: Request, quote: str) -> Response:
        """Fill the prices of a draft that are empty from an earlier quote of the same parts."""
        given = self.clean(CopySerializer)
        copy_quote(actor=self.actor, public_id=quote, source_id=given["quote"])
        return self.show(quote)


class PrefillQuote(QuoteView):
    """Prices from the shop's own rate card."""

    @extend_schema(
        operation_id="prefill_quote", request=PrefillSerializer, responses=OwnQuoteSerializer
    )
    def post(self, request: Request, quote: str) -> Response:
        """Fill the prices of a draft that are empty from the rate card."""
        given = self.clean(PrefillSerializer)
        prefill_quote(actor=self.actor, public_id=quote, again=given["again"])
        return self.show(quote)
