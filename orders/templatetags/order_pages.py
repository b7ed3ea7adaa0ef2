"""Addresses of an order's pages for the side that looks, and what its price is made of."""

from typing import Any

from django import template

from marketplace.core.money import Money
from marketplace.core.templatetags.formats import UNKNOWN, money
from orders import price_rows as prices
from orders.models import Order
from orders.rooms import url_of

register = template.Library()


@register.filter
def gross(amount: Money | int | None, order: Order) -> str:
    """What really moves for an amount of the contract: `{{ held|gross:order }}` is
    "€142.80 incl. VAT", without VAT on top the amount itself. A milestone has its own `gross`."""
    if amount is None:
        return UNKNOWN
    minor = amount.minor if isinstance(amount, Money) else amount
    return order.with_vat(money(order.gross(minor)))


@register.filter
def with_vat(amount: Money, order: Order) -> str:
    """An amount that has its VAT in it, saying so."""
    return order.with_vat(money(amount))


@register.simple_tag(takes_context=True)
def order_url(context: Any, name: str, *arguments: str) -> str:
    """`{% order_url "order_problem" problem.public_id %}`: of `order`, as its `side` reaches it."""
    return url_of(name, context["order"], context["side"], *arguments)


@register.filter
def price_rows(priced: prices.Priced, incoterm: str = "") -> list[tuple[str, int]]:
    """`{% for name, minor in order|price_rows:order.incoterm %}`: rows that sum to the total."""
    return prices.price_rows(priced, incoterm)
