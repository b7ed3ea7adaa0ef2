"""A person's inbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.models import User
from marketplace.core.history import PersonalData
from marketplace.notifications.groups import (
    ABOUT,
    ALWAYS,
    GROUP_OF,
    KINDS_OF,
    Choice,
    Group,
    KindChoice,
    MailChoice,
    label_of,
)
from marketplace.notifications.models import Digest, Notification, NotificationPreference

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

    @property
    def label(self) -> str:
        """As the bell writes it: what is not counted to its end does not look exact."""
        return f"{MOST_COUNTED - 1}+" if self.count >= MOST_COUNTED else str(self.count)


def unread_inbox(actor: Actor) -> Unread:
    """What the bell shows. One query."""
    rows = Notification.objects.filter(user=actor.user, read_at=None)
    found = list(rows.values_list("pk", flat=True)[:MOST_COUNTED])
    return Unread(len(found), found[0] if found else 0)


def news_since(actor: Actor, newest: int) -> Notification | None:
    """The newest unread row above the row number `newest`; None when all is known."""
    return Notification.objects.filter(user=actor.user, read_at=None, pk__gt=newest).first()


def mail_of(people: Sequence[User], kind: str) -> dict[int, str]:
    """Row number of a person -> MailChoice for the kind; who is missing gets it at once.

    A choice for the kind beats one for its group; security is always mailed. At most one query.
    """
    group = GROUP_OF.get(kind, ALWAYS)
    if group == ALWAYS:
        return {}
    rows = NotificationPreference.objects.filter(user__in=people, group=group, kind__in=["", kind])
    # The group's row (without a kind) comes first, so the kind's own takes its place.
    return {row.user_id: row.mail for row in rows.order_by("kind")}


def mail_choices(actor: Actor) -> list[Choice]:
    """Every group and how the person gets its kinds. One query."""
    rows = NotificationPreference.objects.filter(user=actor.user).exclude(group=ALWAYS)
    chosen = {(row.group, row.kind): row.mail for row in rows}
    return [
        Choice(
            group=group,
            label=group.label,
            about=ABOUT[group],
            mail=chosen.get((group, ""), MailChoice.NOW),
            is_fixed=group == ALWAYS,
            kinds=[
                KindChoice(kind, label_of(kind), chosen.get((group, kind), ""))
                for kind in KINDS_OF[group]
            ],
        )
        for group in Group
    ]


def waiting_for_digest() -> QuerySet[Notification]:
    """Unread rows that go into a digest and were in none: of people who are active, and active
    members of the organization it concerns."""
    member = Q(
        organization__memberships__user=F("user"), organization__memberships__deactivated_at=None
    )
    return Notification.objects.filter(
        Q(organization=None) | member,
        in_digest=True,
        mailed_at=None,
        read_at=None,
        user__is_active=True,
    )


def personal_data_of(user: User) -> PersonalData:
    """Name of a file -> rows: what the person was told, and what they want by mail."""
    return {
        "notifications": list(
            Notification.objects.filter(user=user).values(
                "title", "body", "organization__name", "created_at", "read_at", "mailed_at"
            )
        ),
        "notification_preferences": list(
            NotificationPreference.objects.filter(user=user).values("group", "kind", "mail")
        ),
        "digests": list(Digest.objects.filter(user=user).values("last_on")),
    }
