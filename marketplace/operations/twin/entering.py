"""Somebody of the real site comes into the twin."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.actions.company import state_vat_id
from accounts.actions.organization import create_organization
from accounts.actor import Actor
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.core.errors import DomainError
from marketplace.directory.actions.manufacturer import save_company
from marketplace.operations.twin import is_bot
from marketplace.operations.twin.tickets import Ticket


@transaction.atomic
def enter_twin(ticket: Ticket) -> User:
    """The twin's person of a ticket, with their organization and their present role in it; made
    when they come for the first time. Coming again changes the role only.

    Raises DomainError for an address that belongs to the twin's own staff or bots.
    """
    user = _person(ticket)
    organization = Organization.objects.filter(public_id=ticket.organization).first()
    if organization is None:
        organization = create_organization(
            actor=Actor(user=user),
            public_id=ticket.organization,
            name=ticket.organization_name,
            country=ticket.country,
            city="Testville",
            address="1 Test Street\nTestville",
            currency=ticket.currency,
            is_buyer=ticket.is_buyer,
            is_manufacturer=ticket.is_manufacturer,
        )
        _describe(Actor(user=user, organization=organization, role=Role.OWNER), ticket)
    Membership.objects.update_or_create(
        user=user,
        organization=organization,
        defaults={"role": ticket.role, "deactivated_at": None},
    )
    return user


def _describe(owner: Actor, ticket: Ticket) -> None:
    """What a company says of itself before it may trade, so that VAT is reckoned as at home."""
    if ticket.is_manufacturer:
        save_company(
            actor=owner,
            legal_name=ticket.organization_name,
            registration_number="TEST 1",
            vat_id=ticket.vat_id,
            website="",
            founded_year=2000,
        )
    elif ticket.vat_id:
        state_vat_id(actor=owner, vat_id=ticket.vat_id)


def _person(ticket: Ticket) -> User:
    email = ticket.email.lower()
    found = User.objects.filter(Q(public_id=ticket.person) | Q(email=email)).first()
    if found is None:
        # Without a password: the way in is the real site's.
        found = User.objects.create_user(email, None, name=ticket.name, public_id=ticket.person)
        EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    if found.is_staff or is_bot(found.email) or not found.is_active:
        raise DomainError(
            "This address belongs to the staff of the test twin and cannot come in this way. Sign "
            "in here with its password, or come as somebody else."
        )
    return found
