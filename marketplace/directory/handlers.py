"""What the directory's facts set off: the manufacturer is told of every step."""

from typing import Any

from django.urls import reverse

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.directory.models import Certificate, Manufacturer
from marketplace.notifications.actions import notify


def tell_verified_manufacturer(event: Event) -> None:
    """Its people learn that the directory lists them."""
    _tell(event, "portal_home", permission=Permission.QUOTE)


def tell_manufacturer(event: Event) -> None:
    """Who edits the profile learns of its standing: received, asked, refused, suspended, closed."""
    _tell(event, "portal_profile")


def tell_of_certificate(event: Event) -> None:
    """Who edits the profile learns what became of a certificate, or will."""
    found = Certificate.objects.select_related("certification").filter(public_id=event.subject)
    certificate = found.first()
    if certificate is None:
        # Its company was deleted meanwhile.
        return
    _tell(event, "portal_certificates", certificate=certificate)


def _tell(
    event: Event, page: str, permission: str = Permission.EDIT_PROFILE, **context: Any
) -> None:
    profile = Manufacturer.objects.select_related("organization").get(public_id=event.thread)
    notify(
        event,
        members_with(profile.organization, permission),
        organization=profile.organization,
        template=f"directory/emails/{event.type}",
        link=reverse(page),
        profile=profile,
        **context,
    )
