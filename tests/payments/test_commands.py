"""The two commands of money: preparing Stripe, and comparing the books with it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from djstripe.models import Account, APIKey

from payments.sandbox import driver
from payments.tasks import sync_attempt
from tests.payments.conftest import KEY, Sandbox
from tests.payments.scene import Scene, open_page

pytestmark = pytest.mark.django_db


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_bootstrap_registers_once(sandbox: Sandbox) -> None:
    first = run("bootstrap_stripe")
    assert first.count("whsec_") == 2
    assert APIKey.objects.get(secret=KEY).djstripe_owner_account == Account.objects.get()
    assert "already" in run("bootstrap_stripe")
    assert len(sandbox.calls("POST", "/v1/webhook_endpoints")) == 2


def test_a_charge_the_books_do_not_know_is_reported_to_the_cent(
    scene: Scene, sandbox: Sandbox
) -> None:
    page = open_page(scene)
    driver.pay(page.url)
    with pytest.raises(CommandError, match="difference"):
        run("check_ledger")
    sync_attempt(page.pk)
    assert "No differences." in run("check_ledger")
    rows = json.loads(run("check_ledger", "--json"))["rows"]
    assert {row["difference"] for row in rows} == {0}
    [balance] = [row for row in rows if row["kind"] == "balance"]
    assert (balance["currency"], balance["expected"], balance["found"]) == ("EUR", 49225, 49225)
