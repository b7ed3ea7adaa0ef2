"""A scorecard in words, and how its figures are written down."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.directory.actions.scorecards import keep_figures
from marketplace.directory.models import Scorecard
from marketplace.directory.scorecard import TOO_FEW, figures_of, hours_text, stars_of
from tests.personas import Persona


def figure(card: Scorecard | None, key: str) -> tuple[str, str]:
    found = next(one for one in figures_of(card) if one.key == key)
    return found.value, found.sentence


def test_each_figure_says_what_was_counted() -> None:
    card = Scorecard(
        due_orders=20,
        on_time_orders=18,
        decided_orders=4,
        delivered_pieces=1200,
        accepted_pieces=1199,
        shipped_orders=19,
        disputed_orders=1,
        asked=15,
        answered=13,
        quoted=12,
        response_hours=Decimal("5.4"),
    )
    assert figure(card, "on_time") == (
        "90 %",
        "18 of 20 orders shipped on or before the promised day",
    )
    assert figure(card, "quality") == ("99 %", "1,199 of 1,200 pieces accepted in 4 orders")
    assert figure(card, "response") == ("5 hours", "median of 13 requests answered")
    assert figure(card, "quote_rate") == ("80 %", "12 of 15 requests answered with a quote")
    assert figure(card, "disputes") == ("5 %", "1 of 19 orders disputed after shipping")


def test_below_three_no_share_is_shown() -> None:
    few = Scorecard(due_orders=2, on_time_orders=2, decided_orders=2, delivered_pieces=900)
    for card in (few, None):
        assert {one.value for one in figures_of(card)} == {TOO_FEW}
    assert figure(few, "on_time")[1].startswith("2 of 2 orders")
    assert stars_of(few) == () and stars_of(None) == ()


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_hundred_percent_means_all(part: int, rest: int) -> None:
    card = Scorecard(due_orders=part + rest, on_time_orders=part)
    percent = next(one.percent for one in figures_of(card) if one.key == "on_time")
    if part + rest < 3:
        assert percent is None
    else:
        assert percent is not None and 0 <= percent <= 100
        assert (percent == 100) == (rest == 0)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0.2, "under an hour"),
        (1.2, "1 hour"),
        (47.4, "47 hours"),
        (48.0, "2 days"),
        (100.0, "4 days"),
    ],
)
def test_hours_in_words(hours: float, text: str) -> None:
    assert hours_text(hours) == text


def test_keeping_twice_changes_once(milo: Persona, bea: Persona) -> None:
    def count() -> dict[str, int]:
        return {"due_orders": 7, "rating_sum": 9, "rating_count": 2}

    shop = milo.organization.pk
    assert keep_figures(organization_id=shop, count=count) == {
        "due_orders": (0, 7),
        "rating_sum": (0, 9),
        "rating_count": (0, 2),
    }
    assert keep_figures(organization_id=shop, count=count) == {}
    assert type(milo.manufacturer).objects.get().rating == 4.5
    assert Scorecard.objects.get().due_orders == 7
    assert keep_figures(organization_id=bea.organization.pk, count=count) == {}


def test_the_api_and_the_page_give_it(milo: Persona, bea: Persona) -> None:
    path = f"/api/v1/manufacturers/{milo.manufacturer.public_id}/"
    assert bea.client.get(path).json()["scorecard"] is None
    counted = {
        "due_orders": 4,
        "on_time_orders": 3,
        "answered": 2,
        "response_hours": Decimal("3.0"),
        "criteria_count": 2,
        "quality_sum": 9,
    }
    keep_figures(organization_id=milo.organization.pk, count=lambda: counted)
    card = bea.client.get(path).json()["scorecard"]
    first = card["figures"][0]
    assert (first["numerator"], first["denominator"], first["percent"]) == (3, 4, 75)
    assert card["response_hours"] is None
    assert card["stars"][0] == {"key": "quality", "name": "Quality", "mean": 4.5}
    page = bea.client.get(f"/manufacturers/{milo.manufacturer.slug}/").content.decode()
    assert "3 of 4 orders shipped on or before the promised day" in page
    assert "Too few to say" in page
    assert "/portal/orders/figures/" not in page
