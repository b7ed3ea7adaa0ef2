"""A person's inbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.history import PersonalData
from marketplace.notifications.groups import ABOUT, ALWAYS, GROUP_OF, Choice, Group
from marketplace.notifications.models import Notification, NotificationPreference

MOST_COUNTED = 100


def inbox_of(actor: Actor) -> QuerySet[Notification]:
    """The person's notifications."""
    return Notification.objects.filter(user=actor.user)


def inbox_for_organization(actor: Actor) -> QuerySet[Notification]:
    """Only what concerns the acting organization: a token never reads a person's other ones."""
    return inbox_of(actor).filter(organization=actor.organization)


@dataclass(frozen=True)
class Unread:
    """How many are unread, up to MOST_COUNTED, and the newest one's row number (0: none)."""

    count: int = 0
    newest: int = 0


def unread_inbox(actor: Actor) -> Unread:
    """What the bell shows. One query."""
    rows = Notification.objects.filter(user=actor.user, read_at=None)
    found = list(rows.values_list("pk", flat=True)[:MOST_COUNTED])
    return Unread(len(found), found[0] if found else 0)


def news_since(actor: Actor, newest: int) -> Notification | None:
    """The newest unread row above the row number `newest`; None when all is known."""
    return Notification.objects.filter(user=actor.user, read_at=None, pk__gt=newest).first()


def silenced_people(people: Sequence[User], kind: str) -> set[int]:
    """Row numbers of those who want no mails of this kind; nobody can silence security."""
    group = GROUP_OF.get(kind, ALWAYS)
    if group == ALWAYS:
        return set()
    rows = NotificationPreference.objects.filter(user__in=people, group=group, by_mail=False)
    return set(rows.values_list("user_id", flat=True))


def mail_choices(actor: Actor) -> list[Choice]:
    """Every group and whether the person gets its mails. One query."""
    rows = NotificationPreference.objects.filter(user=actor.user, by_mail=False)
    silent = set(rows.values_list("group", flat=True))
    return [
        Choice(group, group.label, ABOUT[group], group not in silent, group == ALWAYS)
        for group in Group
    ]


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: what the person was told, and what they want by mail."""
    return {
        "notifications": list(
            Notification.objects.filter(user=user).values(
                "title", "body", "organization__name", "created_at", "read_at", "mailed_at"
            )
        ),
        "notification_preferences": list(
            NotificationPreference.objects.filter(user=user).values("group", "by_mail")
        ),
    }
