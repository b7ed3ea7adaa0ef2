"""Rows written again are those the real actions write, and an actor is as the rows are now."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessLog
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organization, User
from orders.models import Order
from payments import gateway
from payments.models import PaymentRequest, Receivable
from payments.tasks import backfill_events
from quotes.models import Quote
from tests.api.scene import new_order as bought
from tests.conftest import work_until_quiet
from tests.orders.actions.test_claims import accepted, claimed
from tests.payments.conftest import Sandbox, sandbox, start_sandbox, stop_sandbox
from tests.payments.credit_scene import buy_on_account, match, staff
from tests.payments.scene import (
    accept_goods,
    connect_maker,
    pay_next,
    place_first_order,
    pump,
    set_scene,
)
from tests.payments.tax.world import place_taxed_order
from tests.personas import (
    Persona,
    make_buyer,
    make_member,
    make_person,
    make_shop,
    new_person,
    owner_of_buyer,
    owner_of_shop,
    show_again,
    sign_in,
)
from tests.quotes.negotiating import BUYER, counter
from tests.quotes.scene import open_rfq, submitted
from tests.replay import kept
from tests.shelf import SHELF
from tests.steps import step
from tests.story import begin_story, story

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db
PUBLIC_ID = re.compile(r"\b([a-z]+)_[0-9abcdefghjkmnpqrstvwxyz]{20}\b")
# Made with a random salt.
SALTED = {"password"}
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _nothing_is_kept(tmp_path: Path) -> Iterator[None]:
    with SHELF.aside(tmp_path / "shelf"):
        yield


def everything(began: datetime) -> Rows:
    """The rows of every table, as they are read; numbers and ids by which comes first, moments
    since `began` without saying when."""
    ids: dict[str, str] = {}
    now, found = timezone.now(), {}
    places = {
        model._meta.label: {pk: f"row {n}" for n, pk in enumerate(keys)}
        for model in apps.get_models(include_auto_created=True)
        if (keys := list(model._base_manager.order_by("pk").values_list("pk", flat=True)))
    }

    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            if value > now:
                return "to come"
            return "a moment ago" if value >= began else value
        text = value if isinstance(value, str) else repr(value)
        return PUBLIC_ID.sub(lambda m: ids.setdefault(m[0], f"{m[1]} {len(ids)}"), text)

    for label, known in places.items():
        model = apps.get_model(label)
        points_at = {
            field.attname: field.related_model._meta.label
            for field in model._meta.concrete_fields
            if field.is_relation
        } | {model._meta.pk.attname: label}
        found[label] = [
            {
                name: places[points_at[name]].get(value)
                if name in points_at and points_at[name] in places
                else plain(value)
                for name, value in row.items()
                if name not in SALTED
            }
            for row in model._base_manager.order_by("pk").values()
        ]
        assert len(found[label]) == len(known)
    return found


@pytest.mark.parametrize(
    ("make", "arguments", "fields"),
    [
        (new_person, ["Sam"], {"is_staff": True}),
        (owner_of_buyer, ["Bea", "100% Bea's Robotics"], {}),
        (owner_of_shop, ["Milo", "Milo Machining", True], {}),
        (owner_of_shop, ["Nora", "Nora New", False], {}),
    ],
)
def test_rows_written_again_are_those_the_real_actions_write(
    make: Callable[..., list[User]], arguments: list[Any], fields: dict[str, Any]
) -> None:
    again = kept(make.__wrapped__)  # type: ignore[attr-defined]
    began, seen = timezone.now(), []
    for _ in range(3):
        # The first is the real thing; the others are written again.
        sid = transaction.savepoint()
        make_person("Before")
        [user] = again(*arguments, **fields)
        read = User.objects.get(pk=user.pk)
        assert vars(user).keys() - {"_state", "_password"} == vars(read).keys() - {"_state"}
        assert all(
            getattr(user, name) == getattr(read, name) for name in vars(read) if name != "_state"
        )
        seen.append(everything(began))
        assert user.check_password("Correct-Horse-7!")
        transaction.savepoint_rollback(sid)
    assert seen[1] == seen[0]
    assert seen[2] == seen[0]
    assert len(seen[0]) > 10


def test_whom_other_settings_make_is_made_anew(settings: Any) -> None:
    with transaction.atomic():
        owner_of_shop("Milo", "Milo Machining", True)
        transaction.set_rollback(True)
    settings.ENCRYPTION_KEYS = ["another"]
    owner_of_shop("Milo", "Milo Machining", True)
    assert Organization.objects.get().vat_id == "DE136695976"


def test_an_actor_is_as_the_rows_are_now() -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    assert bea.actor.role == "owner"
    Membership.objects.update(role="viewer")
    assert bea.actor.role == "viewer"
    organization = bea.organization
    organization.name = "Bea Works"
    # What a test does to its rows without saving them is nobody else's.
    assert bea.organization.name == "Bea Robotics"
    organization.save()
    assert bea.organization.name == "Bea Works"
    actor = bea.actor
    assert actor.organization is actor.memberships[0].organization


def test_an_actor_forgets_what_was_taken_back() -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    with transaction.atomic():
        Membership.objects.update(role="viewer")
        assert bea.actor.role == "viewer"
        transaction.set_rollback(True)
    assert bea.actor.role == "owner"


def signed_in(client: Client, user: User) -> tuple[Any, ...]:
    """What a sign-in left: the session, its cookie, the log, the person's own."""
    session = {
        name: value
        for name, value in client.session.items()
        if name not in {"signed_in_at", "account_authentication_methods"}
    }
    [proof] = client.session["account_authentication_methods"]
    times = (client.session["signed_in_at"], proof.pop("at"), user.last_login.timestamp())
    assert all(0 <= time.time() - one < 60 for one in times)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    key = sha256(cookie.value.encode()).hexdigest()
    log = AccessLog.objects.values().get(session_hash=key)
    assert client.session.get_expiry_age() == client.session.get_session_cookie_age()
    log = {
        name: value
        for name, value in log.items()
        if name not in {"id", "session_hash", "attempt_time"}
    }
    return session, proof, dict(cookie), log, user.backend, User.objects.get(pk=user.pk).last_login


def test_a_persona_is_signed_in_as_by_django(django_assert_num_queries: Any) -> None:
    sam = make_person("Sam")
    django = Client()
    django.force_login(sam, backend="allauth.account.auth_backends.AuthenticationBackend")
    show_again(django, sam)
    *really, at = signed_in(django, sam)
    assert at == sam.last_login
    ours = Client()
    with django_assert_num_queries(5):
        sign_in(ours, sam)
    *again, at = signed_in(ours, sam)
    assert at == sam.last_login
    assert again == really


@pytest.mark.django_db(transaction=True)
def test_where_others_may_write_an_actor_is_always_asked() -> None:
    lone = Persona(make_person("Lone"))
    with transaction.atomic():
        assert lone.actor.organization is None
        assert lone._seen is None


def test_an_actor_costs_one_query_until_something_changes(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    bea = make_buyer("Bea", "Bea Robotics")
    with django_assert_num_queries(1):
        first, second = bea.actor, bea.actor
    assert first == second
    assert first.organization is not second.organization


@pytest.mark.parametrize(
    ("make", "arguments"),
    [(place_first_order, ["EUR", None]), (place_taxed_order, ["FR", None, "12.5000"])],
)
def test_an_order_is_written_again_with_its_files_and_mails(
    make: Callable[..., list[Any]], arguments: list[Any], settings: Any, tmp_path: Path
) -> None:
    again = kept(make.__wrapped__)  # type: ignore[attr-defined]
    began, seen = timezone.now(), []
    for number in range(2):
        settings.MEDIA_ROOT = tmp_path / str(number)
        mail.outbox.clear()
        sid = transaction.savepoint()
        bea, milo, order = again(*arguments)
        assert order == Order.objects.get(buyer=Persona(bea).organization)
        assert order.manufacturer == Persona(milo).organization
        files = {
            path.relative_to(settings.MEDIA_ROOT): path.read_bytes()
            for path in settings.MEDIA_ROOT.rglob("*")
            if path.is_file()
        }
        assert files
        letters = [(letter.to, letter.subject, letter.body) for letter in mail.outbox]
        assert letters
        seen.append((everything(began), files, letters))
        transaction.savepoint_rollback(sid)
    assert seen[1] == seen[0]


def test_an_order_asks_nothing_of_the_payment_service(sandbox: Sandbox) -> None:
    """It could not be written again if it did."""
    place_first_order.__wrapped__("EUR", None)  # type: ignore[attr-defined]
    assert sandbox.calls() == []


def quoted() -> Quote:
    """A request goes out, is quoted and talked about."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    colleague = make_member(bea, "Ada", "buyer")
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    counter(colleague, BUYER, request, quote, "11")
    work_until_quiet()
    return quote


def ordered() -> Order:
    """An order goes wrong in part."""
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    order = bought(bea, milo, "bracket")
    work_until_quiet()
    claimed(bea, accepted(bea, milo))
    return order


def released() -> PaymentRequest:
    """Money comes, is held, and goes to the shop."""
    scene = set_scene()
    connect_maker(scene)
    request = pay_next(scene)
    accept_goods(scene)
    pump()
    whatever_came_of_it()
    return request


@step
def whatever_came_of_it() -> None:
    backfill_events()
    pump()


def lent() -> Receivable:
    """A buyer owes, and pays in part."""
    scene, desk = set_scene(), staff()
    receivable = buy_on_account(scene, desk)
    match(desk, receivable, 1000)
    return receivable


@contextmanager
def another_sandbox(folder: Path, settings: Any) -> Iterator[Sandbox]:
    folder.mkdir()
    running = start_sandbox(folder)
    settings.STRIPE_API_HOST = running.base
    story().begin_beside(running.base, running.database)
    try:
        yield running
    finally:
        stop_sandbox(running)


# Older ones are as old as they were, not the same.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00:00|a moment ago")
REFERENCE = re.compile(r"-[A-Z0-9]{6}\b")
TOLD = re.compile(r"(state|status|kind|type|minor|handler|quantity|role)$")


def outline(rows: Rows) -> Rows:
    """What does not depend on chance: how many rows there are, and what they come to."""
    return {
        label: [{name: value for name, value in row.items() if TOLD.search(name)} for row in found]
        for label, found in rows.items()
    }


@pytest.mark.parametrize("tell", [quoted, ordered, released, lent])
def test_a_story_told_again_leaves_what_the_real_actions_leave(
    tell: Callable[[], Model],
    sandbox: Sandbox,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, seen = timezone.now(), []
    for number in range(3):
        settings.MEDIA_ROOT = tmp_path / f"files-{number}"
        mail.outbox.clear()
        cache.clear()
        sid = transaction.savepoint()
        begin_story(monkeypatch)
        # First by the real actions, then kept, then written again.
        story().is_known = number > 0
        with another_sandbox(tmp_path / f"sandbox-{number}", settings) as running:
            result = tell()
            assert story().is_known == (number > 0)
            calls = [call["path"].rpartition("/")[0] for call in running.calls()]
            money = list(gateway.list_movements()) if calls else []
            written = everything(began)
        assert result == type(result)._base_manager.get(pk=result.pk)
        letters = [(letter.to, REFERENCE.sub("", letter.subject)) for letter in mail.outbox]
        files = sorted(path.suffix for path in settings.MEDIA_ROOT.rglob("*") if path.is_file())
        text = MOMENT.sub("then", json.dumps(written, default=str).replace(running.base, ""))
        seen.append((outline(written), letters, files, len(calls), len(money), text))
        transaction.savepoint_rollback(sid)
    real, kept_, again = seen
    for one, other in zip(again, kept_, strict=True):
        assert one == other
    assert again[:-1] == real[:-1]
    assert len(again[0]) > 15
