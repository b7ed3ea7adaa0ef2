"""The demo buys on account through the real actions: one order open, one paid."""

from __future__ import annotations

import pytest

from marketplace.operations.demo import ADMIN, BUYER
from marketplace.operations.demo.credit import open_account, put_on_account, settle_account
from payments.models import CreditAccount, Receivable
from payments.states import ReceivableState
from tests.payments.conftest import Sandbox, sandbox
from tests.payments.scene import set_scene
from tests.personas import give_second_factor, make_person

__all__ = ["sandbox"]


@pytest.mark.django_db(transaction=True)
def test_the_account_is_opened_used_and_settled(sandbox: Sandbox) -> None:
    scene = set_scene()
    scene.bea.user.email = BUYER
    scene.bea.user.save()
    admin = give_second_factor(make_person("Sam", is_staff=True, is_superuser=True))
    admin.email = ADMIN
    admin.save()
    for _ in range(2):
        open_account()
    assert CreditAccount.objects.get().starts_production
    put_on_account(scene.bea.actor, scene.order)
    receivable = Receivable.objects.get()
    assert receivable.state == ReceivableState.COMMITTED
    settle_account(scene.bea.actor, scene.order)
    receivable.refresh_from_db()
    assert receivable.state == ReceivableState.SETTLED
