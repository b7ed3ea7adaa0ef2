"""Saving and forgetting how a list is looked at."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actions import saved_views as actions
from accounts.decorators import member_page
from accounts.http import Request
from marketplace.core.errors import DomainError, NotFound

# The lists that have views: the only addresses these doors lead back to.
LISTS = ("rfqs", "portal_requests", "parts", "orders", "portal_orders")


@member_page
@require_POST
def save_view(request: Request) -> HttpResponse:
    """Keep the list's filters under a name."""
    page, query = _list_of(request)
    try:
        actions.save_view(
            actor=request.actor, page=page, name=request.POST.get("name", ""), query=query
        )
    except DomainError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "The view is saved. It stands above the list.")
    return redirect(f"{reverse(page)}?{query}")


@member_page
@require_POST
def delete_view(request: Request, view: str) -> HttpResponse:
    """Forget a saved view."""
    deleted = actions.delete_view(actor=request.actor, public_id=view)
    messages.success(request, f"The view {deleted.name} is deleted.")
    return redirect(deleted.page if deleted.page in LISTS else "home")


def _list_of(request: Request) -> tuple[str, str]:
    """The list and its filters; a page of the list is no part of a view."""
    page = request.POST.get("page", "")
    if page not in LISTS:
        raise NotFound()
    query = QueryDict(request.POST.get("query", "")[:500], mutable=True)
    query.pop("after", None)
    return page, query.urlencode()[:500]
