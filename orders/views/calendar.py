"""The calendar of orders, for both sides, and its feed for calendar programs."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.actions.tokens import digest_of
from accounts.decorators import buyer_page, portal_page, public_page
from accounts.http import Request
from accounts.roles import Side
from marketplace.core.pages import render_page
from orders import calendar
from orders.actions import calendar_feeds as feeds
from orders.calendar_feed import feed_bytes
from orders.rooms import LAYOUTS, url_of

PAGES = {Side.BUYER: "buyer_calendar", Side.MANUFACTURER: "portal_calendar"}
# What a feed shows: what is late a while, and what is agreed at the farthest.
PAST, AHEAD = timedelta(days=31), timedelta(days=400)
# Readings of one address an hour; programs ask every quarter of an hour at most.
READINGS_AN_HOUR = 60
HOUR_SECONDS = 3600


def _page(request: Request, side: Side, *, secret: str = "") -> HttpResponse:
    today = timezone.localdate()
    month = calendar.read_month(request.GET.get("month", ""), today)
    kind = request.GET.get("kind", "")
    kind = kind if kind in calendar.KINDS else ""
    weeks = calendar.weeks_of(month)
    entries: dict[date, list[dict[str, Any]]] = {}
    for entry in calendar.entries_of(request.actor, side, (weeks[0][0], weeks[-1][-1])):
        if not kind or entry.kind == kind:
            shown = {"entry": entry, "url": url_of(entry.room, entry.order, side)}
            entries.setdefault(entry.day, []).append(shown)
    context = {
        "layout": LAYOUTS[side],
        "shop": side == Side.MANUFACTURER,
        "page_url": reverse(PAGES[side]),
        "month": month,
        "before": month - timedelta(days=1),
        "after": month + timedelta(days=31),
        "kind": kind,
        "kinds": calendar.KINDS.items(),
        "days": [
            {
                "day": day,
                "is_outside": day.month != month.month,
                "is_today": day == today,
                "entries": entries.get(day, []),
            }
            for week in weeks
            for day in week
        ],
        "is_empty": not entries,
        "feed": calendar.feed_of(request.actor),
        "feed_url": settings.SITE_URL + reverse("calendar_feed", args=[secret]) if secret else "",
    }
    response = render_page(request, "orders/calendar.html", context)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@buyer_page
def buyer_calendar(request: Request) -> HttpResponse:
    """What is due on the orders the organization bought."""
    return _page(request, Side.BUYER)


@portal_page
def portal_calendar(request: Request) -> HttpResponse:
    """What is due on the orders the organization makes."""
    return _page(request, Side.MANUFACTURER)


def _end(request: Request, side: Side) -> HttpResponse:
    feeds.end_calendar_feed(actor=request.actor)
    messages.success(request, "Ended. The address opens nothing any more.")
    return redirect(PAGES[side])


@buyer_page
@require_POST
def make_buyer_feed(request: Request) -> HttpResponse:
    """Make an address for one's calendar program and show it in this one answer."""
    return _page(request, Side.BUYER, secret=feeds.make_calendar_feed(actor=request.actor))


@portal_page
@require_POST
def make_portal_feed(request: Request) -> HttpResponse:
    """The same from the portal."""
    return _page(request, Side.MANUFACTURER, secret=feeds.make_calendar_feed(actor=request.actor))


@buyer_page
@require_POST
def end_buyer_feed(request: Request) -> HttpResponse:
    """End the address."""
    return _end(request, Side.BUYER)


@portal_page
@require_POST
def end_portal_feed(request: Request) -> HttpResponse:
    """The same from the portal."""
    return _end(request, Side.MANUFACTURER)


@public_page
@require_safe
def calendar_feed(request: Request, secret: str) -> HttpResponse:
    """The dates of the address's person and organization as a calendar file, without cookies."""
    actor = feeds.open_calendar_feed(secret=secret)
    if not _may_read(secret):
        response = HttpResponse("Too many readings. Try again in an hour.", status=429)
        response["Retry-After"] = str(HOUR_SECONDS)
        return response
    today = timezone.localdate()
    span = (today - PAST, today + AHEAD)
    sides = [
        side
        for side, stands in (
            (Side.BUYER, actor.company.is_buyer),
            (Side.MANUFACTURER, actor.company.is_manufacturer),
        )
        if stands
    ]
    entries = [entry for side in sides for entry in calendar.entries_of(actor, side, span)]
    name = f"{actor.company.name}, orders"
    content = feed_bytes(entries, name=name, at=timezone.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="orders.ics"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _may_read(secret: str) -> bool:
    """Whether this address was read less often than allowed in this hour. A cache that forgets
    lets it through."""
    hour = int(timezone.now().timestamp() // HOUR_SECONDS)
    key = f"calendar-feed:{digest_of(secret)}:{hour}"
    cache.add(key, 0, timeout=HOUR_SECONDS)
    try:
        return cache.incr(key) <= READINGS_AN_HOUR
    except ValueError:
        return True
