"""Delivery addresses with one default; approval rules that can be kept."""

from typing import Any

import pytest

from accounts.actions.addresses import add_address, change_address, remove_address
from accounts.actions.approval_rules import (
    add_approval_rule,
    change_approval_rule,
    remove_approval_rule,
)
from accounts.actions.organization import change_organization
from accounts.actor import Actor
from accounts.models import Address, ApprovalRule
from accounts.queries import default_address_text
from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from quotes.actions.rfq import create_rfq
from tests.api.scene import facts_since, last_event
from tests.personas import Persona, make_member

GOODS_IN = {
    "label": "Goods-in",
    "recipient": "Bea Robotics",
    "lines": "  Gate 2\r\n\r\n Werkstr. 1 \n52062 Aachen",
    "country": "de",
    "phone": "",
}


def add(who: Persona, **changed: Any) -> Address:
    return add_address(actor=who.actor, **{**GOODS_IN, **changed})


def default_of(who: Persona) -> str:
    return Address.objects.get(organization=who.organization, is_default=True).label


class TestAddresses:
    def test_the_first_is_the_default_and_new_requests_start_with_it(self, bea: Persona) -> None:
        assert default_address_text(bea.organization).startswith("Bea Robotics, Werkstr. 1")
        start = last_event()
        first, second = add(bea), add(bea, label="Lab")
        assert facts_since(start) == ["address_added", "address_added"]
        assert (first.is_default, second.is_default) == (True, False)
        text = "Bea Robotics\nGate 2\nWerkstr. 1\n52062 Aachen\nDE"
        assert create_rfq(actor=bea.actor, part_ids=[]).ship_to == first.text == text

    def test_another_becomes_the_default_and_deleting_it_finds_an_heir(self, bea: Persona) -> None:
        add(bea)
        lab = add(bea, label="Lab")
        start = last_event()
        change_address(actor=bea.actor, public_id=lab.public_id, **GOODS_IN, is_default=True)
        assert Address.objects.filter(is_default=True).get().pk == lab.pk
        remove_address(actor=bea.actor, public_id=lab.public_id)
        assert default_of(bea) == "Goods-in"
        assert facts_since(start) == ["address_changed", "address_removed"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [("label", "  "), ("lines", ""), ("country", "Germany"), ("recipient", "x" * 121)],
    )
    def test_what_cannot_be_is_refused_beside_its_field(
        self, bea: Persona, field: str, value: str
    ) -> None:
        with pytest.raises(DomainError) as caught:
            add(bea, **{field: value})
        assert set(caught.value.fields) == {field} and not Address.objects.exists()

    def test_others_roles_and_strangers_change_nothing(self, bea: Persona, stefan: Persona) -> None:
        buyer, address = make_member(bea, "Bob", Role.BUYER), add(bea)
        start = last_event()
        key = {"public_id": address.public_id}
        with pytest.raises(NotAllowed):
            add(buyer)
        for actor, error in ((buyer.actor, NotAllowed), (stefan.actor, NotFound)):
            with pytest.raises(error):
                change_address(actor=actor, **key, **GOODS_IN)
            with pytest.raises(error):
                remove_address(actor=actor, **key)
        assert facts_since(start) == [] and Address.objects.count() == 1

    def test_the_builder_fills_in_a_saved_address(self, bea: Persona, stefan: Persona) -> None:
        lab = add(bea, label="Lab", recipient="Lab of Bea")
        rfq = create_rfq(actor=bea.actor, part_ids=[])
        path = f"/rfqs/{rfq.public_id}/edit/"
        assert "Fill in a saved address" in bea.client.get(path).content.decode()
        form = {"title": "Parts", "currency": "EUR", "ship_to": "Elsewhere"}
        bea.client.post(path, {**form, "address": lab.public_id})
        rfq.refresh_from_db()
        assert rfq.ship_to == "Elsewhere"
        bea.client.post(path, {**form, "address": lab.public_id, "action": "address"})
        rfq.refresh_from_db()
        assert rfq.ship_to == lab.text
        foreign = add(stefan)
        stolen = {**form, "address": foreign.public_id, "action": "address"}
        assert bea.client.post(path, stolen).status_code == 404


def rule(actor: Actor, over: int, needed: int = 1, *named: Persona) -> ApprovalRule:
    return add_approval_rule(
        actor=actor,
        over_minor=over,
        approvers_needed=needed,
        approver_ids=[person.user.public_id for person in named],
    )


class TestApprovalRules:
    def test_adding_changing_and_removing_are_facts_that_say_what(self, bea: Persona) -> None:
        ada = make_member(bea, "Ada", Role.APPROVER)
        start = last_event()
        made = rule(bea.actor, 100_000, 1, ada)
        change_approval_rule(
            actor=bea.actor, public_id=made.public_id, over_minor=200_000, approvers_needed=2
        )
        remove_approval_rule(actor=bea.actor, public_id=made.public_id)
        assert facts_since(start) == [
            "approval_rule_added",
            "approval_rule_changed",
            "approval_rule_removed",
        ]
        changed = Event.objects.get(type="approval_rule_changed")
        assert changed.data == {
            "over": "2,000.00 EUR",
            "needed": 2,
            "approvers": "anyone whose role may approve",
            "old_over": "1,000.00 EUR",
            "old_needed": 1,
            "old_approvers": "Ada",
        }
        assert not ApprovalRule.objects.exists()

    def test_a_rule_that_could_not_be_kept_is_refused(self, bea: Persona, stefan: Persona) -> None:
        ada = make_member(bea, "Ada", Role.APPROVER)
        bob = make_member(bea, "Bob", Role.BUYER)
        rule(bea.actor, 100_000, 2)
        for over, needed, named, sentence in (
            (100_000, 2, [], "already"),
            (200_000, 1, [], "at least as many"),
            (50_000, 3, [], "at least as many"),
            (200_000, 2, [ada], "name 1"),
            (200_000, 2, [ada, bob], "whose role may approve"),
            (200_000, 2, [ada, stefan], "whose role may approve"),
            (200_000, 6, [], "one to 5"),
            (-1, 1, [], "zero or more"),
        ):
            with pytest.raises(DomainError, match=sentence):
                rule(bea.actor, over, needed, *named)
        assert ApprovalRule.objects.count() == 1

    def test_only_those_who_manage_the_organization_touch_them(
        self, bea: Persona, stefan: Persona
    ) -> None:
        made, ada = rule(bea.actor, 100), make_member(bea, "Ada", Role.APPROVER)
        with pytest.raises(NotAllowed):
            rule(ada.actor, 200)
        for actor, error in ((ada.actor, NotAllowed), (stefan.actor, NotFound)):
            with pytest.raises(error):
                remove_approval_rule(actor=actor, public_id=made.public_id)
        assert ApprovalRule.objects.get() == made

    def test_the_currency_stays_while_amounts_are_written_in_it(self, bea: Persona) -> None:
        made = rule(bea.actor, 100)
        values = {"name": "Bea Robotics", "is_buyer": True, "currency": "USD"}
        with pytest.raises(DomainError, match="are in EUR"):
            change_organization(actor=bea.actor, **values)
        assert bea.organization.currency == "EUR"
        remove_approval_rule(actor=bea.actor, public_id=made.public_id)
        change_organization(actor=bea.actor, **values)
        assert bea.organization.currency == "USD"
