"""A buyer's published request: the quotes side by side, and what can be done with it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.approvals import Need
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import approval_need
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.pages import render_page
from marketplace.directory.queries.supplier_lists import supplier_lists_of
from marketplace.files.links import link_to
from marketplace.messaging.queries import unread_of
from orders.states import OrderState
from quotes import admission, queries, rules
from quotes.actions import award, publication
from quotes.compared import comparison_of, quantities_of
from quotes.forms.award import AcceptForm, CancelForm
from quotes.forms.published import DeadlineForm
from quotes.models import RFQ, Quote, QuoteSide
from quotes.queries.matching import matches_for
from quotes.queries.negotiation import open_counters
from quotes.states import INVITATION, RFQ_LIFECYCLE, RFQState
from quotes.views.beside_prices import beside_prices
from quotes.views.comparison import chosen_from

DETAIL = "quotes/buyer/rfq_detail.html"
PLACED = "Accepted. The order is placed once it is paid."
WAITS = "Your award waits for approval. Those who decide are told by mail."


def detail(request: Request, rfq: RFQ, sentence: str = "", status: int = 200) -> HttpResponse:
    """The page of a published request, with a sentence when something was refused."""
    actor: Actor = request.actor
    lines = list(rfq.lines.all())
    quotes = queries.quotes_for_buyer(rfq)
    invited = list(rfq.invitations.all())
    quoted = {quote.manufacturer_id for quote in quotes}
    waiting = queries.waiting_order_of(rfq)
    held = waiting is not None
    context: dict[str, Any] = {
        "rfq": rfq,
        "moves": RFQ_LIFECYCLE.available(rfq.state, "buyer"),
        "lines": [
            {
                "line": line,
                "thumbnail": link_to(line.part_revision.thumbnail, actor),
                "files": [(f.name, link_to(f, actor)) for f in line.part_revision.files],
            }
            for line in lines
        ],
        "invitations": [
            (i, i.manufacturer_id in quoted, INVITATION.available(i.state, "buyer"))
            for i in invited
        ],
        "sealed_count": queries.sealed_count(rfq),
        "amendments": list(rfq.amendments.all()[:10]),
        "extend_form": DeadlineForm(),
        "can_extend": rfq.state in (RFQState.OPEN, RFQState.CLOSED),
        "can_amend": rfq.takes_quotes,
        "requirements": admission.requirements_of(rfq),
        "may_edit": actor.may(Permission.EDIT_RFQS),
        "comparison": comparison_of(
            rfq, lines, quotes, chosen_from(request.GET, lines, quantities_of(lines, quotes))
        ),
        "quotes": quotes,
        "counters": _waiting_counters(rfq, quotes),
        "may_award": actor.may(Permission.AWARD),
        "beside": beside_prices(actor, lines, quotes),
        "waiting_order": waiting,
        "acceptable": {q.public_id for q in quotes if rules.can_accept(actor, rfq, q, held=held)},
        "matches": matches_for(rfq, lines, exclude=[i.manufacturer_id for i in invited])
        if rfq.takes_quotes
        else [],
        "supplier_lists": list(supplier_lists_of(actor)) if rfq.takes_quotes else [],
        "unread": unread_of(actor, [rfq.public_id]).get(rfq.public_id, 0),
        "cancel_form": CancelForm(),
        "timeline": timeline(rfq, actor.organization),
        "sentence": sentence,
    }
    return render_page(request, DETAIL, context, fragment="comparison", status=status)


def _waiting_counters(rfq: RFQ, quotes: Sequence[Quote]) -> list[Quote]:
    """Quotes whose shops offered other values and wait for an answer."""
    found = open_counters(rfq) if quotes else {}
    return [q for q in quotes if q.pk in found and found[q.pk].by_side == QuoteSide.MANUFACTURER]


@buyer_page
def rfq_detail(request: Request, rfq: str) -> HttpResponse:
    """A published request: who was asked, and the quotes side by side."""
    found = queries.get_rfq(request.actor, rfq)
    if found.state == RFQState.DRAFT:
        return redirect("edit_rfq", rfq)
    return detail(request, found)


def act(
    request: Request, rfq: str, action: Any, done: str | Callable[[Any], str], **values: Any
) -> HttpResponse:
    """Carry out an action on the request and go back to its page with `done`, or with its no.

    `done` is the sentence, or makes it of what the action returns.
    """
    actor: Actor = request.actor
    try:
        result = action(actor=actor, public_id=rfq, **values)
    except DomainError as error:
        if error.status == 404:
            raise
        return detail(request, queries.get_rfq(actor, rfq), error.sentence, error.status)
    messages.success(request, done if isinstance(done, str) else done(result))
    return redirect("rfq_detail", rfq)


@buyer_page
@require_POST
def close_rfq(request: Request, rfq: str) -> HttpResponse:
    """Stop taking quotes before the deadline."""
    return act(request, rfq, publication.close_rfq, "Closed. No further quotes are taken.")


@buyer_page
@require_POST
def cancel_rfq(request: Request, rfq: str) -> HttpResponse:
    """End a request without an award."""
    reason = request.POST.get("reason", "")[:200]
    done = "The request is cancelled."
    return act(request, rfq, publication.cancel_rfq, done, reason=reason)


@buyer_page
@require_POST
def invite_manufacturer(request: Request, rfq: str) -> HttpResponse:
    """Ask one more manufacturer."""
    chosen = request.POST.get("manufacturer", "")
    return act(request, rfq, publication.invite_manufacturer, "Invited.", manufacturer_id=chosen)


def _need(actor: Actor, comparison: dict[str, Any]) -> Need:
    """What accepting the compared quote will need, said before the button is pressed."""
    money = comparison["columns"][0].money
    return approval_need(actor.company, actor.user, money) if money else Need()


def _taken_back(request: Request, rfq: RFQ, quote_id: str) -> HttpResponse:
    """The page of the request, which says what became of a quote that could be read once."""
    quote = queries.taken_back_quotes(rfq, [quote_id]).get(quote_id)
    if quote is None or rfq.is_sealed_now:
        raise NotFound()
    return detail(request, rfq, rules.refusal_of(rfq, quote), 409)


@buyer_page
def accept_quote(request: Request, rfq: str, quote: str) -> HttpResponse:
    """Read the quote once more with its total, then accept it: an order is placed."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    try:
        offer = queries.get_quote_for_buyer(actor, rfq, quote)
    except NotFound:
        return _taken_back(request, found, quote)
    lines = list(found.lines.all())
    quantities = quantities_of(lines, [offer])
    chosen = chosen_from(request.POST or request.GET, lines, quantities)
    form = AcceptForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        by_id = {line.pk: line.public_id for line in lines}
        try:
            order = award.accept_quote(
                actor=actor,
                rfq_id=rfq,
                quote_id=quote,
                chosen={by_id[pk]: quantity for pk, quantity in chosen.items()},
                seen=request.POST.get("seen", ""),
                **form.cleaned_data,
            )
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            status = error.status
        else:
            waits = order.state == OrderState.AWAITING_APPROVAL
            messages.success(request, WAITS if waits else PLACED)
            return redirect("order_detail", order.public_id)
    comparison = comparison_of(found, lines, [offer], chosen)
    held = queries.waiting_order_of(found)
    context = {
        "rfq": found,
        "quote": offer,
        "beside": beside_prices(actor, lines, [offer]),
        "comparison": comparison,
        "form": form,
        "can_accept": rules.can_accept(actor, found, offer, held=held is not None),
        "refusal": rules.refusal_of(found, offer)
        or "Your role does not allow awards. Ask a colleague whose role does.",
        "counter": open_counters(found).get(offer.pk),
        "held_order": held,
        "need": _need(actor, comparison),
    }
    return render_page(request, "quotes/buyer/accept_quote.html", context, status=status)
