"""What the two parties of an order write each other."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.actor import Actor
from accounts.http import Request
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.files.links import link_to
from marketplace.messaging.models import Message
from marketplace.notifications.actions import mark_page_read
from orders.actions import order_messages as actions
from orders.forms.messages import OrderMessageForm
from orders.message_queries import messages_of_order, order_to_write_on
from orders.message_rules import can_write
from orders.models import Order
from orders.queries import side_of
from orders.rooms import frame_of, url_of

SHOWN = 50


def order_messages(request: Request, side: str, order: str) -> HttpResponse:
    """Read, or write one message and read on."""
    found = order_to_write_on(request.actor, order)
    if side_of(request.actor, found) != side:
        raise NotFound()
    return _talk(request, found, side)


def _talk(request: Request, order: Order, side: str) -> HttpResponse:
    actor: Actor = request.actor
    page = url_of("order_messages", order, side)
    form, status = OrderMessageForm(), 200
    if request.method == "POST":
        form, status = OrderMessageForm(request.POST, request.FILES), 422
        if form.is_valid():
            try:
                _write(actor, order.public_id, **form.cleaned_data)
            except DomainError as error:
                add_errors(form, error)
            else:
                return redirect(page)
    elif (typed := kept_typed(request, page)) is not None:
        form = OrderMessageForm(typed)
        messages.info(request, "You were signed out. Here is what you typed; send it again.")
    if request.method == "GET":
        actions.read_order_messages(actor=actor, order=order)
        mark_page_read(actor=actor, link=request.path)
    context = {
        **frame_of(order, side, "order_messages"),
        "form": form,
        **_shown(request, actor, order),
    }
    return render_page(request, "orders/order_messages.html", context, status=status)


def _write(actor: Actor, public_id: str, text: str, uploads: list[Any]) -> Message:
    kept = actions.store_files(actor=actor, public_id=public_id, text=text, uploads=uploads)
    return actions.write_order_message(actor=actor, public_id=public_id, text=text, files=kept)


def _shown(request: Request, actor: Actor, order: Order) -> dict[str, Any]:
    found = messages_of_order(order)
    page = keyset_page(found, request.GET.get("after", ""), size=SHOWN)
    rows = [
        {
            "message": message,
            "is_own": message.organization_id == actor.company.pk,
            "files": [
                (one.file, link_to(one.file, actor, room=order.public_id))
                for one in message.attachments.all()
            ],
        }
        for message in list(page.rows)[::-1]
    ]
    return {"page": page, "rows": rows, "can_write": can_write(actor, order)}
