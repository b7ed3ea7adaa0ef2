"""Who is told what about teams. It stands here, not in accounts, because telling lies above it."""

from django.conf import settings
from django.urls import reverse

from accounts.actions.invitations import secret_of
from accounts.models import Organization, TeamInvitation, User
from accounts.queries import members_with
from accounts.roles import BUNDLES, Permission
from marketplace.core.events import Event
from marketplace.core.mail import send_letter, write_letter
from marketplace.notifications.actions import notify


def send_invitation(event: Event) -> None:
    """The link, by mail to the invited address. Somebody without an account has no inbox here.

    A link that was used, revoked or replaced since is not sent.
    """
    invitation = TeamInvitation.objects.select_related("organization", "invited_by").get(
        public_id=event.subject
    )
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        return
    letter = write_letter(
        "accounts/emails/member_invited",
        {
            "invitation": invitation,
            "description": BUNDLES[invitation.role].description,
            "site_name": settings.SITE_NAME,
        },
    )
    send_letter(
        letter,
        to=invitation.email,
        link=settings.SITE_URL + reverse("join_organization", args=[secret_of(invitation)]),
        link_text="See the invitation",
    )


def tell_member(event: Event) -> None:
    """The person whose role, limit or membership somebody else changed."""
    if event.subject == event.actor_id:
        return
    organization = Organization.objects.get(public_id=event.thread)
    notify(
        event,
        User.objects.filter(public_id=event.subject, is_active=True),
        organization=organization,
        template=f"accounts/emails/{event.type}",
        link=reverse("home"),
        organization_name=organization.name,
    )


def tell_managers(event: Event) -> None:
    """Those who manage members learn that somebody joined or left."""
    organization = Organization.objects.get(public_id=event.thread)
    people = members_with(organization, Permission.MANAGE_MEMBERS)
    notify(
        event,
        people.exclude(public_id=event.subject),
        organization=organization,
        template=f"accounts/emails/{event.type}",
        link=reverse("members"),
        link_text="See the people",
        organization_name=organization.name,
    )


def tell_of_staff_visit(event: Event) -> None:
    """Those who may read the audit log learn that staff act for the organization."""
    organization = Organization.objects.get(public_id=event.thread)
    notify(
        event,
        members_with(organization, Permission.VIEW_AUDIT),
        organization=organization,
        template="accounts/emails/staff_visit_started",
        link=reverse("audit"),
        link_text="Open the audit log",
        organization_name=organization.name,
    )
