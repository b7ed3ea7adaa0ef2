"""What the facts about the data of people and organizations set off."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Organization, User
from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.notifications.actions import notify
from marketplace.operations.actions.exports import make_export as make
from marketplace.operations.actions.organization_exports import go_on
from marketplace.operations.actions.status_mails import mail_subscribers
from marketplace.operations.models import BackupRun, DataExport, DeletionRequest, IncidentUpdate
from payments.staff_queries import staff_with


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


def tell_operators(event: Event) -> None:
    """Staff who see the backups learn that one was not written, or is not what it should be."""
    run = BackupRun.objects.get(public_id=event.subject)
    notify(
        event,
        staff_with("operations.view_backuprun"),
        organization=None,
        template=f"operations/emails/{event.type}",
        link=reverse("admin:operations_backuprun_change", args=[run.pk]),
        link_text="See the backup",
    )


def go_on_with_archive(event: Event) -> None:
    """Take the next steps of an organization's archive."""
    go_on(event.data["export"])


def tell_owners(event: Event) -> None:
    """The owners learn that the archive is there, or that it will not come."""
    organization = Organization.objects.get(public_id=event.subject)
    notify(
        event,
        members_with(organization, Permission.OWN),
        organization=organization,
        template=f"operations/emails/{event.type}",
        link=reverse("organization_data"),
        link_text="Open all data",
        organization_name=organization.name,
        kept_days=settings.EXPORT_KEPT_DAYS,
    )


def tell_subscribers(event: Event) -> None:
    """Who asked for it hears what was told of an incident."""
    update = IncidentUpdate.objects.select_related("incident").get(pk=event.data["update"])
    mail_subscribers(update=update)
