"""How often quotes are chosen: months in order, shares only of enough decisions."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from quotes.models import Quote
from quotes.states import QuoteState
from quotes.win_rate import MONTHS, first_days, own_win_rate, win_rate_of
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted

rows = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(list(QuoteState))),
    max_size=30,
)


@given(rows, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_chosen_are_decided_and_decided_are_submitted(
    given_rows: list[tuple[date, str]], today: date
) -> None:
    made = win_rate_of(given_rows, today)
    assert [month.first for month in made.months] == sorted(first_days(today))
    assert len(made.months) == MONTHS
    assert all(0 <= m.won <= m.decided <= m.submitted for m in made.months)
    assert made.share is None or 0 <= made.share <= 1
    assert (made.share is None) == (made.decided < 3)


def test_months_across_a_year() -> None:
    assert first_days(date(2026, 2, 28))[0] == date(2025, 9, 1)


def test_the_home_page_shows_the_shops_own_alone(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    Quote.objects.filter(pk=quote.pk).update(state="accepted")
    assert own_win_rate(milo.actor).won == 1
    assert own_win_rate(rita.actor).submitted == 0
    assert b"Too few decisions" in milo.client.get("/portal/").content
    assert b"Your load" in rita.client.get("/portal/").content
