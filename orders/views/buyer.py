"""A buyer's orders."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.decorators import buyer_page
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.core.pages import keyset_page, render_page
from orders import queries
from orders.actions import acceptance, placement, shipping
from orders.message_queries import with_unread
from orders.reordering import reorderable_by
from orders.states import OrderState
from orders.views.shared import act, kept_forms, order_context

PAGE, TEMPLATE = "order_detail", "orders/buyer/order_detail.html"
FORM_URLS = {
    "cancel": "cancel_order",
    "approve": "approve_award",
    "reject": "reject_award",
}


@buyer_page
def orders(request: Request) -> HttpResponse:
    """What the organization bought."""
    state = request.GET.get("state", "")
    state = state if state in OrderState.values else ""
    page = keyset_page(queries.purchases_of(request.actor, state), request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": with_unread(request.actor, page.rows),
        "state": state,
        "states": OrderState.choices,
        "reorderable": reorderable_by(request.actor),
    }
    return render_page(request, "orders/buyer/orders.html", context, fragment="list")


@buyer_page
def order_detail(request: Request, order: str) -> HttpResponse:
    """One order, from the buyer's side."""
    found = queries.get_order(request.actor, order)
    if found.buyer_id != request.actor.company.pk:
        raise NotFound()
    kept = kept_forms(request, found, FORM_URLS)
    return render_page(request, TEMPLATE, order_context(request.actor, found, **kept))


@buyer_page
@require_POST
def confirm_delivery(request: Request, order: str) -> HttpResponse:
    """The parts arrived."""
    done = "Delivery confirmed. Inspect the parts and accept them."
    return act(request, order, PAGE, TEMPLATE, shipping.confirm_delivery, done)


@buyer_page
@require_POST
def accept_order(request: Request, order: str) -> HttpResponse:
    """The parts are good."""
    on_account = queries.get_order(request.actor, order).account_days is not None
    done = (
        "Accepted. The manufacturer is paid when your invoice is settled."
        if on_account
        else "Accepted. What was held for the parts is released to the manufacturer."
    )
    return act(request, order, PAGE, TEMPLATE, acceptance.accept_order, done)


@buyer_page
@require_POST
def cancel_order(request: Request, order: str) -> HttpResponse:
    """Cancel before payment."""
    done = "The order is cancelled; everybody who knew of it is told."
    return act(request, order, PAGE, TEMPLATE, placement.cancel_order, done, "cancel")
