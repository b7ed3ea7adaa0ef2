"""Who may do what to requests and quotes, beyond the tables of moves."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.money import Money, line_total
from marketplace.core.states import WrongState, check_move
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries.supplier_lists import is_askable
from marketplace.directory.states import ManufacturerState
from quotes import admission
from quotes.models import RFQ, Award, CounterOffer, Quote
from quotes.pricing import Price
from quotes.states import QUOTE, RFQ_LIFECYCLE, QuoteState, RFQState

MAX_LINES = 200
MAX_QUANTITIES = 5
MAX_QUANTITY = 10_000_000


def check_owns(actor: Actor, rfq: RFQ, permission: str) -> None:
    """The actor's organization wrote the request and the role allows it. NotFound otherwise."""
    if actor.organization is None or actor.organization.pk != rfq.organization_id:
        raise NotFound()
    actor.check(permission)


def check_quotes_for(actor: Actor, quote: Quote) -> None:
    """The quote is the actor's own and the role allows quoting. NotFound otherwise."""
    if actor.organization is None or quote.manufacturer.organization_id != actor.organization.pk:
        raise NotFound()
    actor.check(Permission.QUOTE)


def check_draft(rfq: RFQ) -> None:
    """Only a draft is edited freely."""
    if rfq.state != RFQState.DRAFT:
        raise WrongState("This request is published; what manufacturers priced stays as it is.")


def check_can_ask(manufacturers: Sequence[Manufacturer]) -> None:
    """Each is verified now. Raises DomainError naming those that are not."""
    names = [shop.organization.name for shop in manufacturers if not is_askable(shop)]
    if names:
        verb = "is" if len(names) == 1 else "are"
        who = " and ".join(names)
        raise DomainError(
            f"{who} {verb} not verified now and cannot be asked. Take the tick off.",
            code="not_askable",
        )


def check_takes_questions(rfq: RFQ) -> None:
    """Questions are asked and answered until the request ends."""
    if not takes_questions(rfq):
        raise WrongState("This request has ended, so nothing more can be asked or answered.")


def takes_questions(rfq: RFQ) -> bool:
    """Whether to offer the form."""
    return rfq.state in (RFQState.OPEN, RFQState.CLOSED, RFQState.PARTIALLY_AWARDED)


def check_can_quote(actor: Actor, rfq: RFQ, quote: Quote) -> None:
    """The deadline has not passed and the manufacturer is verified."""
    check_quotes_for(actor, quote)
    _check_verified(quote)
    if not rfq.takes_quotes:
        raise WrongState("The deadline for quotes has passed, or the buyer closed the request.")
    admission.check_admitted(rfq, quote.manufacturer)


def _check_verified(quote: Quote) -> None:
    is_guest = quote.manufacturer.organization.is_guest
    if quote.manufacturer.state != ManufacturerState.VERIFIED and not is_guest:
        raise DomainError("Quotes open once your company is verified. We are checking it.")


def check_party(actor: Actor, rfq: RFQ, quote: Quote, side: str) -> None:
    """The actor may negotiate the quote on that side. A buyer has no draft. NotFound otherwise."""
    if side != Side.BUYER:
        check_quotes_for(actor, quote)
        return
    check_owns(actor, rfq, Permission.AWARD)
    if quote.state == QuoteState.DRAFT:
        raise NotFound()
    if rfq.is_sealed_now:
        raise WrongState("The quotes of this request are sealed until the deadline.")


def check_can_negotiate(actor: Actor, rfq: RFQ, quote: Quote, side: str) -> None:
    """The quote stands, can be read, and its request is not decided.

    Raises NotFound, NotAllowed, WrongState, DomainError.
    """
    check_party(actor, rfq, quote, side)
    if rfq.is_sealed_now:
        raise WrongState("Quotes are sealed until the deadline. Change your quote instead.")
    if quote.state != QuoteState.SUBMITTED:
        label = QUOTE.label(quote.state).lower()
        raise WrongState(
            f"This quote is {label}, so nothing can be negotiated about it now. Reload the page."
        )
    if not takes_questions(rfq):
        raise WrongState("This request has ended, so nothing can be negotiated any more.")
    if quote.valid_until is None or quote.valid_until < timezone.localdate():
        raise WrongState("This quote's validity has ended, so it has to be renewed first.")
    if side == Side.MANUFACTURER:
        _check_verified(quote)
        admission.check_may_open(actor, rfq)


def can_negotiate(rfq: RFQ, quote: Quote) -> bool:
    """Whether to offer the form; who may press is asked apart."""
    return (
        not rfq.is_sealed_now
        and quote.state == QuoteState.SUBMITTED
        and takes_questions(rfq)
        and quote.valid_until is not None
        and quote.valid_until >= timezone.localdate()
    )


def check_answers(counter: CounterOffer, side: str) -> None:
    """Only the other side answers an offer."""
    if counter.by_side == side:
        raise WrongState("This counter-offer is your side's own; the other side answers it.")


def check_can_accept(actor: Actor, rfq: RFQ, quote: Quote, seen: str, current: str) -> None:
    """The buyer may award this quote now, and it prices what the buyer sees.

    `seen` is the quote's `seen` on the page the buyer pressed, `current` the request's
    fingerprint now.
    """
    check_owns(actor, rfq, Permission.AWARD)
    if quote.rfq_id != rfq.pk or quote.state == QuoteState.DRAFT:
        raise NotFound()
    if rfq.is_sealed_now:
        raise WrongState("The quotes of this request are sealed until the deadline.")
    if is_unverified(quote):
        raise WrongState(
            f"{quote.manufacturer.organization.name} is not verified yet. It has to make an "
            "account and be verified by us before its quote can be accepted; ask it to."
        )
    check_move(quote, QUOTE, "accept_quote", by=Side.BUYER)
    check_move(rfq, RFQ_LIFECYCLE, "award_rfq", by=Side.BUYER)
    if quote.valid_until and quote.valid_until < timezone.localdate():
        raise WrongState("This quote's validity has ended. Ask the manufacturer to renew it.")
    if seen != quote.seen or quote.fingerprint != current:
        raise WrongState(
            "The quote changed since you opened the page, or it priced an earlier version of the "
            "request. Look at it again before you accept."
        )


def check_minimum_order(quote: Quote, chosen: Sequence[Price]) -> None:
    """The goods chosen are worth what the shop asks for at least, in its own currency."""
    goods = sum(line_total(p.unit_price, p.quantity, quote.currency) for p in chosen)
    if goods < quote.minimum_order_minor:
        least = Money(quote.minimum_order_minor, quote.currency)
        raise DomainError(
            f"{quote.manufacturer.organization.name} delivers goods for {least} or more; your "
            f"choice comes to {Money(goods, quote.currency)}. Choose more of its lines or another "
            "shop."
        )


def check_can_finish(actor: Actor, rfq: RFQ) -> None:
    """The buyer may end a partly awarded request."""
    check_owns(actor, rfq, Permission.AWARD)
    check_move(rfq, RFQ_LIFECYCLE, "finish_rfq", by=Side.BUYER)


def check_nothing_waits(waiting: QuerySet[Award]) -> None:
    """No award of the request waits for an approval."""
    if waiting.exists():
        raise WrongState(
            "Your organization chose a quote already, and the award waits for approval. Cancel "
            "that order first to choose another."
        )


def is_unverified(quote: Quote) -> bool:
    """Whether the shop came by a link and was not verified since."""
    unverified = (
        ManufacturerState.DRAFT,
        ManufacturerState.APPLIED,
        ManufacturerState.ASKED,
        ManufacturerState.REFUSED,
    )
    return quote.manufacturer.organization.is_guest or quote.manufacturer.state in unverified


def can_accept(actor: Actor, rfq: RFQ, quote: Quote, *, held: bool) -> bool:
    """Whether to offer the button; `held` while another award of the request waits."""
    return (
        not held
        and not is_unverified(quote)
        and actor.may(Permission.AWARD)
        and bool(QUOTE.find("accept_quote", quote.state))
        and bool(RFQ_LIFECYCLE.find("award_rfq", rfq.state))
        and not (quote.valid_until and quote.valid_until < timezone.localdate())
    )
