"""A manufacturer's profile."""

from django.db import transaction
from django.utils.text import slugify

from accounts.actions.company import state_company_facts
from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission
from marketplace.core.errors import DomainError
from marketplace.core.events import record
from marketplace.core.ids import new_public_id
from marketplace.directory import events
from marketplace.directory.models import Manufacturer
from marketplace.directory.queries import lock_own_manufacturer
from marketplace.directory.rules import check_can_change_facts, check_edits

FIELDS = (
    "headline",
    "description",
    "envelope_x_mm",
    "envelope_y_mm",
    "envelope_z_mm",
    "lead_time_days",
    "employees",
)


@transaction.atomic
def save_profile(*, actor: Actor, **fields: object) -> Manufacturer:
    """Start the acting organization's profile, or change it. Applying is an act of its own.

    `fields` are FIELDS plus `processes` and `materials` (model instances).
    """
    actor.check(Permission.EDIT_PROFILE)
    values = {name: fields[name] for name in FIELDS if name in fields}
    profile, is_new = _own_profile(actor)
    for name, value in values.items():
        setattr(profile, name, value)
    if values:
        profile.save(update_fields=list(values))
    for relation in ("processes", "materials"):
        if relation in fields:
            getattr(profile, relation).set(fields[relation])
    if not is_new:
        record(events.MANUFACTURER_CHANGED, profile, actor=actor, visible_to=[profile.organization])
    return profile


@transaction.atomic
def save_company(
    *,
    actor: Actor,
    legal_name: str,
    registration_number: str,
    vat_id: str,
    website: str,
    founded_year: int | None,
) -> Manufacturer:
    """Say what the company is in law, before it applies or when staff asked.

    Raises DomainError while the facts are being checked and after they were, and beside `vat_id`
    for an id that cannot be one of the organization's country.
    """
    actor.check(Permission.EDIT_PROFILE)
    profile, _ = _own_profile(actor)
    check_can_change_facts(profile)
    profile.organization = state_company_facts(
        actor=actor,
        legal_name=legal_name,
        registration_number=registration_number,
        vat_id=vat_id,
        website=website,
    )
    profile.founded_year = founded_year
    profile.save(update_fields=["founded_year"])
    return profile


@transaction.atomic
def switch_payouts(*, actor: Actor, organization: Organization, enabled: bool) -> None:
    """Note whether the manufacturer can be paid out; payments calls this. Twice is once."""
    changed = Manufacturer.objects.filter(organization=organization).exclude(
        payouts_enabled=enabled
    )
    profile = changed.first()
    if profile is None:
        return
    changed.update(payouts_enabled=enabled)
    record(
        events.PAYOUTS_SWITCHED,
        profile,
        actor=actor,
        visible_to=[organization],
        word="on" if enabled else "off",
    )


def _own_profile(actor: Actor) -> tuple[Manufacturer, bool]:
    """The acting organization's profile under lock, made when there is none; whether it is new."""
    organization = actor.organization
    if organization is None or not organization.is_manufacturer:
        raise DomainError("Only an organization that makes parts has a manufacturer profile.")
    profile = lock_own_manufacturer(actor)
    if profile is not None:
        return check_edits(actor, profile), False
    profile = Manufacturer.objects.create(
        organization=organization, slug=_free_slug(organization.name)
    )
    record(
        events.PROFILE_STARTED,
        profile,
        actor=actor,
        visible_to=[organization],
        name=organization.name,
    )
    return profile, True


def _free_slug(name: str) -> str:
    slug = slugify(name)[:120] or "manufacturer"
    if Manufacturer.objects.filter(slug=slug).exists():
        slug = f"{slug}-{new_public_id('m')[2:8]}"
    return slug


def make_guest_profile(*, organization: Organization) -> Manufacturer:
    """The profile of a shop that came by a link: unverified, in no list, with a name that says
    nothing. The caller holds the transaction."""
    return Manufacturer.objects.create(
        organization=organization, slug=new_public_id("guest").replace("_", "-"), headline=""
    )
