"""The desk on which staff see how books and Stripe agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from payments.models import Discrepancy, Instruction, Reconciliation
from tests.payments.conftest import Sandbox
from tests.payments.scene import Scene, accept_goods, pump
from tests.payments.test_reconciliation import hear, pay, run, whole_journey
from tests.personas import Persona, give_second_factor, make_person
from tests.steps import step

pytestmark = pytest.mark.django_db
BOARD = "/admin/payments/reconciliation/board/"
ASK = "/admin/payments/reconciliation/ask/"


def page_of(person: Persona, query: str = "") -> str:
    answer = person.client.get(f"{BOARD}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@step
def member_of_staff(*rights: str) -> Persona:
    user = make_person("Tim", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return Persona(give_second_factor(user))


def test_the_button_asks_and_the_page_shows_the_progress(sandbox: Sandbox, sam: Persona) -> None:
    assert "Not compared yet" in page_of(sam)
    answer = sam.client.post(ASK)
    assert (answer.status_code, answer.headers["Location"]) == (302, BOARD)
    asked = Reconciliation.objects.get()
    assert (asked.asked_by, asked.started_at, sandbox.calls()) == (sam.user, None, [])
    page = page_of(sam)
    assert "A comparison is asked for</strong> by Sam" in page
    assert 'http-equiv="refresh"' in page and "Compare now" not in page
    sam.client.post(ASK)
    assert Reconciliation.objects.count() == 1


def test_zero_stands_there_in_big_letters_with_its_date(
    scene: Scene, sandbox: Sandbox, sam: Persona
) -> None:
    whole_journey(scene)
    done = run()
    page = page_of(sam)
    assert 'class="verdict agrees">\n                0 differences\n' in page
    assert f"{timezone.localtime(done.ended_at):%-d %b %Y}" in page
    assert "0.00 EUR" in page and "Compare now" in page
    assert "Open differences" not in page


def test_what_differs_is_named_linked_and_counted(
    scene: Scene, sandbox: Sandbox, sam: Persona
) -> None:
    pay(scene)
    accept_goods(scene)
    pump()
    hear()
    Instruction.objects.update(created_at=timezone.now() - timedelta(days=2))
    run()
    page = page_of(sam)
    assert "1 difference\n" in page
    link = reverse("admin:payments_instruction_change", args=[Instruction.objects.get().pk])
    assert f'<a href="{link}">Open it</a>' in page
    desk = sam.client.get("/admin/").content.decode()
    tile = "<strong>1</strong><span>Differences between the books and Stripe</span>"
    assert f'href="{BOARD}">{tile}</a>' in desk
    tasks = sam.client.get("/admin/payments/discrepancy/?open=yes").content.decode()
    assert f'<a href="{link}">Open</a>' in tasks
    tasks = sam.client.get("/admin/payments/discrepancy/?open=no").content.decode()
    assert "0 discrepancies" in tasks


def test_who_may_only_read_cannot_ask(db: None) -> None:
    tim = member_of_staff("view_reconciliation")
    assert "Compare now" not in page_of(tim)
    assert tim.client.post(ASK).status_code == 403
    assert not Reconciliation.objects.exists()


def test_who_has_no_right_sees_nothing(db: None, bea: Persona) -> None:
    tim = member_of_staff("view_order")
    assert tim.client.get(BOARD).status_code == 403
    # Whoever is not staff does not learn that the page exists.
    assert bea.client.get(BOARD).status_code == bea.client.get("/admin/nowhere/").status_code
    assert bea.client.post(ASK).status_code != 200
    assert not Reconciliation.objects.exists()


def test_asking_is_no_link(sam: Persona) -> None:
    assert sam.client.get(ASK).status_code == 405


def test_the_board_costs_the_same_however_much_differs(
    sam: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    for count in (1, 3):
        for number in range(count):
            Discrepancy.objects.create(
                kind="balance",
                key=f"{count} {number}",
                sentence="It differs.",
                first_seen_at=now,
                last_seen_at=now,
            )
            Reconciliation.objects.create(ended_at=now)
        page_of(sam)
        with django_assert_num_queries(6):
            page_of(sam)
