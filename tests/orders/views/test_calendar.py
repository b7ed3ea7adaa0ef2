"""The calendar page and its feed."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from accounts.models import Membership
from accounts.roles import Side
from orders.actions import calendar_feeds, settlements
from orders.actions import nonconformances as problems
from orders.actions.milestones import reschedule
from orders.actions.problem_steps import Claim
from orders.calendar import entries_of, read_month, weeks_of
from orders.models import CalendarFeed, Order
from tests.api.scene import facts_since, last_event
from tests.orders.actions.test_milestones import submitted
from tests.orders.actions.test_shipping import send
from tests.orders.scene import make_order
from tests.personas import Persona

TODAY = timezone.localdate


def busy(bea: Persona, milo: Persona) -> Order:
    """An order with something of every kind in the next weeks."""
    order = submitted(bea, milo)
    reschedule(order)
    key = {"actor": bea.actor, "public_id": order.public_id}
    problems.raise_nonconformance(claim=Claim("late", "Slow."), **key)
    settlements.propose_settlement(owed_minor=0, reason="Stop.", **key)
    return order


def around() -> tuple[date, date]:
    return TODAY() - timedelta(days=40), TODAY() + timedelta(days=60)


def test_everything_that_is_due_is_there_for_both_sides(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    busy(bea, milo)
    part = make_order(bea, milo, "ready_to_ship")
    send(milo, part, 4)
    delivered = make_order(bea, milo, "delivered")
    for who, side in ((bea, Side.BUYER), (milo, Side.MANUFACTURER)):
        found = entries_of(who.actor, side, around())
        assert {entry.label.split(" NCR")[0] for entry in found} == {
            "Deposit due",
            "Tooling in review",
            "First article due",
            "Acceptance due",
            "Ship by",
            "Shipment 1 expected",
            "Answer to tooling",
            "Answer in",
            "Answer to the proposal to end it",
            "Accept the parts",
        }
        assert [e.order.pk for e in found if e.label == "Accept the parts"] == [delivered.pk]
        assert len({entry.uid for entry in found}) == len(found)
        assert [entry.day for entry in found] == sorted(entry.day for entry in found)
    assert entries_of(rita.actor, Side.MANUFACTURER, around()) == []
    assert entries_of(milo.actor, Side.BUYER, around()) == []


def test_months_and_filters(bea: Persona, milo: Persona) -> None:
    order = busy(bea, milo)
    day = TODAY() + timedelta(days=10)
    url = f"/portal/orders/calendar/?month={day:%Y-%m}"
    text = milo.client.get(url).content.decode()
    assert f"/portal/orders/{order.public_id}/" in text
    text = milo.client.get(f"{url}&kind=ship").content.decode()
    assert "Ship by" in text and "month-milestone" not in text
    for junk in ("0000-00", "x", "9999-12", "2026-13"):
        page = bea.client.get(f"/orders/calendar/?month={junk}&kind={junk}")
        assert page.status_code == 200
    assert (
        "Nothing is due in this month"
        in bea.client.get("/orders/calendar/?month=2031-02").content.decode()
    )
    assert milo.client.get("/orders/calendar/").status_code == 404
    assert read_month("2026-02", TODAY()) == date(2026, 2, 1)
    weeks = weeks_of(date(2026, 2, 1))
    assert all(len(week) == 7 and week[0].weekday() == 0 for week in weeks)


@pytest.mark.parametrize("orders", [1, 4])
def test_constant_queries(bea: Persona, milo: Persona, orders: int) -> None:
    for _ in range(orders):
        busy(bea, milo)
    bea.client.get("/orders/calendar/")
    with CaptureQueriesContext(connection) as found:
        assert bea.client.get("/orders/calendar/").status_code == 200
    assert len(found) == 12


def address_of(who: Persona, page: str = "/portal/orders/calendar/") -> str:
    answer = who.client.post(f"{page}feed/")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    text = answer.content.decode()
    return "/calendar/" + text.split(".ics")[0].rsplit("/calendar/", 1)[1] + ".ics"


def test_a_calendar_program_reads_the_address_without_cookies(bea: Persona, milo: Persona) -> None:
    order = busy(bea, milo)
    path = address_of(milo)
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in str(
        CalendarFeed.objects.values()
    )
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in answer.headers
    content = answer.content
    assert b"505" not in content and b"trial.pdf" not in content and b"\r\n" in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    events = {str(event["uid"]): event for event in Calendar.from_ical(content).walk("VEVENT")}
    ship = next(event for event in events.values() if str(event["summary"]).startswith("Ship by"))
    assert ship["summary"] == f"Ship by: {order.reference}, Brackets"
    order.refresh_from_db()
    assert ship["dtstart"].dt == order.ship_by and ship["dtstart"].params["VALUE"] == "DATE"
    assert str(ship["url"]).endswith(f"/portal/orders/{order.public_id}/")
    # The same thing keeps its name when its day moves.
    Order.objects.filter(pk=order.pk).update(ship_by=TODAY() + timedelta(days=20))
    again = Calendar.from_ical(Client().get(path).content).walk("VEVENT")
    assert {str(event["uid"]) for event in again} == set(events)


def test_texts_of_people_stay_within_their_line(bea: Persona, milo: Persona) -> None:
    from orders.calendar_feed import feed_bytes

    order = busy(bea, milo)
    order.title = "Plate; big,\r\nBEGIN:VEVENT \\ " + "ü" * 90
    [entry] = [e for e in entries_of(milo.actor, Side.MANUFACTURER, around()) if e.kind == "ship"]
    entry.order.title = order.title
    content = feed_bytes([entry], name="Milo, orders", at=timezone.now())
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert "big," in str(event["summary"]) and "ü" * 90 in str(event["summary"])
    assert content.count(b"\r\nBEGIN:VEVENT") == 1


def test_the_address_ends(bea: Persona, milo: Persona) -> None:
    last = last_event()
    old = address_of(milo)
    new = address_of(milo)
    assert Client().get(old).status_code == 404 and Client().get(new).status_code == 200
    assert milo.client.post("/portal/orders/calendar/feed/end/").status_code == 302
    assert milo.client.post("/portal/orders/calendar/feed/end/").status_code == 302
    assert Client().get(new).status_code == 404
    assert facts_since(last) == ["calendar_feed_made"] * 2 + ["calendar_feed_ended"]
    for wrong in ("/calendar/x.ics", "/calendar/%00.ics", f"/calendar/{'a' * 500}.ics"):
        assert Client().get(wrong).status_code == 404


@pytest.mark.parametrize("how", ["leaves", "is locked"])
def test_whoever_leaves_takes_no_calendar_along(bea: Persona, milo: Persona, how: str) -> None:
    path = address_of(milo)
    if how == "leaves":
        Membership.objects.filter(user=milo.user).update(deactivated_at=timezone.now())
    else:
        milo.user.is_active = False
        milo.user.save()
    assert Client().get(path).status_code == 404


def test_an_address_is_read_so_often_and_no_oftener(
    bea: Persona, milo: Persona, monkeypatch: Any
) -> None:
    cache.clear()
    monkeypatch.setattr("orders.views.calendar.READINGS_AN_HOUR", 2)
    path = address_of(bea, "/orders/calendar/")
    # Within one hour of the clock, by which readings are counted.
    with time_machine.travel(timezone.now(), tick=False):
        assert [Client().get(path).status_code for _ in range(3)] == [200, 200, 429]
    assert Client().get(address_of(milo)).status_code == 200


def test_staff_on_a_visit_take_no_calendar_along(milo: Persona) -> None:
    from dataclasses import replace

    from accounts.models import StaffVisit
    from marketplace.core.errors import NotAllowed

    visiting = replace(milo.actor, visit=StaffVisit())
    with pytest.raises(NotAllowed):
        calendar_feeds.make_calendar_feed(actor=visiting)
