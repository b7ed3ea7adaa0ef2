"""What every page of an order does: find the order for the side, show it, act on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actor import Actor
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from orders.models import Order
from orders.queries import find_order, side_of
from orders.rooms import frame_of, url_of

MARKED = "Something is missing or cannot be used. It is marked below; nothing you typed is lost."


@dataclass(frozen=True)
class Room:
    """A page of an order. `context(actor, order, side)` gives what it shows; `forms` are its forms
    by name, and `urls` the URL name each is sent to (without "portal_")."""

    name: str
    template: str
    context: Callable[[Actor, Order, str], dict[str, Any]]
    forms: Mapping[str, type[Form]] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    # A page below another one: which of the order's pages it belongs to, what else its address
    # names, and whether an act leads back to that page instead of to this one.
    parent: str = ""
    arguments: tuple[str, ...] = ()
    leads_back: bool = False

    def address(self, order: str, side: str) -> str:
        """Where one is after an act."""
        if self.leads_back:
            return url_of(self.parent, order, side)
        return url_of(self.name, order, side, *self.arguments)


def order_at(actor: Actor, side: str, public_id: str) -> Order:
    """The order, if the actor stands on this side of it. Raises NotFound."""
    order = find_order(actor, public_id)
    if side_of(actor, order) != side:
        raise NotFound()
    return order


def show_room(
    request: Request,
    room: Room,
    side: str,
    public_id: str,
    *,
    bound: Mapping[str, Form] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `bound` replaces an empty form by one with errors."""
    order = order_at(request.actor, side, public_id)
    given = dict(bound or {}) or _typed_before(request, room, side, public_id)
    context = {
        **frame_of(order, side, room.parent or room.name),
        "sentence": sentence,
        "forms": {**{name: form() for name, form in room.forms.items()}, **given},
        **room.context(request.actor, order, side),
    }
    return render_page(request, room.template, context, status=status)


def act_in_room(
    request: Request,
    room: Room,
    side: str,
    public_id: str,
    action: Callable[..., Any],
    done: str,
    form_name: str = "",
    form: Form | None = None,
) -> HttpResponse:
    """Check the named form, run one action, go back to the page; or show it with the sentence.

    `action(actor=..., public_id=..., **clean values)`. A stranger finds nothing.
    """
    order_at(request.actor, side, public_id)
    if form is None and form_name:
        form = room.forms[form_name](request.POST, request.FILES)
    sentence, status = MARKED, 422
    if form is None or form.is_valid():
        try:
            action(actor=request.actor, public_id=public_id, **(form.cleaned_data if form else {}))
        except DomainError as error:
            if error.status == 404:
                raise
            # On top of the page too: in the wrong state the page does not show this form.
            status, sentence = error.status, error.sentence
            if form and error.fields:
                add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect(room.address(public_id, side))
    bound = {form_name: form} if form and form_name else None
    return show_room(request, room, side, public_id, bound=bound, sentence=sentence, status=status)


def _typed_before(request: Request, room: Room, side: str, public_id: str) -> dict[str, Form]:
    """Forms typed into when the session ended, filled again."""
    kept = {}
    for name, url in room.urls.items():
        address = reverse(url if side == Side.BUYER else f"portal_{url}", args=[public_id])
        typed = kept_typed(request, address)
        if typed is not None:
            kept[name] = room.forms[name](typed)
            messages.info(request, "You were signed out. Here is what you typed; send it again.")
    return kept
