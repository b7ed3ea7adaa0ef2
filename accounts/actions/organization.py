"""Creating and changing an organization."""

from django.db import transaction

from accounts.actor import Actor
from accounts.events import ORGANIZATION_CHANGED, ORGANIZATION_CREATED
from accounts.models import ApprovalRule, Membership, Organization, TeamInvitation
from accounts.roles import Permission, Role
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.events import record

FIELDS = (
    "name",
    "is_buyer",
    "is_manufacturer",
    "country",
    "city",
    "address",
    "currency",
    "legal_name",
    "registration_number",
    "website",
)


@transaction.atomic
def create_organization(
    *, actor: Actor, is_demo: bool = False, public_id: str = "", **fields: object
) -> Organization:
    """A new organization with the acting person as its owner; `public_id` when it has one already.

    Raises NotAllowed without a signed-in person, DomainError when it would have no side.
    """
    if actor.user is None:
        raise NotAllowed("Sign in to create an organization.")
    _check_side(fields)
    values = {name: fields[name] for name in FIELDS if name in fields}
    if public_id:
        values["public_id"] = public_id
    organization = Organization.objects.create(is_demo=is_demo, **values)
    Membership.objects.create(user=actor.user, organization=organization, role=Role.OWNER)
    record(
        ORGANIZATION_CREATED,
        organization,
        actor=actor,
        visible_to=[organization],
        name=organization.name,
    )
    return organization


@transaction.atomic
def change_organization(*, actor: Actor, **fields: object) -> Organization:
    """Change the acting organization's own details.

    Raises DomainError for a currency that would give rules and limits another meaning.
    """
    actor.check(Permission.MANAGE_ORGANIZATION)
    _check_side(fields)
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    _check_currency(organization, fields)
    changed = [name for name in FIELDS if name in fields]
    for name in changed:
        setattr(organization, name, fields[name])
    organization.save(update_fields=changed)
    record(ORGANIZATION_CHANGED, organization, actor=actor, visible_to=[organization])
    return organization


def _check_side(fields: dict[str, object]) -> None:
    if not (fields.get("is_buyer") or fields.get("is_manufacturer")):
        raise DomainError(
            "Choose whether your organization buys parts, makes parts, or both.",
            fields={"is_buyer": "Choose at least one."},
        )


def _check_currency(organization: Organization, fields: dict[str, object]) -> None:
    if fields.get("currency", organization.currency) == organization.currency:
        return
    rules = ApprovalRule.objects.filter(organization=organization)
    limits = Membership.objects.filter(organization=organization, spend_limit_minor__isnull=False)
    invited = TeamInvitation.objects.filter(
        organization=organization,
        spend_limit_minor__isnull=False,
        accepted_at=None,
        revoked_at=None,
    )
    if rules.exists() or limits.exists() or invited.exists():
        sentence = (
            f"Your approval rules and spend limits are in {organization.currency}. Take them away "
            "before you change the currency, and set them anew."
        )
        raise DomainError(sentence, fields={"currency": sentence})
