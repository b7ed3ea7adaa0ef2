"""What a company is in law: name, register, tax."""

from django.db import transaction

from accounts.actor import Actor
from accounts.events import COMPANY_FACTS_STATED
from accounts.models import Organization
from accounts.roles import Permission
from accounts.vat import hash_of_vat_id, read_vat_id
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import record

FACTS = frozenset({"legal_name", "registration_number", "vat_id", "website"})


@transaction.atomic
def state_company_facts(
    *, actor: Actor, legal_name: str, registration_number: str, vat_id: str, website: str
) -> Organization:
    """Write down what the acting organization is in law; what is empty is taken away.

    Raises DomainError beside `vat_id` for an id that cannot be one of the organization's country.
    """
    actor.check(Permission.MANAGE_ORGANIZATION)
    return _write(
        actor,
        Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk),
        legal_name=legal_name,
        registration_number=registration_number,
        vat_id=vat_id,
        website=website,
    )


@transaction.atomic
def state_vat_id(*, actor: Actor, vat_id: str) -> Organization:
    """Write down the VAT id of an organization that buys; "" takes it away.

    One that makes parts states it with its other facts, which staff verify. Raises DomainError
    beside `vat_id`.
    """
    actor.check(Permission.MANAGE_ORGANIZATION)
    found = Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    if found.is_manufacturer:
        sentence = "We verified your company with its VAT id. It is changed under Company there."
        raise DomainError(sentence, fields={"vat_id": sentence})
    kept = {name: getattr(found, name) for name in FACTS - {"vat_id"}}
    return _write(actor, found, vat_id=vat_id, **kept)


@transaction.atomic
def correct_company_facts(*, actor: Actor, public_id: str, **facts: str) -> Organization:
    """Staff write down what a company told them, also after it was verified. `facts` are FACTS.

    Raises NotAllowed for anybody else, NotFound, and DomainError beside `vat_id`.
    """
    if not actor.is_staff:
        raise NotAllowed("Only staff correct the facts of a company.")
    found = Organization.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if found is None:
        raise NotFound()
    return _write(actor, found, **facts)


def _write(actor: Actor, organization: Organization, *, vat_id: str, **facts: str) -> Organization:
    clean = read_vat_id(organization.country, vat_id).value
    for name, value in facts.items():
        setattr(organization, name, value)
    organization.vat_id = clean
    organization.vat_id_hash = hash_of_vat_id(clean)
    organization.save(update_fields=[*FACTS, "vat_id_hash"])
    # The facts themselves stay out of the fact: history is kept for good and read by many.
    record(COMPANY_FACTS_STATED, organization, actor=actor, visible_to=[organization])
    return organization
