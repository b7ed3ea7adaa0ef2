"""The demo goes whole, by its marks alone, and takes nothing of anybody else along."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from djstripe.models import Charge

from accounts.actions.visits import start_staff_visit
from accounts.actor import Actor
from accounts.models import Membership, Organization, StaffVisit, User
from marketplace.core.errors import DomainError
from marketplace.core.models import Event
from marketplace.notifications.models import Notification
from marketplace.operations.actions import clearing
from marketplace.operations.actions.clearing import clear_demo_data
from marketplace.operations.clearing import ties
from marketplace.operations.clearing.finding import demo, hindrances
from marketplace.operations.clearing.leftovers import what_is_left
from marketplace.operations.management.commands import clear_demo_data as command
from orders.models import Order
from payments.models import DisputeCase, InboundEvent, LedgerEntry, PaymentAttempt
from payments.sandbox.store import PLATFORM
from tests.payments.conftest import Sandbox, sandbox
from tests.payments.scene import (
    Scene,
    accept_goods,
    connect_maker,
    new_order,
    pay_next,
    pump,
    set_scene,
)
from tests.payments.test_reconciliation import hear
from tests.personas import Persona, make_buyer, make_person, make_shop

__all__ = ["sandbox"]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def mark(*people: Persona) -> None:
    for person in people:
        User.objects.filter(pk=person.user.pk).update(is_demo=True)
        Organization.objects.filter(memberships__user=person.user).update(is_demo=True)


def run(**options: Any) -> str:
    said = StringIO()
    call_command("clear_demo_data", stdout=said, **options)
    return said.getvalue()


def database() -> str:
    return Path(str(connection.settings_dict["NAME"])).name


def a_paid_demo() -> Scene:
    """A demo shop was paid for an order."""
    scene = set_scene()
    connect_maker(scene)
    pay_next(scene)
    accept_goods(scene)
    pump()
    mark(scene.bea, scene.milo)
    return scene


@pytest.mark.django_db
def test_a_real_order_with_a_demo_shop_hinders_it_and_is_named(sandbox: Sandbox) -> None:
    scene = set_scene()
    mark(scene.milo)
    with pytest.raises(CommandError) as refused:
        run(yes=database(), no_backup=True)
    text = str(refused.value)
    assert scene.order.public_id in text
    assert "buyer Bea Robotics, which is real" in text
    assert Order.objects.exists()
    assert Organization.objects.filter(is_demo=True).exists()


@pytest.mark.django_db
def test_a_real_person_in_a_demo_team_hinders_it(bea: Persona) -> None:
    mark(bea)
    guest = make_person("Gina")
    Membership.objects.create(user=guest, organization=bea.organization, role="buyer")
    assert hindrances(demo()) == [
        f"{guest.email} is no demo account and is a member of Bea Robotics, which is one of the "
        "demo. Take them out of its team first."
    ]


@pytest.mark.django_db
def test_a_demo_person_in_a_real_team_hinders_it(bea: Persona) -> None:
    User.objects.filter(pk=bea.user.pk).update(is_demo=True)
    (sentence,) = hindrances(demo())[:1]
    assert "organization Bea Robotics, which is real" in sentence


@pytest.mark.django_db
def test_that_demo_staff_looked_at_real_people_stays_in_their_audit_log(
    bea: Persona, sam: Persona
) -> None:
    start_staff_visit(
        actor=Actor.staff(sam.user),
        organization_id=bea.organization.public_id,
        reason="A look around.",
    )
    User.objects.filter(pk=sam.user.pk).update(is_demo=True)
    clear_demo_data()
    assert not User.objects.filter(pk=sam.user.pk).exists()
    assert not StaffVisit.objects.exists()
    seen = Event.objects.filter(sightings__organization=bea.organization.public_id)
    assert seen.filter(type="staff_visit_started").count() == 1


@pytest.mark.django_db
def test_live_money_hinders_it(sandbox: Sandbox) -> None:
    scene = set_scene()
    mark(scene.bea, scene.milo)
    PaymentAttempt.objects.create(
        request=scene.payment,
        session="cs_live_a1",
        state="expired",
        expires_at=timezone.now(),
    )
    InboundEvent.objects.create(
        event_id="evt_1",
        type="checkout.session.completed",
        object_id="cs_live_a1",
        payload={"livemode": True},
        happened_at=timezone.now(),
    )
    text = " ".join(hindrances(demo()))
    assert "opened with Stripe's live keys (cs_live_a1)" in text
    assert "Stripe's live mode told of cs_live_a1" in text


@pytest.mark.django_db
def test_after_a_real_payment_only_what_names_the_demo_goes(sandbox: Sandbox) -> None:
    scene = a_paid_demo()
    bea, milo = make_buyer("Berta", "Berta GmbH"), make_shop("Max", "Max AG")
    order = new_order(bea, milo)
    real = Scene(bea, milo, order)
    connect_maker(real)
    payment = pay_next(real)
    entries = set(LedgerEntry.objects.filter(request=payment).values_list("pk", flat=True))
    assert entries
    hear()
    charges = Charge.objects.exclude(id=payment.charge)
    assert charges.exists()
    clear_demo_data()
    assert not charges.exists()
    assert Charge.objects.filter(id=payment.charge).exists()
    assert set(LedgerEntry.objects.values_list("pk", flat=True)) == entries
    assert list(Order.objects.all()) == [order]
    call_command("check_ledger", offline=True, stdout=StringIO())
    assert not User.objects.filter(pk=scene.bea.user.pk).exists()


@pytest.mark.django_db
def test_what_stripe_told_of_a_real_shop_stays_before_its_first_payment(sandbox: Sandbox) -> None:
    demo_shop = set_scene()
    mark(demo_shop.bea, demo_shop.milo)
    bea, milo = make_buyer("Berta", "Berta GmbH"), make_shop("Max", "Max AG")
    account = connect_maker(Scene(bea, milo, demo_shop.order)).account
    for event, of in (("evt_real", account), ("evt_demo", demo_shop.order.public_id)):
        InboundEvent.objects.create(
            event_id=event,
            type="account.updated",
            object_id=of,
            payload={"livemode": False},
            happened_at=timezone.now(),
        )
    clear_demo_data()
    assert list(InboundEvent.objects.values_list("event_id", flat=True)) == ["evt_real"]


@pytest.mark.journey
@pytest.mark.django_db
def test_the_books_keep_their_rules(sandbox: Sandbox) -> None:
    """Also after a clearing that was refused, and for entries that come after one."""
    scene = a_paid_demo()
    Organization.objects.filter(pk=scene.bea.organization.pk).update(is_demo=False)
    with pytest.raises(DomainError, match="which is real"):
        clear_demo_data()
    refuses_to_delete_entries()
    Organization.objects.filter(pk=scene.bea.organization.pk).update(is_demo=True)
    clear_demo_data()
    pay_next(set_scene())
    refuses_to_delete_entries()


@pytest.mark.django_db
def test_a_claim_on_money_of_the_demo_that_went_back_goes_too(sandbox: Sandbox) -> None:
    """It has no payment, only the charge; one on anybody else's charge stays."""
    scene = a_paid_demo()
    charge = scene.order.payments.get().charge
    values: dict[str, Any] = {"amount_minor": 1, "currency": "EUR", "reason": "fraudulent"}
    DisputeCase.objects.create(dispute="du_1", charge=charge, **values)
    DisputeCase.objects.create(dispute="du_2", charge="ch_of_others", **values)
    clear_demo_data()
    assert [case.dispute for case in DisputeCase.objects.all()] == ["du_2"]


def refuses_to_delete_entries() -> None:
    assert LedgerEntry.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_to_the_demo_meanwhile_stops_it_and_nothing_is_half(
    bea: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody of the demo gets a notification after everything was counted."""
    mark(bea)
    people = User.objects.filter(is_demo=True)
    found_by_now = clearing.demo

    def meanwhile() -> Any:
        found = found_by_now()
        Notification.objects.create(
            user=bea.user, event_id="evt_late", kind="late", title="Late", body="", link="/"
        )
        return found

    monkeypatch.setattr(clearing, "demo", meanwhile)
    with pytest.raises(DomainError, match="Somebody wrote to the demo meanwhile"):
        clear_demo_data()
    assert people.exists()
    assert Organization.objects.filter(is_demo=True).exists()


@pytest.mark.django_db
def test_a_backup_is_taken_first(bea: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    mark(bea)
    taken: list[str] = []
    monkeypatch.setattr(command, "get_commands", lambda: {"backup": "marketplace.operations"})
    monkeypatch.setattr(
        command,
        "call_command",
        lambda name, **options: taken.append(f"{name}: {User.objects.count()}"),
    )
    run(yes=database())
    assert taken == ["backup: 1"]
    mark(make_buyer("Bo", "Bo Ltd"))
    run(yes=database(), no_backup=True)
    assert taken == ["backup: 1"]


@pytest.mark.django_db
def test_a_backup_that_fails_leaves_the_demo(bea: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, **options: Any) -> None:
        raise CommandError("The disk is full.")

    mark(bea)
    monkeypatch.setattr(command, "get_commands", lambda: {"backup": "marketplace.operations"})
    monkeypatch.setattr(command, "call_command", fail)
    with pytest.raises(CommandError, match="disk is full"):
        run(yes=database())
    assert User.objects.filter(is_demo=True).exists()


def test_what_is_left_on_the_machine_is_said(db: None, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "a.log").write_text("To: client@demo.com")
    assert what_is_left() == [f"{tmp_path}/mail/a.log is left (19 bytes)."]


@pytest.mark.django_db
def test_with_live_keys_the_copy_of_the_sandbox_is_left_over(settings: Any) -> None:
    Charge.objects.create(
        id="ch_1",
        livemode=False,
        amount=100,
        currency="eur",
        stripe_data={},
        djstripe_owner_account=None,
    )
    assert what_is_left() == []
    settings.STRIPE_LIVE_MODE = True
    assert what_is_left() == ["1 rows of Stripe's test mode are left in djstripe_charge."]
    Charge.objects.create(id="ch_2", livemode=True, amount=100, currency="eur", stripe_data={})
    clear_demo_data()
    assert what_is_left() == []
    assert list(Charge.objects.values_list("id", flat=True)) == ["ch_2"]


def test_the_other_name_is_the_same_command() -> None:
    from marketplace.operations.management.commands import production_deployment_cleanup

    assert production_deployment_cleanup.Command is command.Command


def test_somebody_said_of_every_table_whether_a_demo_can_be_in_it() -> None:
    """A table that hangs on a person or an organization is found by its keys. Another one must be
    named in clearing/ties.py: by which words its rows belong to a demo, or that they never do."""
    assert ties.unclassified() == []


def test_the_account_of_the_sandbox_is_the_one_it_has() -> None:
    assert ties.SANDBOX_PLATFORM == PLATFORM


def test_a_new_table_that_hangs_on_an_organization_is_found_by_its_keys() -> None:
    from marketplace.operations.clearing import relations

    hanging = relations.reachable()
    for model in apps.get_models(include_auto_created=True):
        for key in relations.keys_of(model):
            of_people = relations.target_of(key) in (Organization, User)
            if of_people and not relations.is_emptied(key) and not model._meta.proxy:
                assert model in hanging, model
