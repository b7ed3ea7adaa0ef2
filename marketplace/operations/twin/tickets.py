"""Tickets from the real site to its test twin: who comes, and for which organization."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from accounts.actor import Actor
from marketplace.core.errors import DomainError

SECONDS = 300
ENDED = (
    "This way into the test twin has ended; it is good for five minutes. Go back to the real site "
    "and open the twin again under Settings, API tokens."
)


@dataclass(frozen=True)
class Ticket:
    """A person and the organization they act for, as the real site knows them. Ids are public ids,
    the same on both sides; `role` is the person's role there."""

    person: str
    email: str
    name: str
    role: str
    organization: str
    organization_name: str
    country: str
    currency: str
    vat_id: str
    is_buyer: bool
    is_manufacturer: bool


def write_ticket(actor: Actor) -> str:
    """The acting member's ticket, as text for an address. It is encrypted, because addresses are
    written down by every proxy on their way and this one names a person."""
    assert actor.user is not None  # members only
    company = actor.company
    ticket = Ticket(
        person=actor.user.public_id,
        email=actor.user.email,
        name=actor.user.name,
        role=actor.role,
        organization=company.public_id,
        organization_name=company.name,
        country=company.country,
        currency=company.currency,
        vat_id=company.vat_id,
        is_buyer=company.is_buyer,
        is_manufacturer=company.is_manufacturer,
    )
    return _box().encrypt(json.dumps(asdict(ticket)).encode()).decode()


def read_ticket(text: str) -> Ticket:
    """What a ticket says. Raises DomainError for one that is forged or older than five minutes."""
    try:
        said = _box().decrypt(text.encode(), ttl=SECONDS)
    except InvalidToken as error:
        raise DomainError(ENDED) from error
    return Ticket(**json.loads(said))


def _box() -> Fernet:
    """A key of its own from TWIN_KEY, which both installations have."""
    digest = hashlib.sha256(f"twin ticket:{settings.TWIN_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
