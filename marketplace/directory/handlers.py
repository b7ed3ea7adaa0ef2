"""What the directory's facts set off."""

from django.urls import reverse

from accounts.queries import members_with
from accounts.roles import Permission
from marketplace.core.events import Event
from marketplace.directory.models import Manufacturer
from marketplace.notifications.actions import notify


def tell_verified_manufacturer(event: Event) -> None:
    """Its people learn that the directory lists them."""
    profile = Manufacturer.objects.select_related("organization").get(public_id=event.subject)
    notify(
        event,
        members_with(profile.organization, Permission.QUOTE),
        organization=profile.organization,
        template="directory/emails/manufacturer_verified",
        link=reverse("portal_home"),
        profile=profile,
    )
