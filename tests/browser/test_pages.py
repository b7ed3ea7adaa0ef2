"""Every main page: no barriers, no complaints in the console, no sideways scroll on a phone."""

from collections.abc import Callable

import pytest

from accounts.actor import Actor
from marketplace.operations.actions.incidents import open_incident
from marketplace.parts.models import Part
from quotes.actions import quote as quoting
from tests.browser.conftest import PHONE, Tab
from tests.orders.scene import make_order
from tests.personas import Persona
from tests.quotes.scene import open_rfq, submitted


@pytest.fixture
def pages(bea: Persona, milo: Persona, rita: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them, over a request with two quotes, a draft and an order."""
    request = open_rfq(bea, milo, rita)
    for shop in (milo, rita):
        submitted(request, shop)
    asked = open_rfq(bea, milo)
    draft = quoting.start_quote(actor=milo.actor, rfq_id=asked.id)
    # Both scenes call their first part BRK-1.
    Part.objects.filter(number="BRK-1").update(number="BRK-0")
    order = make_order(bea, milo, "shipped")
    told = {"title": "Payments fail", "part": "payments", "severity": "major", "text": "Wait."}
    open_incident(actor=Actor.system("test"), **told)
    return {
        "visitor": ["/", "/manufacturers/", "/accounts/login/", "/accounts/signup/", "/status/"],
        "bea": [
            "/home/",
            "/parts/",
            "/rfqs/",
            f"/rfqs/{request.id}/",
            "/orders/",
            f"/orders/{order.public_id}/",
            "/inbox/",
            "/settings/organization/",
        ],
        "milo": [
            "/portal/",
            "/portal/requests/",
            f"/portal/requests/{asked.id}/",
            f"/portal/quotes/{draft.public_id}/",
            f"/portal/orders/{order.public_id}/",
            "/portal/profile/",
            "/portal/profile/rates/",
            "/portal/payouts/",
        ],
        "sam": [
            "/components/",
            "/admin/",
            "/admin/orders/order/",
            "/admin/orders/commissionrule/add/",
            "/admin/operations/threshold/watch/",
            "/admin/operations/kpiday/board/",
        ],
    }


def test_no_barriers_no_complaints_no_sideways_scroll(
    pages: dict[str, list[str]],
    bea: Persona,
    milo: Persona,
    sam: Persona,
    open_tab: Callable[..., Tab],
) -> None:
    """Each page once: light and wide, then the same page in its dark colors, then on a phone."""
    people = {"visitor": None, "bea": bea, "milo": milo, "sam": sam}
    found: dict[str, list[str]] = {}
    wide: dict[str, int] = {}
    for name, person in people.items():
        tab = open_tab(person, color_scheme="light")
        for path in pages[name]:
            tab.page.set_viewport_size({"width": 1280, "height": 900})
            tab.page.emulate_media(color_scheme="light")
            tab.go(path)
            found[path] = tab.barriers()
            # Dark pages are the same pages in other colors.
            tab.page.emulate_media(color_scheme="dark")
            tab.settle()
            found[path] += tab.barriers("color-contrast")
            tab.page.set_viewport_size({"width": PHONE, "height": 900})
            wide[path] = tab.sideways()
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


def test_pages_work_without_script(
    pages: dict[str, list[str]], bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    maker = open_tab(milo, java_script_enabled=False)
    maker.go(next(path for path in pages["milo"] if path.startswith("/portal/requests/rfq")))
    maker.page.locator("summary", has_text="Decline").click()
    maker.page.fill("input[name=reason]", "Fully booked.")
    maker.press("Decline to quote")
    maker.sees("The buyer is told your reason.")
    buyer = open_tab(bea, java_script_enabled=False)
    buyer.go(next(path for path in pages["bea"] if path.startswith("/rfqs/rfq")))
    buyer.page.locator("#comparison select").first.select_option("100")
    buyer.press("Show totals")
    assert "=100" in buyer.path


def test_the_theme_stays_chosen(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(color_scheme="light")
    tab.go("/")
    tab.page.locator("[data-theme-toggle]:visible").first.click()
    tab.go("/manufacturers/")
    assert tab.page.evaluate("document.documentElement.dataset.theme") == "dark"
