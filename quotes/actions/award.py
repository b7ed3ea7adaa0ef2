"""The buyer chooses lines of quotes; an order a manufacturer exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.approvals import Need
from accounts.queries import approval_need
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.states import WrongState
from marketplace.directory.exchange import Rate, rate_between
from marketplace.directory.queries.exchange import current_rates
from orders.actions.placement import cancel_order, place_order
from orders.models import Order
from orders.queries import lock_order, orders_visible_to
from orders.states import OrderState
from quotes import events, rules
from quotes.actions.settling import record_hold, settle
from quotes.models import RFQ, Award, AwardLine, Quote, RFQLine
from quotes.models.quote import LossReason
from quotes.queries import (
    SEEN_BY_BUYER,
    awarded_lines,
    awarded_sentence,
    fingerprint_of,
    lines_of,
    lock_quote,
    lock_rfq,
    priced_lines,
    waiting_awards,
)
from quotes.snapshots import Part, line_snapshot, order_terms
from quotes.states import QuoteState

SYSTEM = Actor.system("Approval")


@dataclass(frozen=True)
class Choice:
    """A line at one quantity from one quote, as asked (option 0) or an alternate.

    `seen` is the quote's `seen` on the page the buyer pressed.
    """

    quote_id: str
    line_id: str
    quantity: int
    seen: str
    option: int = 0


@dataclass(frozen=True)
class Batch:
    """What the awards of one decision share: the moment, which tells them from others, and the
    rates at which quotes were compared, by currency."""

    at: datetime
    finishes: bool
    rates: Mapping[str, Rate]


@transaction.atomic
def award_rfq(
    *,
    actor: Actor,
    rfq_id: str,
    choices: Sequence[Choice],
    po_number: str = "",
    finish: bool = True,
    reasons: Mapping[str, tuple[str, str]] | None = None,
) -> list[Order]:
    """Award lines to one or several manufacturers: an order each, all of them or none.

    An award that needs an approval only writes the orders: quotes and request stay as they are
    and no shop is told, until `finish_award` hears of the last approval. What is needed is asked
    of everything awarded on the request so far, so that no limit is met by splitting.

    `finish`: nothing more will be chosen, the other quotes are declined; otherwise lines left out
    stay open to award. `reasons` maps quotes not chosen to (LossReason, note) for their shops.
    Raises NotFound, NotAllowed, WrongState or DomainError with a sentence; nothing changes then.
    """
    rfq = lock_rfq(rfq_id)
    rules.check_owns(actor, rfq, Permission.AWARD)
    if not choices:
        raise DomainError("Choose a quantity for at least one line.")
    lines = {line.public_id: line for line in lines_of(rfq)}
    current = fingerprint_of(rfq)
    # Locked in one order, so that two awards at once wait for each other instead of dying.
    quotes = {
        public_id: lock_quote(public_id) for public_id in sorted({c.quote_id for c in choices})
    }
    rules.check_nothing_waits(waiting_awards(rfq))
    _release_ended(rfq)
    _check_open(rfq, lines, choices)
    for choice in choices:
        rules.check_can_accept(actor, rfq, quotes[choice.quote_id], choice.seen, current)
    parts = _parts(quotes, lines, choices)
    _keep_reasons(rfq, reasons or {})
    need = _need(actor, rfq, quotes, parts)
    batch = Batch(timezone.now(), finish, _compared_rates(rfq))
    orders = [
        _place(actor, rfq, quotes[public_id], chosen, po_number.strip()[:60], need, batch)
        for public_id, chosen in parts.items()
    ]
    if need.approvals == 0:
        settle(rfq, actor)
    return orders


def accept_quote(
    *,
    actor: Actor,
    rfq_id: str,
    quote_id: str,
    chosen: Mapping[str, int],
    seen: str,
    po_number: str = "",
) -> Order:
    """Award everything to one quote as asked. `chosen` maps RFQ line ids to quantities; a line left
    out is not ordered. Raises as `award_rfq` does."""
    choices = [Choice(quote_id, line, quantity, seen) for line, quantity in chosen.items()]
    (order,) = award_rfq(actor=actor, rfq_id=rfq_id, choices=choices, po_number=po_number)
    return order


@transaction.atomic
def finish_award(*, order_id: str) -> Quote | None:
    """The award is approved: its quote is accepted, and when nothing else waits the request is
    awarded and the rivals are declined. Twice is once; None for an order of no award."""
    if not Award.objects.filter(order_id=order_id).exists():
        return None
    order = orders_visible_to(SYSTEM).get(public_id=order_id)
    rfq, quote = lock_rfq(order.rfq_id), lock_quote(order.quote_id)
    settle(rfq, SYSTEM, order=order)
    quote.refresh_from_db()
    return quote


@transaction.atomic
def release_award(*, order_id: str) -> None:
    """The award ended before it was approved: its lines can be awarded anew. Twice is once; an
    order of no award releases nothing."""
    order = orders_visible_to(SYSTEM).get(public_id=order_id)
    if order.is_known_to_manufacturer or not Award.objects.filter(order_id=order_id).exists():
        return
    rfq = lock_rfq(order.rfq_id)
    if _release_ended(rfq):
        settle(rfq, SYSTEM, released=True)


def _release_ended(rfq: RFQ) -> bool:
    """Free the lines of awards whose orders ended before they were approved; whether any did."""
    awards = rfq.awards.filter(is_live=True, is_settled=False)
    awards = awards.select_related("quote__manufacturer__organization")
    ended = Order.objects.filter(
        public_id__in=awards.values("order_id"), state=OrderState.CANCELLED
    )
    orders = {order.public_id: order for order in ended}
    for award in awards.filter(order_id__in=orders):
        award.is_live = False
        award.save(update_fields=["is_live"])
        award.lines.update(is_live=False)
        quote, order = award.quote, orders[award.order_id]
        record_hold(events.AWARD_RELEASED, rfq, quote, order, SYSTEM)
    return bool(orders)


def end_waiting_award(*, quote: Quote, why: str) -> None:
    """The shop's quote ends, so an award of it that still waits for approval ends with it.

    The caller holds the request and the quote. Raises WrongState when the award is approved: the
    shop is bound, even if the news of it is a second away.
    """
    if quote.state not in (QuoteState.SUBMITTED, QuoteState.PARTIALLY_ACCEPTED):
        return
    for order_id in (
        waiting_awards(quote.rfq).filter(quote=quote).values_list("order_id", flat=True)
    ):
        if lock_order(order_id).state != OrderState.AWAITING_APPROVAL:
            raise WrongState(
                "The buyer accepted this quote a moment ago. Reload the page to see it."
            )
        actor = Actor.system("The end of the quote")
        cancel_order(actor=actor, public_id=order_id, reason=why)


def _check_open(rfq: RFQ, lines: Mapping[str, RFQLine], choices: Sequence[Choice]) -> None:
    """Each line is of the request, chosen once and not awarded yet; else who awarded it when."""
    wanted = [choice.line_id for choice in choices]
    if set(wanted) - set(lines):
        raise NotFound()
    if len(set(wanted)) < len(wanted):
        raise DomainError("A line can be awarded once only. Choose one quote for each line.")
    taken = awarded_lines(rfq)
    for line in (lines[line_id] for line_id in wanted):
        if line.pk in taken:
            raise WrongState(awarded_sentence(line, taken[line.pk]))


def _parts(
    quotes: Mapping[str, Quote],
    lines: Mapping[str, RFQLine],
    choices: Sequence[Choice],
) -> dict[str, list[Part]]:
    """Quote -> its chosen lines with their prices, in the order of the request."""
    prices = {public_id: priced_lines(quote) for public_id, quote in quotes.items()}
    rows = {
        public_id: {
            (row.rfq_line_id, row.option): row
            for row in quote.lines.select_related("process", "material", "finish")
        }
        for public_id, quote in quotes.items()
    }
    found: dict[str, list[Part]] = {public_id: [] for public_id in quotes}
    for choice in sorted(choices, key=lambda choice: lines[choice.line_id].position):
        line = lines[choice.line_id]
        key = (line.pk, choice.option)
        priced = prices[choice.quote_id].get(key)
        price = rules.price_to_order(line, priced, choice.quantity)
        if priced is None or price is None:
            shop = quotes[choice.quote_id].manufacturer.organization.name
            raise DomainError(
                f"The quote of {shop} has no price for {choice.quantity} of "
                f"{line.part_revision.part.number}. Choose another quantity or leave the line out."
            )
        found[choice.quote_id].append(Part(line, rows[choice.quote_id][key], priced, price))
    for public_id, chosen in found.items():
        rules.check_minimum_order(quotes[public_id], [part.price for part in chosen])
    return found


def _place(
    actor: Actor,
    rfq: RFQ,
    quote: Quote,
    parts: Sequence[Part],
    po_number: str,
    need: Need,
    batch: Batch,
) -> Order:
    order = place_order(
        actor=actor,
        buyer=rfq.organization,
        manufacturer=quote.manufacturer.organization,
        lines=[line_snapshot(part) for part in parts],
        terms=order_terms(rfq, quote, po_number),
        need=need,
    )
    rate = batch.rates.get(quote.currency)
    award = Award.objects.create(
        rfq=rfq,
        quote=quote,
        order_id=order.public_id,
        finishes=batch.finishes,
        created_at=batch.at,
        currency=rfq.currency,
        rate=rate.rate if rate else None,
        rate_source=rate.source if rate else "",
        rate_date=rate.date if rate else None,
        compared_rates={
            currency: {"rate": str(one.rate), "source": one.source, "date": one.date.isoformat()}
            for currency, one in batch.rates.items()
        },
        decided_by=actor.user,
    )
    AwardLine.objects.bulk_create(
        AwardLine(
            award=award, rfq_line=part.line, quote_line=part.row, quantity=part.price.quantity
        )
        for part in parts
    )
    if order.state == OrderState.AWAITING_APPROVAL:
        record_hold(events.AWARD_HELD, rfq, quote, order, actor)
    return order


def _compared_rates(rfq: RFQ) -> dict[str, Rate]:
    """The day's rate of each other currency among the quotes the buyer could compare."""
    seen = rfq.quotes.filter(state__in=SEEN_BY_BUYER, submitted_at__isnull=False)
    foreign = set(seen.exclude(currency=rfq.currency).values_list("currency", flat=True))
    rates = current_rates() if foreign else None
    found = {currency: rate_between(currency, rfq.currency, rates) for currency in sorted(foreign)}
    return {currency: rate for currency, rate in found.items() if rate is not None}


def _need(
    actor: Actor, rfq: RFQ, quotes: Mapping[str, Quote], parts: Mapping[str, Sequence[Part]]
) -> Need:
    """What the whole award needs, together with what was awarded on the request before.

    The strictest need of any currency counts: amounts in different currencies do not add.
    """
    totals: dict[str, int] = {}
    earlier = Award.objects.filter(rfq=rfq, is_live=True).values_list("order_id", flat=True)
    for order in Order.objects.filter(public_id__in=list(earlier)):
        totals[order.currency] = totals.get(order.currency, 0) + order.total_minor
    for public_id, chosen in parts.items():
        quote = quotes[public_id]
        amount = quote.freight_minor + sum(part.total_minor(quote.currency) for part in chosen)
        totals[quote.currency] = totals.get(quote.currency, 0) + amount
    asked = {quote.currency for quote in quotes.values()}
    needs = [
        approval_need(rfq.organization, actor.user, Money(totals[currency], currency))
        for currency in sorted(asked)
    ]
    return max(needs, key=lambda need: need.approvals)


def _keep_reasons(rfq: RFQ, reasons: Mapping[str, tuple[str, str]]) -> None:
    """Note why quotes were not chosen; their shops read it once they are declined."""
    for public_id, (reason, note) in reasons.items():
        if reason not in LossReason.values:
            raise DomainError("Choose one of the reasons listed, or none.")
        rfq.quotes.filter(public_id=public_id, submitted_at__isnull=False).update(
            loss_reason=reason, loss_note=note.strip()[:300]
        )


def finish_rfq(*, actor: Actor, public_id: str) -> RFQ:
    """Award nothing more of a partly awarded request: the other quotes are declined.

    Raises NotFound, NotAllowed, WrongState.
    """
    with transaction.atomic():
        rfq = lock_rfq(public_id)
        rules.check_can_finish(actor, rfq)
        rules.check_nothing_waits(waiting_awards(rfq))
        settle(rfq, actor, finish=True)
        record(events.RFQ_FINISHED, rfq, actor=actor, visible_to=[rfq.organization])
        return rfq
