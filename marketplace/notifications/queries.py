"""A person's inbox."""

from django.db.models import QuerySet

from accounts.actor import Actor
from marketplace.notifications.models import Notification

MOST_COUNTED = 100


def inbox_of(actor: Actor) -> QuerySet[Notification]:
    """The person's notifications."""
    return Notification.objects.filter(user=actor.user)


def inbox_for_organization(actor: Actor) -> QuerySet[Notification]:
    """Only what concerns the acting organization: a token never reads a person's other ones."""
    return inbox_of(actor).filter(organization=actor.organization)


def unread_count(actor: Actor) -> int:
    """How many are unread, counted up to MOST_COUNTED."""
    return len(
        Notification.objects.filter(user=actor.user, read_at=None).values_list("pk")[:MOST_COUNTED]
    )
