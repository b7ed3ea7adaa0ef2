"""What a shop must have done or hold before it sees a request's files and quotes it."""

from django.utils import timezone

from accounts.actor import Actor
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.directory.models import Certificate, Manufacturer
from quotes.models import NDA, RFQ, NDAAcceptance

NDA_REQUIRED = "nda_required"
REQUIREMENTS = "requirements"
# Code of the taxonomy: registration with the US Directorate of Defense Trade Controls.
EXPORT_CERTIFICATION = "itar"
EXPORT_RULE = (
    "Under export control: only verified manufacturers in the countries named here that hold a "
    "checked ITAR registration may take part."
)


def accepted_by(actor: Actor, nda: NDA) -> NDAAcceptance | None:
    """The acting person's own acceptance of a version, for the organization they act for."""
    if actor.organization is None:
        return None
    rows = NDAAcceptance.objects.filter(nda=nda, organization=actor.organization, user=actor.user)
    # Guests have no account: the name they gave tells one from another.
    return (rows.filter(name=actor.name) if actor.is_guest else rows).first()


def needs_nda(actor: Actor, rfq: RFQ) -> bool:
    """Whether the acting shop's member still has to accept the request's NDA. At most one query."""
    return rfq.nda is not None and accepted_by(actor, rfq.nda) is None


def check_nda(actor: Actor, rfq: RFQ) -> None:
    """Raise NotAllowed (code nda_required) until the person accepted the request's NDA."""
    if needs_nda(actor, rfq):
        raise NotAllowed(
            "This request is under a non-disclosure agreement. Read and accept it on the "
            "request's page first.",
            code=NDA_REQUIRED,
        )


def held_by(manufacturer: Manufacturer) -> set[str]:
    """Codes of the certifications a shop holds today: checked by us and not expired. One query."""
    valid = Certificate.objects.valid_on(timezone.localdate()).filter(manufacturer=manufacturer)
    return set(valid.values_list("certification__code", flat=True))


def requirements_of(rfq: RFQ) -> list[str]:
    """What a request asks of every shop, in words for both sides. One query."""
    found = []
    if names := [certification.name for certification in rfq.certifications.all()]:
        found.append("Certified to " + ", ".join(names))
    if rfq.countries:
        found.append("Made in " + ", ".join(rfq.countries))
    if rfq.is_export_controlled:
        found.append(EXPORT_RULE)
    if rfq.nda is not None:
        found.append(f"Non-disclosure agreement, version {rfq.nda.version}, accepted first")
    return found


def lacks_of(rfq: RFQ, manufacturer: Manufacturer) -> list[str]:
    """Why a shop may neither open a request's files nor quote it now, as sentences; empty when it
    may. One query where nothing is asked, else two."""
    certifications = list(rfq.certifications.all())
    asks_for_papers = bool(certifications) or rfq.is_export_controlled
    held = held_by(manufacturer) if asks_for_papers else set()
    lacks = [
        f"This request asks for {certification.name}. You hold no checked certificate of it that "
        "is valid today; add it to your profile."
        for certification in certifications
        if certification.code not in held
    ]
    country = manufacturer.organization.country
    if rfq.countries and country not in rfq.countries:
        lacks.append(
            f"The parts may be made in {', '.join(rfq.countries)} only. Your company is in "
            f"{country}."
        )
    if rfq.is_export_controlled and EXPORT_CERTIFICATION not in held:
        lacks.append(
            "This request is under export control. It asks for a checked ITAR registration in "
            "your profile."
        )
    return lacks


def check_admitted(rfq: RFQ, manufacturer: Manufacturer) -> None:
    """Raise DomainError (code requirements) with what the shop lacks today."""
    if lacks := lacks_of(rfq, manufacturer):
        raise DomainError(" ".join(lacks), code=REQUIREMENTS)


def is_kept_back(actor: Actor, rfq: RFQ) -> bool:
    """Whether the acting shop's member may read no more than an outline of a request: the shop
    lacks what is asked of it, or the person has not accepted the NDA."""
    return needs_nda(actor, rfq) or bool(lacks_of(rfq, actor.company.manufacturer))


def check_may_open(actor: Actor, rfq: RFQ) -> None:
    """Raise NotAllowed where `is_kept_back`, with code requirements or nda_required."""
    if lacks := lacks_of(rfq, actor.company.manufacturer):
        raise NotAllowed(" ".join(lacks), code=REQUIREMENTS)
    check_nda(actor, rfq)
