"""The manufacturer's board by mouse and by keyboard, and two people at it at once."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from orders.actions.production import advance_order
from tests.browser.conftest import PHONE, Tab
from tests.orders.actions.test_first_articles import HOLD
from tests.orders.actions.test_milestones import submitted
from tests.orders.scene import make_order
from tests.personas import Persona

BOARD = "/portal/orders/board/"


def column(tab: Tab, name: str) -> Locator:
    return tab.page.locator(f'[data-column="{name}"]')


def test_a_card_is_dragged_led_by_keys_and_comes_back(
    bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    order, ready = make_order(bea, milo, "placed"), make_order(bea, milo, "ready_to_ship")
    tab = open_tab(milo)
    tab.page.set_viewport_size({"width": 1440, "height": 900})
    tab.go(BOARD)
    card = tab.page.locator(f"#card-{order.public_id}")
    # By mouse. A column that no single act reaches does not take the card.
    card.drag_to(column(tab, "in_production"))
    order.refresh_from_db()
    assert order.state == "placed"
    why = tab.page.get_by_text(f"{order.reference} does not go to In production now.")
    expect(why).to_contain_text("Next for it: ")
    expect(why).to_be_visible()
    card.drag_to(column(tab, "confirmed"))
    moved = column(tab, "confirmed").locator(f"#card-{order.public_id}")
    moved.wait_for()
    told = tab.page.locator("#board-status")
    expect(told).to_contain_text("is now: Confirmed")
    # By keyboard, from the card that has the focus after the move.
    expect(moved).to_be_focused()
    tab.page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("Start production, to In production. Enter does it")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("Enter")
    column(tab, "in_production").locator(f"#card-{order.public_id}").wait_for()
    # A colleague was faster: the second reads why, and the card is where it really is.
    advance_order(actor=milo.actor, public_id=order.public_id, verb="finish_production")
    tab.page.get_by_role("button", name="All parts are made").click()
    tab.sees("This order is quality check")
    column(tab, "quality_check").locator(f"#card-{order.public_id}").wait_for()
    tab.forget("409")
    # What needs a form opens it.
    tab.page.locator(f"#card-{ready.public_id}").drag_to(column(tab, "shipped"))
    tab.page.wait_for_url(f"**/portal/orders/{ready.public_id}/shipments/new/")


def test_no_barriers_and_no_sideways_scroll(
    bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    tool = submitted(bea, milo)
    make_order(bea, milo, "in_production", **HOLD)
    pages = {
        "bea": [f"/orders/{tool.public_id}/milestones/", "/orders/calendar/"],
        "milo": [
            f"/portal/orders/{tool.public_id}/milestones/",
            BOARD,
            "/portal/orders/load/?week=later",
            "/portal/orders/calendar/",
        ],
    }
    found: dict[str, list[str]] = {}
    wide: dict[str, int] = {}
    for name, person in (("bea", bea), ("milo", milo)):
        tab = open_tab(person, color_scheme="dark" if name == "bea" else "light")
        for path in pages[name]:
            tab.page.set_viewport_size({"width": 1440, "height": 900})
            tab.go(path)
            found[path] = tab.barriers()
            tab.page.set_viewport_size({"width": PHONE, "height": 900})
            wide[path] = tab.sideways()
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}
