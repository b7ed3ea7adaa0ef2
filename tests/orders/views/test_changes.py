"""The pages and the API of change orders, for both sides."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.notifications.models import Notification
from orders.actions import changes
from orders.models import ChangeOrder, Order
from tests.api.scene import Api
from tests.orders.actions.test_change_limits import limited, newer
from tests.orders.actions.test_changes import accept, fund, propose
from tests.orders.actions.test_problems import paid
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def text_of(who: Persona, path: str, status: int = 200) -> str:
    answer = who.client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def form_of(order: Order, **change: Any) -> dict[str, Any]:
    """What the form sends: every value as it is, and what is changed."""
    line = order.lines.get()
    own = {"freight": "5.00", "ship_by": "", "reason": "We need fewer.", "seen": order.edition}
    own |= {name: change.pop(name) for name in own if name in change}
    values = {"quantity": 40, "unit_price": "12.50", "setup": "0.00", "tooling": "0.00", **change}
    return {**own, **{f"{name}_{line.public_id}": value for name, value in values.items()}}


def test_the_buyer_proposes_and_the_shop_answers(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    new, room = f"/orders/{order.public_id}/changes/new/", f"/orders/{order.public_id}/changes/"
    page = text_of(bea, new)
    assert 'value="12.50"' in page and "data-grand-total" in page
    answer = bea.client.post(new, form_of(order, quantity=30))
    assert (answer.status_code, answer.headers["Location"]) == (302, room)
    found = ChangeOrder.objects.get()
    shop = text_of(milo, f"/portal{room}")
    for words in ("€125.00", "40\xa0pcs", "30\xa0pcs", "We need fewer.", "Accept the change"):
        assert words in shop, words
    mine = text_of(bea, room)
    assert "Take it back" in mine and "Accept the change" not in mine
    assert "waits: for your answer" in text_of(milo, f"/portal/orders/{order.public_id}/")
    assert found.reference in text_of(milo, "/portal/")
    declined = f"/portal{room}{found.public_id}/decline/"
    assert milo.client.post(declined, {"reason": ""}).status_code == 422
    assert milo.client.post(f"/portal{room}{found.public_id}/accept/").status_code == 302
    assert milo.client.post(f"/portal{room}{found.public_id}/accept/").status_code == 409
    assert "changed by C1" in text_of(bea, f"/orders/{order.public_id}/")
    assert "revision 2" in text_of(bea, f"/orders/{order.public_id}/documents/")
    assert "In force" in text_of(bea, room)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": "-1"},
        {"quantity": "1e400"},
        {"quantity": "NaN"},
        {"quantity": "0"},
        {"unit_price": "12,50"},
        {"unit_price": "NaN"},
        {"unit_price": "0"},
        {"unit_price": "1e400"},
        {"freight": "-1"},
        {"freight": "x" * 5000},
        {"ship_by": "2001-01-01"},
        {"ship_by": "tomorrow"},
        {"seen": "x"},
        {"seen": "2"},
        {"reason": " "},
        {"revision": "rev_x", "quantity": "40"},
    ],
    ids=str,
)
def test_what_cannot_be_stays_in_the_form(
    bea: Persona, milo: Persona, wrong: dict[str, str]
) -> None:
    order = paid(bea, milo, "in_production")
    path = f"/orders/{order.public_id}/changes/new/"
    data = form_of(order, **{"reason": "Kept words.", **wrong})
    answer = bea.client.post(path, data)
    assert answer.status_code in (409, 422)
    assert wrong.get("reason", "Kept words.") in answer.content.decode()
    assert not ChangeOrder.objects.exists()


def test_strangers_and_names_of_nothing_are_404(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    order = paid(bea, milo, "in_production")
    found = propose(bea, order, quantity=30)
    room = f"orders/{order.public_id}/changes/"
    for path in (f"/{room}", f"/{room}new/", f"/api/v1/{room}"):
        assert stefan.client.get(path).status_code == 404
    accept_it = f"/portal/{room}{found.public_id}/accept/"
    assert stefan.client.post(accept_it).status_code in (403, 404)
    assert milo.client.post(f"/portal/{room}{found.public_id}/burn/").status_code == 404
    assert milo.client.post(f"/portal/{room}chg_x/accept/").status_code == 404
    assert Api(milo).post(f"/{room}chg_x/accept/").status_code == 404


def test_a_hidden_proposal_is_nowhere_for_the_shop(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    anna = limited(bea)
    found = propose(bea, order, quantity=50)
    room = f"orders/{order.public_id}/changes/"
    for path in (f"/portal/{room}", "/portal/", f"/portal/orders/{order.public_id}/"):
        assert found.reference not in text_of(milo, path)
    assert Api(milo).get(f"/{room}").json()["results"] == []
    assert milo.client.post(f"/portal/{room}{found.public_id}/accept/").status_code == 404
    assert "Approve or decline" in text_of(anna, reverse("buyer_home"))
    assert anna.client.post(f"/{room}{found.public_id}/approve/").status_code == 302
    assert found.reference in text_of(milo, f"/portal/{room}")


def test_the_buyers_approval_is_not_the_shops_to_know(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    limited(bea)
    accept(bea, order, propose(milo, order, quantity=50))
    room = f"orders/{order.public_id}/changes/"
    page = text_of(milo, f"/portal/{room}")
    assert "Waiting for an answer" in page and "approval" not in page
    [row] = Api(milo).get(f"/{room}").json()["results"]
    assert row["state"] == "open"
    assert Api(bea).get(f"/{room}").json()["results"][0]["state"] == "awaiting_approval"


def test_the_new_files_are_there_to_look_at(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    revision = newer(order)
    page = text_of(bea, f"/orders/{order.public_id}/changes/new/")
    assert revision.public_id in page
    shops = text_of(milo, f"/portal/orders/{order.public_id}/changes/new/")
    assert revision.public_id not in shops
    propose(bea, order, revision=revision.public_id)
    assert "revision B" in text_of(milo, f"/portal/orders/{order.public_id}/changes/")


def test_programs_do_the_same(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")
    line, room = order.lines.get().public_id, f"/orders/{order.public_id}/changes/"
    shop, buyer = Api(milo), Api(bea)
    body = {"lines": [{"line": line, "unit_price": "13.00"}], "reason": "Aluminum rose."}
    for wrong in (
        {"lines": [{"line": line, "quantity": -1}]},
        {"lines": [{"line": line, "unit_price": "NaN"}]},
        {"lines": [{"line": line, "unit_price": "1e400"}]},
        {"lines": [{"line": "oli_x", "quantity": 1}]},
        {"lines": [{"line": line, "quantity": 1}, {"line": line, "quantity": 2}]},
        {"lines": [{"line": line, "charges": [{"place": 3, "amount_minor": 1}]}]},
        {"freight_minor": 10**15},
        {"ship_by": "2001-01-01"},
        {"lines": [], "edition": 7},
        {"lines": []},
    ):
        answer = shop.post(room, {"reason": "No.", **wrong})
        assert answer.status_code in (409, 422), wrong
    made = shop.post(room, {**body, "edition": 1})
    assert made.status_code == 201
    found = made.json()
    assert found["total_after"]["amount_minor"] == 52500
    assert found["differences"][0]["what"] == "unit price"
    assert found["available_moves"] == ["withdraw"]
    assert shop.post(f"{room}{found['id']}/accept/").status_code == 403
    accepted = buyer.post(f"{room}{found['id']}/accept/").json()
    assert (accepted["state"], accepted["available_moves"]) == ("accepted", ["withdraw"])
    lapsed = buyer.post(f"{room}{found['id']}/withdraw/").json()
    assert lapsed["state"] == "lapsed"
    assert lapsed["answer"] == "The buyer took it back before it was paid."
    for who, path in ((bea, room), (milo, f"/portal{room}")):
        page = who.client.get(path).content.decode()
        assert f"Lapsed: {lapsed['answer']}" in page
    again = shop.post(room, body).json()
    declined = buyer.post(f"{room}{again['id']}/decline/", {"reason": "No."}).json()
    assert (declined["state"], declined["answer"]) == ("declined", "No.")
    assert buyer.get(f"/orders/{order.public_id}/").json()["edition"] == 1


def test_lists_cost_the_same_with_more_rows(bea: Persona, milo: Persona) -> None:
    order = paid(bea, milo, "in_production")

    def count(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            text_of(bea, path)
        return len(caught)

    path = f"/orders/{order.public_id}/changes/"
    text_of(bea, path)

    def change(quantity: int) -> None:
        found = propose(bea, order, quantity=quantity)
        accept(milo, order, found)
        if found.difference_minor > 0:
            fund(order, found)

    change(39)
    one = count(path), count(f"/orders/{order.public_id}/")
    for quantity in (38, 37, 39):
        change(quantity)
    assert (count(path), count(f"/orders/{order.public_id}/")) == one


def test_everybody_concerned_is_told(bea: Persona, milo: Persona, work: Any) -> None:
    order = paid(bea, milo, "in_production")
    accept(milo, order, propose(bea, order, quantity=30))
    found = propose(milo, order, quantity=50)
    changes.decline_change(
        actor=bea.actor, public_id=order.public_id, change=found.public_id, reason="No."
    )
    found = propose(milo, order, quantity=50)
    accept(bea, order, found)
    work()
    changes.withdraw_change(actor=bea.actor, public_id=order.public_id, change=found.public_id)
    work()

    def told(who: Persona) -> set[str]:
        kinds = Notification.objects.filter(user=who.user, kind__startswith="change_")
        return set(kinds.values_list("kind", flat=True))

    assert told(milo) == {
        *("change_proposed", "change_declined", "change_accepted", "change_lapsed")
    }
    assert told(bea) == {"change_proposed", "change_in_force"}
