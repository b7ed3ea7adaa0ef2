"""Negotiation of a submitted quote: each side offers other values, the other one answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import MAX_MINOR
from marketplace.core.states import WrongState, move
from marketplace.core.templatetags.formats import moment_text
from quotes import admission, events, rules
from quotes.actions.quote_writing import AgreedPrice, check_price, write_agreed
from quotes.actions.talks import note_new_prices, record_talk
from quotes.milestones import check_milestones
from quotes.models import RFQ, CounterOffer, Quote
from quotes.queries import awarded_lines, lines_of, lock_quote, lock_rfq, waiting_awards
from quotes.queries.negotiation import end_of_validity
from quotes.states import COUNTER_OFFER, CounterOfferState

CHANGED = (
    "The quote changed since you opened the page. Read it again; what you typed is still below."
)


@dataclass(frozen=True)
class Proposal:
    """What one side offers. Prices that equal the quote's are left out when it is written.

    Freight in minor units of the quote's currency; None leaves freight or milestones as they are.
    `expires_at` None means COUNTER_OFFER_DAYS from now, at most the end of the quote's validity.
    """

    prices: Sequence[AgreedPrice] = field(default_factory=list)
    freight_minor: int | None = None
    milestones: list[dict[str, Any]] | None = None
    message: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def propose_counter(
    *, actor: Actor, side: str, quote_id: str, seen: str, proposal: Proposal, answers: str = ""
) -> CounterOffer:
    """Offer other values for a submitted quote; an open offer of the other side is replaced.

    `seen` is the quote's `seen` on the page and `answers` the id of the other side's open offer
    there, "" for none. Raises NotFound, NotAllowed, WrongState when the quote or the open offer is
    not what the page showed, DomainError for values that cannot be or when nothing differs.
    """
    rfq, quote = _locked(quote_id)
    rules.check_can_negotiate(actor, rfq, quote, side)
    if side == Side.BUYER:
        rules.check_nothing_waits(waiting_awards(rfq))
    if seen != quote.seen:
        raise WrongState(CHANGED)
    _replace_open(quote, side, answers)
    lines = _lines(rfq, quote, proposal.prices)
    freight, milestones = _header(quote, proposal)
    if not lines and freight is None and milestones is None:
        raise DomainError("Nothing differs from the quote as it stands. Change a value first.")
    counter = CounterOffer.objects.create(
        quote=quote,
        by_side=side,
        lines=lines,
        freight_minor=freight,
        was_freight_minor=quote.freight_minor,
        milestones=milestones,
        was_milestones=quote.milestones,
        message=proposal.message.strip()[:2000],
        edition=quote.edition,
        fingerprint=quote.fingerprint,
        expires_at=_expiry(quote, proposal.expires_at),
        created_by=actor.user,
    )
    record_talk(events.COUNTER_PROPOSED, counter, rfq, actor)
    if side == Side.MANUFACTURER:
        note_new_prices(rfq, quote, actor)
    return counter


@transaction.atomic
def accept_counter(*, actor: Actor, side: str, quote_id: str, public_id: str) -> CounterOffer:
    """Agree: the values are written into the quote, whose edition rises; it stays submitted.

    Raises NotFound, NotAllowed, or WrongState when it is one's own, is not open any more, its time
    is up, the quote changed since, or an award waits for approval.
    """
    rfq, quote = _locked(quote_id)
    counter = _counter(actor, rfq, quote, side, public_id)
    rules.check_can_negotiate(actor, rfq, quote, side)
    rules.check_answers(counter, side)
    _check_no_award_waits(rfq, quote, side)
    if counter.expires_at <= timezone.now():
        raise WrongState("The time of this counter-offer is up. Make one of your own instead.")
    if counter.seen != quote.seen:
        raise WrongState("The quote changed since this counter-offer was made. Make a new one.")
    move(counter, COUNTER_OFFER, "accept_counter", by=side)
    taken = awarded_lines(rfq)
    prices = [price_of(row) for row in counter.lines]
    if taken and {price.line_id for price in prices} & _public_ids(rfq, taken):
        raise WrongState("A line of this counter-offer is not open any more. Make a new one.")
    write_agreed(quote, prices, freight_minor=counter.freight_minor, milestones=counter.milestones)
    _decided(counter, actor)
    record_talk(events.COUNTER_ACCEPTED, counter, rfq, actor)
    return counter


@transaction.atomic
def decline_counter(
    *, actor: Actor, side: str, quote_id: str, public_id: str, reason: str
) -> CounterOffer:
    """Say no with a reason the other side reads; the quote stays as it was.

    Raises NotFound, NotAllowed, WrongState, or DomainError without a reason.
    """
    rfq, quote = _locked(quote_id)
    counter = _counter(actor, rfq, quote, side, public_id)
    rules.check_answers(counter, side)
    clean = reason.strip()[:300]
    if not clean:
        raise DomainError("Say why; the other side reads it.", fields={"reason": "Say why."})
    move(counter, COUNTER_OFFER, "decline_counter", by=side)
    _decided(counter, actor, clean)
    record_talk(events.COUNTER_DECLINED, counter, rfq, actor, reason=clean)
    return counter


@transaction.atomic
def withdraw_counter(*, actor: Actor, side: str, quote_id: str, public_id: str) -> CounterOffer:
    """Take one's own open offer back. Raises NotFound, NotAllowed, WrongState."""
    rfq, quote = _locked(quote_id)
    counter = _counter(actor, rfq, quote, side, public_id)
    if counter.by_side != side:
        raise WrongState("This counter-offer is the other side's. Accept or decline it.")
    rules.check_open(counter)
    move(counter, COUNTER_OFFER, "withdraw_counter", by=side)
    _decided(counter, actor)
    record_talk(events.COUNTER_WITHDRAWN, counter, rfq, actor)
    return counter


def expire_counters() -> int:
    """End open offers whose time is up; how many. Called by the timer."""
    due = CounterOffer.objects.filter(state=CounterOfferState.OPEN, expires_at__lte=timezone.now())
    ended = 0
    for rfq_id, pk in list(due.values_list("quote__rfq__public_id", "pk")[:500]):
        with transaction.atomic():
            rfq = lock_rfq(rfq_id)
            counter = CounterOffer.objects.select_related("quote__manufacturer__organization").get(
                pk=pk
            )
            if counter.state == CounterOfferState.OPEN:
                move(counter, COUNTER_OFFER, "expire_counter", by=Side.SYSTEM)
                actor = Actor.system("counter-offer timer")
                record_talk(events.COUNTER_EXPIRED, counter, rfq, actor)
                ended += 1
    return ended


def price_of(row: Mapping[str, Any]) -> AgreedPrice:
    """A stored line of an offer as what it would write."""
    return AgreedPrice(
        row["quantity"],
        Decimal(row["unit_price"]),
        row["lead_time_days"],
        line_id=row["line"],
        option=row["option"],
    )


def _locked(quote_id: str) -> tuple[RFQ, Quote]:
    """A quote and its request, locked in the fixed order."""
    found = Quote.objects.filter(public_id=quote_id).values_list("rfq__public_id", flat=True)
    rfq_id = found.first()
    if rfq_id is None:
        raise NotFound()
    return lock_rfq(rfq_id), lock_quote(quote_id)


def _counter(actor: Actor, rfq: RFQ, quote: Quote, side: str, public_id: str) -> CounterOffer:
    rules.check_party(actor, rfq, quote, side)
    if side == Side.MANUFACTURER:
        admission.check_may_open(actor, rfq)
    found = quote.counter_offers.filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.quote = quote
    return found


def _decided(counter: CounterOffer, actor: Actor, reason: str = "") -> None:
    counter.decided_by, counter.reason = actor.user, reason
    counter.save(update_fields=["decided_by", "reason"])


def _check_no_award_waits(rfq: RFQ, quote: Quote, side: str) -> None:
    waiting = waiting_awards(rfq)
    if side == Side.BUYER:
        rules.check_nothing_waits(waiting)
    elif waiting.filter(quote=quote).exists():
        # Of an award that waits for approval no shop is told.
        raise WrongState(
            "The buyer cannot agree on other values right now. Your quote stands as it is; try "
            "again later or ask the buyer."
        )


def _replace_open(quote: Quote, side: str, answers: str) -> None:
    waiting = quote.counter_offers.filter(state=CounterOfferState.OPEN).first()
    if waiting is not None and waiting.by_side == side:
        raise WrongState(
            "Your side's counter-offer still waits for an answer. Take it back first to make "
            "another one."
        )
    if (waiting.public_id if waiting else "") != answers:
        raise WrongState(
            "The other side acted a moment ago. Read where the negotiation stands before you "
            "answer; what you typed is still below."
        )
    if waiting is not None:
        move(waiting, COUNTER_OFFER, "replace_counter", by=side)


def _public_ids(rfq: RFQ, taken: Mapping[int, object]) -> set[str]:
    return set(rfq.lines.filter(pk__in=taken).values_list("public_id", flat=True))


def _lines(rfq: RFQ, quote: Quote, prices: Sequence[AgreedPrice]) -> list[dict[str, Any]]:
    """The prices that differ from the quote's, with the quote's beside them."""
    positions = {line.public_id: line for line in lines_of(rfq)}
    taken = awarded_lines(rfq)
    rows = {
        (row.rfq_line.public_id, row.option): row
        for row in quote.lines.select_related("rfq_line").prefetch_related("prices")
    }
    keys = [(price.line_id, price.option, price.quantity) for price in prices]
    if len(set(keys)) < len(keys):
        raise DomainError("Each quantity of a line stands in a counter-offer once.")
    found = []
    for price in prices:
        row, line = rows.get((price.line_id, price.option)), positions.get(price.line_id)
        if row is None or line is None:
            raise NotFound()
        old = {p.quantity: p for p in row.prices.all()}.get(price.quantity)
        if old and (old.unit_price, old.lead_time_days) == (price.unit_price, price.lead_time_days):
            continue
        if row.is_declined or line.pk in taken:
            raise WrongState(f"Line {line.position} is not open to negotiation. Leave it out.")
        if not 1 <= price.quantity <= rules.MAX_QUANTITY:
            raise DomainError("A quantity is a whole number from 1 to 10,000,000.")
        check_price(price, quote.currency)
        found.append(
            {
                "line": price.line_id,
                "option": price.option,
                "quantity": price.quantity,
                "unit_price": f"{price.unit_price:.4f}",
                "lead_time_days": price.lead_time_days,
                "was_unit_price": f"{old.unit_price:.4f}" if old else None,
                "was_lead_time_days": old.lead_time_days if old else None,
            }
        )
    return found


def _header(quote: Quote, proposal: Proposal) -> tuple[int | None, list[dict[str, Any]] | None]:
    """Freight and milestones where they differ from the quote's."""
    freight, milestones = proposal.freight_minor, proposal.milestones
    if freight is not None and not 0 <= freight <= MAX_MINOR:
        raise DomainError("Freight is zero or more.", fields={"freight": "Zero or more."})
    if milestones is not None:
        milestones = check_milestones(milestones)
    return (
        None if freight == quote.freight_minor else freight,
        None if milestones == quote.milestones else milestones,
    )


def _expiry(quote: Quote, wanted: datetime | None) -> datetime:
    now, last = timezone.now(), end_of_validity(quote)
    if wanted is None:
        return min(now + timedelta(days=settings.COUNTER_OFFER_DAYS), last)
    if not now < wanted <= last:
        sentence = (
            f"Choose a moment in the future, at the latest {moment_text(last)}, when the "
            "quote's validity ends."
        )
        raise DomainError(sentence, fields={"expires_at": sentence})
    return wanted
