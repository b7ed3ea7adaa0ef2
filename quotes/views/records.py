"""A buyer's own record, and the requests behind the figures of both sides."""

from collections.abc import Callable

from django.http import HttpResponse

from accounts.decorators import buyer_page, portal_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.errors import NotFound
from marketplace.core.pages import keyset_page, render_page
from marketplace.directory.scorecard import hours_text
from orders.review_queries import reviews_about_buyer, standing_of
from quotes.models import Invitation
from quotes.queries.buyer_record import own_buyer_record, requests_of_record
from quotes.queries.response import asked_of
from quotes.response import Asked

NEWEST = 10
# What a shop can look into: name in the address -> (what it lists, whether a request is in it).
ASKED: dict[str, tuple[str, Callable[[Asked], bool]]] = {
    "answered": ("Requests you answered", lambda row: row.answered_at is not None),
    "quoted": ("Requests you quoted", lambda row: row.is_quoted),
    "not-quoted": ("Requests you did not quote", lambda row: not row.is_quoted),
}
ENDED = {"awarded": "Requests you awarded", "not-awarded": "Requests that ended without an award"}


@buyer_page
def buyer_record(request: Request) -> HttpResponse:
    """What manufacturers read about the buyer, how it is counted, and what they wrote."""
    context = {
        "record": own_buyer_record(request.actor),
        "standing": standing_of(request.actor.company.pk, Side.MANUFACTURER),
        "reviews": list(reviews_about_buyer(request.actor).order_by("-pk")[:NEWEST]),
    }
    return render_page(request, "quotes/buyer/buyer_record.html", context)


@buyer_page
def rfqs_behind(request: Request, figure: str) -> HttpResponse:
    """The buyer's own requests that its award rate counts."""
    if figure not in ENDED:
        raise NotFound()
    rows = requests_of_record(request.actor, awarded=figure == "awarded")
    context = {
        "page": keyset_page(rows, request.GET.get("after", "")),
        "title": ENDED[figure],
    }
    return render_page(request, "quotes/buyer/rfqs_behind.html", context)


@portal_page
def requests_behind(request: Request, figure: str) -> HttpResponse:
    """The requests that a figure of the shop's scorecard counts, and how it answered each."""
    if figure not in ASKED:
        raise NotFound()
    title, belongs = ASKED[figure]
    counted = {
        invitation.pk: asked
        for invitation, asked in asked_of(request.actor.company.pk)
        if asked.counts and belongs(asked)
    }
    rows = Invitation.objects.filter(pk__in=list(counted)).select_related("rfq__organization")
    page = keyset_page(rows, request.GET.get("after", ""))
    context = {
        "page": page,
        "rows": [(row, counted[row.pk], _after(counted[row.pk])) for row in page],
        "title": title,
    }
    return render_page(request, "quotes/portal/requests_behind.html", context)


def _after(asked: Asked) -> str:
    """How long the answer took, in words."""
    if asked.answered_at is None:
        return "no answer"
    return hours_text(max(0.0, (asked.answered_at - asked.at).total_seconds() / 3600))
