"""Staff look at money and at the mirror; nobody edits a row or reads a key."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from payments.models import TaxRate
from payments.sandbox import driver
from payments.tasks import sync_attempt
from tests.payments.scene import Scene, open_page
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def test_staff_read_a_payment_with_its_books(scene: Scene, sam: Persona) -> None:
    page = open_page(scene)
    driver.pay(page.url)
    sync_attempt(page.pk)
    url = reverse("admin:payments_paymentrequest_change", args=[scene.payment.pk])
    answer = sam.client.get(url)
    assert answer.status_code == 200
    assert "Held until the goods are accepted" in answer.content.decode()
    assert 'name="_save"' not in answer.content.decode()
    assert sam.client.post(url, {"state": "released"}).status_code == 403


def test_an_entry_of_the_ledger_is_found(scene: Scene, sam: Persona) -> None:
    page = open_page(scene)
    driver.pay(page.url)
    sync_attempt(page.pk)
    lists = reverse("admin:payments_ledgerentry_changelist")
    entry = scene.payment.entries.order_by("pk").first()
    assert entry is not None
    for words in (scene.order.reference.lower(), entry.key[:12], entry.stripe_ref):
        found = sam.client.get(lists, {"q": words}).context["cl"]
        assert entry in list(found.result_list), words
    assert sam.client.get(lists, {"q": "nothing"}).context["cl"].result_count == 0


def test_every_list_of_money_opens(scene: Scene, sam: Persona) -> None:
    for model in admin.site._registry:
        if model._meta.app_label == "payments":
            name = f"admin:payments_{model._meta.model_name}_changelist"
            assert sam.client.get(reverse(name)).status_code == 200
            # Rates of VAT are added by staff; everything else comes from what happens.
            added = 200 if model is TaxRate else 403
            assert sam.client.get(reverse(name.replace("changelist", "add"))).status_code == added


def test_the_mirror_is_read_only_and_keeps_its_keys_to_itself(sam: Persona) -> None:
    shown = {m.__name__ for m in admin.site._registry if m._meta.app_label == "djstripe"}
    assert {"Charge", "PaymentIntent", "Transfer"} <= shown
    assert shown.isdisjoint({"APIKey", "WebhookEndpoint"})
    answer = sam.client.get(reverse("admin:djstripe_charge_changelist"))
    assert answer.status_code == 200
    assert sam.client.get(reverse("admin:djstripe_charge_add")).status_code == 403
