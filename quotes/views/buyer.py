"""A buyer's requests."""

from django.http import HttpResponse

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.pages import keyset_page, render_page
from quotes import queries
from quotes.states import RFQState


@buyer_page
def rfqs(request: Request) -> HttpResponse:
    """The organization's requests."""
    state = request.GET.get("state", "")
    state = state if state in RFQState.values else ""
    page = keyset_page(queries.rfqs_of(request.actor, state), request.GET.get("after", ""))
    context = {"page": page, "state": state, "states": RFQState.choices}
    return render_page(request, "quotes/buyer/rfqs.html", context, fragment="list")
