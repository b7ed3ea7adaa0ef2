"""The orders behind a figure, for the side the figure is about."""

from django.http import HttpResponse

from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.core.pages import keyset_page, render_page
from orders import buyer_records, records
from orders.message_queries import with_unread


@portal_page
def portal_orders_behind(request: Request, figure: str) -> HttpResponse:
    """The shop's own orders that a figure of its scorecard counts."""
    if figure not in records.BEHIND:
        raise NotFound()
    rows = records.orders_behind(request.actor, figure)
    page = keyset_page(rows, request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": with_unread(request.actor, page.rows),
        "title": records.BEHIND[figure][0],
    }
    return render_page(request, "orders/portal/orders_behind.html", context)


@buyer_page
def orders_behind(request: Request, figure: str) -> HttpResponse:
    """The buyer's own orders that a figure of its record counts."""
    if figure not in buyer_records.BEHIND:
        raise NotFound()
    rows = buyer_records.purchases_behind(request.actor, figure)
    page = keyset_page(rows, request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": with_unread(request.actor, page.rows),
        "title": buyer_records.BEHIND[figure][0],
    }
    return render_page(request, "orders/buyer/orders_behind.html", context)
