"""Two people at browsers: what one does appears for the other without a reload."""

from collections.abc import Callable

from django.utils import timezone

from orders.actions.production import advance_order
from tests.browser.conftest import Tab
from tests.notifications.live_process import Live, live, live_process
from tests.orders.scene import make_order
from tests.personas import Persona

__all__ = ["live", "live_process"]
Opened = Callable[..., Tab]


def is_watching(tab: Tab) -> None:
    """Wait until the page's socket is open and its topics are granted."""
    tab.page.locator('html[data-live="watching"]').wait_for()


def test_an_order_moves_on_in_front_of_the_buyer(
    live: Live,
    bea: Persona,
    milo: Persona,
    work: Callable[[], None],
    open_tab: Opened,
) -> None:
    order = make_order(bea, milo, "placed")
    tab = open_tab(bea)
    tab.go(f"/orders/{order.public_id}/")
    is_watching(tab)
    tab.page.evaluate("window.stillTheSamePage = true")
    advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
    tab.page.locator("#order-lead").get_by_text("Confirmed").wait_for()
    # The mail's row in the inbox comes a moment later: the bell counts it, and a toast says so on
    # other pages only.
    work()
    tab.page.get_by_label("Inbox, 1 unread").wait_for()
    assert tab.page.locator("[data-toast]").count() == 0
    assert tab.page.evaluate("window.stillTheSamePage")
    tab.go("/parts/")
    is_watching(tab)
    advance_order(actor=milo.actor, public_id=order.public_id, verb="start_production")
    work()
    toast = tab.page.locator("[data-toast] a")
    toast.wait_for()
    assert toast.get_attribute("href") == f"/orders/{order.public_id}/"


def test_what_is_being_typed_stays_and_redis_may_come_and_go(
    live: Live, bea: Persona, milo: Persona, open_tab: Opened
) -> None:
    order = make_order(bea, milo, "placed")
    tab = open_tab(milo)
    tab.go(f"/portal/orders/{order.public_id}/")
    is_watching(tab)
    with live.without_redis():
        advance_order(actor=milo.actor, public_id=order.public_id, verb="confirm_order")
    tab.sees("Next: start production")
    note = tab.page.get_by_label("How it goes")
    note.fill("Half of them")
    advance_order(actor=milo.actor, public_id=order.public_id, verb="start_production")
    tab.sees("This page changed while you were typing")
    assert note.input_value() == "Half of them"
    assert tab.barriers() == []


def test_what_a_refused_form_shows_stays(
    live: Live, bea: Persona, milo: Persona, open_tab: Opened
) -> None:
    order = make_order(bea, milo, "in_production")
    tab = open_tab(milo)
    tab.go(f"/portal/orders/{order.public_id}/quality/")
    tab.page.get_by_label("Pieces in the lot").fill("10")
    tab.page.get_by_label("Inspected on").fill(timezone.localdate().isoformat())
    tab.page.get_by_label("Pieces that failed").fill("99")
    tab.press("Record")
    tab.sees("at most that many can fail")
    tab.forget("status of 422")
    is_watching(tab)
    advance_order(actor=milo.actor, public_id=order.public_id, verb="finish_production")
    tab.sees("This page changed while you were typing")
    assert tab.page.get_by_label("Pieces that failed").input_value() == "99"


def test_a_message_appears_for_the_other_without_a_reload(
    live: Live, bea: Persona, milo: Persona, open_tab: Opened
) -> None:
    order = make_order(bea, milo, "placed")
    hers, his = open_tab(bea), open_tab(milo, width=390)
    hers.go(f"/orders/{order.public_id}/messages/")
    his.go(f"/portal/orders/{order.public_id}/messages/")
    is_watching(hers)
    is_watching(his)
    # What he is about to write is not touched by what she sends.
    his.page.get_by_label("Your message").fill("We ship on")
    hers.page.get_by_label("Your message").fill("When do you ship?")
    hers.press("Send")
    his.sees("When do you ship?")
    assert his.page.get_by_label("Your message").input_value() == "We ship on"
    is_watching(hers)
    his.page.get_by_label("Your message").fill("We ship on Friday")
    his.press("Send")
    hers.sees("We ship on Friday")
    assert hers.barriers() == [] and his.barriers() == []
    assert his.sideways() <= 0
