"""Who may do what to requests and quotes, beyond the tables of moves."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission, Side
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.money import Money, line_total
from marketplace.core.states import WrongState, check_move
from marketplace.core.templatetags.formats import moment_text, plain_day
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries.supplier_lists import is_askable
from marketplace.directory.states import ManufacturerState
from quotes import admission
from quotes.models import RFQ, Award, CounterOffer, Quote, RFQLine
from quotes.pricing import Price, Priced
from quotes.states import QUOTE, RFQ_LIFECYCLE, CounterOfferState, QuoteState, RFQState

MAX_LINES = 200
MAX_QUANTITIES = 5
MAX_QUANTITY = 10_000_000


class EditedMeanwhile(Conflict):
    """The draft was saved after the sender had opened it; nothing was saved. `edition` is the one
    that stands now."""

    code = "edited_meanwhile"

    def __init__(self, edition: int) -> None:
        self.edition = edition
        super().__init__(
            "Somebody saved this draft while you were editing it. Nothing you typed is lost: "
            "keep yours, or load theirs."
        )


def check_edition(seen: int | None, now: int) -> None:
    """A draft is written over only by who saw how it stands; None saw nothing and writes anyway.
    Raises EditedMeanwhile."""
    if seen is not None and seen != now:
        raise EditedMeanwhile(now)


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
        raise WrongState(_TALKS_OVER.get(quote.state, "Nothing can be negotiated about a draft."))
    if not takes_questions(rfq):
        raise WrongState("This request has ended, so nothing can be negotiated any more.")
    if quote.valid_until is None or is_over(quote):
        raise WrongState("This quote's validity has ended, so it has to be renewed first.")
    if side == Side.MANUFACTURER:
        _check_verified(quote)
        admission.check_may_open(actor, rfq)


_TALKS_OVER: dict[str, str] = {
    QuoteState.NEEDS_RECONFIRMATION: "The request changed after this quote was made, so the "
    "manufacturer has to confirm it before anything is negotiated.",
    QuoteState.ACCEPTED: "This quote is accepted and an order exists, so it is not negotiated "
    "any more.",
    QuoteState.PARTIALLY_ACCEPTED: "Part of this quote is accepted and ordered, so it is not "
    "negotiated any more.",
    QuoteState.DECLINED: "This quote was not chosen, so it is not negotiated any more.",
    QuoteState.WITHDRAWN: "This quote is withdrawn, so it is not negotiated any more.",
    QuoteState.EXPIRED: "This quote's validity has ended, so it has to be renewed first.",
    QuoteState.SUPERSEDED: "This quote was replaced by another one; negotiate that one.",
}


def can_negotiate(rfq: RFQ, quote: Quote) -> bool:
    """Whether to offer the form; who may press is asked apart."""
    return (
        not rfq.is_sealed_now
        and quote.state == QuoteState.SUBMITTED
        and takes_questions(rfq)
        and quote.valid_until is not None
        and not is_over(quote)
    )


def check_answers(counter: CounterOffer, side: str) -> None:
    """Only the other side answers an offer, and only an open one."""
    if counter.by_side == side:
        raise WrongState("This counter-offer is your side's own; the other side answers it.")
    check_open(counter)


def check_open(counter: CounterOffer) -> None:
    """The offer still waits for an answer. Raises WrongState saying what became of it."""
    if counter.state == CounterOfferState.OPEN:
        return
    when = moment_text(counter.state_changed_at)
    raise WrongState(
        {
            CounterOfferState.ACCEPTED: f"This counter-offer was accepted on {when} already.",
            CounterOfferState.DECLINED: f"This counter-offer was declined on {when} already.",
            CounterOfferState.WITHDRAWN: f"This counter-offer was taken back on {when}. Read "
            "where the negotiation stands now.",
            CounterOfferState.EXPIRED: f"The time of this counter-offer was up, so it ended on "
            f"{when}. Make one of your own instead.",
            CounterOfferState.REPLACED: f"This counter-offer was countered by another one on "
            f"{when}. Read that one.",
        }[CounterOfferState(counter.state)]
    )


def check_can_accept(actor: Actor, rfq: RFQ, quote: Quote, seen: str, current: str) -> None:
    """The buyer may award this quote now, and it prices what the buyer sees.

    `seen` is the quote's `seen` on the page the buyer pressed, `current` the request's
    fingerprint now. Raises NotFound, NotAllowed, WrongState with the reason.
    """
    check_owns(actor, rfq, Permission.AWARD)
    if quote.rfq_id != rfq.pk or not was_handed_over(quote):
        raise NotFound()
    if sentence := refusal_of(rfq, quote):
        raise WrongState(sentence)
    if seen != quote.seen or quote.fingerprint != current:
        raise WrongState(
            f"The quote of {quote.manufacturer.organization.name} changed since you opened the "
            "page, or it priced an earlier version of the request. Look at it again before you "
            "accept."
        )


def was_handed_over(quote: Quote) -> bool:
    """Whether the buyer could read the quote at some time, though it may be taken back since."""
    return quote.state not in (QuoteState.DRAFT, QuoteState.WITHDRAWN) or quote.edition > 0


def refusal_of(rfq: RFQ, quote: Quote) -> str:
    """Why the quote cannot be awarded now, for the buyer; "" when it can. Who may is asked apart.

    The quote comes with its manufacturer and organization.
    """
    if rfq.is_sealed_now:
        return "The quotes of this request are sealed until the deadline."
    if not RFQ_LIFECYCLE.find("award_rfq", rfq.state):
        return _ENDED.get(rfq.state, "This request cannot be awarded now.")
    return quote_refusal_of(quote)


_ENDED: dict[str, str] = {
    RFQState.AWARDED: "This request is awarded; nothing more of it can be ordered.",
    RFQState.NO_AWARD: "This request ended without an award, so nothing of it can be ordered.",
    RFQState.CANCELLED: "This request was cancelled, so nothing of it can be ordered.",
}


def quote_refusal_of(quote: Quote) -> str:
    """What of the quote itself stands against an award now, as a sentence; "" for nothing."""
    shop, name = quote.manufacturer.organization.name, quote.reference
    if not QUOTE.find("accept_quote", quote.state):
        return _standing(quote, shop, name)
    if is_unverified(quote):
        return (
            f"{shop} is not verified yet. It has to make an account and be verified by us before "
            "its quote can be accepted; ask it to."
        )
    return _over(quote, shop, name) if is_over(quote) else ""


def _standing(quote: Quote, shop: str, name: str) -> str:
    sentences: dict[str, str] = {
        QuoteState.DRAFT: f"{shop} took its quote {name} back to change it. Wait for the new one "
        "or choose another quote.",
        QuoteState.NEEDS_RECONFIRMATION: f"Your request changed after {shop} quoted, and {shop} "
        f"has not confirmed its quote {name} since. Ask it to, or choose another quote.",
        QuoteState.WITHDRAWN: f"{shop} withdrew its quote {name}. Choose another quote.",
        QuoteState.EXPIRED: _over(quote, shop, name),
        QuoteState.SUPERSEDED: f"{shop} replaced its quote {name} by another one. Look at that "
        "one first.",
        QuoteState.DECLINED: f"The quote {name} of {shop} was declined, so it cannot be awarded "
        "any more.",
        QuoteState.ACCEPTED: f"Everything {shop} quoted in {name} is awarded already.",
    }
    return sentences[quote.state]


def is_over(quote: Quote) -> bool:
    """Whether the last day of the quote has passed; the timer may not have come yet."""
    return quote.valid_until is not None and quote.valid_until < timezone.localdate()


def _over(quote: Quote, shop: str, name: str) -> str:
    return (
        f"The quote {name} of {shop} was valid until {plain_day(quote.valid_until)}; its validity "
        f"has ended. Ask {shop} to renew it, or choose another quote."
    )


def price_to_order(line: RFQLine, priced: Priced | None, quantity: int) -> Price | None:
    """The price at which `quantity` of a line can be ordered; None for none.

    A price of a quantity that an amendment took out is no offer any more, one agreed on is.
    """
    price = priced.at(quantity) if priced else None
    return price if price and (price.is_agreed or quantity in line.quantities) else None


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
    return not held and actor.may(Permission.AWARD) and not refusal_of(rfq, quote)
