"""Where an organization receives goods: one default, others by choice."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import events
from accounts.actions.team import lock_team
from accounts.actor import Actor
from accounts.models import Address, Organization
from accounts.models.organization import COUNTRY_CODE
from accounts.roles import Permission
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import Fact, record

MOST = 50
# What may be written, and how many characters of it the columns hold.
LONGEST = {"label": 60, "recipient": 120, "lines": 300, "country": 2, "phone": 40}
NEEDED = ("label", "recipient", "lines", "country")


@transaction.atomic
def add_address(*, actor: Actor, is_default: bool = False, **fields: str) -> Address:
    """A new address; the first one is the default. Raises DomainError for values that cannot be."""
    organization = _lock(actor)
    present = Address.objects.filter(organization=organization)
    count = present.count()
    if count >= MOST:
        raise DomainError(f"{MOST} addresses are kept at most. Delete one first.")
    address = Address(organization=organization, **_clean(fields))
    address.is_default = is_default or count == 0
    if address.is_default:
        present.update(is_default=False)
    address.save()
    _record(events.ADDRESS_ADDED, address, actor)
    return address


@transaction.atomic
def change_address(
    *, actor: Actor, public_id: str, is_default: bool = False, **fields: str
) -> Address:
    """Change an address; `is_default` makes it the default, False leaves the default alone.

    Orders and requests keep the text they were written with. Raises NotFound or DomainError.
    """
    organization = _lock(actor)
    address = _own(organization, public_id)
    for name, value in _clean(fields).items():
        setattr(address, name, value)
    if is_default and not address.is_default:
        Address.objects.filter(organization=organization).update(is_default=False)
        address.is_default = True
    address.save()
    _record(events.ADDRESS_CHANGED, address, actor)
    return address


@transaction.atomic
def remove_address(*, actor: Actor, public_id: str) -> None:
    """Delete an address; when it was the default, the oldest of the rest becomes it."""
    organization = _lock(actor)
    address = _own(organization, public_id)
    _record(events.ADDRESS_REMOVED, address, actor)
    address.delete()
    heir = Address.objects.filter(organization=organization).order_by("pk").first()
    if address.is_default and heir is not None:
        heir.is_default = True
        heir.save(update_fields=["is_default"])


def _lock(actor: Actor) -> Organization:
    organization, actor = lock_team(actor)
    actor.check(Permission.MANAGE_ORGANIZATION)
    return organization


def _own(organization: Organization, public_id: str) -> Address:
    found = Address.objects.filter(organization=organization, public_id=public_id).first()
    if found is None:
        raise NotFound()
    found.organization = organization
    return found


def _clean(fields: dict[str, str]) -> dict[str, str]:
    """One-line texts on one line, nothing needed empty, within what the columns hold."""
    values = {
        name: "\n".join(line.strip() for line in fields[name].strip().splitlines() if line.strip())
        if name == "lines"
        else " ".join(fields.get(name, "").split())
        for name in LONGEST
        if name in fields
    }
    faults = {name: "Fill this in." for name in NEEDED if name in values and not values[name]}
    for name, value in values.items():
        if len(value) > LONGEST[name]:
            faults[name] = f"Use at most {LONGEST[name]} characters."
    if "country" in values:
        values["country"] = values["country"].upper()
        try:
            COUNTRY_CODE(values["country"])
        except ValidationError as error:
            faults["country"] = str(error.message)
    if faults:
        raise DomainError("Some parts of the address are missing or too long.", fields=faults)
    return values


def _record(fact: Fact, address: Address, actor: Actor) -> None:
    organization = address.organization
    record(
        fact,
        address,
        actor=actor,
        thread=organization,
        visible_to=[organization],
        label=address.label,
    )
