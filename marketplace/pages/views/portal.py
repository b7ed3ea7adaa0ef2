"""The manufacturer's home."""

from django.http import HttpResponse

from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.pages import queries


@portal_page
def portal_home(request: Request) -> HttpResponse:
    """Requests to answer and orders to work on."""
    board = queries.portal_board(request.actor)
    return render_page(request, "pages/portal/portal_home.html", board)
