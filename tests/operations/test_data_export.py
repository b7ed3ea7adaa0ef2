"""A person's copy of their data: complete, theirs alone, for some days."""

import json
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.files.storage import default_storage
from django.db.models import ForeignKey, ManyToManyField
from django.test import Client
from django.utils import timezone

from accounts.callers import actor_for_bearer
from accounts.models import User
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Event
from marketplace.files.models import StoredFile
from marketplace.operations.actions.exports import ask_data_export, make_export
from marketplace.operations.models import DataExport
from marketplace.operations.privacy import EXPORTED, NOT_EXPORTED, personal_data_of
from marketplace.operations.tasks import run_privacy_timers
from tests.api.scene import Api
from tests.personas import Persona, make_person, show_again
from tests.quotes.scene import open_rfq

ASK = "/settings/privacy/export/"


def columns_that_point_at_people() -> set[str]:
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            concrete = isinstance(field, ForeignKey | ManyToManyField) and field.model is model
            if concrete and field.related_model is User and not model._meta.proxy:
                found.add(f"{model._meta.app_label}.{model._meta.object_name}.{field.name}")
    return found


def test_every_column_that_points_at_a_person_is_exported_or_explained(bea: Persona) -> None:
    known = {*EXPORTED, *NOT_EXPORTED}
    assert columns_that_point_at_people() - known == set()
    assert known - columns_that_point_at_people() == set()
    assert set(EXPORTED.values()) - set(personal_data_of(bea.user)) == set()


def test_the_archive_has_what_is_known_and_no_secret(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    secret = Api(bea).headers["Authorization"].removeprefix("Bearer ")
    open_rfq(bea, milo)
    assert bea.client.post(ASK).status_code == 302
    assert bea.client.post(ASK).status_code == 302
    assert DataExport.objects.count() == 1
    work()
    export = DataExport.objects.select_related("file").get()
    assert export.state == "ready" and export.file is not None
    assert [m.subject for m in mail.outbox if m.to == [bea.user.email]] == ["Your data is ready"]
    page = bea.client.get("/settings/privacy/").content.decode()
    link = "/files/" + page.split('href="/files/')[1].split('"')[0]
    archive = zipfile.ZipFile(BytesIO(bea.client.get(link).getvalue()))  # type: ignore[attr-defined]
    files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"README.txt", "profile.json", "acts.json", "requests.json"} <= files.keys()
    assert json.loads(files["profile.json"])[0]["email"] == bea.user.email
    assert "rfq_published" in files["acts.json"]
    assert json.loads(files["api_tokens.json"])[0]["name"] == "ERP"
    whole = "".join(files.values())
    assert secret not in whole and bea.user.password not in whole
    assert milo.user.email not in whole
    for stranger in (milo.client, Client()):
        assert stranger.get(link).status_code == 404
    facts = Event.objects.filter(subject=bea.user.public_id).order_by("pk")
    assert list(facts.values_list("type", flat=True)) == ["data_export_asked", "data_export_ready"]


def test_after_its_days_the_archive_is_gone(bea: Persona, work: Callable[[], None]) -> None:
    ask_data_export(actor=bea.actor)
    work()
    stored = StoredFile.objects.get(kind="export")
    key = stored.content.name
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        for _ in range(2):
            run_privacy_timers()
        work()
    export = DataExport.objects.get()
    assert (export.state, export.file) == ("expired", None)
    assert not StoredFile.objects.filter(kind="export").exists()
    assert not default_storage.exists(key)
    make_export(export.public_id)
    assert DataExport.objects.get().state == "expired"


def test_one_that_cannot_be_made_is_given_up_and_told(bea: Persona) -> None:
    ask_data_export(actor=bea.actor)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        run_privacy_timers()
    assert DataExport.objects.get().state == "failed"
    assert Event.objects.latest("pk").type == "data_export_failed"
    assert ask_data_export(actor=bea.actor).state == "requested"


def test_a_token_gets_no_copy_and_the_page_asks_who_it_is(bea: Persona) -> None:
    token = actor_for_bearer(Api(bea).headers["Authorization"].removeprefix("Bearer "))
    assert token is not None
    with pytest.raises(NotAllowed):
        ask_data_export(actor=token)
    stale = Client()
    stale.force_login(bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    show_again(stale, bea.user, time.time() - 301)
    answer = stale.post(ASK)
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    assert DataExport.objects.count() == 0


def test_somebody_without_an_organization_gets_theirs(db: None, work: Callable[[], None]) -> None:
    lone = Persona(make_person("Lone"))
    lone.client.post(ASK)
    work()
    assert DataExport.objects.get().state == "ready"
    assert [m.subject for m in mail.outbox] == ["Your data is ready"]
