"""Who takes part in a request: open requests for shops, access for buyers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Permission
from marketplace.core.pages import keyset_page, render_page
from quotes.actions import invitations as actions
from quotes.models import Invitation
from quotes.queries import open_requests
from quotes.views.buyer_detail import act


@portal_page
def open_requests_page(request: Request) -> HttpResponse:
    """Requests of buyers who ask every manufacturer that matches, with why this one does."""
    rows = open_requests.open_requests_for(request.actor)
    page = keyset_page(rows, request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": open_requests.with_reasons(request.actor, list(page.rows)),
        "can_join": request.actor.may(Permission.QUOTE),
    }
    return render_page(request, "quotes/portal/open_requests.html", context)


@portal_page
@require_POST
def join_rfq(request: Request, rfq: str) -> HttpResponse:
    """Take part: the request opens like one the shop was asked for."""
    actions.join_rfq(actor=request.actor, rfq_id=rfq)
    messages.success(request, "You take part. The buyer is told; no other manufacturer is.")
    return redirect("portal_request_detail", rfq)


def _asked(new: list[Invitation]) -> str:
    if not new:
        return "Everybody on this list who can be asked was asked before."
    return f"{len(new)} manufacturer{'s' if len(new) > 1 else ''} invited."


@buyer_page
@require_POST
def invite_list(request: Request, rfq: str) -> HttpResponse:
    """Ask everybody on a supplier list."""
    chosen = request.POST.get("list", "").replace("\x00", "")[:60]
    return act(request, rfq, actions.invite_list, _asked, list_id=chosen)


@buyer_page
@require_POST
def revoke_invitation(request: Request, rfq: str, invitation: str) -> HttpResponse:
    """End a manufacturer's access at once."""
    return act(
        request,
        rfq,
        actions.revoke_invitation,
        "Access ended. Links this manufacturer has open no longer work.",
        invitation_id=invitation,
        reason=request.POST.get("reason", "")[:200],
    )


@buyer_page
@require_POST
def restore_invitation(request: Request, rfq: str, invitation: str) -> HttpResponse:
    """Give a manufacturer its access back."""
    done = "Access given again. The manufacturer is told."
    return act(request, rfq, actions.restore_invitation, done, invitation_id=invitation)
