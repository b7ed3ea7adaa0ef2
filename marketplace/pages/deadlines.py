"""What comes up on a buyer's side, by its date: pure, over loaded rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from orders.models import Order
from orders.states import OrderState
from quotes.models import RFQ, Quote

MOST = 8


@dataclass(frozen=True)
class Deadline:
    """On `day` something ends; `page` is the URL name of `thing`'s page."""

    day: date
    what: str
    title: str
    page: str
    thing: str


def deadlines_of(
    rfqs: Iterable[RFQ], quotes: Iterable[Quote], orders: Iterable[Order], today: date, last: date
) -> list[Deadline]:
    """The next dates from `today` to `last`, soonest first."""
    every = [*_of_requests(rfqs), *_of_quotes(quotes), *_of_orders(orders)]
    ahead = [one for one in every if today <= one.day <= last]
    return sorted(ahead, key=lambda one: (one.day, one.what, one.title))[:MOST]


def _of_requests(rfqs: Iterable[RFQ]) -> Iterator[Deadline]:
    for rfq in rfqs:
        if rfq.deadline is not None:
            yield Deadline(
                _day(rfq.deadline), "Quotes close", rfq.title, "rfq_detail", rfq.public_id
            )


def _of_quotes(quotes: Iterable[Quote]) -> Iterator[Deadline]:
    for quote in quotes:
        if quote.valid_until is not None:
            name = quote.manufacturer.organization.name
            what = f"The quote of {name} ends"
            yield Deadline(
                quote.valid_until, what, quote.rfq.title, "compare_quotes", quote.rfq.public_id
            )


def _of_orders(orders: Iterable[Order]) -> Iterator[Deadline]:
    for order in orders:
        page, thing = "order_detail", order.public_id
        if order.state == OrderState.AWAITING_PAYMENT:
            yield Deadline(_day(order.payment_due_at), "Pay", order.title, page, thing)
            continue
        if order.instalment_due_at is not None:
            day = _day(order.instalment_due_at)
            yield Deadline(day, "Pay an instalment", order.title, page, thing)
        if order.state == OrderState.DELIVERED:
            if order.accept_by is not None:
                yield Deadline(
                    _day(order.accept_by), "Inspect and accept", order.title, page, thing
                )
        elif order.ship_by is not None:
            what = f"{order.manufacturer_name} ships"
            yield Deadline(order.ship_by, what, order.title, page, thing)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
