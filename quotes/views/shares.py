"""Sharing a comparison by a link: the buyer's list and form, and what the link shows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, public_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.pages import keyset_page, render_page
from quotes import queries
from quotes.actions import shares as actions
from quotes.forms.share import ShareForm
from quotes.models import RFQ
from quotes.queries.shares import shares_of
from quotes.share_links import address_of
from quotes.views.comparison import look_of

PAGE = "quotes/buyer/comparison_shares.html"


@buyer_page
def comparison_shares(request: Request, rfq: str) -> HttpResponse:
    """The links of a request. The address says what is looked at; POST shares it."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    if request.method != "POST":
        return _page(request, found, ShareForm())
    form, status = ShareForm(request.POST), 422
    if form.is_valid():
        try:
            look = look_of(found, queries.quotes_for_buyer(found), request.GET)
            actions.share_comparison(actor=actor, public_id=rfq, look=look, **form.cleaned_data)
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            status = error.status
        else:
            messages.success(request, "Shared. Copy the link below and hand it on.")
            return redirect("comparison_shares", rfq)
    return _page(request, found, form, status)


def _page(request: Request, rfq: RFQ, form: ShareForm, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    may = actor.may(Permission.AWARD)
    page = keyset_page(shares_of(actor, rfq), request.GET.get("after", ""))
    context = {
        "rfq": rfq,
        "form": form,
        "page": page,
        "rows": [(row, address_of(row) if may and row.is_live else "") for row in page],
        "may_share": may,
        "has_quotes": bool(queries.quotes_for_buyer(rfq)),
    }
    return render_page(request, PAGE, context, status=status)


@buyer_page
@require_POST
def revoke_share(request: Request, rfq: str, share: str) -> HttpResponse:
    """End a link."""
    actions.revoke_share(actor=request.actor, public_id=rfq, share_id=share)
    messages.success(request, "Ended. The link opens nothing any more.")
    return redirect("comparison_shares", rfq)


@public_page
def shared_comparison(request: Request, secret: str) -> HttpResponse:
    """What a link shows, to anybody who has it."""
    try:
        share = actions.open_share(
            actor=request.actor, secret=secret, counts=request.method == "GET"
        )
    except DomainError as error:
        page, status = "quotes/public/shared_comparison_over.html", error.status
        response = render_page(request, page, {"sentence": error.sentence}, status=status)
    else:
        page = "quotes/public/shared_comparison.html"
        response = render_page(request, page, {"share": share, "shown": share.snapshot})
    # The address of this page is the key: no cache keeps it and no search engine lists it.
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
