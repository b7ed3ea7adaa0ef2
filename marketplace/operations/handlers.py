"""What the facts about people's own data set off."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from marketplace.operations.actions.exports import make_export as make
from marketplace.operations.models import DataExport, DeletionRequest


def make_export(event: Event) -> None:
    """Make the copy that was asked for; nothing when the person is gone meanwhile."""
    if DataExport.objects.filter(public_id=event.data["export"]).exists():
        make(event.data["export"])


def tell_person(event: Event) -> None:
    """The person learns what became of their wish, wherever they belong."""
    person = User.objects.filter(public_id=event.subject, is_active=True)
    request = DeletionRequest.objects.filter(user__public_id=event.subject).first()
    context: dict[str, Any] = {"request": request, "kept_days": settings.EXPORT_KEPT_DAYS}
    notify(
        event,
        person,
        organization=None,
        template=f"operations/emails/{event.type}",
        link=reverse("privacy"),
        **context,
    )
