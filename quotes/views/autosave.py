"""The quote builder's draft, kept as one types."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone

from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.pages import render_page
from quotes import queries
from quotes.actions.quote import save_quote
from quotes.forms.quote import QuoteBuilder
from quotes.models import RFQ
from quotes.promises import promises_of
from quotes.rules import EditedMeanwhile

SAVED = "quotes/portal/_saved.html"
MOST_FAULTS = 3


def autosave(request: Request, quote_id: str, rfq: RFQ, builder: QuoteBuilder) -> HttpResponse:
    """Keep the draft and answer with the part of the page that says so, or why not yet.

    Nobody pressed a button, so nothing is refused (200): whoever types is between two fields, or
    submitted in the moment this was sent. Files are not sent along; they wait for a button.
    """
    faults = list(_faults(builder)) if not builder.is_valid() else []
    meanwhile = 0
    if not faults:
        try:
            saved = save_quote(actor=request.actor, public_id=quote_id, draft=builder.draft())
            builder.edition = saved.draft_edition
        except EditedMeanwhile as error:
            meanwhile = error.edition
        except DomainError as error:
            if error.status == 404:
                raise
            faults = [error.sentence]
    quote = queries.get_own_quote(request.actor, quote_id)
    quote.rfq = rfq
    context = {
        "quote": quote,
        "faults": faults[:MOST_FAULTS],
        "edition": builder.edition,
        "meanwhile": meanwhile,
        "saved_at": None if faults or meanwhile else timezone.now(),
        "promises": promises_of(quote),
    }
    return render_page(request, SAVED, context)


def _faults(builder: QuoteBuilder) -> Iterator[str]:
    """What cannot be saved, each with the name of its field."""
    for form in [builder.header, *builder.forms()]:
        for name, errors in form.errors.items():
            yield f"{form[name].label}: {errors[0]}" if name in form.fields else str(errors[0])
