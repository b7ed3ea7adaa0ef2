"""The builder's prices from the shop's rate card."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from quotes import queries
from quotes.actions.prefill import prefill_quote as prefill_action
from quotes.forms.quote import QuoteBuilder
from quotes.rules import EditedMeanwhile
from quotes.views.builder_buttons import add_files
from quotes.views.portal import edit_quote, edited_meanwhile


@portal_page
@require_POST
def prefill_quote(request: Request, quote: str) -> HttpResponseBase:
    """Keep what is typed in the builder and fill what is empty; `again` names a line to redo."""
    actor: Actor = request.actor
    found = queries.get_own_quote(actor, quote)
    draft = None
    builder = QuoteBuilder(
        found, queries.lines_with_files_of(found.rfq), request.POST, files=request.FILES
    )
    if "valid_until" in request.POST:
        if not builder.is_valid():
            # The builder marks what cannot be saved and keeps everything typed.
            return edit_quote(request, quote)
        if fault := add_files(actor, quote, builder.header.cleaned_data["uploads"]):
            messages.error(request, fault)
        draft = builder.draft()
    again = request.POST.getlist("again")[:1]
    try:
        filled = prefill_action(actor=actor, public_id=quote, draft=draft, again=again)
    except EditedMeanwhile as error:
        return edited_meanwhile(request, quote, builder, error)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        if filled:
            messages.success(request, f"Filled {filled} line{'s' if filled > 1 else ''}. Check it.")
        else:
            messages.info(
                request, "Nothing was filled: every price is typed, or its rates are missing."
            )
    return redirect("edit_quote", quote)
