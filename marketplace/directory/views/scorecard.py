"""What is said of a shop, and how it was counted, for the shop itself."""

from django.http import HttpResponse

from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.pages import render_page
from marketplace.directory import queries
from marketplace.directory.scorecard import card_of, figures_of, stars_of


@portal_page
def portal_scorecard(request: Request) -> HttpResponse:
    """The same figures everybody reads, with the way to the orders and requests behind each."""
    profile = queries.manufacturer_of(request.actor)
    card = card_of(profile) if profile else None
    context = {
        "profile": profile,
        "card": card,
        "figures": figures_of(card),
        "stars": stars_of(card),
    }
    return render_page(request, "directory/portal/portal_scorecard.html", context)
