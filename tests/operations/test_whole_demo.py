"""The demo is told once, shows every state, and goes without a trace."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, models

from accounts.models import Organization, User
from marketplace.core.models import Event, NumberSeries
from marketplace.files.actions import store_generated
from marketplace.files.events import FILES_ERASED
from marketplace.files.models import StoredFile
from marketplace.operations.clearing.finding import demo
from marketplace.operations.clearing.leftovers import CLEARING
from marketplace.operations.clearing.relations import tables
from marketplace.operations.demo import BUYER
from orders.models import Order
from orders.states import OrderState
from payments.models import PaymentRequest
from payments.states import PaymentState
from quotes.models import RFQ, Quote
from quotes.states import QuoteState, RFQState
from tests.operations.demo_scene import IS_LONG, load, prepare
from tests.payments.conftest import Sandbox, sandbox
from tests.payments.test_reconciliation import hear
from tests.personas import Persona, make_person, make_shop

__all__ = ["sandbox"]
EVERY: dict[type[models.Model], set[str]] = {
    RFQ: set(RFQState),
    Quote: set(QuoteState),
    Order: set(OrderState),
    PaymentRequest: set(PaymentState),
}
# What the few stories of the short round tell.
SHORT: dict[type[models.Model], set[str]] = {
    RFQ: {RFQState.OPEN, RFQState.AWARDED},
    Quote: {
        QuoteState.SUBMITTED,
        QuoteState.ACCEPTED,
        QuoteState.NEEDS_RECONFIRMATION,
        QuoteState.SUPERSEDED,
    },
    Order: {OrderState.CLOSED},
    PaymentRequest: {PaymentState.RELEASED},
}


@pytest.mark.slow
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_demo_is_told_once_shows_every_state_and_goes_without_a_trace(
    sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepare(sandbox, settings, monkeypatch, tmp_path)
    load()
    assert states_missing() == []
    before = counted()
    load()
    assert counted() == before
    hear()
    call_command("check_ledger", stdout=StringIO())
    real = something_real()
    (tmp_path / "demo-parts").mkdir()
    (tmp_path / "demo-parts" / "bracket.step").write_text("a model")
    keys = list(StoredFile.objects.exclude(pk=real.file.pk).values_list("content", flat=True))
    words = words_of_demo()
    shows_and_keeps_all_of_it(keys)
    assert "Nothing of a demo is left." in run(yes=database(), no_backup=True)
    assert [key for key in keys if key and default_storage.exists(key)] == []
    assert not (tmp_path / "demo-parts").exists()
    # That the files were erased is a fact of the installation itself.
    Event.objects.get(type=FILES_ERASED.name, actor_label=CLEARING).delete()
    assert traces(words) == []
    assert mirrored() == []
    assert run(verify=True) == "Nothing of a demo is left.\n"
    assert run() == "There is no demo data.\n"
    call_command("check_ledger", offline=True, stdout=StringIO())
    assert not NumberSeries.objects.exists()
    real.is_untouched()


def mirrored() -> list[str]:
    """The tables of the copy of Stripe's objects that are not empty."""
    copies = apps.get_app_config("djstripe").get_models()
    return [model.__name__ for model in copies if model._base_manager.exists()]


def states_missing() -> list[str]:
    return [
        f"{model._meta.verbose_name}: {state}"
        for model, states in (EVERY if IS_LONG else SHORT).items()
        for state in sorted(states)
        if not model._base_manager.filter(state=state).exists()
    ]


def counted() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in tables()}


class something_real:
    """A shop, its file that somebody of the demo made, and a member of staff who looked around."""

    def __init__(self) -> None:
        self.staff = make_person("Real Staff", is_staff=True)
        LogEntry.objects.create(
            user=self.staff,
            content_type=ContentType.objects.get_for_model(Order),
            object_id=str(Order.objects.all()[0].pk),
            object_repr="of the demo",
            action_flag=CHANGE,
        )
        self.rita: Persona = make_shop("Rita", "Rita Rapid Parts")
        self.file = store_generated(
            organization=self.rita.organization,
            kind=StoredFile.Kind.DOCUMENT,
            name="real.pdf",
            content=b"%PDF real",
        )
        maker = User.objects.get(email=BUYER)
        StoredFile.objects.filter(pk=self.file.pk).update(created_by=maker)
        self.facts = self.facts_of_rita()

    def facts_of_rita(self) -> list[str]:
        seen = Event.objects.filter(sightings__organization=self.rita.organization.public_id)
        return list(seen.values_list("public_id", flat=True))

    def is_untouched(self) -> None:
        people = [self.staff.email, self.rita.user.email]
        assert list(User.objects.order_by("pk").values_list("email", flat=True)) == people
        assert self.facts_of_rita() == self.facts
        self.file.refresh_from_db()
        assert self.file.created_by is None
        with self.file.content.open() as kept:
            assert kept.read() == b"%PDF real"


def shows_and_keeps_all_of_it(keys: list[str]) -> None:
    said = run()
    for part in ("orders_order\n", "payments_ledgerentry\n", f"Account  {BUYER}\n"):
        assert part in said
    assert [key for key in keys if key not in said] == []
    assert "files_storedfile: stay, created_by becomes empty" in said
    assert f"Nothing was removed. To remove all this: --yes {database()}" in said
    before = counted()
    with pytest.raises(CommandError, match="The database is"):
        run(yes="another")
    with pytest.raises(CommandError, match=f"The demo account {BUYER} can sign in"):
        run(verify=True)
    assert counted() == before


def run(**options: Any) -> str:
    said = StringIO()
    call_command("clear_demo_data", stdout=said, **options)
    return said.getvalue()


def database() -> str:
    return Path(str(connection.settings_dict["NAME"])).name


def words_of_demo() -> re.Pattern[str]:
    names = Organization.objects.filter(is_demo=True).values_list("name", flat=True)
    return re.compile("|".join(re.escape(word) for word in {*demo().words, *names}))


def traces(words: re.Pattern[str]) -> list[str]:
    """Every row of any table that still has one of the words in it."""
    texts = (models.CharField, models.TextField, models.JSONField)
    found = []
    for model in tables():
        columns = [f.name for f in model._meta.concrete_fields if isinstance(f, texts)]
        for row in model._base_manager.values_list("pk", *columns) if columns else ():
            if words.search(" ".join(map(str, row[1:]))):
                found.append(f"{model._meta.label} {row}")
    return found
