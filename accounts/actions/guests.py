"""Organizations of guests: made for one invitation, entered with a key, taken over by an account.

The app that sends the link decides who may; this file knows keys and organizations only.
"""

import secrets
from datetime import datetime

from accounts.actions.tokens import digest_of
from accounts.actor import Actor
from accounts.models import GuestAccess, Membership, Organization
from accounts.roles import Role
from marketplace.core.errors import NotAllowed


def make_guest_organization(*, name: str, country: str, currency: str) -> Organization:
    """A manufacturer nobody belongs to and nobody finds. The caller holds the transaction."""
    return Organization.objects.create(
        name=name, is_manufacturer=True, is_guest=True, country=country, currency=currency
    )


def let_guest_in(*, organization: Organization, ends_at: datetime) -> str:
    """A new key for one browser, until `ends_at`; whoever held the last one is out."""
    key = secrets.token_urlsafe(32)
    GuestAccess.objects.update_or_create(
        organization=organization, defaults={"key_hash": digest_of(key), "ends_at": ends_at}
    )
    return key


def end_guest_access(*, organization: Organization) -> None:
    """No browser acts for it any more. Twice is once."""
    GuestAccess.objects.filter(organization=organization).delete()


def take_over_guest(*, actor: Actor, organization: Organization) -> None:
    """The signed-in person, who has no organization, becomes the owner of a guest's.

    Raises NotAllowed for a program, staff, or somebody with an organization.
    """
    if actor.user is None or actor.is_program or actor.visit or actor.organization is not None:
        raise NotAllowed("Sign in with an account of your own that belongs to no organization.")
    Organization.objects.filter(pk=organization.pk, is_guest=True).update(is_guest=False)
    organization.is_guest = False
    Membership.objects.create(user=actor.user, organization=organization, role=Role.OWNER)
    end_guest_access(organization=organization)
