"""What the buyer's and the manufacturer's order pages have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.actor import Actor
from accounts.http import Request
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError
from marketplace.core.events import timeline
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import render_page
from marketplace.files.links import link_to
from marketplace.messaging.queries import unread_texts
from orders import rules
from orders.actions.money import undecided_minor
from orders.change_queries import changed_lines, waiting_change
from orders.first_articles import missing_first_articles
from orders.forms import order as forms
from orders.holds import hold_of
from orders.judging import pieces_to_judge, waits_for_judgment
from orders.milestones import milestone_in_turn
from orders.models import Order, Shipment
from orders.queries import get_order, side_of
from orders.reordering import can_reorder
from orders.review_rules import visible_reviews
from orders.rooms import frame_of
from orders.states import N_ENDED, ORDER, ROAD, OrderState, ProposalState

MARKED = "Something is missing or cannot be used. It is marked below; nothing you typed is lost."
BOUND = {
    "report": forms.ReportForm,
    "ship": forms.ShipForm,
    "cancel": forms.CancelForm,
    "approve": forms.ApproveForm,
    "reject": forms.RejectForm,
}


def _unconfirmed(order: Order) -> str:
    """What of a delivered order has arrived by the shop's word alone, "" for nothing."""
    sent = [s for s in order.shipments.all() if s.purpose == Shipment.Purpose.ORDER]
    told = [str(shipment.number) for shipment in sent if shipment.is_shops_word]
    if order.state != OrderState.DELIVERED or not told:
        return ""
    if len(told) == len(sent):
        return "everything"
    return f"shipment{'s' if len(told) > 1 else ''} {' and '.join(told)}"


def order_context(actor: Actor, order: Order, **bound: Any) -> dict[str, Any]:
    """Everything an order's page shows. `bound` replaces an empty form by one with errors."""
    side = side_of(actor, order)
    moves = rules.available_moves(actor, order)
    changed = changed_lines(order) if order.edition > 1 else {}
    return {
        **frame_of(order, side, "order_detail"),
        "unread": unread_texts(actor, [order.public_id]).get(order.public_id, 0),
        "turn": ORDER.turn[order.state],
        "steps": steps_of(order, side),
        # Who of the buyer's people decides is not the manufacturer's to know.
        "approval": getattr(order, "approval", None) if side != Side.MANUFACTURER else None,
        "moves": moves,
        # Nothing is finished or shipped before it.
        "can_submit_article": "submit_first_article" in moves and missing_first_articles(order)[0],
        "hold": hold_of(order),
        "unconfirmed": _unconfirmed(order) if side == Side.BUYER else "",
        "milestone": milestone_in_turn(order, side),
        # What an acceptance lets go: milestones and problems may have taken the rest.
        "releases": undecided_minor(order) if "accept_order" in moves else 0,
        "open_problems": order.nonconformances.exclude(state__in=N_ENDED).select_related("line")[
            :5
        ],
        "proposal": order.settlements.filter(state=ProposalState.OPEN).first(),
        "waiting_change": waiting_change(order, side),
        "changed": changed.get("", []),
        "lines": [
            {
                "line": line,
                "changes": changed.get(line.public_id, []),
                "thumbnail": link_to(line.part_revision.thumbnail, actor),
                "files": [(f.name, link_to(f, actor)) for f in line.part_revision.files],
            }
            for line in order.lines.all()
        ],
        "reports": [(r, link_to(r.photo, actor)) for r in order.reports.all()],
        "reviews": visible_reviews(side, order),
        "may_pay": side == Side.BUYER and actor.may(Permission.PAY),
        "can_report": rules.REPORT.is_open(actor, order),
        "can_claim": rules.can_claim(actor, order),
        "can_judge": rules.JUDGE.is_open(actor, order)
        and waits_for_judgment(pieces_to_judge(order)),
        "can_review": rules.can_review(actor, order),
        "can_reorder": can_reorder(actor, order),
        "timeline": timeline(order, actor.organization),
        "forms": {name: bound.get(name) or form() for name, form in BOUND.items()},
    }


def kept_forms(request: Request, order: Order, urls: Mapping[str, str]) -> dict[str, Form]:
    """Forms typed into when the session ended, filled again. `urls`: form -> URL name."""
    kept = {}
    for name, url in urls.items():
        typed = kept_typed(request, reverse(url, args=[order.public_id]))
        if typed is not None:
            kept[name] = BOUND[name](typed)
            messages.info(request, "You were signed out. Here is what you typed; send it again.")
    return kept


# States beside the road, and the step of the road they belong to.
BESIDE = {
    OrderState.FIRST_ARTICLE_REVIEW: OrderState.IN_PRODUCTION,
    OrderState.PARTLY_SHIPPED: OrderState.SHIPPED,
}


def steps_of(order: Order, side: str) -> list[dict[str, str]]:
    """The road as steps {label, state: done | current | todo}. An order that stands
    still is where it was; a cancelled one has the whole road before it.

    The buyer's road starts with the approval where one was asked for.
    """
    road: list[str] = list(ROAD)
    if side != Side.MANUFACTURER and hasattr(order, "approval"):
        road.insert(0, OrderState.AWAITING_APPROVAL)
    stands = order.left_state or order.state
    stands = BESIDE.get(OrderState(stands), stands)
    here = road.index(stands) if stands in road else -1
    return [
        {
            "label": ORDER.label(state),
            "state": "done"
            if at < here or order.state == road[-1]
            else ("current" if at == here else "todo"),
        }
        for at, state in enumerate(road)
    ]


def act(
    request: Request,
    order_id: str,
    page: str,
    template: str,
    action: Callable[..., Any],
    done: str,
    form_name: str = "",
) -> HttpResponse:
    """Check the named form, run one action, go back to the page; or show it with the sentence."""
    actor: Actor = request.actor
    form = BOUND[form_name](request.POST, request.FILES) if form_name else None
    sentence, status = MARKED, 422
    if form is None or form.is_valid():
        try:
            action(actor=actor, public_id=order_id, **(form.cleaned_data if form else {}))
        except DomainError as error:
            if error.status == 404:
                raise
            # On top of the page too: in the wrong state the page does not show this form.
            status, sentence = error.status, error.sentence
            if form and error.fields:
                add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect(page, order_id)
    order = get_order(actor, order_id)
    context = order_context(actor, order, **({form_name: form} if form_name else {}))
    return render_page(request, template, {**context, "sentence": sentence}, status=status)
