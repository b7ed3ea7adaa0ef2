"""Supplier lists: a buyer's own, and nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.directory.actions import supplier_lists as actions
from marketplace.directory.actions.verification import suspend_manufacturer
from marketplace.directory.models import SupplierList
from marketplace.directory.queries.supplier_lists import (
    get_supplier_list,
    supplier_lists_of,
    suppliers_to_ask,
)
from tests.api.scene import Api
from tests.personas import Persona, make_buyer, make_member, make_shop, make_staff_actor


def start(who: Persona, *shops: Persona, name: str = "Turned parts") -> SupplierList:
    made = actions.create_supplier_list(actor=who.actor, name=name)
    for shop in shops:
        add(who, made, shop)
    return made


def add(who: Persona, row: SupplierList, shop: Persona) -> SupplierList:
    return actions.add_supplier(
        actor=who.actor, public_id=row.public_id, manufacturer_id=shop.manufacturer.public_id
    )


def remove(who: Persona, row: SupplierList, shop: Persona) -> SupplierList:
    return actions.remove_supplier(
        actor=who.actor, public_id=row.public_id, manufacturer_id=shop.manufacturer.public_id
    )


def facts_of(row: SupplierList) -> list[str]:
    found = Event.objects.filter(subject=row.public_id).order_by("pk")
    return list(found.values_list("type", flat=True))


def test_from_start_to_end(bea: Persona, milo: Persona, rita: Persona) -> None:
    made = start(bea, milo, rita, name="  Turned \n parts ")
    actions.rename_supplier_list(actor=bea.actor, public_id=made.public_id, name="Milled parts")
    remove(bea, made, rita)
    found = get_supplier_list(bea.actor, made.public_id)
    assert (found.name, list(found.manufacturers.all())) == ("Milled parts", [milo.manufacturer])
    actions.delete_supplier_list(actor=bea.actor, public_id=made.public_id)
    assert not SupplierList.objects.exists()
    assert facts_of(made) == [
        "supplier_list_created",
        "supplier_added",
        "supplier_added",
        "supplier_list_renamed",
        "supplier_removed",
        "supplier_list_deleted",
    ]


def test_twice_is_once(bea: Persona, milo: Persona) -> None:
    made = start(bea, milo)
    add(bea, made, milo)
    actions.rename_supplier_list(actor=bea.actor, public_id=made.public_id, name=made.name)
    assert facts_of(made) == ["supplier_list_created", "supplier_added"]
    remove(bea, made, milo)
    with pytest.raises(NotFound):
        remove(bea, made, milo)


def test_a_stranger_and_the_other_side_find_nothing(bea: Persona, milo: Persona) -> None:
    made, stefan = start(bea, milo), make_buyer("Stefan", "Stranger Systems")
    for other in (stefan, milo):
        assert list(supplier_lists_of(other.actor)) == []
        for act in (
            lambda who=other: add(who, made, milo),
            lambda who=other: remove(who, made, milo),
            lambda who=other: suppliers_to_ask(who.actor, made.public_id),
            lambda who=other: actions.delete_supplier_list(
                actor=who.actor, public_id=made.public_id
            ),
            lambda who=other: actions.rename_supplier_list(
                actor=who.actor, public_id=made.public_id, name="Mine"
            ),
        ):
            with pytest.raises(NotFound):
                act()
    with pytest.raises(NotFound):
        start(milo)
    assert get_supplier_list(bea.actor, made.public_id).name == "Turned parts"
    assert len(facts_of(made)) == 2


def test_who_only_looks_changes_nothing(bea: Persona, milo: Persona) -> None:
    made, vera = start(bea), make_member(bea, "Vera", Role.VIEWER)
    assert get_supplier_list(vera.actor, made.public_id) == made
    with pytest.raises(NotAllowed):
        add(vera, made, milo)
    with pytest.raises(NotAllowed):
        start(vera, name="Other")
    page = vera.client.get(f"/suppliers/{made.public_id}/").content.decode()
    assert "Rename" not in page and "Delete list" not in page


def test_only_listed_manufacturers_are_added(bea: Persona) -> None:
    made, shy = start(bea), make_shop("Shy", "Shy Shop", verified=False)
    with pytest.raises(NotFound):
        add(bea, made, shy)


def test_a_company_is_not_on_its_own_list(milo: Persona) -> None:
    organization = milo.organization
    organization.is_buyer = True
    organization.save(update_fields=["is_buyer"])
    made = start(milo)
    with pytest.raises(DomainError, match="own company"):
        add(milo, made, milo)


@pytest.mark.parametrize("name", ["", " \n ", "x" * 81, "\x00"])
def test_a_name_that_cannot_be(bea: Persona, name: str) -> None:
    with pytest.raises(DomainError) as caught:
        start(bea, name=name)
    assert "name" in caught.value.fields
    page = bea.client.post("/suppliers/", {"name": name})
    assert page.status_code == 422 and caught.value.sentence in page.content.decode()


def test_a_name_is_taken_once_a_buyer(bea: Persona) -> None:
    start(bea)
    other = start(bea, name="Other")
    start(make_buyer("Stefan", "Stranger Systems"))
    with pytest.raises(Conflict):
        start(bea, name="turned PARTS")
    page = bea.client.post(f"/suppliers/{other.public_id}/rename/", {"name": "Turned parts"})
    assert page.status_code == 409 and "You have a list of this name" in page.content.decode()


def test_limits(bea: Persona, milo: Persona, rita: Persona, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_LISTS", 1)
    monkeypatch.setattr(actions, "MOST_SUPPLIERS", 1)
    made = start(bea, milo)
    with pytest.raises(DomainError, match="1 lists"):
        start(bea, name="Second")
    with pytest.raises(DomainError, match="at most 1 manufacturers"):
        add(bea, made, rita)


def test_a_suspended_shop_stays_and_is_said(bea: Persona, milo: Persona, rita: Persona) -> None:
    made = start(bea, milo, rita)
    suspend_manufacturer(
        actor=make_staff_actor(), public_id=rita.manufacturer.public_id, reason="Papers."
    )
    _, can, cannot = suppliers_to_ask(bea.actor, made.public_id)
    assert can == [milo.manufacturer.public_id]
    assert cannot == ["Rita Rapid Parts"]
    page = bea.client.get(f"/suppliers/{made.public_id}/").content.decode()
    assert "2 manufacturers, 1 can be asked now" in page
    assert "Suspended, is not asked" in page and rita.manufacturer.slug not in page
    remove(bea, made, rita)


def test_from_the_manufacturers_page(bea: Persona, milo: Persona, rita: Persona) -> None:
    path = f"/manufacturers/{milo.manufacturer.slug}/"
    shop = {"manufacturer": milo.manufacturer.public_id}
    assert b"Start a list with it" in bea.client.get(path).content
    assert bea.client.post("/suppliers/add/", {**shop, "name": "New"})["Location"] == path
    page = bea.client.get(path).content.decode()
    assert "is on the list New" in page and "Add to a list" not in page
    other = start(bea, rita, name="Other")
    assert "Add to a list" in bea.client.get(path).content.decode()
    bea.client.post("/suppliers/add/", {**shop, "list": other.public_id})
    assert get_supplier_list(bea.actor, other.public_id).shop_count == 2
    bea.client.post("/suppliers/add/", {**shop, "name": ""})
    assert "Give the list a name" in bea.client.get(path).content.decode()
    for nobody in ({**shop, "list": "sup_none"}, {"manufacturer": "\x00", "name": "x"}, {}):
        assert bea.client.post("/suppliers/add/", nobody).status_code == 404
    assert b"supplier lists" not in rita.client.get(path).content


def test_the_pages_lead_on_when_empty(bea: Persona) -> None:
    assert "No list yet" in bea.client.get("/suppliers/").content.decode()
    made = start(bea)
    assert (
        "Nobody is on this list yet"
        in bea.client.get(f"/suppliers/{made.public_id}/").content.decode()
    )


def test_pages_cost_the_same_with_more(bea: Persona, milo: Persona, rita: Persona) -> None:
    made = start(bea, milo)
    for path in ("/suppliers/", f"/suppliers/{made.public_id}/"):
        counts = []
        for shop in (None, rita):
            if shop is not None:
                start(bea, shop, name=f"Of {path}")
                add(bea, made, shop)
            bea.client.get(path)
            with CaptureQueriesContext(connection) as context:
                assert bea.client.get(path).status_code == 200
            counts.append(len(context))
        assert counts[0] == counts[1] <= 8, counts


def test_over_the_api(bea: Persona, milo: Persona) -> None:
    api, shop = Api(bea), milo.manufacturer
    made = api.post("/supplier-lists/", {"name": "Turned parts"}).json()
    path = f"/supplier-lists/{made['id']}/"
    for _ in range(2):
        filled = api.post(f"{path}manufacturers/", {"manufacturer": shop.slug})
    assert filled.status_code == 200
    assert filled.json()["manufacturers"] == [
        {"id": shop.public_id, "name": "Milo Machining", "state": "verified", "can_ask": True}
    ]
    assert api.patch(path, {"name": "Mills"}).json()["name"] == "Mills"
    row = api.get("/supplier-lists/").json()["results"][0]
    assert (row["name"], row["shop_count"], row["can_ask"]) == ("Mills", 1, 1)
    assert api.post("/supplier-lists/", {"name": "mills"}).status_code == 409
    assert api.post("/supplier-lists/", {"name": ""}).status_code == 422
    assert api.call("DELETE", f"{path}manufacturers/{shop.public_id}/").status_code == 204
    assert api.call("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404
