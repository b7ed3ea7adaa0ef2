"""Approvals: who decides, how many; one rejection ends it; nobody outside hears before."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from accounts.actions.approval_rules import add_approval_rule, remove_approval_rule
from accounts.actions.team import deactivate_member
from accounts.models import ApprovalRule
from accounts.roles import Role
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event, Sighting
from marketplace.core.states import WrongState
from orders.actions.approvals import approve_award, reject_award
from orders.actions.placement import cancel_order, cancel_unpaid_orders
from orders.models import ApprovalDecision, Order
from orders.queries import awaiting_my_approval, get_order, orders_visible_to, sales_of
from payments.models import PaymentRequest
from tests.api.scene import facts_since, last_event
from tests.orders.scene import make_order
from tests.personas import Persona, make_buyer, make_member, make_shop
from tests.steps import step


@pytest.fixture
def ada(bea: Persona) -> Persona:
    return make_member(bea, "Ada", Role.APPROVER)


@pytest.fixture
def ines(bea: Persona) -> Persona:
    return make_member(bea, "Ines", Role.ADMIN)


@step
def rule(bea: Persona, over: int = 10_000, needed: int = 1, *named: Persona) -> ApprovalRule:
    return add_approval_rule(
        actor=bea.actor,
        over_minor=over,
        approvers_needed=needed,
        approver_ids=[person.user.public_id for person in named],
    )


def facts_seen_by(shop: Persona, order: Order) -> list[str]:
    seen = Sighting.objects.filter(organization=shop.organization.public_id)
    return list(seen.filter(event__thread=order.public_id).values_list("event__type", flat=True))


def test_an_award_above_the_rule_waits_and_only_the_buyer_knows(
    bea: Persona, milo: Persona, ada: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    rule(bea)
    work()
    mailoutbox.clear()
    start = last_event()
    order = make_order(bea, milo)
    assert order.state == "awaiting_approval"
    assert facts_since(start) == ["approval_requested"]
    work()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        (["ada@example.com"], "Bea asks for your approval: 505.00 EUR")
    ]
    assert f"/orders/approvals/{order.public_id}/" in mailoutbox[0].body
    assert not PaymentRequest.objects.exists()
    with pytest.raises(NotFound):
        get_order(milo.actor, order.public_id)
    assert not sales_of(milo.actor).exists() and not orders_visible_to(milo.actor).exists()
    assert facts_seen_by(milo, order) == []
    for path in (f"/portal/orders/{order.public_id}/", f"/api/v1/orders/{order.public_id}/"):
        assert milo.client.get(path).status_code == 404
    assert milo.client.get("/api/v1/orders/").json()["results"] == []
    with pytest.raises(NotFound):
        cancel_order(actor=milo.actor, public_id=order.public_id, reason="No.")
    assert bea.client.post(reverse("pay_order", args=[order.public_id])).status_code == 404
    assert not PaymentRequest.objects.exists()
    assert cancel_unpaid_orders() == 0


def test_the_approval_places_the_order_and_the_time_to_pay_starts(
    bea: Persona, milo: Persona, ada: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    rule(bea)
    order = make_order(bea, milo)
    work()
    mailoutbox.clear()
    Order.objects.filter(pk=order.pk).update(payment_due_at=timezone.now() - timedelta(days=30))
    start = last_event()
    approve_award(actor=ada.actor, public_id=order.public_id, reason="Fine.")
    assert facts_since(start) == ["approval_given", "award_approved", "order_placed"]
    order.refresh_from_db()
    assert order.state == "awaiting_payment"
    assert order.payment_due_at > timezone.now() + timedelta(days=6)
    assert facts_seen_by(milo, order) == ["order_placed"]
    placed = Event.objects.get(type="order_placed")
    assert placed.actor_label == "Bea (Bea Robotics)"
    assert get_order(milo.actor, order.public_id) == order
    orders_api = milo.client.get(f"/api/v1/orders/{order.public_id}/").json()
    assert orders_api["approval"] is None and "Ada" not in str(orders_api)
    with pytest.raises(WrongState):
        approve_award(actor=ada.actor, public_id=order.public_id)


def test_two_are_asked_and_two_must_say_yes(
    bea: Persona, milo: Persona, ada: Persona, ines: Persona
) -> None:
    rule(bea, 10_000, 2)
    order = make_order(bea, milo)
    start = last_event()
    for _ in range(2):
        approve_award(actor=ada.actor, public_id=order.public_id)
    assert facts_since(start) == ["approval_given"]
    order.refresh_from_db()
    assert order.state == "awaiting_approval" and ApprovalDecision.objects.count() == 1
    assert list(awaiting_my_approval(ines.actor)) == [order]
    assert list(awaiting_my_approval(ada.actor)) == []
    with pytest.raises(Conflict, match="decided on this award already"):
        reject_award(actor=ada.actor, public_id=order.public_id, reason="Changed my mind.")
    approve_award(actor=ines.actor, public_id=order.public_id)
    order.refresh_from_db()
    assert order.state == "awaiting_payment"


def test_one_rejection_ends_it_with_a_reason(
    bea: Persona, milo: Persona, ada: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    rule(bea)
    order = make_order(bea, milo)
    with pytest.raises(DomainError, match="Say why"):
        reject_award(actor=ada.actor, public_id=order.public_id, reason="  ")
    start = last_event()
    reject_award(actor=ada.actor, public_id=order.public_id, reason="Over budget.")
    assert facts_since(start) == ["award_rejected"]
    order.refresh_from_db()
    assert (order.state, order.milestones.get().state) == ("cancelled", "cancelled")
    assert Event.objects.get(type="award_rejected").sentence.endswith("Over budget.")
    # The manufacturer does not learn of it even now.
    assert not orders_visible_to(milo.actor).exists() and facts_seen_by(milo, order) == []
    assert milo.client.get(f"/portal/orders/{order.public_id}/").status_code == 404


def test_nobody_approves_their_own_award(bea: Persona, milo: Persona, ada: Persona) -> None:
    rule(bea)
    order = make_order(bea, milo)
    start = last_event()
    for act in (approve_award, reject_award):
        with pytest.raises(NotAllowed, match="accepted this quote yourself"):
            act(actor=bea.actor, public_id=order.public_id, reason="Mine.")
    assert list(awaiting_my_approval(bea.actor)) == [] and facts_since(start) == []


def test_the_rule_names_who_decides(
    bea: Persona, milo: Persona, ada: Persona, ines: Persona
) -> None:
    rule(bea, 10_000, 1, ada)
    order = make_order(bea, milo)
    with pytest.raises(NotAllowed, match="names who decides: Ada"):
        approve_award(actor=ines.actor, public_id=order.public_id)
    # What was asked stays as it was asked.
    remove_approval_rule(actor=bea.actor, public_id=ApprovalRule.objects.get().public_id)
    assert list(awaiting_my_approval(ines.actor)) == []
    assert list(awaiting_my_approval(ada.actor)) == [order]


def test_strangers_roles_and_the_deactivated_decide_nothing(
    bea: Persona, milo: Persona, ada: Persona, stefan: Persona
) -> None:
    rule(bea)
    order, buyer = make_order(bea, milo), make_member(bea, "Bob", Role.BUYER)
    start = last_event()
    for who, error in ((stefan, NotFound), (milo, NotFound), (buyer, NotAllowed)):
        for act in (approve_award, reject_award):
            with pytest.raises(error):
                act(actor=who.actor, public_id=order.public_id, reason="x")
    assert facts_since(start) == []
    deactivate_member(actor=bea.actor, person_id=ada.user.public_id)
    with pytest.raises(NotFound):
        approve_award(actor=ada.actor, public_id=order.public_id)
    order.refresh_from_db()
    assert order.state == "awaiting_approval"


def test_an_award_nobody_could_approve_is_refused_with_who_could_be(
    bea: Persona, milo: Persona
) -> None:
    make_member(bea, "Emil", Role.ENGINEER)
    rule(bea)
    with pytest.raises(DomainError, match="nobody could give it") as caught:
        make_order(bea, milo)
    assert "such as Emil, on the members page" in caught.value.sentence
    assert not Order.objects.exists()


def test_a_spend_limit_asks_for_one_whatever_the_rules_say(
    bea: Persona, milo: Persona, ada: Persona
) -> None:
    buyer = make_member(bea, "Bob", Role.BUYER, spend_limit_minor=50_499)
    order = make_order(buyer, milo)
    assert (order.state, order.approval.needed) == ("awaiting_approval", 1)
    assert order.approval.reason == "The spend limit of 504.99 EUR is exceeded."
    approve_award(actor=bea.actor, public_id=order.public_id)
    roomy = make_member(bea, "Rob", Role.BUYER, spend_limit_minor=50_500)
    assert make_order(roomy, milo).state == "awaiting_payment"


def test_a_buyer_takes_a_waiting_award_back_and_the_circle_is_told(
    bea: Persona, milo: Persona, ada: Persona, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    rule(bea)
    work()
    mailoutbox.clear()
    order = make_order(bea, milo)
    cancel_order(actor=bea.actor, public_id=order.public_id, reason="Too early.")
    assert facts_seen_by(milo, order) == []
    Event.objects.filter(type="approval_requested").delete()
    # No request stands behind this order, so the reaction of quotes has nothing to release.
    Event.objects.get(type="order_cancelled").deliveries.filter(
        handler="quotes.handlers.release_award"
    ).delete()
    work()
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [
        ("ada@example.com", f"{order.reference} is cancelled")
    ]
    assert "never heard of it" in mailoutbox[0].body


class TestPages:
    def test_the_mails_link_leads_through_signing_in_to_the_two_buttons(
        self, bea: Persona, milo: Persona, ada: Persona, stefan: Persona, client: Any
    ) -> None:
        rule(bea)
        order = make_order(bea, milo)
        link = f"/orders/approvals/{order.public_id}/"
        assert client.get(link).url == f"/accounts/login/?next={link}"
        assert stefan.client.get(link).status_code == 404
        page = ada.client.get(link, follow=True)
        assert page.redirect_chain[-1][0] == f"/orders/{order.public_id}/"
        html = page.content.decode()
        assert f"/orders/{order.public_id}/approve/" in html and "/reject/" in html
        mine = bea.client.get(f"/orders/{order.public_id}/").content.decode()
        assert "/approve/" not in mine and "Waiting for approval" in mine
        assert order.reference in ada.client.get("/home/").content.decode()
        assert order.reference in ada.client.get("/orders/approvals/").content.decode()
        answer = ada.client.post(f"/orders/{order.public_id}/reject/", {"reason": ""})
        assert answer.status_code == 422
        answer = ada.client.post(f"/orders/{order.public_id}/approve/", {"reason": "Go."})
        assert answer.status_code == 302
        order.refresh_from_db()
        assert order.state == "awaiting_payment"
        mine = bea.client.get(f"/orders/{order.public_id}/").content.decode()
        assert "Ada" in mine and "The payment is being prepared" in mine
        # Approving is not paying: the approver is offered no button that would be refused.
        hers = ada.client.get(f"/orders/{order.public_id}/").content.decode()
        assert "/pay/" not in hers and "A colleague whose role may pay" in hers

    def test_a_second_organization_does_not_hide_the_order_of_the_mail(
        self, bea: Persona, milo: Persona, stefan: Persona
    ) -> None:
        from accounts.models import Membership

        Membership.objects.create(
            user=stefan.user, organization=bea.organization, role=Role.APPROVER
        )
        rule(bea)
        order = make_order(bea, milo)
        assert stefan.client.get(f"/orders/{order.public_id}/").status_code == 404
        page = stefan.client.get(f"/orders/approvals/{order.public_id}/", follow=True)
        assert page.status_code == 200 and "/approve/" in page.content.decode()


@pytest.mark.parametrize("race", ["both approve", "approve and reject"])
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_the_same_moment_exactly_one_outcome_holds(race: str) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Races are tried on PostgreSQL; SQLite has one writer.")
    bea, milo = make_buyer("Bea", "Bea Robotics"), make_shop("Milo", "Milo Machining")
    people = [make_member(bea, "Ada", Role.APPROVER), make_member(bea, "Ines", Role.ADMIN)]
    rule(bea)
    order = make_order(bea, milo)
    actors, start, refused = [p.actor for p in people], threading.Barrier(2), []

    def decide(number: int) -> None:
        act = reject_award if number and race != "both approve" else approve_award
        start.wait()
        try:
            act(actor=actors[number], public_id=order.public_id, reason="So be it.")
        except WrongState as error:
            refused.append(error.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order.refresh_from_db()
    verdict = ApprovalDecision.objects.get().verdict
    expected = "awaiting_payment" if verdict == "approved" else "cancelled"
    assert (order.state, len(refused)) == (expected, 1)
    placed = Event.objects.filter(type="order_placed").count()
    assert placed == (1 if verdict == "approved" else 0)
