"""Reads of supplier lists. Each starts from the actor; a stranger finds nothing."""

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.directory.models import Manufacturer, SupplierList
from marketplace.directory.states import ManufacturerState


def supplier_lists_of(actor: Actor) -> QuerySet[SupplierList]:
    """The acting organization's lists with `shop_count` and `can_ask`, how many of them are
    verified; newest first."""
    verified = Q(manufacturers__state=ManufacturerState.VERIFIED)
    return SupplierList.objects.filter(organization=actor.organization).annotate(
        shop_count=Count("manufacturers"), can_ask=Count("manufacturers", filter=verified)
    )


def get_supplier_list(actor: Actor, public_id: str, *, with_shops: bool = True) -> SupplierList:
    """One of the acting organization's lists, `with_shops` with its manufacturers loaded. Raises
    NotFound."""
    rows = supplier_lists_of(actor).filter(public_id=public_id)
    if with_shops:
        shops = Manufacturer.objects.select_related("organization")
        rows = rows.prefetch_related(Prefetch("manufacturers", shops))
    found = rows.first() if actor.organization else None
    if found is None:
        raise NotFound()
    return found


def suppliers_in(supplier_list: SupplierList) -> QuerySet[Manufacturer]:
    """The manufacturers of a list the caller may read, whatever became of them since."""
    return supplier_list.manufacturers.select_related("organization").prefetch_related("processes")


def suppliers_to_ask(actor: Actor, public_id: str) -> tuple[SupplierList, list[str], list[str]]:
    """A list, the public ids of those in it who can be asked, and the names of those who cannot.

    Whoever is not verified now cannot, and neither can the acting organization itself. Raises
    NotFound. Two queries.
    """
    found = get_supplier_list(actor, public_id)
    shops = list(found.manufacturers.all())
    can = [s for s in shops if is_askable(s) and s.organization_id != found.organization_id]
    names = [shop.organization.name for shop in shops if shop not in can]
    return found, [shop.public_id for shop in can], names


def is_askable(manufacturer: Manufacturer) -> bool:
    """Whether a request may be sent to a manufacturer: staff verified it and did not suspend it."""
    return manufacturer.state == ManufacturerState.VERIFIED


def lists_with(actor: Actor, manufacturer: Manufacturer) -> list[SupplierList]:
    """The acting organization's lists, each with whether it `has_it`; by name. One query."""
    if actor.organization is None:
        return []
    through = SupplierList.manufacturers.through.objects
    held = through.filter(supplierlist=OuterRef("pk"), manufacturer=manufacturer)
    rows = SupplierList.objects.filter(organization=actor.organization)
    return list(rows.annotate(has_it=Exists(held)).order_by("name"))


def lock_supplier_list(public_id: str) -> SupplierList | None:
    """A list, locked until the transaction ends; None when there is none."""
    return (
        SupplierList.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(public_id=public_id)
        .first()
    )
