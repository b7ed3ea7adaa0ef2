"""Awards that wait for a second pair of eyes."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.callers import ORGANIZATION_KEY
from accounts.decorators import buyer_page, signed_in_page
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from orders import queries
from orders.actions import approvals as actions
from orders.views.buyer import PAGE, TEMPLATE
from orders.views.shared import act

MOST_WAITING = 50


@buyer_page
def approvals(request: Request) -> HttpResponse:
    """What waits for this person, and everything the organization ever asked to be approved."""
    page = keyset_page(queries.approvals_of(request.actor), request.GET.get("after", ""))
    waiting = queries.awaiting_my_approval(request.actor).order_by("pk")[:MOST_WAITING]
    context = {"page": page, "waiting": list(waiting)}
    return render_page(request, "orders/buyer/approvals.html", context)


@signed_in_page
def open_approval(request: Request, order: str) -> HttpResponse:
    """The link of the mails: leads to the order whichever organization the person acts for."""
    request.session[ORGANIZATION_KEY] = queries.buyer_of(request.actor, order).public_id
    return redirect("order_detail", order)


@buyer_page
@require_POST
def approve_award(request: Request, order: str) -> HttpResponse:
    """Yes."""
    done = "Approved. The timeline says whether others still have to."
    return act(request, order, PAGE, TEMPLATE, actions.approve_award, done, "approve")


@buyer_page
@require_POST
def reject_award(request: Request, order: str) -> HttpResponse:
    """No, with a reason."""
    done = "Rejected. Your colleague is told why; the request can be awarded anew."
    return act(request, order, PAGE, TEMPLATE, actions.reject_award, done, "reject")
