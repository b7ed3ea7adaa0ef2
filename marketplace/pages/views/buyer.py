"""The buyer's home."""

from django.http import HttpResponse

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.pages import queries


@buyer_page
def buyer_home(request: Request) -> HttpResponse:
    """What needs my decision today."""
    board = queries.buyer_board(request.actor)
    return render_page(request, "pages/buyer/buyer_home.html", board)
