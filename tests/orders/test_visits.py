"""What staff who act for a buyer leave to the buyer's own people."""

from dataclasses import replace

import pytest

from accounts.models import StaffVisit
from accounts.roles import VISIT_PERMISSIONS
from marketplace.core.errors import NotAllowed
from orders import rules
from orders.actions.acceptance import accept_order
from orders.actions.first_articles import approve_first_article
from tests.orders.scene import make_order
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def test_staff_on_a_visit_accept_nothing(bea: Persona, milo: Persona) -> None:
    visiting = replace(bea.actor, visit=StaffVisit(reason="Ticket 4711"), scopes=VISIT_PERMISSIONS)
    travelling = make_order(bea, milo, "shipped")
    assert "confirm_delivery" in rules.available_moves(visiting, travelling)
    order = make_order(bea, milo, "delivered")
    assert "accept_order" in rules.available_moves(bea.actor, order)
    assert "accept_order" not in rules.available_moves(visiting, order)
    assert rules.JUDGE.is_open(bea.actor, order) and not rules.JUDGE.is_open(visiting, order)
    assert not rules.DECIDE_MILESTONE.is_open(visiting, order)
    key = {"public_id": order.public_id}
    for act in (accept_order, approve_first_article):
        with pytest.raises(NotAllowed, match="Staff who act for a customer"):
            act(actor=visiting, **key)
    with pytest.raises(NotAllowed, match="Staff who act for a customer"):
        rules.JUDGE.check(visiting, order)
    order.refresh_from_db()
    assert order.state == "delivered"
