"""The secret address of a calendar: made, shown once, ended, and opened by a calendar program."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions.tokens import digest_of
from accounts.actor import Actor
from accounts.callers import actor_for
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.events import record
from orders import events
from orders.models import CalendarFeed

# How exactly the last reading is written down.
NOTE_EVERY = timedelta(hours=1)


@transaction.atomic
def make_calendar_feed(*, actor: Actor) -> str:
    """The secret of a new address, which is not kept; an earlier one of the person for this
    organization ends. Raises NotFound without an organization, NotAllowed for staff on a visit."""
    organization = actor.company
    if actor.user is None or actor.visit is not None:
        raise NotAllowed("A calendar address belongs to a member of the organization.")
    _end(actor)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        user=actor.user, organization=organization, digest=digest_of(secret)
    )
    record(events.CALENDAR_FEED_MADE, feed, actor=actor, visible_to=[organization])
    return secret


@transaction.atomic
def end_calendar_feed(*, actor: Actor) -> None:
    """The person's address for this organization opens nothing any more; twice is once."""
    for feed in _end(actor):
        record(events.CALENDAR_FEED_ENDED, feed, actor=actor, visible_to=[feed.organization])


def _end(actor: Actor) -> list[CalendarFeed]:
    rows = CalendarFeed.objects.filter(
        user=actor.user, organization=actor.company, revoked_at=None
    ).select_related("organization")
    found = list(rows.select_for_update(of=("self",)))
    rows.update(revoked_at=timezone.now())
    return found


def open_calendar_feed(*, secret: str) -> Actor:
    """Whose calendar an address is: the person acting for the organization it was made for.

    Raises NotFound for an unknown or ended address, and for somebody who is no member any more.
    """
    feed = (
        CalendarFeed.objects.filter(digest=digest_of(secret), revoked_at=None)
        .select_related("user", "organization")
        .first()
    )
    if feed is None or not feed.user.is_active:
        raise NotFound()
    actor = actor_for(feed.user, feed.organization.public_id)
    if actor.organization is None or actor.organization.pk != feed.organization_id:
        raise NotFound()
    now = timezone.now()
    unread = Q(read_at=None) | Q(read_at__lt=now - NOTE_EVERY)
    CalendarFeed.objects.filter(unread, pk=feed.pk).update(read_at=now)
    return actor
