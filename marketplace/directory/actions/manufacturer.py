"""A manufacturer's profile and its standing."""

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import record
from marketplace.core.ids import new_public_id
from marketplace.core.states import move
from marketplace.directory import events
from marketplace.directory.models import Manufacturer
from marketplace.directory.states import MANUFACTURER

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
    """Create the acting organization's profile, which asks for verification, or change it.

    `fields` are FIELDS plus `processes` and `materials` (model instances).
    """
    actor.check(Permission.EDIT_PROFILE)
    organization = actor.organization
    if organization is None or not organization.is_manufacturer:
        raise DomainError("Only an organization that makes parts has a manufacturer profile.")
    values = {name: fields[name] for name in FIELDS if name in fields}
    profile = Manufacturer.objects.filter(organization=organization).first()
    applied = profile is None
    if profile is None:
        profile = Manufacturer.objects.create(
            organization=organization, slug=_free_slug(organization.name), **values
        )
    else:
        for name, value in values.items():
            setattr(profile, name, value)
        profile.save(update_fields=list(values))
    for relation in ("processes", "materials"):
        if relation in fields:
            getattr(profile, relation).set(fields[relation])
    if applied:
        record(
            events.MANUFACTURER_APPLIED,
            profile,
            actor=actor,
            visible_to=[organization],
            name=organization.name,
        )
    else:
        record(events.MANUFACTURER_CHANGED, profile, actor=actor, visible_to=[organization])
    return profile


@transaction.atomic
def verify_manufacturer(*, actor: Actor, public_id: str) -> Manufacturer:
    """Staff vouch for the company; from now on the directory lists it."""
    profile = _lock(public_id)
    move(profile, MANUFACTURER, "verify_manufacturer", by=_side(actor))
    record(events.MANUFACTURER_VERIFIED, profile, actor=actor, visible_to=[profile.organization])
    return profile


@transaction.atomic
def suspend_manufacturer(*, actor: Actor, public_id: str, reason: str) -> Manufacturer:
    """Take the company out of the directory and out of matching; running orders go on."""
    profile = _lock(public_id)
    move(profile, MANUFACTURER, "suspend_manufacturer", by=_side(actor))
    record(
        events.MANUFACTURER_SUSPENDED,
        profile,
        actor=actor,
        visible_to=[profile.organization],
        reason=reason,
    )
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


def add_rating(*, organization: Organization, rating: int) -> None:
    """Count one published review (1 to 5) of a manufacturer."""
    Manufacturer.objects.filter(organization=organization).update(
        rating_sum=F("rating_sum") + rating, rating_count=F("rating_count") + 1
    )


def _lock(public_id: str) -> Manufacturer:
    found = (
        Manufacturer.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise NotFound()
    return found


def _free_slug(name: str) -> str:
    slug = slugify(name)[:120] or "manufacturer"
    if Manufacturer.objects.filter(slug=slug).exists():
        slug = f"{slug}-{new_public_id('m')[2:8]}"
    return slug


def _side(actor: Actor) -> str:
    return Side.STAFF if actor.is_staff else Side.MANUFACTURER
