"""The manufacturer's board and its load: every open order once, steps as the table has them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Side
from orders.board import COLUMN_OF, STANDS_STILL, board_of, steps_from
from orders.models import Order
from orders.states import ORDER, OrderState
from tests.orders.actions.test_first_articles import HOLD
from tests.orders.scene import force, make_order
from tests.personas import Persona, make_member

BOARD = "/portal/orders/board/"
TODAY = timezone.localdate


def week_page(shop: Persona, week: str) -> str:
    return shop.client.get(f"/portal/orders/load/?week={week}").content.decode()


def card_in(milo: Persona, order: Order) -> tuple[str, Any]:
    """The column an order is in and its card."""
    for column in board_of(milo.actor, TODAY()).columns:
        for card in column.cards:
            if card.order.pk == order.pk:
                return column.name, card
    raise AssertionError("The order is not on the board.")


@pytest.mark.parametrize("state", list(COLUMN_OF))
def test_each_step_is_an_arrow_of_the_table(bea: Persona, milo: Persona, state: str) -> None:
    order = make_order(bea, milo, state)
    Order.objects.filter(pk=order.pk).update(left_state="confirmed", held_by="manufacturer")
    column, card = card_in(milo, order)
    assert column == COLUMN_OF[OrderState(state)]
    for step in card.steps:
        arrow = ORDER.find(step.verb, state)
        assert arrow is not None and Side.MANUFACTURER in arrow.by
        assert step.column in (COLUMN_OF[OrderState(arrow.target)], "confirmed")
    text = milo.client.get(BOARD).content.decode()
    assert order.reference in text
    assert text.count("data-step=") == len(card.steps)


def test_what_the_other_side_stopped_it_lets_go(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "on_hold")
    Order.objects.filter(pk=order.pk).update(left_state="confirmed", held_by="buyer")
    column, card = card_in(milo, order)
    assert (column, card.steps) == (STANDS_STILL, [])


def test_nothing_goes_past_a_missing_first_article(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production", **HOLD)
    assert [step.verb for step in card_in(milo, order)[1].steps] == [
        "submit_first_article",
        "hold_order",
    ]
    plain = make_order(bea, milo, "in_production")
    verbs = [step.verb for step in steps_from(plain)]
    assert verbs == ["finish_production", "ship_part", "hold_order"]


def test_a_step_moves_the_card_and_twice_is_once(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    url = f"{BOARD}{order.public_id}/confirm_order/"
    answer = milo.client.post(f"{url}?late=1")
    assert answer.status_code == 302 and answer.headers["Location"] == f"{BOARD}?late=1"
    assert card_in(milo, order)[0] == "confirmed"
    # The second person reads why, and the board shows the card where it is.
    again = milo.client.post(url, headers={"HX-Request": "true"})
    text = again.content.decode()
    assert again.status_code == 409 and text.lstrip().startswith('<div id="board"')
    assert "This order is confirmed" in text and order.reference in text
    done = milo.client.post(
        f"{BOARD}{order.public_id}/start_production/", headers={"HX-Request": "true"}
    )
    assert f"{order.reference} is in in production now." not in done.content.decode()
    assert f"{order.reference} is now: In production." in done.content.decode()


def test_what_needs_a_form_is_no_click(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "ready_to_ship")
    answer = milo.client.post(f"{BOARD}{order.public_id}/ship_order/")
    assert answer.status_code == 422 and "needs a form" in answer.content.decode()
    assert f"/portal/orders/{order.public_id}/shipments/new/" in answer.content.decode()


def test_only_the_shops_own_and_only_who_produces_acts(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    assert order.reference not in rita.client.get(BOARD).content.decode()
    url = f"{BOARD}{order.public_id}/confirm_order/"
    assert rita.client.post(url).status_code == 404
    assert stefan.client.post(url).status_code == 404
    assert bea.client.get(BOARD).status_code == 404
    viewer = make_member(milo, "Vera", "viewer")
    text = viewer.client.get(BOARD).content.decode()
    assert order.reference in text and "data-step=" not in text
    assert viewer.client.post(url).status_code == 403
    order.refresh_from_db()
    assert order.state == "placed"


def test_filters_by_buyer_and_by_late(bea: Persona, milo: Persona, stefan: Persona) -> None:
    late, early = make_order(bea, milo, "confirmed"), make_order(bea, milo, "confirmed")
    other = make_order(stefan, milo, "shipped")
    for order, days in ((late, -1), (early, 2), (other, -9)):
        Order.objects.filter(pk=order.pk).update(ship_by=TODAY() + timedelta(days=days))
    assert "1 day late" in milo.client.get(BOARD).content.decode()

    def shown(query: str) -> list[str]:
        text = milo.client.get(BOARD + query).content.decode()
        return [row.reference for row in (late, early, other) if row.reference in text]

    assert shown("?late=1") == [late.reference]
    assert shown(f"?buyer={stefan.organization.public_id}") == [other.reference]
    assert shown("?buyer=org_0&late=x") == []
    assert "No order fits the filter" in milo.client.get(f"{BOARD}?buyer=x").content.decode()


@pytest.mark.parametrize("orders", [1, 4])
def test_constant_queries(bea: Persona, milo: Persona, orders: int) -> None:
    for _ in range(orders):
        make_order(bea, milo, "confirmed", **HOLD)
    milo.client.get(BOARD)
    with CaptureQueriesContext(connection) as found:
        assert milo.client.get(BOARD).status_code == 200
    assert len(found) == 9


def test_an_empty_board_says_what_comes(milo: Persona) -> None:
    assert "No open order" in milo.client.get(BOARD).content.decode()


def test_the_load_by_week_opens_into_its_orders(bea: Persona, milo: Persona, rita: Persona) -> None:
    monday = TODAY() - timedelta(days=TODAY().weekday())
    days = {"next": monday + timedelta(days=9), "late": TODAY() - timedelta(days=1), "far": None}
    made = {name: make_order(bea, milo, "in_production") for name in days}
    for name, day in days.items():
        Order.objects.filter(pk=made[name].pk).update(ship_by=day)
    gone = make_order(bea, milo, "shipped")
    next_week = (monday + timedelta(days=7)).isoformat()
    for week, name in ((next_week, "next"), ("overdue", "late"), ("later", "far")):
        text = week_page(milo, week)
        assert [key for key, order in made.items() if order.reference in text] == [name]
        assert gone.reference not in text and "40" in text
    for junk in ("1999-01-04", "x", monday.isoformat() + "T00"):
        assert "Which orders?" in week_page(milo, junk)
    assert made["next"].reference not in week_page(rita, next_week)
    force(made["late"], "on_hold")
    assert made["late"].reference in week_page(milo, "overdue")
