"""A buyer's requests."""

from django.http import HttpResponse

from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import saved_views
from marketplace.core.pages import render_page
from marketplace.directory.queries import active_processes
from marketplace.messaging.queries import unread_of
from quotes import lists
from quotes.states import RFQState


@buyer_page
def rfqs(request: Request) -> HttpResponse:
    """The organization's requests; every filter stands in the address."""
    chosen = lists.ListFilter.read(request.GET, RFQState)
    page = lists.rfq_page(request.actor, chosen, request.GET.get("after", ""))
    unread = unread_of(request.actor, [rfq.public_id for rfq in page])
    context = {
        "page": page,
        "rows": [(rfq, unread.get(rfq.public_id, 0)) for rfq in page],
        "chosen": chosen,
        "state": chosen.state,
        "states": RFQState.choices,
        "processes": active_processes(),
        "views": saved_views(request.actor, "rfqs"),
        "list_name": "rfqs",
    }
    return render_page(request, "quotes/buyer/rfqs.html", context, fragment="list")
