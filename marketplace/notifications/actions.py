"""Telling people: an inbox row and a mail."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.mail import Letter, send_letter, write_letter
from marketplace.notifications.models import Notification


def notify(
    event: Event,
    people: Iterable[User],
    *,
    organization: Organization,
    template: str,
    link: str,
    link_text: str = "Open",
    **context: Any,
) -> None:
    """Tell each person of a fact, once: a row in the inbox, then a mail.

    `template` names `templates/<template>.txt`; its first line is the title. Called by handlers,
    so it may run again after a failure: a person who has the row and the mail is left alone.
    """
    kind = template.rsplit("/", 1)[-1]
    for person in people:
        row = Notification.objects.filter(user=person, event_id=event.public_id, kind=kind).first()
        if row is None:
            letter = write_letter(template, {**context, "event": event, "person": person})
            row = Notification.objects.create(
                user=person,
                organization=organization,
                event_id=event.public_id,
                kind=kind,
                title=letter.title,
                body=letter.text,
                link=link,
            )
        if row.mailed_at is None:
            send_letter(
                Letter(row.title, row.body),
                to=person.email,
                link=settings.SITE_URL + row.link,
                link_text=link_text,
            )
            Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())


def mark_read(*, actor: Actor, public_id: str) -> Notification:
    """Mark one's own notification as read and return it. Raises NotFound for another's."""
    row = Notification.objects.filter(user=actor.user, public_id=public_id).first()
    if row is None:
        raise NotFound()
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk).update(read_at=timezone.now())
    return row


def mark_all_read(*, actor: Actor) -> None:
    """Empty one's list of unread notifications."""
    Notification.objects.filter(user=actor.user, read_at=None).update(read_at=timezone.now())
