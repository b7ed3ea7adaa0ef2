"""Reads of what a buyer's awards saved and how long they took."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Min, Sum
from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.money import line_total
from quotes.models import Award, AwardLine, QuoteCharge, QuotePrice
from quotes.queries import SEEN_BY_BUYER
from quotes.savings import Awarded

WINDOW = timedelta(days=365)
# So many of the newest awarded lines are looked at; enough for a median, bounded for the page.
NEWEST = 200


def awarded_lines_of(actor: Actor) -> list[Awarded]:
    """The newest lines the acting buyer awarded as asked within a year. Three queries."""
    lines = list(
        AwardLine.objects.filter(
            award__rfq__organization=actor.organization,
            award__created_at__gte=timezone.now() - WINDOW,
            award__is_settled=True,
            is_live=True,
            quote_line__option=0,
        )
        .order_by("-pk")
        .values_list("rfq_line", "quantity", "award__quote", "award__quote__currency")[:NEWEST]
    )
    asked = _asked({row[0] for row in lines}, {row[1] for row in lines})
    found = []
    for rfq_line, quantity, quote, currency in lines:
        offers = asked[rfq_line, quantity, currency]
        if quote in offers:
            found.append(Awarded(currency, offers[quote], list(offers.values())))
    return found


def _asked(rfq_lines: set[int], quantities: set[int]) -> dict[tuple[int, int, str], dict[int, int]]:
    """(line, quantity, currency) -> quote -> what it asks, minor units."""
    prices = QuotePrice.objects.filter(
        line__rfq_line__in=rfq_lines,
        quantity__in=quantities,
        line__option=0,
        line__is_declined=False,
        line__quote__state__in=SEEN_BY_BUYER,
    ).values_list(
        "line",
        "line__rfq_line",
        "quantity",
        "line__quote",
        "line__quote__currency",
        "unit_price",
        "line__setup_minor",
        "line__tooling_minor",
        "line__min_quantity",
    )
    charges = dict(
        QuoteCharge.objects.filter(line__rfq_line__in=rfq_lines, line__option=0)
        .order_by()
        .values_list("line")
        .annotate(Sum("amount_minor"))
    )
    asked: dict[tuple[int, int, str], dict[int, int]] = defaultdict(dict)
    for line, rfq_line, quantity, quote, currency, unit, setup, tooling, least in prices:
        if quantity >= least:
            goods = line_total(unit, quantity, currency)
            total = goods + setup + tooling + charges.get(line, 0)
            asked[rfq_line, quantity, currency][quote] = total
    return asked


def times_to_award(actor: Actor) -> list[timedelta]:
    """From publication to the first award, of the acting buyer's requests awarded within a year.
    One query."""
    rows = (
        Award.objects.filter(
            rfq__organization=actor.organization,
            rfq__published_at__isnull=False,
            created_at__gte=timezone.now() - WINDOW,
            is_live=True,
            is_settled=True,
        )
        .order_by()
        .values("rfq", "rfq__published_at")
        .annotate(first=Min("created_at"))
        .values_list("rfq__published_at", "first")[:NEWEST]
    )
    return [first - published for published, first in rows]
