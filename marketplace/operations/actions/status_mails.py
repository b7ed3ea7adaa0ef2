"""Mails of the status page: asked for, confirmed by the address itself, ended in one click."""

from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from accounts.actions.account_mail import write_mail
from marketplace.operations.incidents.subscribers import CONFIRM, STOP, email_of, link_token
from marketplace.operations.models import IncidentUpdate, StatusSubscription

# One mail to an address in so many seconds, and so many mails for one asker in an hour: the form
# is open to everybody and must not fill a stranger's inbox.
PAUSE_SECONDS = 600
MOST_AN_HOUR = 10


def ask_status_mails(*, email: str, asker: str) -> None:
    """Send the link that confirms, whether or not the address is subscribed already; nothing is
    kept before. `asker` is the network address it is asked from. Silent when asked too often."""
    email = email.strip().lower()
    if not _may_be_sent(email, asker):
        return
    write_mail(
        kind="status_mails_asked",
        to=email,
        path=reverse("confirm_status_mails", args=[link_token(email, CONFIRM)]),
        link_text="Confirm",
    )


def confirm_status_mails(*, token: str) -> StatusSubscription:
    """Keep the address of the link. Twice is once. Raises NotFound for a broken or old link."""
    email = email_of(token, CONFIRM)
    subscription, _ = StatusSubscription.objects.get_or_create(email=email)
    return subscription


def stop_status_mails(*, token: str) -> None:
    """Forget the address of the link. Raises NotFound for a broken link."""
    StatusSubscription.objects.filter(email=email_of(token, STOP)).delete()


def forget_status_mails(*, email: str) -> None:
    """Forget an address because its person is forgotten."""
    StatusSubscription.objects.filter(email=email.lower()).delete()


@transaction.atomic
def mail_subscribers(*, update: IncidentUpdate) -> int:
    """One mail for each subscriber, or none at all, so that a repeated delivery tells nobody
    twice; how many."""
    told = 0
    for email in StatusSubscription.objects.values_list("email", flat=True).iterator():
        stop = reverse("stop_status_mails", args=[link_token(email, STOP)])
        write_mail(
            kind="incident_told",
            to=email,
            path=f"{reverse('status')}#{update.incident.public_id}",
            link_text="Open the status page",
            unsubscribe=settings.SITE_URL + stop,
            update=update,
            incident=update.incident,
            stop_link=settings.SITE_URL + stop,
        )
        told += 1
    return told


def _may_be_sent(email: str, asker: str) -> bool:
    digest = sha256(email.encode()).hexdigest()
    if not cache.add(f"status-mail:{digest}", True, timeout=PAUSE_SECONDS):
        return False
    key = f"status-asker:{asker}"
    if cache.add(key, 1, timeout=3600):
        return True
    try:
        return cache.incr(key) <= MOST_AN_HOUR
    except ValueError:  # it ran out between the two
        return True
