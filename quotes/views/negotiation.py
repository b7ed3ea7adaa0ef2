"""The negotiation of one quote, a page for each side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, quoting_page
from accounts.http import Request
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from orders.milestones import payment_words
from quotes import queries, rules
from quotes.actions import best_and_final, counter_offers
from quotes.forms.negotiation import AgreedForm, CounterForm, DeclineCounterForm
from quotes.models import RFQ, CounterOffer, Quote, RFQLine
from quotes.queries import negotiation
from quotes.states import CounterOfferState
from quotes.views.buyer_detail import detail

BUYER, SHOP = Side.BUYER, Side.MANUFACTURER
PAGES = {
    BUYER: "quotes/buyer/negotiate_quote.html",
    SHOP: "quotes/portal/portal_negotiate_quote.html",
}
PROPOSED = "Sent. The other side is told by mail; the quote stands as it is until it accepts."
NOT_SENT = "Some values cannot be sent. They are marked below; nothing you typed is lost."


@dataclass(frozen=True)
class Shown:
    """A counter-offer for a page: each row is (part, alternate, quantity, stored line)."""

    counter: CounterOffer
    is_own: bool
    rows: Sequence[tuple[str, int, int, Mapping[str, Any]]]
    payment: str
    was_payment: str


def _shown(counter: CounterOffer, side: str, lines: Sequence[RFQLine]) -> Shown:
    names = {line.public_id: line.part_revision.part.name for line in lines}
    return Shown(
        counter,
        counter.by_side == side,
        [
            (names.get(row["line"], "Part"), row["option"], row["quantity"], row)
            for row in counter.lines
        ],
        "" if counter.milestones is None else payment_words(counter.milestones),
        payment_words(counter.was_milestones),
    )


def _page(
    request: Request,
    side: str,
    quote: Quote,
    data: Any = None,
    *,
    sentence: str = "",
    status: int = 200,
    form: CounterForm | None = None,
    decline_form: DeclineCounterForm | None = None,
) -> HttpResponse:
    """The negotiation of a quote the caller may read, on its side."""
    actor: Actor = request.actor
    rfq = quote.rfq
    lines = queries.lines_of(rfq)
    counters, asked = negotiation.talks_of(quote)
    waiting = negotiation.open_of(counters)
    may = actor.may(Permission.AWARD if side == BUYER else Permission.QUOTE)
    can = may and rules.can_negotiate(rfq, quote)
    urls = _urls(side, quote, waiting) if waiting else {}
    typed = kept_typed(request, urls["decline"]) if urls else None
    context = {
        "rfq": rfq,
        "quote": quote,
        "side": side,
        "waiting": _shown(waiting, side, lines) if waiting else None,
        "history": [_shown(one, side, lines) for one in counters if one is not waiting],
        "form": form or _form(quote, lines, side, waiting, data),
        "decline_form": decline_form or DeclineCounterForm(typed),
        "asked": asked if negotiation.is_asked(asked) else None,
        "may_answer": can,
        "closed": "" if can else _closed(actor, rfq, quote, side),
        "can_propose": can and (waiting is None or waiting.by_side != side),
        "urls": urls,
        "agreed": _agreed(quote, counters, lines) if side == BUYER else None,
        "sentence": sentence,
    }
    return render_page(request, PAGES[Side(side)], context, status=status)


def _closed(actor: Actor, rfq: RFQ, quote: Quote, side: str) -> str:
    """Why nothing can be negotiated now, as an offer would be refused."""
    try:
        rules.check_can_negotiate(actor, rfq, quote, side)
    except DomainError as error:
        return error.sentence
    return "Your role does not allow you to negotiate."


def _refused(request: Request, side: str, quote: Quote, error: DomainError) -> HttpResponse:
    """The page with the sentence that says why an answer was not taken; a typed reason stays."""
    form = DeclineCounterForm(request.POST) if "reason" in request.POST else None
    return _page(
        request, side, quote, sentence=error.sentence, status=error.status, decline_form=form
    )


def _form(
    quote: Quote, lines: Sequence[RFQLine], side: str, waiting: CounterOffer | None, data: Any
) -> CounterForm:
    start = waiting if waiting and waiting.by_side != side else None
    taken = queries.awarded_lines(quote.rfq)
    return CounterForm(data, quote=quote, lines=lines, taken=taken, start=start)


def _urls(side: str, quote: Quote, waiting: CounterOffer) -> dict[str, str]:
    """Where the answers to the open offer are posted."""
    verbs = ("accept", "decline", "withdraw")
    if side == SHOP:
        args = [quote.public_id, waiting.public_id]
        return {verb: reverse(f"portal_{verb}_counter", args=args) for verb in verbs}
    args = [quote.rfq.public_id, quote.public_id, waiting.public_id]
    return {verb: reverse(f"{verb}_counter", args=args) for verb in verbs}


def _agreed(
    quote: Quote, counters: Sequence[CounterOffer], lines: Sequence[RFQLine]
) -> AgreedForm | None:
    """The way to award what was agreed last; None when nothing is, or the quote moved on."""
    agreed = next((c for c in counters if c.state == CounterOfferState.ACCEPTED), None)
    if agreed is None or agreed.edition + 1 != quote.edition or not agreed.lines:
        return None
    return AgreedForm(quote=quote, lines=lines, agreed=agreed.lines)


def _propose(request: Request, side: str, quote: Quote, done: str) -> HttpResponse:
    """Read the form and make the offer; back to the page with a sentence when it cannot be."""
    lines = queries.lines_of(quote.rfq)
    counters, _ = negotiation.talks_of(quote)
    form = _form(quote, lines, side, negotiation.open_of(counters), request.POST)
    if not form.is_valid():
        return _page(request, side, quote, form=form, sentence=NOT_SENT, status=422)
    try:
        counter_offers.propose_counter(
            actor=request.actor,
            side=side,
            quote_id=quote.public_id,
            seen=request.POST.get("seen", ""),
            answers=request.POST.get("answers", ""),
            proposal=form.proposal(),
        )
    except DomainError as error:
        add_errors(form, error)
        return _page(request, side, quote, form=form, sentence=error.sentence, status=error.status)
    messages.success(request, PROPOSED)
    return redirect(done)


@buyer_page
def negotiate_quote(request: Request, rfq: str, quote: str) -> HttpResponse:
    """Where the negotiation of a received quote stands; POST offers other values."""
    found = queries.get_quote_for_buyer(request.actor, rfq, quote)
    if request.method != "POST":
        return _page(request, BUYER, found, kept_typed(request))
    return _propose(request, BUYER, found, reverse("negotiate_quote", args=[rfq, quote]))


def _answer_as_buyer(
    request: Request, rfq: str, quote: str, done: str, action: Callable[..., Any], **values: Any
) -> HttpResponse:
    own = negotiation.check_received(request.actor, rfq, quote)
    try:
        action(actor=request.actor, side=BUYER, quote_id=quote, **values)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        try:
            found = queries.get_quote_for_buyer(request.actor, rfq, quote)
        except NotFound:  # the shop took it back meanwhile, so the quote has no page any more
            return detail(request, own, error.sentence, error.status)
        return _refused(request, BUYER, found, error)
    messages.success(request, done)
    return redirect("negotiate_quote", rfq, quote)


@buyer_page
@require_POST
def accept_counter(request: Request, rfq: str, quote: str, counter: str) -> HttpResponse:
    """Agree to the shop's offer; nothing is ordered by it."""
    done = "Agreed. The quote has these values now; award it to order."
    action = counter_offers.accept_counter
    return _answer_as_buyer(request, rfq, quote, done, action, public_id=counter)


@buyer_page
@require_POST
def decline_counter(request: Request, rfq: str, quote: str, counter: str) -> HttpResponse:
    """Say no to the shop's offer, with a reason."""
    reason = request.POST.get("reason", "")[:300]
    action = counter_offers.decline_counter
    return _answer_as_buyer(
        request, rfq, quote, "Declined. It is told why.", action, public_id=counter, reason=reason
    )


@buyer_page
@require_POST
def withdraw_counter(request: Request, rfq: str, quote: str, counter: str) -> HttpResponse:
    """Take one's own open offer back."""
    action = counter_offers.withdraw_counter
    return _answer_as_buyer(request, rfq, quote, "Taken back.", action, public_id=counter)


def _own(request: Request, quote: str) -> Quote | HttpResponse:
    """The shop's own quote, or the way to the agreement that comes first."""
    try:
        found, invitation = negotiation.own_quote_to_negotiate(request.actor, quote)
    except NotAllowed:
        return redirect(
            "portal_request_detail", queries.get_own_quote(request.actor, quote).rfq.public_id
        )
    found.rfq = invitation.rfq
    return found


@quoting_page
def portal_negotiate_quote(request: Request, quote: str) -> HttpResponse:
    """Where the negotiation of one's own quote stands; POST offers other values."""
    found = _own(request, quote)
    if isinstance(found, HttpResponse):
        return found
    if request.method != "POST":
        return _page(request, SHOP, found, kept_typed(request))
    return _propose(request, SHOP, found, reverse("portal_negotiate_quote", args=[quote]))


def _answer_as_shop(
    request: Request, quote: str, done: str, action: Callable[..., Any], **values: Any
) -> HttpResponse:
    found = _own(request, quote)
    if isinstance(found, HttpResponse):
        return found
    try:
        action(actor=request.actor, quote_id=quote, **values)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        found.refresh_from_db()
        return _refused(request, SHOP, found, error)
    messages.success(request, done)
    return redirect("portal_negotiate_quote", quote)


@quoting_page
@require_POST
def portal_accept_counter(request: Request, quote: str, counter: str) -> HttpResponse:
    """Agree to the buyer's offer; it is an order once the buyer awards it."""
    done = "Agreed. Your quote has these values now."
    action = counter_offers.accept_counter
    return _answer_as_shop(request, quote, done, action, side=SHOP, public_id=counter)


@quoting_page
@require_POST
def portal_decline_counter(request: Request, quote: str, counter: str) -> HttpResponse:
    """Say no to the buyer's offer, with a reason."""
    return _answer_as_shop(
        request,
        quote,
        "Declined. The buyer is told why; your quote stands.",
        counter_offers.decline_counter,
        side=SHOP,
        public_id=counter,
        reason=request.POST.get("reason", "")[:300],
    )


@quoting_page
@require_POST
def portal_withdraw_counter(request: Request, quote: str, counter: str) -> HttpResponse:
    """Take one's own open offer back."""
    action = counter_offers.withdraw_counter
    return _answer_as_shop(request, quote, "Taken back.", action, side=SHOP, public_id=counter)


@quoting_page
@require_POST
def confirm_final(request: Request, quote: str) -> HttpResponse:
    """The quote as it stands is the shop's last word."""
    done = "Confirmed. The buyer is told that your quote is final."
    return _answer_as_shop(request, quote, done, best_and_final.confirm_final)
