"""A seller who charges VAT through the platform, and its buyer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.actions.company import state_company_facts
from accounts.models import Organization
from orders.models import Order
from payments.actions.tax import give_mandate
from tests.payments.scene import Scene, new_order, scene_by
from tests.personas import Persona, make_buyer, make_shop
from tests.replay import kept

IDS = {"DE": "DE136695976", "FR": "FR40303265045", "US": "", "CH": "CHE107787577IVA"}


def set_taxed_scene(
    *, buyer_country: str = "DE", agreed: Mapping[str, Any] | None = None, price: str = "12.5000"
) -> Scene:
    """Bea of a country buys from Milo of Germany, who charges VAT; an order of 40 pieces."""
    return scene_by(place_taxed_order, buyer_country, agreed, price)


@kept
def place_taxed_order(
    buyer_country: str, agreed: Mapping[str, Any] | None, price: str
) -> list[Any]:
    """What `set_taxed_scene` does, by the real actions: the two people and the order."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    give_mandate(actor=milo.actor)
    settle_in(bea, buyer_country)
    order = new_order(bea, milo, agreed=agreed, price=price)
    return [bea.user, milo.user, Order.objects.get(pk=order.pk)]


def settle_in(person: Persona, country: str) -> None:
    """The person's company is of that country, with a VAT id where we have one."""
    Organization.objects.filter(pk=person.organization.pk).update(country=country)
    state_company_facts(
        actor=person.actor,
        legal_name=f"{person.organization.name} Ltd",
        registration_number="1",
        vat_id=IDS[country],
        website="",
    )
