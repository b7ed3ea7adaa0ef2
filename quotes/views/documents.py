"""A quote as PDF, for the shop that gave it and the buyer it was given to."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.actor import Actor
from accounts.decorators import buyer_page, quoting_page
from accounts.http import Request
from marketplace.core.downloads import pdf_answer
from quotes import admission, queries
from quotes.documents import quote_document
from quotes.queries import papers


@buyer_page
def received_quote_pdf(request: Request, rfq: str, quote: str) -> HttpResponse:
    """A submitted quote on the buyer's request; a sealed one is not there yet."""
    paper = papers.received_paper(request.actor, rfq, quote)
    return pdf_answer(quote_document(*paper), f"{paper.quote.reference}.pdf")


@quoting_page
def own_quote_pdf(request: Request, quote: str) -> HttpResponse:
    """The shop's own quote; under an NDA once the person accepted it."""
    actor: Actor = request.actor
    found = queries.get_own_quote(actor, quote)
    invitation = queries.get_invitation(actor, found.rfq.public_id)
    if admission.is_kept_back(actor, invitation.rfq):
        return redirect("portal_request_detail", invitation.rfq.public_id)
    paper = papers.own_paper(actor, quote)
    return pdf_answer(quote_document(*paper), f"{paper.quote.reference}.pdf")
