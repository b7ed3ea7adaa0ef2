"""One page of an order serves both sides: the buyer's door and the portal's lead to one view."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path

from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side

# A view of one order: (request, side, order's public id, what else the address names).
OrderView = Callable[..., HttpResponse]
Row = tuple[str, OrderView, str]


def _seen_from(side: str, view: OrderView) -> OrderView:
    @wraps(view)
    def seen(request: Request, order: str, **named: Any) -> HttpResponse:
        return view(request, side, order, **named)

    return seen


def bought(rows: Sequence[Row]) -> list[URLPattern]:
    """The buyer's addresses of (route below the order, view, name)."""
    return [
        path(f"<str:order>/{route}", buyer_page(_seen_from(Side.BUYER, view)), name=name)
        for route, view, name in rows
    ]


def sold(rows: Sequence[Row]) -> list[URLPattern]:
    """The portal's addresses of the same; their names begin with "portal_"."""
    return [
        path(
            f"<str:order>/{route}",
            portal_page(_seen_from(Side.MANUFACTURER, view)),
            name=f"portal_{name}",
        )
        for route, view, name in rows
    ]
