"""What a company is in law: name, register, tax."""

from django.db import transaction

from accounts.actor import Actor
from accounts.events import COMPANY_FACTS_STATED
from accounts.models import Organization
from accounts.roles import Permission
from accounts.vat import hash_of_vat_id, read_vat_id
from marketplace.core.events import record


@transaction.atomic
def state_company_facts(
    *, actor: Actor, legal_name: str, registration_number: str, vat_id: str, website: str
) -> Organization:
    """Write down what the acting organization is in law; what is empty is taken away.

    Raises DomainError beside `vat_id` for an id that cannot be one of the organization's country.
    """
    actor.check(Permission.MANAGE_ORGANIZATION)
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=actor.company.pk)
    clean = read_vat_id(organization.country, vat_id).value
    organization.legal_name = legal_name
    organization.registration_number = registration_number
    organization.website = website
    organization.vat_id = clean
    organization.vat_id_hash = hash_of_vat_id(clean)
    organization.save(
        update_fields=["legal_name", "registration_number", "website", "vat_id", "vat_id_hash"]
    )
    # The facts themselves stay out of the fact: history is kept for good and read by many.
    record(COMPANY_FACTS_STATED, organization, actor=actor, visible_to=[organization])
    return organization
