"""The manufacturer's home."""

from django.http import HttpRequest, HttpResponse

from accounts.decorators import portal_page
from marketplace.core.pages import render_page
from marketplace.pages import queries


@portal_page
def portal_home(request: HttpRequest) -> HttpResponse:
    """Requests to answer and orders to work on."""
    board = queries.portal_board(request.actor)  # type: ignore[attr-defined]
    return render_page(request, "pages/portal/portal_home.html", board)
