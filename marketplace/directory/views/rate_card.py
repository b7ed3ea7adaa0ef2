"""A manufacturer's rate card."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.decorators import portal_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from marketplace.directory import queries
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.queries import rate_card as reads
from marketplace.directory.rate_card_form import RateCardForm
from marketplace.directory.views.portal import standing_of

PAGE = "directory/portal/portal_rate_card.html"


@portal_page
def portal_rate_card(request: Request) -> HttpResponse:
    """Show and change the rate card; `?start=published` fills empty figures to begin with."""
    profile = queries.manufacturer_of(request.actor)
    if profile is None:
        return render_page(request, PAGE, {"form": None, **standing_of(request, None)})
    card = reads.own_rate_card(request.actor)
    currency = card.currency if card else request.actor.company.currency
    start = request.GET.get("start") == "published"
    typed = request.POST if request.method == "POST" else kept_typed(request)
    sections = reads.rate_sections(profile, currency)
    form = RateCardForm(
        typed,
        sections=sections,
        card=card,
        values=reads.values_of(card),
        currency=currency,
        start=start,
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_rate_card(actor=request.actor, **form.draft())
        except DomainError as error:
            add_errors(form, error)
        else:
            messages.success(request, "Your rate card is saved. It fills your next quotes.")
            return redirect("portal_rate_card")
    context = {
        "form": form,
        "card": card,
        "currency": currency,
        "start": start and request.method != "POST",
        "can_start": any(field.start for section in sections for field in section.fields),
        "can_save": request.actor.may(Permission.EDIT_PROFILE),
        **standing_of(request, profile),
    }
    return render_page(request, PAGE, context, status=422 if form.errors else 200)
