"""The manufacturer's board, and its load by week."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.errors import DomainError
from marketplace.core.pages import keyset_page, render_page
from orders.actions.production import advance_order
from orders.board import COLUMN_OF, as_context, label_of
from orders.states import OrderState
from orders.workload import load_by_week, orders_of_week, read_week

TEMPLATE = "orders/portal/portal_board.html"


def _board(
    request: Request, *, sentence: str = "", done: str = "", status: int = 200
) -> HttpResponse:
    context = {
        **as_context(request.actor, timezone.localdate(), request.GET),
        "query": request.GET.urlencode(),
        "sentence": sentence,
        "done": done,
    }
    return render_page(request, TEMPLATE, context, fragment="board", status=status)


@portal_page
def portal_board(request: Request) -> HttpResponse:
    """Open orders in columns by state."""
    return _board(request)


@portal_page
@require_POST
def move_on_board(request: Request, order: str, verb: str) -> HttpResponse:
    """One step of one order that needs only the click; the board as it is then."""
    try:
        moved = advance_order(actor=request.actor, public_id=order, verb=verb)
    except DomainError as error:
        if error.status == 404:
            raise
        # The board that comes back shows the card where it really is.
        return _board(request, sentence=error.sentence, status=error.status)
    done = f"{moved.reference} is now: {label_of(COLUMN_OF[OrderState(moved.state)])}."
    if request.headers.get("HX-Request"):
        return _board(request, done=done)
    messages.success(request, done)
    back = reverse("portal_board")
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{back}?{query}" if query else back)


@portal_page
def portal_load(request: Request) -> HttpResponse:
    """What has to ship in which week; the orders of one of them."""
    today = timezone.localdate()
    week = read_week(request.GET.get("week", ""), today)
    page = None
    if week:
        rows = orders_of_week(request.actor, week, today)
        page = keyset_page(rows, request.GET.get("after", ""))
    weeks = load_by_week(request.actor, today)
    context = {
        "weeks": weeks,
        "most": max(1, *(row.orders for row in weeks)),
        "week": week,
        "page": page,
        "today": today,
    }
    return render_page(request, "orders/portal/portal_load.html", context)
