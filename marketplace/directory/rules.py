"""What a manufacturer must have said before it can be verified, and what must not change then."""

from dataclasses import dataclass
from datetime import date

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission, Side
from accounts.vat import vat_id_is_checked, vat_id_label, vat_id_needed
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.directory.models import Certificate, Manufacturer, SupplierList
from marketplace.directory.states import CertificateState, ManufacturerState

S = ManufacturerState
# While staff check the facts, and after they vouched for them, the facts stand still.
LOCKED = (S.APPLIED, S.VERIFIED, S.SUSPENDED, S.CLOSED)


@dataclass(frozen=True)
class Lack:
    """One thing an application still needs. `place` is the URL name of the page it is given on."""

    sentence: str
    place: str


def missing_facts(organization: Organization) -> list[str]:
    """What the company has not said of itself yet, as sentences."""
    lacks = []
    if not organization.legal_name:
        lacks.append("Enter the company's legal name.")
    if not organization.registration_number:
        lacks.append("Enter the number in the trade register.")
    if not organization.vat_id and vat_id_needed(organization.country):
        lacks.append(f"Enter the {vat_id_label(organization.country)}.")
    return lacks


def missing_for_application(organization: Organization, profile: Manufacturer | None) -> list[Lack]:
    """Everything that keeps a company from applying; empty when complete.

    Two queries with a profile, none without.
    """
    lacks = [Lack(sentence, "portal_company") for sentence in missing_facts(organization)]
    if profile is None:
        return [*lacks, Lack("Describe what you make.", "portal_profile")]
    if not profile.founded_year:
        lacks.append(Lack("Enter the year the company was founded.", "portal_company"))
    if not profile.description.strip():
        lacks.append(Lack("Say what you make, in a few sentences.", "portal_profile"))
    if not profile.processes.exists():
        lacks.append(Lack("Choose at least one process.", "portal_profile"))
    if not profile.materials.exists():
        lacks.append(Lack("Choose at least one material.", "portal_profile"))
    return lacks


def warnings_for_staff(
    profile: Manufacturer, certificates: list[Certificate], twins: int, today: date
) -> list[str]:
    """What staff should look at before they vouch. `twins` share the VAT id."""
    organization = profile.organization
    found = []
    if twins:
        found.append(f"Same VAT id as {twins} other organization{'s' if twins > 1 else ''}.")
    if not organization.vat_id_hash:
        found.append("No VAT id was given.")
    elif not vat_id_is_checked(organization.country, organization.vat_id):
        found.append(f"The form of a VAT id of {organization.country} is unknown: not checked.")
    expired = [
        c for c in certificates if c.expires_on < today and c.state != CertificateState.WITHDRAWN
    ]
    if expired:
        found.append(f"Expired certificate: {', '.join(str(c) for c in expired)}.")
    if any(c.state == CertificateState.WAITING and c.file_id is None for c in certificates):
        found.append("A certificate has no file.")
    return found


def can_change_facts(profile: Manufacturer | None) -> bool:
    """Whether the company may still change its legal facts itself."""
    return profile is None or profile.state not in LOCKED


def check_can_change_facts(profile: Manufacturer | None) -> None:
    """Raise a sentence when the facts are being checked or were."""
    if can_change_facts(profile):
        return
    raise DomainError(
        "These facts are being checked or were checked, so they stand still. Write to us when "
        "one of them changed."
    )


def check_edits(actor: Actor, profile: Manufacturer | None) -> Manufacturer:
    """The profile is the actor's own and the role may edit it. NotFound otherwise."""
    if profile is None or actor.organization is None:
        raise NotFound()
    if profile.organization_id != actor.organization.pk:
        raise NotFound()
    actor.check(Permission.EDIT_PROFILE)
    if profile.state == S.CLOSED:
        raise DomainError("This profile is closed.")
    return profile


def may_read_rate_card(actor: Actor) -> bool:
    """Whether the role prices requests. Guests have no card, a visit of staff opens none."""
    return actor.may(Permission.QUOTE) and not actor.is_guest and actor.visit is None


def check_reads_rate_card(actor: Actor, profile: Manufacturer | None) -> None:
    """The card is of the actor's own shop and its role may read it. NotFound otherwise."""
    if profile is None or actor.organization is None:
        raise NotFound()
    if profile.organization_id != actor.organization.pk or actor.is_guest:
        raise NotFound()
    if actor.visit is not None:
        raise NotAllowed("A rate card is the shop's own; a visit does not open it.")
    actor.check(Permission.QUOTE)


def check_can_change_list(actor: Actor, supplier_list: SupplierList | None) -> SupplierList:
    """The list is the acting buyer's own and the role may prepare requests. NotFound otherwise."""
    if supplier_list is None or actor.organization is None:
        raise NotFound()
    if supplier_list.organization_id != actor.organization.pk:
        raise NotFound()
    actor.check(Permission.EDIT_RFQS)
    return supplier_list


def side_of(actor: Actor) -> str:
    """Staff, the system, or the manufacturer itself."""
    if actor.is_system:
        return Side.SYSTEM
    return Side.STAFF if actor.is_staff else Side.MANUFACTURER
