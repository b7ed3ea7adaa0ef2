"""Addresses of an order's pages for the side that looks, and what its price is made of."""

from typing import Any

from django import template

from orders import price_rows as prices
from orders.rooms import url_of

register = template.Library()


@register.simple_tag(takes_context=True)
def order_url(context: Any, name: str, *arguments: str) -> str:
    """`{% order_url "order_problem" problem.public_id %}`: of `order`, as its `side` reaches it."""
    return url_of(name, context["order"], context["side"], *arguments)


@register.filter
def price_rows(priced: prices.Priced, incoterm: str = "") -> list[tuple[str, int]]:
    """`{% for name, minor in order|price_rows:order.incoterm %}`: rows that sum to the total."""
    return prices.price_rows(priced, incoterm)
