"""Whether an order can be placed again at its price, or why a new price is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.money import Money
from marketplace.core.templatetags.formats import plain_day
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries.supplier_lists import is_askable
from orders.models import Order, OrderLine
from orders.queries import get_order, side_of
from orders.reordering import check_reorderable, repeats_of
from quotes.models import Quote
from quotes.pricing import Total
from quotes.states import QuoteState

BOUGHT = (QuoteState.ACCEPTED, QuoteState.PARTIALLY_ACCEPTED)


@dataclass(frozen=True)
class Plan:
    """How an order is repeated. `reasons` say why its price does not hold; none means it does.

    `seen` is how often it was repeated when the plan was made, so that a second click finds that
    somebody was faster. `price` is the same price again, without tooling that exists.
    """

    order: Order
    lines: Sequence[OrderLine]
    manufacturer: Manufacturer | None
    valid_until: str
    reasons: Sequence[str]
    price: Total
    seen: int

    @property
    def total(self) -> Money:
        """What the same price comes to."""
        return Money(self.price.total_minor, self.order.currency)

    @property
    def same_price(self) -> bool:
        """Whether the order can be placed at its price now."""
        return not self.reasons

    @property
    def may_ask(self) -> bool:
        """Whether the manufacturer can be asked for a new price."""
        return self.manufacturer is not None and is_askable(self.manufacturer)


def plan_of(actor: Actor, order_id: str) -> Plan:
    """The plan for one of the acting buyer's orders.

    Raises NotFound for a foreign order, NotAllowed for the manufacturer and for roles that neither
    award nor ask, WrongState for an order that was never paid or was cancelled.
    """
    order = get_order(actor, order_id)
    if side_of(actor, order) != Side.BUYER:
        if side_of(actor, order) == Side.MANUFACTURER:
            raise NotAllowed("The buyer orders again.")
        raise NotFound()
    if not actor.may(Permission.EDIT_RFQS):
        actor.check(Permission.AWARD)
    check_reorderable(order)
    return plan_for(order)


def plan_for(order: Order) -> Plan:
    """The plan for a buyer's own order whose right was asked. At most five queries."""
    all_lines = list(order.lines.select_related("part_revision__part"))
    # A line that a change order dropped is not ordered again, nor is what was paid once for it.
    lines = [line for line in all_lines if line.quantity]
    dropped = [line for line in all_lines if not line.quantity]
    shop = Manufacturer.objects.filter(organization=order.manufacturer_id).first()
    quote = Quote.objects.filter(public_id=order.quote_id, rfq__organization=order.buyer_id).first()
    reasons = [*_of_quote(quote), *_of_lines(lines), *_of_shop(order, shop)]
    return Plan(
        order=order,
        lines=lines,
        manufacturer=shop,
        valid_until=plain_day(quote.valid_until) if quote and quote.valid_until else "",
        reasons=reasons,
        price=price_again(order, dropped),
        seen=repeats_of(order),
    )


def price_again(order: Order, dropped: Sequence[OrderLine]) -> Total:
    """The price of an order without its tooling and without what was paid once for lines that a
    change order dropped; minor units of the order's currency."""
    charges = (charge["amount_minor"] for line in dropped for charge in line.charges)
    return Total(
        goods_minor=order.goods_minor,
        setup_minor=order.setup_minor - sum(line.setup_minor for line in dropped),
        tooling_minor=0,
        charges_minor=order.charges_minor - sum(charges),
        freight_minor=order.freight_minor,
        lead_time_days=order.lead_time_days,
    )


def _of_quote(quote: Quote | None) -> list[str]:
    if quote is None or quote.state not in BOUGHT or quote.valid_until is None:
        return ["The quote behind this order no longer stands."]
    if quote.valid_until < timezone.localdate():
        return [f"The quote was valid until {plain_day(quote.valid_until)}."]
    return []


def _of_lines(lines: Sequence[OrderLine]) -> list[str]:
    reasons = []
    for line in lines:
        part = line.part_revision.part
        if part.current_id != line.part_revision_id:
            reasons.append(f"{part.number} has a newer revision than {line.revision_label}.")
    return reasons


def _of_shop(order: Order, shop: Manufacturer | None) -> list[str]:
    if shop is not None and is_askable(shop):
        return []
    return [f"{order.manufacturer_name} is not verified now and takes no orders."]
