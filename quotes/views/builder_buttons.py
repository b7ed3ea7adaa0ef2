"""What the quote builder's buttons do beside saving and submitting, after the draft is kept."""

from collections.abc import Sequence
from urllib.parse import quote_plus, urlencode

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actor import Actor
from accounts.http import Request
from marketplace.core.errors import DomainError
from quotes.actions.quote_copy import copy_quote
from quotes.actions.quote_currency import change_currency
from quotes.actions.quote_files import add_quote_file, remove_quote_file


def add_files(actor: Actor, quote: str, uploads: Sequence[File]) -> str:
    """Keep each file; the sentences about those that were not taken, "" when all were."""
    faults = []
    for upload in uploads:
        try:
            add_quote_file(actor=actor, public_id=quote, upload=upload)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            faults.append(error.sentence)
    return " ".join(faults)


def after_saving(request: Request, quote: str, wanted: str, named: str) -> HttpResponse:
    """Carry out the button `wanted` on what it names and show the builder again, or the no."""
    page = reverse("edit_quote", args=[quote])
    if wanted == "alternate":
        return redirect(f"{page}?{urlencode({'alternate': named})}#alternates-{quote_plus(named)}")
    try:
        done = _carry_out(request, quote, wanted, named)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, done)
    return redirect(page)


def _carry_out(request: Request, quote: str, wanted: str, named: str) -> str:
    """What was done, as a sentence."""
    actor: Actor = request.actor
    if wanted == "remove-file":
        remove_quote_file(actor=actor, public_id=quote, file_id=named)
        return "The file is removed."
    if wanted == "copy":
        filled = copy_quote(actor=actor, public_id=quote, source_id=named)
        if not filled:
            return "Nothing was copied: every price of these quantities is typed already."
        return f"Copied from your earlier quote: {'; '.join(filled)} pcs. Check it."
    if wanted == "currency":
        changed = change_currency(
            actor=actor,
            public_id=quote,
            currency=request.POST.get("currency", ""),
            empty=request.POST.get("empty_amounts") == "on",
        )
        return f"You quote in {changed.currency}."
    return "The draft is saved."
