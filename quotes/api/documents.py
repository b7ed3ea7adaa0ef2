"""Quotes as PDF for programs."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from marketplace.core.api.documents import PDF_RESPONSE, DocumentView
from marketplace.core.downloads import pdf_answer
from quotes.documents import quote_document
from quotes.queries import papers


class ReceivedQuotePdf(DocumentView):
    """A received quote on paper."""

    @extend_schema(operation_id="get_received_quote_pdf", responses=PDF_RESPONSE)
    def get(self, request: Request, rfq: str, quote: str) -> HttpResponse:
        """A submitted quote as PDF: prices, terms, and the files it prices with their SHA-256."""
        paper = papers.received_paper(self.actor, rfq, quote)
        return pdf_answer(quote_document(*paper), f"{paper.quote.reference}.pdf")


class OwnQuotePdf(DocumentView):
    """One's own quote on paper."""

    @extend_schema(operation_id="get_quote_pdf", responses=PDF_RESPONSE)
    def get(self, request: Request, quote: str) -> HttpResponse:
        """One's own submitted quote as PDF."""
        paper = papers.own_paper(self.actor, quote)
        return pdf_answer(quote_document(*paper), f"{paper.quote.reference}.pdf")
