"""Pages of shipments, first articles and quality: no barriers, no sideways scroll on a phone."""

from collections.abc import Callable
from typing import Any

from orders.actions import first_articles as actions
from tests.browser.conftest import PHONE, Tab
from tests.orders.actions.test_first_articles import HOLD, draft
from tests.orders.actions.test_quality import hand_in, look
from tests.orders.actions.test_shipping import BOX, send
from tests.orders.scene import make_order
from tests.personas import Persona

PAPERS: dict[str, Any] = {
    "inspection": ("cmm", "CMM inspection with dimensional report"),
    "documents": [("coc", "Certificate of Conformance"), ("mtr", "Material test report")],
}


def fulfilment_pages(bea: Persona, milo: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them."""
    making = make_order(bea, milo, "in_production", **HOLD)
    report = draft(milo, making, "10.2")
    gated = make_order(bea, milo, "in_production", **HOLD)
    waiting = draft(milo, gated, "10.2")
    actions.submit_first_article(actor=milo.actor, public_id=gated.public_id)
    sent = make_order(bea, milo, "quality_check", **PAPERS)
    look(milo, sent, lot="L-1", lot_size=30, aql="2.5", note="Bores measured on the CMM.")
    look(milo, sent, lot="L-2", lot_size=10, defects=1)
    hand_in(milo, sent, 30, lot="H-7", number="Z-99")
    first = send(milo, sent, 12, lot="L-1", packages=[BOX])
    send(milo, sent, 8, carrier="other", carrier_name="Fast Freight", note="Fragile")
    empty = make_order(bea, milo, "confirmed")
    return {
        "bea": [
            f"/orders/{gated.public_id}/quality/",
            f"/orders/{gated.public_id}/quality/first-articles/{waiting.public_id}/",
            f"/orders/{sent.public_id}/quality/",
            f"/orders/{sent.public_id}/shipments/",
            f"/orders/{sent.public_id}/shipments/{first.public_id}/",
            f"/orders/{empty.public_id}/shipments/",
        ],
        "milo": [
            f"/portal/orders/{making.public_id}/quality/",
            f"/portal/orders/{making.public_id}/quality/first-articles/{report.public_id}/",
            f"/portal/orders/{sent.public_id}/quality/",
            f"/portal/orders/{sent.public_id}/shipments/",
            f"/portal/orders/{sent.public_id}/shipments/new/",
            f"/portal/orders/{sent.public_id}/shipments/{first.public_id}/",
            "/portal/orders/tracking/",
        ],
    }


def test_no_barriers_and_no_sideways_scroll(
    bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    found: dict[str, list[str]] = {}
    wide: dict[str, int] = {}
    pages = fulfilment_pages(bea, milo)
    for name, person in (("bea", bea), ("milo", milo)):
        tab = open_tab(person, color_scheme="light")
        for path in pages[name]:
            tab.page.set_viewport_size({"width": 1440, "height": 900})
            tab.go(path)
            found[path] = tab.barriers()
            tab.page.set_viewport_size({"width": PHONE, "height": 900})
            wide[path] = tab.sideways()
    assert {path: barriers for path, barriers in found.items() if barriers} == {}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}
