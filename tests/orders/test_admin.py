"""The order desk and the dispute desk of staff."""

import re

import pytest
from django.urls import reverse

from orders.actions import nonconformances
from orders.models import Order
from tests.orders.actions.test_problems import act, paid, reject
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def test_staff_hold_resume_and_decide_with_a_reason(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    order = paid(bea, milo, "in_production")
    page = reverse("admin:orders_order_change", args=[order.pk])
    decide = f"{page.removesuffix('change/')}decide/"
    assert "Put on hold" in sam.client.get(page).content.decode()
    refused = sam.client.post(f"{decide}hold_order/", {"reason": ""})
    assert refused.status_code == 422
    assert sam.client.post(f"{decide}hold_order/", {"reason": "Asked."}).status_code == 302
    assert sam.client.post(f"{decide}resume_order/", {"note": "Cleared."}).status_code == 302
    order.refresh_from_db()
    assert order.state == "in_production"
    for desk in ("late", "held", "disputed", "stalled"):
        listed = sam.client.get(reverse("admin:orders_order_changelist"), {"desk": desk})
        assert listed.status_code == 200


def test_a_problem_and_a_dispute_are_decided_at_the_desk(
    bea: Persona, milo: Persona, sam: Persona
) -> None:
    problem = reject(bea, paid(bea, milo))
    act("escalate_nonconformance", bea, problem, reason="Look.")
    page = reverse("admin:orders_nonconformance_change", args=[problem.pk])
    assert "Bore 8.2" in sam.client.get(page).content.decode()
    decide = f"{page.removesuffix('change/')}decide/resolve_nonconformance/"
    asked = sam.client.get(decide).content.decode()
    for words in ("Read both sides and the evidence first.", problem.reference, "Bore 8.2"):
        assert words in asked, words
    assert "The most that can go back</dt>" in asked and str(problem.at_stake) in asked
    too_much = sam.client.post(decide, {"refund": "1000", "decision": "All."})
    assert too_much.status_code == 422 and "Between 0 and" in too_much.content.decode()
    assert sam.client.post(decide, {"refund": "5.00", "decision": "Some."}).status_code == 302
    problem.refresh_from_db()
    assert (problem.refunded_minor, problem.decision) == (500, "Some.")
    order = paid(bea, milo, "in_production")
    nonconformances.ask_platform(
        actor=bea.actor,
        public_id=order.public_id,
        claim=nonconformances.Claim("other", "It takes too long."),
    )
    page = reverse("admin:orders_order_change", args=[order.pk])
    decide = f"{page.removesuffix('change/')}decide/settle_dispute/"
    asked = sam.client.get(decide).content.decode()
    for words in ("Read both sides", "Still held, to be shared", "505.00", "It takes too long."):
        assert words in asked, words
    assert sam.client.post(decide, {"owed": "100", "decision": "A part."}).status_code == 302
    assert Order.objects.get(pk=order.pk).state == "cancelled"


def test_sums_are_money_on_every_page_of_staff(bea: Persona, milo: Persona, sam: Persona) -> None:
    order = reject(bea, paid(bea, milo)).order
    page = sam.client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    for label in ("Total", "Goods", "Funded", "Held"):
        assert f"{label}:" in page or f">{label}" in page, label
    assert str(order.total) in page
    text = re.sub("<[^>]*>", "", page)
    assert "minor" not in text.lower() and str(order.total_minor) not in text
    for name in ("orders_milestone", "payments_paymentrequest", "payments_instruction"):
        listed = sam.client.get(reverse(f"admin:{name}_changelist"))
        text = re.sub("<[^>]*>", "", listed.content.decode())
        assert listed.status_code == 200 and "minor" not in text.lower()
