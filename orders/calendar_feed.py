"""The calendar as RFC 5545 text, for the calendar programs of people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from orders.calendar import Entry
from orders.rooms import url_of


def feed_bytes(entries: Iterable[Entry], *, name: str, at: datetime) -> bytes:
    """An all-day event for each entry: what, which order, and a link to it; no prices, no names of
    files. `at` is the moment it was made: the same entries at the same moment are the same bytes.
    """
    from icalendar import Calendar, Event

    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Orders//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}-{entry.side}@{host}")
        event.add("dtstamp", at)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", f"{entry.label}: {entry.order.reference}, {entry.order.title}")
        event.add("url", settings.SITE_URL + url_of(entry.room, entry.order, entry.side))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()
