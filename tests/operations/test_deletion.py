"""Deleting a person: thought over, carried out once, and what remains in the database."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.utils import timezone

from accounts.callers import actor_for
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from marketplace.integrations.models import BrowserPush
from marketplace.operations.actions.deletion import (
    ask_deletion,
    cancel_deletion,
    carry_out_deletions,
)
from marketplace.operations.models import DeletionRequest
from marketplace.operations.tasks import run_privacy_timers
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.models import Part
from orders.models import Order
from quotes.models import RFQ, Quote
from tests.orders.scene import make_order
from tests.parts.actions.test_parts import cube_stl
from tests.personas import PASSWORD, Persona, make_buyer, make_person, make_shop, show_again
from tests.quotes.scene import draft_rfq, open_rfq, submitted

PAGE = "/settings/privacy/"
AFTER = timedelta(days=7, minutes=1)


def join(team: Persona, name: str, role: str = Role.OWNER) -> Persona:
    user = make_person(name)
    Membership.objects.create(user=user, organization=team.organization, role=role)
    return Persona(user)


def delete(person: Persona, work: Callable[[], None]) -> None:
    ask_deletion(actor=person.actor)
    with time_machine.travel(timezone.now() + AFTER, tick=False):
        run_privacy_timers()
        work()


def places_of(*texts: str) -> set[str]:
    """Every text column of every table in which one of the texts stands."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if model._meta.proxy or not isinstance(field, CharField | TextField | JSONField):
                continue
            for value in model._base_manager.values_list(field.name, flat=True):
                if any(text.lower() in str(value).lower() for text in texts):
                    found.add(f"{model._meta.label}.{field.name}")
    return found


def test_what_remains_of_a_person_is_exactly_what_is_explained(
    milo: Persona, work: Callable[[], None]
) -> None:
    quilla = make_buyer("Quillabeth", "Quillabeth Robotics")
    ines = join(quilla, "Ines")
    quilla.client.get("/home/")
    quilla.client.post("/settings/tokens/", {"name": "ERP", "days": 10, "scopes": ["view"]})
    quilla.client.post("/settings/privacy/export/")
    quilla.client.post("/settings/profile/", {"name": "Quillabeth Berg"})
    quilla = Persona(User.objects.get(pk=quilla.user.pk))
    quilla.client.post("/settings/profile/", {"name": "Quillabeth Thorn"})
    quilla = Persona(User.objects.get(pk=quilla.user.pk))
    order = make_order(quilla, milo, "closed")
    Client().post("/accounts/login/", {"login": quilla.user.email, "password": "wrong"})
    work()
    address, company = quilla.user.email, quilla.organization.name
    delete(quilla, work)

    person = User.objects.get(pk=quilla.user.pk)
    assert (person.name, person.is_active) == ("Former member", False)
    assert person.email == f"{person.public_id}@removed.invalid"
    assert person.anonymized_at is not None and not person.has_usable_password()
    # The company bears the same name; take it away and look what is left of the person.
    Organization.objects.filter(name=company).update(name="X", legal_name="X", address="X")
    left = places_of("quillabeth", address)
    assert left == {
        # The contract and its papers, with the company's name.
        "orders.Order.buyer_name",
        "orders.OrderDocument.content",
        # The company's own name in what it did and in what the other side was told.
        "core.Event.actor_label",
        "core.Event.sentence",
        "core.Event.data",
        "notifications.Notification.title",
        "notifications.Notification.body",
    }
    for event in Event.objects.all():
        whole = f"{event.actor_label} {event.sentence} {event.data}".replace(company, "")
        assert "Quillabeth" not in whole and address not in whole, event.sentence
    acts = Event.objects.filter(actor_id=person.public_id)
    assert acts.exists() and all(
        act.actor_label in {f"Former member ({company})", "Former member"} for act in acts
    )
    assert Order.objects.get(pk=order.pk).buyer_id == ines.organization.pk
    assert actor_for(person).organization is None


def test_the_last_mail_goes_to_the_old_address(bea: Persona, work: Callable[[], None]) -> None:
    delete(bea, work)
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == ([bea.user.email], "Your account is deleted")
    sent = len(mail.outbox)
    assert carry_out_deletions() == 0
    work()
    assert len(mail.outbox) == sent


def test_the_old_address_is_free_and_the_old_password_opens_nothing(
    bea: Persona, work: Callable[[], None]
) -> None:
    join(bea, "Ines")
    client, address = bea.client, bea.user.email
    BrowserPush.objects.create(user=bea.user, endpoint="https://push.example.com/x")
    delete(bea, work)
    assert not BrowserPush.objects.exists()
    assert client.get("/home/").status_code == 302
    assert "/login" in client.get("/home/")["Location"]
    answer = Client().post("/accounts/login/", {"login": address, "password": PASSWORD})
    assert answer.status_code == 200
    assert not EmailAddress.objects.filter(email=address).exists()
    assert User.objects.create_user(address, PASSWORD, name="Another").pk != bea.user.pk


def test_grace_can_be_ended_by_cancelling_and_twice_is_once(
    bea: Persona, work: Callable[[], None]
) -> None:
    join(bea, "Ines")
    assert b"Delete my account" in bea.client.get(PAGE).content
    for _ in range(2):
        assert bea.client.post(f"{PAGE}deletion/").status_code == 302
    assert DeletionRequest.objects.count() == 1
    assert b"Keep my account" in bea.client.get(PAGE).content
    run_privacy_timers()
    assert User.objects.get(pk=bea.user.pk).is_active
    assert bea.client.post(f"{PAGE}deletion/cancel/").status_code == 302
    assert bea.client.post(f"{PAGE}deletion/cancel/").status_code == 404
    with time_machine.travel(timezone.now() + AFTER, tick=False):
        assert carry_out_deletions() == 0
        work()
    assert User.objects.get(pk=bea.user.pk).name == "Bea"
    facts = Event.objects.filter(subject=bea.user.public_id).order_by("pk")
    assert list(facts.values_list("type", flat=True)) == ["deletion_asked", "deletion_cancelled"]
    assert [m.subject for m in mail.outbox] == [
        "Your account will be deleted",
        "Your account stays",
    ]


def test_asking_needs_a_fresh_proof_and_a_person(bea: Persona) -> None:
    stale = Client()
    stale.force_login(bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    show_again(stale, bea.user, time.time() - 301)
    assert "reauthenticate" in stale.post(f"{PAGE}deletion/")["Location"]
    assert Client().post(f"{PAGE}deletion/").status_code == 302
    assert DeletionRequest.objects.count() == 0
    with pytest.raises(NotFound):
        cancel_deletion(actor=bea.actor)


def test_the_only_owner_hands_over_first(bea: Persona) -> None:
    join(bea, "Ines", Role.BUYER)
    with pytest.raises(DomainError, match="You are the only owner of Bea Robotics"):
        ask_deletion(actor=bea.actor)
    assert b"You are the only owner" in bea.client.get(PAGE).content
    assert DeletionRequest.objects.count() == 0
    Membership.objects.filter(user__name="Ines").update(role=Role.OWNER)
    assert ask_deletion(actor=bea.actor).state == "requested"


def test_running_orders_come_first_and_staff_never(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    make_order(bea, milo, "in_production")
    for person in (bea, milo):
        with pytest.raises(DomainError, match="has running orders and no other member"):
            ask_deletion(actor=person.actor)
    with pytest.raises(DomainError, match="ended by an administrator"):
        ask_deletion(actor=sam.actor)


def test_who_cannot_be_deleted_on_the_day_is_told_and_stays(
    bea: Persona, work: Callable[[], None]
) -> None:
    join(bea, "Ines")
    ask_deletion(actor=bea.actor)
    Membership.objects.filter(user__name="Ines").update(role=Role.BUYER)
    with time_machine.travel(timezone.now() + AFTER, tick=False):
        for _ in range(2):
            assert carry_out_deletions() == 0
        work()
    assert User.objects.get(pk=bea.user.pk).is_active
    assert DeletionRequest.objects.get().state == "stopped"
    assert "You are the only owner" in mail.outbox[-1].body
    assert Event.objects.filter(type="deletion_stopped").count() == 1


def test_a_company_of_one_without_orders_goes_with_its_person(
    milo: Persona, work: Callable[[], None]
) -> None:
    lone = make_buyer("Lone", "Lone Works")
    upload_part_file(actor=lone.actor, upload=SimpleUploadedFile("cube.stl", cube_stl(1)))
    quoted = open_rfq(lone, milo)
    quote = submitted(quoted, milo)
    draft_rfq(lone)
    work()
    files = StoredFile.objects.filter(organization=lone.organization)
    keys = [file.content.name for file in files.exclude(content="aa/bracket")]
    organization, unquoted = lone.organization, Part.objects.get(number="cube")
    assert keys and all(default_storage.exists(key) for key in keys)
    delete(lone, work)
    assert not any(default_storage.exists(key) for key in keys)
    assert not Part.objects.filter(pk=unquoted.pk).exists()
    kept = Part.objects.filter(organization=organization)
    assert {part.name for part in kept} == {"Deleted part"}
    organization.refresh_from_db()
    assert (organization.name, organization.address) == ("Deleted organization", "")
    request = RFQ.objects.get(organization=organization)
    assert (request.title, request.ship_to, request.state) == ("Deleted request", "", "cancelled")
    # The quote is the manufacturer's and stays.
    assert Quote.objects.get(pk=quote.pk).manufacturer_id == milo.manufacturer.pk
    assert milo.client.get(f"/portal/requests/{request.public_id}/").status_code == 200


def test_a_shop_of_one_without_orders_leaves_the_directory(
    work: Callable[[], None], db: None
) -> None:
    shop = make_shop("Shy", "Shy Shop")
    profile = shop.manufacturer
    delete(shop, work)
    profile.refresh_from_db()
    assert (profile.state, profile.headline, profile.description) == ("closed", "", "")
    organization = Organization.objects.get(pk=profile.organization_id)
    assert (organization.vat_id, organization.vat_id_hash) == ("", "")


def test_a_company_of_one_with_orders_is_kept_without_its_person(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    order = make_order(bea, milo, "closed")
    company: Any = bea.organization
    delete(bea, work)
    company.refresh_from_db()
    assert company.name == "Bea Robotics"
    assert Order.objects.get(pk=order.pk).buyer_name == "Bea Robotics"
    assert not Membership.objects.filter(organization=company, deactivated_at=None).exists()
    assert milo.client.get(f"/portal/orders/{order.public_id}/").status_code == 200
