"""A buyer's supplier lists: started, renamed, filled, emptied, deleted."""

from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization
from accounts.roles import Permission
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.events import Fact, record
from marketplace.directory import events
from marketplace.directory.models import Manufacturer, SupplierList
from marketplace.directory.queries import get_listed_manufacturer
from marketplace.directory.queries.supplier_lists import lock_supplier_list
from marketplace.directory.rules import check_can_change_list

MAX_NAME = 80
MOST_LISTS = 50
# As many as a request can be sent to from its builder.
MOST_SUPPLIERS = 100


@transaction.atomic
def create_supplier_list(*, actor: Actor, name: str) -> SupplierList:
    """An empty list. Raises DomainError for an empty name or too many lists, Conflict for a name
    that is taken, NotFound for an organization that does not buy."""
    organization = actor.organization
    if organization is None or not organization.is_buyer:
        raise NotFound()
    actor.check(Permission.EDIT_RFQS)
    # One at a time: two requests at once must not both find a name free.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    mine = SupplierList.objects.filter(organization=organization)
    clean = _clean_name(name, organization)
    if mine.count() >= MOST_LISTS:
        raise DomainError(f"{MOST_LISTS} lists are kept at most. Delete one first.")
    made = SupplierList.objects.create(organization=organization, name=clean)
    _record(events.SUPPLIER_LIST_CREATED, made, actor)
    return made


@transaction.atomic
def rename_supplier_list(*, actor: Actor, public_id: str, name: str) -> SupplierList:
    """Give a list another name; its own name again changes nothing. Raises as creating does."""
    found = check_can_change_list(actor, lock_supplier_list(public_id))
    Organization.objects.select_for_update(no_key=True).get(pk=found.organization_id)
    before, clean = found.name, _clean_name(name, found.organization, but=found)
    if clean == before:
        return found
    found.name = clean
    found.save(update_fields=["name"])
    _record(events.SUPPLIER_LIST_RENAMED, found, actor, before=before)
    return found


@transaction.atomic
def add_supplier(*, actor: Actor, public_id: str, manufacturer_id: str) -> SupplierList:
    """Put a verified manufacturer (public id or slug) on a list. Twice is once.

    Raises NotFound for a foreign list or a manufacturer that is not listed, DomainError for the
    acting organization itself or a full list.
    """
    found = check_can_change_list(actor, lock_supplier_list(public_id))
    shop = get_listed_manufacturer(manufacturer_id)
    if shop.organization_id == found.organization_id:
        raise DomainError("This is your own company; it cannot be asked by itself.")
    if found.manufacturers.filter(pk=shop.pk).exists():
        return found
    if found.manufacturers.count() >= MOST_SUPPLIERS:
        raise DomainError(f"A list holds at most {MOST_SUPPLIERS} manufacturers. Start another.")
    found.manufacturers.add(shop)
    _record(events.SUPPLIER_ADDED, found, actor, supplier=shop.organization.name)
    return found


@transaction.atomic
def remove_supplier(*, actor: Actor, public_id: str, manufacturer_id: str) -> SupplierList:
    """Take a manufacturer off a list, whatever became of it since.

    Raises NotFound for a foreign list or one that it is not on.
    """
    found = check_can_change_list(actor, lock_supplier_list(public_id))
    shop: Manufacturer | None = (
        found.manufacturers.select_related("organization").filter(public_id=manufacturer_id).first()
    )
    if shop is None:
        raise NotFound()
    found.manufacturers.remove(shop)
    _record(events.SUPPLIER_REMOVED, found, actor, supplier=shop.organization.name)
    return found


@transaction.atomic
def delete_supplier_list(*, actor: Actor, public_id: str) -> SupplierList:
    """Forget a list; requests that were sent to it stay as they are. Raises NotFound."""
    found = check_can_change_list(actor, lock_supplier_list(public_id))
    _record(events.SUPPLIER_LIST_DELETED, found, actor)
    found.delete()
    return found


def forget_supplier_lists(*, organization: Organization) -> None:
    """Drop the lists of an organization that is deleted. The caller holds the transaction."""
    SupplierList.objects.filter(organization=organization).delete()


def _clean_name(name: str, organization: Organization, but: SupplierList | None = None) -> str:
    clean = " ".join(name.replace("\x00", "").split())
    if not clean:
        raise DomainError("Give the list a name.", fields={"name": "Give the list a name."})
    if len(clean) > MAX_NAME:
        sentence = f"Use at most {MAX_NAME} characters for the name."
        raise DomainError(sentence, fields={"name": sentence})
    same = SupplierList.objects.filter(organization=organization, name__iexact=clean)
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        sentence = "You have a list of this name. Choose another name."
        raise Conflict(sentence, fields={"name": sentence})
    return clean


def _record(fact: Fact, supplier_list: SupplierList, actor: Actor, **data: Any) -> None:
    record(
        fact,
        supplier_list,
        actor=actor,
        visible_to=[supplier_list.organization],
        name=supplier_list.name,
        **data,
    )
