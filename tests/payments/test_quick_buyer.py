"""A buyer who presses Pay before any worker heard of the order."""

from payments.actions.attempts import pay_order
from payments.models import PaymentRequest
from tests.orders.scene import make_order
from tests.personas import Persona


def test_paying_right_after_accepting_asks_for_the_payment_once(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo)
    first = pay_order(actor=bea.actor, public_id=order.public_id)
    assert pay_order(actor=bea.actor, public_id=order.public_id) == first
    assert PaymentRequest.objects.get().amount_minor == order.total_minor
