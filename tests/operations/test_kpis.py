"""Every figure of the board from real rows; demo rows never count."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.events import record
from marketplace.operations.models import KpiDay, RequestMinute
from marketplace.operations.watching import counting, kpis
from marketplace.operations.watching.charts import chart_of, said
from marketplace.operations.watching.kpis import FIGURES, Told, board, keep_day, keep_figures
from payments.events import PAYMENT_FAILED
from payments.models import PaymentRequest
from quotes.models import Quote
from quotes.states import QuoteState
from tests.orders.scene import make_order, write_review
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted

TODAY = date(2026, 6, 10)
PLAN = {
    "registrations": 50, "conversion": 15, "uptime": 99.9, "response": 2, "errors": 0.1,
    "verified": 100, "quotes": 500, "payments": 99, "stars": 4.5,
}  # fmt: skip


def today() -> date:
    return timezone.now().date()


def demo(persona: Persona) -> None:
    Organization.objects.filter(pk=persona.organization.pk).update(is_demo=True)


def kept(name: str, day: date | None = None) -> tuple[float, float]:
    row = KpiDay.objects.get(figure=name, day=day or today())
    return row.part, row.whole


def test_targets_are_those_of_the_plan() -> None:
    assert {name: figure.target for name, figure in FIGURES.items()} == PLAN
    assert all(figure.definition.endswith(".") for figure in FIGURES.values())


def test_people_count_when_they_confirmed_and_are_no_demo(bea: Persona, sam: Persona) -> None:
    User.objects.create_user("unconfirmed@example.com", None, name="Una")
    keep_day(today(), FIGURES.values())
    assert kept("registrations") == (1, 0)
    User.objects.update(is_demo=True)
    keep_day(today(), FIGURES.values())
    assert kept("registrations") == (0, 0)


def test_manufacturers_count_while_they_are_verified(milo: Persona, rita: Persona) -> None:
    keep_day(today(), FIGURES.values())
    assert kept("verified")[0] == 2
    demo(rita)
    keep_day(today(), FIGURES.values())
    assert kept("verified")[0] == 1
    # How many there were yesterday is not made up.
    keep_day(today() - timedelta(days=1), FIGURES.values())
    assert not KpiDay.objects.filter(figure="verified", day=today() - timedelta(days=1)).exists()


def minute(moment: datetime, *, requests: int = 10, errors: int = 0, slow: bool = False) -> None:
    buckets = [0] * (len(counting.BOUNDS) + 1)
    buckets[-2 if slow else 0] = requests
    RequestMinute.objects.create(
        minute=moment,
        process="web:1",
        requests=requests,
        errors=errors,
        milliseconds=10 * requests,
        groups={"orders": [requests, errors, 10 * requests, buckets]},
    )


def test_uptime_errors_and_times_come_from_minutes(db: None) -> None:
    start = datetime(2026, 6, 9, 0, 0, tzinfo=UTC)
    for number in range(0, 1440, 60):
        minute(start + timedelta(minutes=number))
    # One minute in which most answers were errors is no minute of life.
    RequestMinute.objects.filter(minute=start).update(requests=10, errors=6)
    keep_day(start.date(), FIGURES.values())
    assert kept("uptime", start.date()) == (23, 1440)
    assert kept("errors", start.date()) == (6, 240)
    assert kept("response", start.date())[0] <= 0.025


def test_days_before_the_first_minute_are_not_called_down(db: None) -> None:
    minute(datetime(2026, 6, 9, 23, 58, tzinfo=UTC))
    minute(datetime(2026, 6, 9, 23, 59, tzinfo=UTC))
    keep_day(date(2026, 6, 9), FIGURES.values())
    keep_day(date(2026, 6, 8), FIGURES.values())
    assert kept("uptime", date(2026, 6, 9)) == (2, 2)
    assert not KpiDay.objects.filter(figure="uptime", day=date(2026, 6, 8)).exists()


def test_quotes_and_their_conversion(bea: Persona, milo: Persona, rita: Persona) -> None:
    request = open_rfq(bea, milo, rita)
    submitted(request, milo)
    won = submitted(request, rita)
    Quote.objects.filter(pk=won.pk).update(state=QuoteState.ACCEPTED)
    keep_day(today(), FIGURES.values())
    assert (kept("quotes"), kept("conversion")) == ((2, 0), (1, 2))
    Quote.objects.filter(pk=won.pk).update(state=QuoteState.SUPERSEDED)
    keep_day(today(), FIGURES.values())
    assert (kept("quotes"), kept("conversion")) == ((1, 0), (0, 1))
    demo(bea)
    keep_day(today(), FIGURES.values())
    assert kept("quotes") == (0, 0)


def test_payments_that_succeed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "funded")
    paid = PaymentRequest.objects.create(
        order=order,
        state="funded",
        amount_minor=50500,
        currency="EUR",
        commission_bps=800,
        commission_minor=4040,
        charge="ch_1",
        paid_at=timezone.now(),
    )
    record(
        PAYMENT_FAILED,
        paid,
        actor=Actor.system("test"),
        thread=order,
        visible_to=[order.buyer],
        why="declined",
    )
    keep_day(today(), FIGURES.values())
    assert kept("payments") == (1, 2)
    demo(bea)
    keep_day(today(), FIGURES.values())
    assert kept("payments") == (0, 0)


def test_stars_of_both_sides(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "closed")
    write_review(bea, order.public_id, 5)
    write_review(milo, order.public_id, 4)
    keep_day(today(), FIGURES.values())
    assert kept("stars") == (9, 2)
    demo(milo)
    keep_day(today(), FIGURES.values())
    assert kept("stars") == (0, 0)


def days(figure: str, values: dict[int, tuple[float, float]]) -> None:
    for ago, (part, whole) in values.items():
        KpiDay.objects.create(
            figure=figure, day=TODAY - timedelta(days=ago), part=part, whole=whole
        )


def told(name: str) -> Told:
    return next(one for one in board(TODAY) if one.figure.name == name)


def test_days_become_values_by_their_kind(db: None, django_assert_num_queries: Any) -> None:
    days("registrations", {0: (5, 0), 6: (7, 0), 7: (100, 0)})
    days("errors", {0: (0, 1000), 3: (2, 1000)})
    days("response", {0: (0.4, 0), 5: (2.5, 0)})
    days("verified", {0: (12, 0), 1: (11, 0)})
    days("stars", {0: (9, 2), 80: (4, 1)})
    with django_assert_num_queries(1):
        found = {one.figure.name: one for one in board(TODAY)}
    assert found["registrations"].value == 12
    assert found["errors"].value == pytest.approx(0.1) and found["errors"].is_met is True
    assert found["response"].value == 2.5 and found["response"].is_met is False
    assert found["verified"].value == 12
    assert found["stars"].value == pytest.approx(13 / 3)
    assert (found["payments"].value, found["payments"].is_met) == (None, None)
    # The week before has its own value; the oldest of twelve has none.
    points = found["registrations"].trend
    assert (len(points), points[-2].value, points[0].value) == (12, 100, None)


def test_a_chart_stays_inside_its_frame(db: None) -> None:
    days("uptime", {ago: (1440 - ago, 1440) for ago in range(60)})
    days("registrations", {ago: (ago * 3, 0) for ago in range(60)})
    for name in ("uptime", "registrations", "stars"):
        chart = chart_of(told(name))
        assert 0 <= chart.target_y <= chart.height
        for bar in chart.bars:
            assert bar.y >= 0 and bar.y + bar.height <= chart.height + 0.2
            assert bar.x >= 0 and bar.x + bar.width <= chart.width


def test_missing_days_are_filled_in_once(bea: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kpis, "BACK_FILLED_DAYS", 4)
    keep_figures()
    days_kept = KpiDay.objects.filter(figure="registrations").count()
    assert days_kept == kpis.BACK_FILLED_DAYS + 1
    assert keep_figures() <= 2 * len(FIGURES)
    assert KpiDay.objects.filter(figure="registrations").count() == days_kept


def test_figures_are_said_as_people_read_them() -> None:
    assert said(None, "%") == "not known yet"
    assert (said(1204, ""), said(99.95, "%"), said(1.5, "s")) == ("1,204", "99.95 %", "1.5 s")


def test_the_first_hour_has_todays_figures(bea: Persona, milo: Persona, sam: Persona) -> None:
    page = sam.client.get("/admin/operations/kpiday/board/").content.decode()
    assert "Today is counted as it is now." in page
    assert "nothing to count yet" not in page
    found = {one.figure.name: one.value for one in board(today())}
    assert (found["registrations"], found["verified"], found["stars"]) == (2, 1, None)
    # To look changes nothing: the worker writes the day down.
    assert not KpiDay.objects.exists()


def test_a_new_day_is_counted_until_the_worker_keeps_it(bea: Persona, sam: Persona) -> None:
    yesterday = today() - timedelta(days=1)
    KpiDay.objects.create(figure="registrations", day=yesterday, part=4)
    page = sam.client.get("/admin/operations/kpiday/board/").content.decode()
    assert "the days before were kept until" in page
    assert next(one for one in board(today()) if one.figure.name == "registrations").value == 5


def test_where_only_the_demo_is_the_board_says_so(sam: Persona, milo: Persona) -> None:
    User.objects.update(is_demo=True)
    demo(milo)
    page = sam.client.get("/admin/operations/kpiday/board/").content.decode()
    assert "There is nothing to count yet" in page
    KpiDay.objects.create(figure="stars", day=today(), part=9, whole=2)
    page = sam.client.get("/admin/operations/kpiday/board/").content.decode()
    assert "There is nothing to count yet" not in page and "counted every hour" in page


def test_the_board_and_its_file_are_for_staff(sam: Persona, bea: Persona) -> None:
    KpiDay.objects.create(figure="stars", day=today(), part=9, whole=2)
    page = sam.client.get("/admin/operations/kpiday/board/").content.decode()
    assert "4.5 ★" in page and "What is counted" in page and "<svg" in page
    assert "style=" not in page.split('class="figures"')[1].split("</section>")[0]
    answer = sam.client.get("/admin/operations/kpiday/board.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 12 * len(FIGURES)
    assert next(r for r in rows if r["figure"] == "stars" and r["value"])["target reached"] == "yes"
    assert bea.client.get("/admin/operations/kpiday/board/").status_code == 302
