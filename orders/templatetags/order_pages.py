"""Addresses of an order's pages for the side that looks."""

from typing import Any

from django import template

from orders.rooms import url_of

register = template.Library()


@register.simple_tag(takes_context=True)
def order_url(context: Any, name: str, *arguments: str) -> str:
    """`{% order_url "order_problem" problem.public_id %}`: of `order`, as its `side` reaches it."""
    return url_of(name, context["order"], context["side"], *arguments)
