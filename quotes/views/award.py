"""The award: read once more what goes to whom, then order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import approval_need
from marketplace.core.errors import DomainError
from marketplace.core.forms import add_errors
from marketplace.core.money import Money, line_total
from marketplace.core.pages import render_page
from orders.states import OrderState
from quotes import queries, rules
from quotes.actions import award
from quotes.forms.award import AwardForm, Picked, choices_of, read_picks
from quotes.models import Quote
from quotes.pricing import Pick, Price, Priced, Total, quote_total
from quotes.views.buyer_detail import act

PAGE = "quotes/buyer/award_rfq.html"


@dataclass(frozen=True)
class Row:
    """One line of a coming order; without a price the choice cannot be ordered."""

    picked: Picked
    priced: Priced | None
    price: Price | None
    goods: Money | None
    alternate: str


@dataclass(frozen=True)
class Group:
    """One coming order. `total` is None while a choice has no price; `refusal` says what stops."""

    quote: Quote
    rows: Sequence[Row]
    total: Total | None
    money: Money | None
    refusal: str


@buyer_page
def award_rfq(request: Request, rfq: str) -> HttpResponse:
    """What was picked, by manufacturer, with totals; POST orders it, an order a manufacturer."""
    actor: Actor = request.actor
    found = queries.get_rfq(actor, rfq)
    lines, quotes = list(found.lines.all()), queries.quotes_for_buyer(found)
    data = request.POST if request.method == "POST" else request.GET
    picks = read_picks(data, lines, quotes)
    chosen = {pick.quote.pk for pick in picks}
    losers = [q for q in quotes if q.pk not in chosen and q.state == "submitted"]
    form = AwardForm(request.POST if request.method == "POST" else None, losers=losers)
    status = 422 if request.method == "POST" else 200
    taken = queries.awarded_lines(found)
    left = [line for line in lines if line.pk not in taken]
    is_whole = len(picks) == len(left)
    if request.method == "POST" and form.is_valid():
        try:
            orders = award.award_rfq(
                actor=actor,
                rfq_id=rfq,
                choices=choices_of(picks, request.POST),
                po_number=form.cleaned_data["po_number"],
                finish=is_whole or form.cleaned_data["rest"] == "end",
                reasons=form.reasons(),
            )
        except DomainError as error:
            if error.status == 404:
                raise
            add_errors(form, error)
            status = error.status
        else:
            return _done(request, rfq, orders)
    groups = _groups(actor, picks)
    return render_page(
        request,
        PAGE,
        {
            "rfq": found,
            "groups": groups,
            "form": form,
            "left_out": [line for line in left if line.pk not in {p.line.pk for p in picks}],
            "taken": taken.values(),
            "can_award": bool(groups) and not any(group.refusal for group in groups),
            "need": _need(actor, groups),
            "held_order": queries.waiting_order_of(found),
        },
        status=status,
    )


def _done(request: Request, rfq: str, orders: Sequence[Any]) -> HttpResponse:
    waits = orders[0].state == OrderState.AWAITING_APPROVAL
    names = " and ".join(order.manufacturer_name for order in orders)
    end = "Approvers are told by mail." if waits else "Pay to place what you ordered."
    word = "waits for approval" if waits else "is made"
    messages.success(request, f"The award to {names} {word}. {end}")
    if len(orders) == 1:
        return redirect("order_detail", orders[0].public_id)
    return redirect("rfq_detail", rfq)


def _groups(actor: Actor, picks: Sequence[Picked]) -> list[Group]:
    by_quote: dict[str, list[Picked]] = {}
    for pick in picks:
        by_quote.setdefault(pick.quote.public_id, []).append(pick)
    return [_group(actor, chosen) for chosen in by_quote.values()]


def _group(actor: Actor, picks: Sequence[Picked]) -> Group:
    quote = picks[0].quote
    priced = queries.priced_lines(quote)
    reasons = {(row.rfq_line_id, row.option): row.reason for row in quote.lines.all()}
    rows = []
    for pick in picks:
        found = priced.get((pick.line.pk, pick.option))
        price = found.at(pick.quantity) if found else None
        goods = line_total(price.unit_price, pick.quantity, quote.currency) if price else None
        alternate = reasons.get((pick.line.pk, pick.option), "")
        money = None if goods is None else Money(goods, quote.currency)
        rows.append(Row(pick, found, price, money, alternate))
    wanted = [Pick(pick.line.pk, pick.quantity, pick.option) for pick in picks]
    total = quote_total(priced, wanted, quote.freight_minor, quote.currency)
    refusal = ""
    if total is None:
        refusal = "A quantity chosen below has no price in this quote. Go back and choose another."
    try:
        rules.check_minimum_order(quote, [row.price for row in rows if row.price])
    except DomainError as error:
        refusal = error.sentence
    if not rules.can_accept(actor, quote.rfq, quote, held=False):
        refusal = (
            "This quote cannot be accepted now: its state, its validity or your role does not "
            "allow it."
        )
    money = Money(total.total_minor, quote.currency) if total else None
    return Group(quote, rows, total, money, refusal)


def _need(actor: Actor, groups: Sequence[Group]) -> Any:
    """What the award will need, said before the button is pressed; the award asks again."""
    totals: dict[str, int] = {}
    for group in groups:
        if group.money:
            totals[group.money.currency] = totals.get(group.money.currency, 0) + group.money.minor
    needs = [approval_need(actor.company, actor.user, Money(m, c)) for c, m in totals.items()]
    return max(needs, key=lambda need: need.approvals, default=None)


@buyer_page
@require_POST
def finish_rfq(request: Request, rfq: str) -> HttpResponse:
    """Award nothing more of a partly awarded request."""
    done = "The request is finished. The other manufacturers are told."
    return act(request, rfq, award.finish_rfq, done)
