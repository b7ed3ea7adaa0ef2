"""How close a lost quote was: in steps, ranked only where nobody can be told by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from marketplace.directory.exchange import Rate
from marketplace.directory.models import ExchangeRate
from quotes.actions.award import accept_quote
from quotes.comparison import FrozenExchange, Offer
from quotes.loss_feedback import (
    Chosen,
    Feedback,
    feedback_of,
    lead_time_gap,
    price_band,
)
from quotes.models import Award, Quote
from quotes.pricing import Pick, Price, Priced
from quotes.queries.loss_feedback import loss_feedback_of
from tests.api.scene import Api
from tests.personas import Persona, make_shop
from tests.quotes.scene import Request, open_rfq, submitted

EUR = FrozenExchange("EUR")
USD = FrozenExchange(
    "EUR", frozen={"USD": Rate("USD", "EUR", Decimal("0.8"), date(2026, 8, 24), "test")}
)


def offer(unit: str, days: int = 10, *, lines: int = 1, currency: str = "EUR") -> Offer:
    """100 pieces of each line."""
    priced = {
        (line, 0): Priced(line, {100: Price(100, Decimal(unit), days)})
        for line in range(1, lines + 1)
    }
    return Offer(unit, currency, 0, priced)


def chosen(winner: Offer, *lines: int) -> Chosen:
    return Chosen(winner, [Pick(line, 100) for line in lines or (1,)])


@pytest.mark.parametrize(
    ("price", "band"),
    [
        (9_999, "below"),
        (10_000, "within_5"),
        (10_500, "within_5"),
        (10_501, "above_5"),
        (11_500, "above_5"),
        (11_501, "above_15"),
        (13_000, "above_15"),
        (13_001, "above_30"),
    ],
)
def test_steps_of_the_price(price: int, band: str) -> None:
    assert price_band(price, 10_000) == band


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        (-22, "much_shorter"),
        (-21, "shorter"),
        (-8, "shorter"),
        (-7, "little_shorter"),
        (0, "same"),
        (1, "little_longer"),
        (7, "little_longer"),
        (8, "longer"),
        (21, "longer"),
        (22, "much_longer"),
    ],
)
def test_steps_of_the_lead_time(days: int, gap: str) -> None:
    assert lead_time_gap(days) == gap


BANDS = ["below", "within_5", "above_5", "above_15", "above_30"]


@given(st.integers(0, 10**13), st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_dearer_quote_is_never_in_a_lower_step(one: int, two: int, winner: int) -> None:
    low, high = (price_band(price, winner) for price in sorted((one, two)))
    assert low is not None and high is not None
    assert BANDS.index(low) <= BANDS.index(high)
    assert price_band(one, 0) is None


@st.composite
def quotes(draw: st.DrawFn) -> list[Offer]:
    count = draw(st.integers(2, 6))
    return [offer(str(draw(st.integers(1, 500))), draw(st.integers(1, 60))) for _ in range(count)]


@given(quotes(), st.randoms(use_true_random=False))
def test_ranks_are_true_and_order_does_not_matter(offers: list[Offer], random: Any) -> None:
    winner, own, *others = offers
    found = feedback_of(own, [chosen(winner)], others, EUR)
    shuffled = list(others)
    random.shuffle(shuffled)
    assert feedback_of(own, [chosen(winner)], shuffled, EUR) == found
    if len(offers) < 3:
        assert (found.rank, found.ranked) == (None, None)
    else:
        cheaper = sum(Decimal(o.quote_id) < Decimal(own.quote_id) for o in [winner, *others])
        assert (found.rank, found.ranked) == (1 + cheaper, len(offers))
    words = " ".join(found.sentences)
    # No figure of a rival's, and none of one's own, stands in a sentence.
    for digits in words.split():
        stripped = digits.strip(".,")
        assert not stripped.isdecimal() or stripped in {"5", "15", "30", str(found.rank)}


@given(quotes(), st.integers(1, 499))
def test_the_winners_exact_price_makes_no_difference_within_a_step(
    offers: list[Offer], more: int
) -> None:
    """Two winners of one step cannot be told apart by what the loser reads."""
    own = offer("1000")
    seen: dict[tuple[Any, Any], set[str]] = {}
    for price in (1000 - more, 1000 - more + 1):
        found = feedback_of(own, [chosen(offer(str(price), 9))], [], EUR)
        seen.setdefault((found.price_band, found.lead_time_gap), set()).add(
            " ".join(found.sentences)
        )
    assert all(len(words) == 1 for words in seen.values())


def test_only_what_was_awarded_counts() -> None:
    winner, own = offer("10", lines=2), offer("11", 20, lines=2)
    # Of line 1 only; line 2 of the loser would cost a fortune.
    dear = Priced(2, {100: Price(100, Decimal(900), 300)})
    own = replace(own, lines={**own.lines, (2, 0): dear})
    found = feedback_of(own, [chosen(winner, 1)], [], EUR)
    assert (found.price_band, found.lead_time_gap) == ("above_5", "longer")
    found = feedback_of(own, [chosen(winner, 1, 2)], [], EUR)
    assert found.price_band == "above_30"
    first_only = replace(own, lines={(1, 0): own.lines[1, 0]})
    found = feedback_of(first_only, [chosen(winner, 1, 2)], [own, own], EUR)
    assert (found.is_partial, found.price_band, found.rank) == (True, "above_5", None)
    split = feedback_of(
        own, [chosen(winner, 1), chosen(offer("800", lines=2), 2)], [offer("9", lines=2)], EUR
    )
    # Both winners and the other loser price everything as well.
    assert (split.rank, split.ranked) == (3, 4)


def test_what_cannot_be_compared_is_not_known() -> None:
    other = replace(offer("10"), lines={(1, 0): Priced(1, {50: Price(50, Decimal(1), 5)})})
    assert feedback_of(other, [chosen(offer("10"))], [], EUR) == Feedback()
    assert "could not be compared" in Feedback().sentences[1]
    dollars = offer("10", currency="USD")
    assert feedback_of(dollars, [chosen(offer("10"))], [], EUR) == Feedback()
    assert feedback_of(offer("10"), [chosen(dollars)], [], EUR) == Feedback()
    # 10 USD are 8 EUR at the kept rate.
    assert feedback_of(dollars, [chosen(offer("7.9"))], [], USD).price_band == "within_5"
    assert feedback_of(dollars, [chosen(offer("8.1"))], [], USD).price_band == "below"


# --- with the database ---------------------------------------------------------------------------
@pytest.fixture
def lost(bea: Persona, milo: Persona, rita: Persona) -> tuple[Request, Quote, Quote]:
    """Milo lost against Rita, who was chosen at 10 pieces; both tooling 10.00 and freight 5.00.

    Her price has digits that no time on a page has (seconds end at 59).
    """
    request = open_rfq(bea, milo, rita)
    his, hers = submitted(request, milo, "78.5"), submitted(request, rita, "71.37")
    return request, his, hers


def choose(bea: Persona, request: Request, winner: Quote, loser: Quote) -> Quote:
    accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=winner.public_id,
        chosen={request.line.public_id: 10},
        seen=winner.seen,
    )
    return Quote.objects.select_related("rfq").get(pk=loser.pk)


@pytest.mark.django_db
def test_mail_page_and_api_tell_the_loser_and_not_the_winners_name_or_price(
    lost: tuple[Request, Quote, Quote],
    bea: Persona,
    milo: Persona,
    rita: Persona,
    work: Callable[[], None],
    mailoutbox: list[Any],
) -> None:
    request, his, hers = lost
    assert loss_feedback_of(his) is None
    choose(bea, request, hers, his)
    mailoutbox.clear()
    work()
    (mail,) = [m for m in mailoutbox if "chose another quote" in m.subject]
    page = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    # 800.00 against 728.70
    for text in (mail.body, page):
        assert "5 to 15 % above the chosen price" in text
        assert "Your lead time was the same" in text
        assert "lowest of" not in text
        for secret in ("Rita", "713.70", "728.70", "71.37"):
            assert secret not in text
    loss = Api(milo).get(f"/quotes/{his.public_id}/").json()["loss"]
    assert (loss["price_band"], loss["lead_time_gap"], loss["rank"]) == ("above_5", "same", None)
    assert Api(rita).get(f"/quotes/{hers.public_id}/").json()["loss"] is None
    winner = rita.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "How close you were" not in winner


@pytest.mark.django_db
def test_from_three_quotes_on_there_is_a_rank_in_a_constant_number_of_queries(
    lost: tuple[Request, Quote, Quote], bea: Persona
) -> None:
    request, his, hers = lost
    shops = [make_shop(name, f"{name} Parts") for name in ("Nora", "Otto", "Paul")]
    for shop in shops:
        request.rfq.invitations.create(manufacturer=shop.manufacturer)
    others = [submitted(request, shop, "120") for shop in shops]
    fresh = choose(bea, request, hers, his)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = loss_feedback_of(fresh)
    assert found is not None
    assert (found.rank, found.ranked) == (2, 5)
    assert found.sentences[0] == "Your price was the second lowest of five."
    assert len(queries) == 7
    last = Quote.objects.select_related("rfq").get(pk=others[0].pk)
    found = loss_feedback_of(last)
    assert found is not None and (found.rank, found.price_band) == (3, "above_30")


@pytest.mark.django_db
def test_the_rate_of_the_award_is_used_and_not_todays(
    lost: tuple[Request, Quote, Quote], bea: Persona
) -> None:
    request, his, hers = lost
    Quote.objects.filter(pk=hers.pk).update(currency="USD")
    hers.refresh_from_db()
    rate = ExchangeRate.objects.create(
        currency="USD", rate=Decimal("1.25"), date=date.today(), source="A bank"
    )
    fresh = choose(bea, request, hers, his)
    assert Award.objects.get().rate == Decimal("0.8")
    ExchangeRate.objects.filter(pk=rate.pk).update(rate=Decimal("0.5"))
    found = loss_feedback_of(fresh)
    # 800.00 EUR against 728.70 USD, 582.96 EUR.
    assert found is not None and found.price_band == "above_30"


@pytest.mark.django_db
def test_without_an_award_or_a_submitted_quote_there_is_none(
    lost: tuple[Request, Quote, Quote], bea: Persona
) -> None:
    request, his, hers = lost
    fresh = choose(bea, request, hers, his)
    for change in ({"submitted_at": None}, {"state": "expired"}, {"state": "submitted"}):
        Quote.objects.filter(pk=his.pk).update(**{"submitted_at": his.submitted_at, **change})
        fresh.refresh_from_db()
        assert loss_feedback_of(fresh) is None
