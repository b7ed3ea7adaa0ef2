"""The award: read once more what goes to whom, then order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page
from accounts.http import Request
from accounts.queries import approval_need
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.forms import add_errors
from marketplace.core.money import Money, line_total
from marketplace.core.pages import render_page
from orders.states import OrderState
from quotes import queries, rules
from quotes.actions import award
from quotes.compared import asked_charges
from quotes.differences import alternate_words
from quotes.forms.award import AwardForm, Named, Picked, choices_of, read_picks
from quotes.models import RFQ, AwardLine, CounterOffer, Quote, RFQLine
from quotes.pricing import Key, Pick, Price, Priced, Total, quote_total
from quotes.queries.negotiation import open_counters
from quotes.states import QuoteState
from quotes.views.buyer_detail import act

PAGE = "quotes/buyer/award_rfq.html"


@dataclass(frozen=True)
class Row:
    """One line of a coming order; without a price the choice cannot be ordered. `alternate` says
    what is made otherwise and why, `not_said` what is asked for without a price."""

    picked: Picked
    priced: Priced | None
    price: Price | None
    goods: Money | None
    alternate: str
    not_said: Sequence[str]


@dataclass(frozen=True)
class Group:
    """One coming order. `total` is None while a choice has no price; `refusals` say what stops."""

    quote: Quote
    rows: Sequence[Row]
    total: Total | None
    money: Money | None
    refusals: Sequence[str]
    counter: CounterOffer | None


@dataclass(frozen=True)
class Chosen:
    """What a page names: `picks` of quotes that are there, and a sentence for each other choice."""

    rfq: RFQ
    lines: Sequence[RFQLine]
    quotes: Sequence[Quote]
    taken: Mapping[int, AwardLine]
    picks: Sequence[Picked]
    lost: Sequence[str]

    @property
    def left(self) -> list[RFQLine]:
        """Lines not awarded yet."""
        return [line for line in self.lines if line.pk not in self.taken]

    @property
    def losers(self) -> list[Quote]:
        """Quotes that could be awarded and are not chosen."""
        chosen = {pick.quote.pk for pick in self.picks}
        return [q for q in self.quotes if q.pk not in chosen and q.state == QuoteState.SUBMITTED]


def _chosen(actor: Actor, rfq: str, data: QueryDict) -> Chosen:
    found = queries.get_rfq(actor, rfq)
    lines, quotes = list(found.lines.all()), queries.quotes_for_buyer(found)
    by_id = {quote.public_id: quote for quote in quotes}
    named = read_picks(data, lines)
    gone = [one for one in named if one.quote_id not in by_id]
    back = queries.taken_back_quotes(found, [one.quote_id for one in gone]) if gone else {}
    picks = [
        Picked(one.line, by_id[one.quote_id], one.option, one.quantity)
        for one in named
        if one.quote_id in by_id
    ]
    lost = [_lost(found, one, back.get(one.quote_id)) for one in gone]
    return Chosen(found, lines, quotes, queries.awarded_lines(found), picks, lost)


def _lost(rfq: RFQ, named: Named, quote: Quote | None) -> str:
    number = named.line.part_revision.part.number
    if quote is None:
        return f"{number}: this choice names no quote of the request. Choose one anew."
    return f"{number}: {rules.refusal_of(rfq, quote) or 'this quote cannot be read now.'}"


@buyer_page
def award_rfq(request: Request, rfq: str) -> HttpResponse:
    """What was picked, by manufacturer, with totals; POST orders all of it, an order a
    manufacturer, or nothing."""
    actor: Actor = request.actor
    if request.method != "POST":
        chosen = _chosen(actor, rfq, request.GET)
        return _page(request, chosen, AwardForm(None, losers=chosen.losers))
    chosen = _chosen(actor, rfq, request.POST)
    form, status = AwardForm(request.POST, losers=chosen.losers), 422
    if form.is_valid():
        try:
            if chosen.lost:
                raise Conflict("Nothing was ordered: not everything you chose can be had any more.")
            orders = award.award_rfq(
                actor=actor,
                rfq_id=rfq,
                choices=choices_of(chosen.picks, request.POST),
                po_number=form.cleaned_data["po_number"],
                finish=len(chosen.picks) == len(chosen.left) or form.cleaned_data["rest"] == "end",
                reasons=form.reasons(),
            )
        except DomainError as error:
            add_errors(form, error)
            # What the refusal is about may have happened since the page was read above.
            chosen, status = _chosen(actor, rfq, request.POST), error.status
        else:
            return _done(request, rfq, orders)
    return _page(request, chosen, form, status)


def _page(request: Request, chosen: Chosen, form: AwardForm, status: int = 200) -> HttpResponse:
    actor: Actor = request.actor
    groups = _groups(actor, chosen)
    picked = {pick.line.pk for pick in chosen.picks}
    context = {
        "rfq": chosen.rfq,
        "groups": groups,
        "form": form,
        "lost": chosen.lost,
        "left_out": [line for line in chosen.left if line.pk not in picked],
        "taken": [
            (line, chosen.taken[line.pk]) for line in chosen.lines if line.pk in chosen.taken
        ],
        "can_award": bool(groups) and not any(group.refusals for group in groups),
        "need": _need(actor, groups),
        "held_order": queries.waiting_order_of(chosen.rfq),
    }
    return render_page(request, PAGE, context, status=status)


def _done(request: Request, rfq: str, orders: Sequence[Any]) -> HttpResponse:
    waits = orders[0].state == OrderState.AWAITING_APPROVAL
    names = " and ".join(order.manufacturer_name for order in orders)
    end = "Approvers are told by mail." if waits else "Pay to place what you ordered."
    word = "waits for approval" if waits else "is made"
    messages.success(request, f"The award to {names} {word}. {end}")
    if len(orders) == 1:
        return redirect("order_detail", orders[0].public_id)
    return redirect("rfq_detail", rfq)


def _groups(actor: Actor, chosen: Chosen) -> list[Group]:
    by_quote: dict[str, list[Picked]] = {}
    for pick in chosen.picks:
        by_quote.setdefault(pick.quote.public_id, []).append(pick)
    counters = open_counters(chosen.rfq) if by_quote else {}
    return [
        _group(actor, chosen, picks, counters.get(picks[0].quote.pk)) for picks in by_quote.values()
    ]


def _group(
    actor: Actor, chosen: Chosen, picks: Sequence[Picked], counter: CounterOffer | None
) -> Group:
    quote = picks[0].quote
    priced = queries.priced_lines(quote, asked_charges(chosen.lines))
    rows = [_row(pick, priced) for pick in picks]
    wanted = [Pick(pick.line.pk, pick.quantity, pick.option) for pick in picks]
    total = (
        quote_total(priced, wanted, quote.freight_minor, quote.currency)
        if all(row.price for row in rows)
        else None
    )
    money = Money(total.total_minor, quote.currency) if total else None
    return Group(quote, rows, total, money, list(_refusals(actor, chosen, quote, rows)), counter)


def _row(pick: Picked, priced: Mapping[Key, Priced]) -> Row:
    quote, key = pick.quote, (pick.line.pk, pick.option)
    found = priced.get(key)
    price = rules.price_to_order(pick.line, found, pick.quantity)
    goods = None
    if price:
        minor = line_total(price.unit_price, pick.quantity, quote.currency)
        goods = Money(minor, quote.currency)
    row = next((r for r in quote.lines.all() if (r.rfq_line_id, r.option) == key), None)
    alternate = f"{alternate_words(row)}. {row.reason}" if row and row.option else ""
    names = pick.line.charge_names
    not_said = [names[charge] for charge in found.not_said] if found else []
    return Row(pick, found, price, goods, alternate, not_said)


def _refusals(actor: Actor, chosen: Chosen, quote: Quote, rows: Sequence[Row]) -> Iterator[str]:
    """What keeps a coming order from being placed, the reason that ends it first."""
    for row in rows:
        if row.picked.line.pk in chosen.taken:
            line = row.picked.line
            yield queries.awarded_sentence(line, chosen.taken[line.pk])
    if not actor.may(Permission.AWARD):
        yield "Your role does not allow awards. Ask a colleague whose role does."
    if sentence := rules.refusal_of(chosen.rfq, quote):
        yield sentence
        return
    if not all(row.price for row in rows):
        yield "A quantity chosen below has no price in this quote. Go back and choose another."
    try:
        rules.check_minimum_order(quote, [row.price for row in rows if row.price])
    except DomainError as error:
        yield error.sentence


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
