"""Orders of the demo on which not everything goes well."""

from collections.abc import Callable, Mapping

from accounts.actor import Actor
from orders.actions.acceptance import judge_goods
from orders.actions.nonconformances import Offer, answer_nonconformance, ask_platform
from orders.actions.problem_steps import Claim
from orders.actions.settlements import hold_order, propose_settlement
from orders.models import Order


def _reject(buyer: Actor, shop: Actor, order: Order) -> None:
    """Three pieces are not good, and the shop offers to replace them."""
    [problem] = judge_goods(
        actor=buyer,
        public_id=order.public_id,
        rejected={order.lines.all()[0].public_id: 3},
        claim=Claim(
            "nonconforming", "Bore 8.12 to 8.15 mm instead of 8 H7 on three pieces; see the list."
        ),
    )
    answer_nonconformance(
        actor=shop,
        public_id=order.public_id,
        problem=problem.public_id,
        offer=Offer("replace", "We make three new ones and measure each bore.", remedy_days=8),
    )


def _stop(buyer: Actor, shop: Actor, order: Order) -> None:
    hold_order(actor=buyer, public_id=order.public_id, reason="The drawing of the flange changes.")


def _settle(buyer: Actor, shop: Actor, order: Order) -> None:
    propose_settlement(
        actor=shop,
        public_id=order.public_id,
        owed_minor=order.total_minor // 4,
        reason="Our supplier cannot deliver the material this year. The blanks are cut already.",
    )


def _dispute(buyer: Actor, shop: Actor, order: Order) -> None:
    ask_platform(
        actor=buyer,
        public_id=order.public_id,
        claim=Claim("other", "The parcel arrived empty and the carrier does not answer."),
    )


TROUBLES: Mapping[str, Callable[[Actor, Actor, Order], None]] = {
    "rejected": _reject,
    "held": _stop,
    "ending": _settle,
    "disputed": _dispute,
}
