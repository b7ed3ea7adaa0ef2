"""What the page of an order shows of its payment."""

from typing import Any

from django import template

from orders.models import Order
from payments.credit_rules import offer_on_account
from payments.queries import payments_of

register = template.Library()


@register.simple_tag(takes_context=True)
def first_payment(context: Any, order: Order) -> dict[str, Any] | None:
    """What an order that waits for its payment asks for: `payment`, and the `offer` to buy it on
    account as it stands on the payment's own page. None while it is being prepared."""
    actor = context["request"].actor
    payment = next(iter(payments_of(actor, order)), None)
    if payment is None:
        return None
    return {"payment": payment, "offer": offer_on_account(actor, order, payment)}
