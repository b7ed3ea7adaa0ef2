"""Telling people: an inbox row and a mail."""

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.history import Scrub, acts_of
from marketplace.core.live import announce
from marketplace.core.mail import Letter, send_letter, write_letter
from marketplace.notifications.groups import ALWAYS, Group
from marketplace.notifications.models import Notification, NotificationPreference
from marketplace.notifications.queries import silenced_people


def notify(
    event: Event,
    people: Iterable[User],
    *,
    organization: Organization | None,
    template: str,
    link: str,
    link_text: str = "Open",
    **context: Any,
) -> None:
    """Tell each person of a fact, once: a row in the inbox, then a mail.

    `template` names `templates/<template>.txt`; its first line is the title. Called by handlers,
    so it may run again after a failure: a person who has the row and the mail is left alone.
    Who silenced the mails of the kind's group finds it in the inbox only. `organization` is None
    for what concerns the person alone.
    """
    kind = template.rsplit("/", 1)[-1]
    told = list(people)
    silent = silenced_people(told, kind)
    for person in told:
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
            announce(people=[person.public_id])
        if row.mailed_at is None and person.pk not in silent:
            send_letter(
                Letter(row.title, row.body),
                to=person.email,
                link=settings.SITE_URL + row.link,
                link_text=link_text,
            )
            Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())


@transaction.atomic
def choose_mails(*, actor: Actor, groups: Collection[str]) -> None:
    """Get mails of `groups` and of what is always mailed, and of nothing else. Twice is once."""
    if actor.user is None:
        raise NotFound()
    for group in Group:
        NotificationPreference.objects.update_or_create(
            user=actor.user,
            group=group,
            defaults={"by_mail": group == ALWAYS or group in groups},
        )


def forget_notifications(*, user: User) -> None:
    """Empty a person's inbox and preferences; their account is being deleted."""
    Notification.objects.filter(user=user).delete()
    NotificationPreference.objects.filter(user=user).delete()


def take_name_out_of_notifications(
    *, person_id: str, names: Collection[str], organizations: Collection[str], scrub: Scrub
) -> None:
    """Take a person's names and addresses out of what others were told: of the person's acts by
    anybody, of anything by their organizations (public ids), and the addresses everywhere."""
    near = Q(organization__public_id__in=organizations) | Q(
        event_id__in=acts_of(person_id).values("public_id")
    )
    named, addressed = Q(), Q(pk=None)
    for name in names:
        said = Q(title__contains=name) | Q(body__contains=name)
        named |= said
        if "@" in name:
            addressed |= said
    for row in Notification.objects.filter((near & named) | addressed).iterator(chunk_size=500):
        title, body = scrub(row.title), scrub(row.body)
        if (title, body) != (row.title, row.body):
            Notification.objects.filter(pk=row.pk).update(title=title, body=body)


def mark_read(*, actor: Actor, public_id: str) -> Notification:
    """Mark one's own notification as read and return it. Raises NotFound for another's."""
    row = Notification.objects.filter(user=actor.user, public_id=public_id).first()
    if row is None:
        raise NotFound()
    if row.read_at is None:
        Notification.objects.filter(pk=row.pk).update(read_at=timezone.now())
        announce(people=[actor.public_id])
    return row


def mark_all_read(*, actor: Actor) -> None:
    """Empty one's list of unread notifications."""
    Notification.objects.filter(user=actor.user, read_at=None).update(read_at=timezone.now())
    announce(people=[actor.public_id])
