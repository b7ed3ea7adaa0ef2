"""A manufacturer's orders."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import portal_page
from accounts.http import Request
from marketplace.core.errors import NotFound
from marketplace.core.pages import keyset_page, render_page
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from orders import queries, rules
from orders.actions import placement, production, shipping
from orders.message_queries import with_unread
from orders.states import OrderState
from orders.views.shared import act, kept_forms, order_context

PAGE, TEMPLATE = "portal_order_detail", "orders/portal/order_detail.html"
FORM_URLS = {
    "report": "report_production",
    "ship": "ship_order",
    "cancel": "portal_cancel_order",
}


@portal_page
def portal_orders(request: Request) -> HttpResponse:
    """What the organization makes."""
    state = request.GET.get("state", "")
    state = state if state in OrderState.values else ""
    page = keyset_page(queries.sales_of(request.actor, state), request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": with_unread(request.actor, page.rows),
        "state": state,
        "states": OrderState.choices,
    }
    return render_page(request, "orders/portal/orders.html", context, fragment="list")


@portal_page
def portal_order_detail(request: Request, order: str) -> HttpResponse:
    """One order, from the manufacturer's side."""
    found = queries.get_order(request.actor, order)
    if found.manufacturer_id != request.actor.company.pk:
        raise NotFound()
    kept = kept_forms(request, found, FORM_URLS)
    return render_page(request, TEMPLATE, order_context(request.actor, found, **kept))


@portal_page
@require_POST
def advance_order(request: Request, order: str, verb: str) -> HttpResponse:
    """A step that needs only the click: confirm, start, finish, check."""

    def action(*, actor: Actor, public_id: str) -> Any:
        return production.advance_order(actor=actor, public_id=public_id, verb=verb)

    return act(request, order, PAGE, TEMPLATE, action, "Done. The buyer sees it.")


@portal_page
@require_POST
def report_production(request: Request, order: str) -> HttpResponse:
    """Say how it goes, with a photo."""

    def action(*, actor: Actor, public_id: str, note: str, photo: UploadedFile | None) -> Any:
        # Rights first, so that a stranger's upload never reaches the storage.
        rules.REPORT.check(actor, queries.get_order(actor, public_id))
        kept = (
            store_upload(actor=actor, upload=photo, kind=StoredFile.Kind.PHOTO) if photo else None
        )
        return production.report_production(actor=actor, public_id=public_id, note=note, photo=kept)

    return act(request, order, PAGE, TEMPLATE, action, "Reported. The buyer sees it.", "report")


@portal_page
@require_POST
def ship_order(request: Request, order: str) -> HttpResponse:
    """Hand over to a carrier."""
    done = "Shipped. The buyer has the tracking number."
    return act(request, order, PAGE, TEMPLATE, shipping.ship_order, done, "ship")


@portal_page
@require_POST
def portal_cancel_order(request: Request, order: str) -> HttpResponse:
    """Decline an order that cannot be made."""
    done = "The order is cancelled and the buyer is told."
    return act(request, order, PAGE, TEMPLATE, placement.cancel_order, done, "cancel")
