"""Web push: a browser is nudged that its person has news, and shows a sentence of its own.

A nudge is empty. The push service, which belongs to the browser's maker, learns that there is news
and nothing of what. The address is chosen by the browser, so it is checked like a webhook's.
"""

import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.vapid import authorization
from marketplace.integrations.addresses import read_url
from marketplace.integrations.models import BrowserPush
from marketplace.integrations.sending import Outcome, post
from marketplace.notifications.models import Notification

MOST_BROWSERS = 10
# A browser that is off is told when it comes back within a day; older news waits in the inbox.
KEPT_SECONDS = 24 * 3600
MOST_FAILURES = 10
# What a push service answers when a browser has unsubscribed.
GONE = (404, 410)
AT_ONCE = 200
SWEEP_SECONDS = 15.0


@transaction.atomic
def subscribe_browser(*, actor: Actor, endpoint: str, device: str = "") -> BrowserPush:
    """Nudge this browser from now on; what is in the inbox already is no news. Twice is once, and a
    browser belongs to who signed in last. Raises DomainError for an address that is refused,
    NotFound where push is off."""
    if actor.user is None or not settings.VAPID_PRIVATE_KEY:
        raise NotFound()
    read_url(endpoint)
    newest = Notification.objects.filter(user=actor.user).order_by("-pk").first()
    row, _ = BrowserPush.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "user": actor.user,
            "device": device[:80],
            "told": newest.pk if newest else 0,
            "failures": 0,
            "due_at": timezone.now(),
        },
    )
    kept = BrowserPush.objects.filter(user=actor.user).order_by("-pk")[:MOST_BROWSERS]
    BrowserPush.objects.filter(user=actor.user).exclude(pk__in=[one.pk for one in kept]).delete()
    return row


def unsubscribe_browser(*, actor: Actor, endpoint: str = "") -> int:
    """Nudge this browser no more, or none of the person's; how many. Twice is once."""
    if actor.user is None:
        raise NotFound()
    rows = BrowserPush.objects.filter(user=actor.user)
    return (rows.filter(endpoint=endpoint) if endpoint else rows).delete()[0]


def forget_browsers(*, user: User) -> None:
    """The person is gone: so are their browsers."""
    BrowserPush.objects.filter(user=user).delete()


def nudge_browsers() -> int:
    """Nudge every browser whose person has unread news since it was told; how many took it.

    The news is claimed before the nudge: two workers send one, and a worker that is killed between
    the two loses a nudge, never a notification.
    """
    if not settings.VAPID_PRIVATE_KEY:
        return 0
    unread = Notification.objects.filter(user=OuterRef("user"), read_at=None).order_by("-pk")
    rows = BrowserPush.objects.filter(user__is_active=True, due_at__lte=timezone.now())
    rows = rows.annotate(newest=Subquery(unread.values("pk")[:1])).filter(newest__gt=F("told"))
    started, taken = time.monotonic(), 0
    for row in rows.order_by("due_at", "pk")[:AT_ONCE]:
        if time.monotonic() - started > SWEEP_SECONDS:
            break
        claimed = BrowserPush.objects.filter(pk=row.pk, told=row.told).update(told=row.newest)
        if claimed:
            taken += _settle(row, _nudge(row))
    return taken


def _nudge(row: BrowserPush) -> Outcome:
    try:
        target = read_url(row.endpoint)
    except DomainError as error:
        return Outcome(None, "", error.sentence, 0)
    parts = urlsplit(row.endpoint)
    headers = {
        "authorization": authorization(f"{parts.scheme}://{parts.netloc}"),
        "ttl": str(KEPT_SECONDS),
        "urgency": "normal",
        # A newer nudge takes the place of one that waits for the browser.
        "topic": "inbox",
    }
    return post(target, "", headers)


def _settle(row: BrowserPush, outcome: Outcome) -> bool:
    """Write down what came of a nudge; whether it was taken."""
    mine = BrowserPush.objects.filter(pk=row.pk)
    if outcome.status is not None and 200 <= outcome.status < 300:
        mine.update(failures=0)
        return True
    if outcome.status in GONE or row.failures + 1 >= MOST_FAILURES:
        mine.delete()
        return False
    pause = timedelta(minutes=2**row.failures)
    mine.update(told=row.told, failures=F("failures") + 1, due_at=timezone.now() + pause)
    return False
