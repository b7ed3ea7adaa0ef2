"""Savings against the median quote: one currency each, of three quotes or more, never mixed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes.actions.award import accept_quote
from quotes.models import RFQ, Award, Quote, QuoteCharge
from quotes.queries.savings import awarded_lines_of, times_to_award
from quotes.savings import LEAST_QUOTES, Awarded, Saving, median_minor, median_time, savings
from tests.personas import Persona, make_shop
from tests.quotes.scene import Request, open_rfq, submitted

AMOUNTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=9)


@st.composite
def a_line(draw: st.DrawFn) -> Awarded:
    asked = draw(AMOUNTS)
    return Awarded(
        draw(st.sampled_from(["EUR", "USD", "GBP"])), draw(st.sampled_from(asked)), asked
    )


@given(AMOUNTS)
def test_half_of_the_quotes_are_at_or_below_the_median(amounts: list[int]) -> None:
    median = median_minor(amounts)
    assert min(amounts) <= median <= max(amounts)
    assert sum(amount <= median for amount in amounts) * 2 >= len(amounts)
    assert median_minor(list(reversed(amounts))) == median


@given(st.lists(a_line(), max_size=20), st.randoms())
def test_sums_are_kept_by_currency_and_order_does_not_matter(
    lines: list[Awarded], chance: object
) -> None:
    found = savings(lines)
    chance.shuffle(lines)  # type: ignore[attr-defined]
    assert savings(lines) == found
    assert [s.currency for s in found] == sorted({s.currency for s in found})
    for saving in found:
        own = [x for x in lines if x.currency == saving.currency]
        assert savings(own) == [saving]
        counted = [x for x in own if len(x.asked_minor) >= LEAST_QUOTES]
        assert saving.lines == len(counted)
        parts = [savings([x])[0].saved_minor for x in counted]
        assert sum(parts) == saving.saved_minor


@given(AMOUNTS)
def test_the_cheapest_never_loses_and_the_dearest_never_wins(asked: list[int]) -> None:
    for paid, sign in ((min(asked), 1), (max(asked), -1)):
        for saving in savings([Awarded("EUR", paid, asked)]):
            assert saving.saved_minor * sign >= 0


def test_two_quotes_are_no_market() -> None:
    assert savings([Awarded("EUR", 1, [1, 99])]) == []
    assert savings([Awarded("EUR", 1, [1, 5, 9])]) == [Saving("EUR", 4, 1)]
    with pytest.raises(ValueError, match="median"):
        median_minor([])
    assert median_time([]) is None
    days = [timedelta(days=n) for n in (1, 2, 9)]
    assert median_time(days) == timedelta(days=2)


def award(bea: Persona, request: Request, quote: Quote, quantity: int = 10) -> None:
    accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=quote.public_id,
        chosen={request.line.public_id: quantity},
        seen=quote.seen,
    )


@pytest.mark.django_db
def test_lines_are_read_with_everything_asked_for_them(bea: Persona, stefan: Persona) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(4)]
    request = open_rfq(bea, *shops)
    quotes = [
        submitted(request, shop, unit)
        for shop, unit in zip(shops, ("10", "12", "20", "11"), strict=True)
    ]
    QuoteCharge.objects.create(
        line=quotes[1].lines.get(), kind="document", code="coc", amount_minor=77
    )
    Quote.objects.filter(pk=quotes[3].pk).update(currency="USD")
    award(bea, request, quotes[0])
    [line] = awarded_lines_of(bea.actor)
    # Ten pieces and 10.00 tooling; freight is not compared, and the dollars stay out.
    assert (line.currency, line.paid_minor) == ("EUR", 11_000)
    assert sorted(line.asked_minor) == [11_000, 13_077, 21_000]
    assert savings([line]) == [Saving("EUR", 2_077, 1)]
    RFQ.objects.filter(pk=request.rfq.pk).update(published_at=timezone.now() - timedelta(days=6))
    [spent] = times_to_award(bea.actor)
    assert round(spent.total_seconds() / 86400) == 6
    assert awarded_lines_of(stefan.actor) == times_to_award(stefan.actor) == []
    Award.objects.update(is_settled=False)
    assert awarded_lines_of(bea.actor) == times_to_award(bea.actor) == []


@pytest.mark.django_db
def test_reading_costs_three_queries_for_any_number(bea: Persona) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(3)]
    counts = []
    for _ in range(2):
        request = open_rfq(bea, *shops)
        first, *_ = [submitted(request, shop, "10") for shop in shops]
        award(bea, request, first)
        actor = bea.actor
        with CaptureQueriesContext(connection) as context:
            awarded_lines_of(actor)
        counts.append(len(context))
    assert counts == [3, 3]
