"""The reviews of an order for both sides, and those about a manufacturer for everybody."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import buyer_page, portal_page, public_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.forms import add_errors
from marketplace.core.kept import kept_typed
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory.queries import get_listed_manufacturer
from orders import rules
from orders.actions import reviews as actions
from orders.forms.reviews import AnswerForm, ReportReviewForm, ReviewForm
from orders.models import Order, Review
from orders.queries import get_order, side_of
from orders.review_queries import open_reports_of, published_reviews_of, standing_of
from orders.review_rules import can_answer, can_report, visible_reviews

TEMPLATES = {
    Side.BUYER: "orders/buyer/order_reviews.html",
    Side.MANUFACTURER: "orders/portal/order_reviews.html",
}
PAGES = {Side.BUYER: "order_reviews", Side.MANUFACTURER: "portal_order_reviews"}
POSTS = {Side.BUYER: "review_order", Side.MANUFACTURER: "portal_review_order"}
SIGNED_OUT = "You were signed out. Here is what you typed; send it again."


@buyer_page
def order_reviews(request: Request, order: str) -> HttpResponse:
    """What both sides wrote, and the buyer's form."""
    return _show(request, order, Side.BUYER)


@portal_page
def portal_order_reviews(request: Request, order: str) -> HttpResponse:
    """What both sides wrote, and the manufacturer's form."""
    return _show(request, order, Side.MANUFACTURER)


@buyer_page
@require_POST
def review_order(request: Request, order: str) -> HttpResponse:
    """Review the manufacturer."""
    return _review(request, order, Side.BUYER)


@portal_page
@require_POST
def portal_review_order(request: Request, order: str) -> HttpResponse:
    """Review the buyer."""
    return _review(request, order, Side.MANUFACTURER)


@buyer_page
@require_POST
def answer_review(request: Request, order: str, review: str) -> HttpResponse:
    """The buyer answers what the manufacturer wrote."""
    return _answer(request, order, review, Side.BUYER)


@portal_page
@require_POST
def portal_answer_review(request: Request, order: str, review: str) -> HttpResponse:
    """The manufacturer answers what the buyer wrote."""
    return _answer(request, order, review, Side.MANUFACTURER)


@buyer_page
@require_POST
def report_review(request: Request, order: str, review: str) -> HttpResponse:
    """The buyer asks staff to look."""
    return _report(request, order, review, Side.BUYER)


@portal_page
@require_POST
def portal_report_review(request: Request, order: str, review: str) -> HttpResponse:
    """The manufacturer asks staff to look."""
    return _report(request, order, review, Side.MANUFACTURER)


@public_page
def manufacturer_reviews(request: Request, slug: str) -> HttpResponse:
    """What buyers wrote about a manufacturer, newest first; a fragment of its public page too."""
    found = get_listed_manufacturer(slug)
    rows = published_reviews_of(found.organization_id, Side.BUYER)
    context = {
        "manufacturer": found,
        "page": keyset_page(rows, request.GET.get("after", "")),
        "standing": standing_of(found.organization_id, Side.BUYER),
    }
    template = "orders/public/manufacturer_reviews.html"
    return render_page(request, template, context, fragment="list")


def _review(request: Request, order: str, side: Side) -> HttpResponse:
    form = ReviewForm(request.POST, side=side)

    def write() -> str:
        review = actions.review_order(
            actor=request.actor,
            public_id=order,
            scores=form.scores,
            text=form.cleaned_data["text"],
        )
        if review.order.reviews.count() > 1:
            return "Thank you. Both sides have written, and both reviews are published."
        return "Thank you. Both reviews appear when both sides have written."

    return _act(request, order, side, form, write, {"review_form": form})


def _answer(request: Request, order: str, review: str, side: Side) -> HttpResponse:
    form = AnswerForm(request.POST)

    def write() -> str:
        actions.answer_review(
            actor=request.actor, public_id=order, review_id=review, **form.cleaned_data
        )
        return "Your answer is published."

    return _act(request, order, side, form, write, {"answers": {review: form}})


def _report(request: Request, order: str, review: str, side: Side) -> HttpResponse:
    form = ReportReviewForm(request.POST)

    def write() -> str:
        actions.report_review(
            actor=request.actor, public_id=order, review_id=review, **form.cleaned_data
        )
        return "Thank you. Our staff look at it and write to you."

    return _act(request, order, side, form, write, {"reports": {review: form}})


def _act(
    request: Request,
    order: str,
    side: Side,
    form: Form,
    write: Callable[[], str],
    bound: dict[str, Any],
) -> HttpResponse:
    """Write and go back to the page with what `write` says, or show it with what is wrong and what
    was typed."""
    found = _own(request.actor, order, side)
    status, sentence = 422, ""
    if form.is_valid():
        try:
            done = write()
        except DomainError as error:
            status, sentence = error.status, error.sentence
            add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect(PAGES[side], order)
    return _show(request, found.public_id, side, status=status, sentence=sentence, **bound)


def _own(actor: Actor, order: str, side: Side) -> Order:
    """The order, seen from the side whose page this is. Raises NotFound."""
    found = get_order(actor, order)
    if side_of(actor, found) != side:
        raise NotFound()
    return found


def _show(
    request: Request,
    order: str,
    side: Side,
    *,
    status: int = 200,
    sentence: str = "",
    review_form: ReviewForm | None = None,
    answers: dict[str, Form] | None = None,
    reports: dict[str, Form] | None = None,
) -> HttpResponse:
    actor = request.actor
    found = _own(actor, order, side)
    post = reverse(POSTS[side], args=[found.public_id])
    typed = kept_typed(request, post)
    if typed is not None:
        messages.info(request, SIGNED_OUT)
    reported = open_reports_of(actor, found)

    def row(review: Review) -> dict[str, Any]:
        form = (answers or {}).get(review.public_id)
        complaint = (reports or {}).get(review.public_id)
        return {
            "review": review,
            "answer_form": (form or AnswerForm()) if can_answer(actor, side, review) else None,
            "report_form": (complaint or ReportReviewForm())
            if can_report(actor, side, review) and review.pk not in reported
            else None,
            "is_reported": review.pk in reported,
        }

    can_review = rules.can_review(actor, found)
    context = {
        "order": found,
        "side": side,
        "sentence": sentence,
        "rows": [row(review) for review in visible_reviews(side, found)],
        "review_form": (review_form or ReviewForm(typed, side=side)) if can_review else None,
        "post_url": post,
        "is_open": found.state in rules.REVIEWABLE,
    }
    return render_page(request, TEMPLATES[side], context, status=status)
