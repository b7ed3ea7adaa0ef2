"""Pages of change orders: a live total, no barriers, no sideways scroll on a phone."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from tests.browser.conftest import PHONE, Tab
from tests.orders.actions.test_change_limits import newer
from tests.orders.actions.test_changes import accept, propose
from tests.orders.actions.test_problems import paid
from tests.personas import Persona


def change_pages(bea: Persona, milo: Persona) -> dict[str, list[str]]:
    """Addresses by who opens them: nothing yet, the form, one open, one to be paid, old ones."""
    empty = paid(bea, milo, "in_production")
    newer(empty)
    later = timezone.localdate() + timedelta(days=40)
    asked = paid(bea, milo, "in_production")
    accept(milo, asked, propose(bea, asked, quantity=36, freight_minor=900))
    propose(bea, asked, quantity=30, ship_by=later)
    agreed = paid(bea, milo, "in_production")
    accept(bea, agreed, propose(milo, agreed, unit_price=Decimal("13.1250"), ship_by=later))
    return {
        "bea": [
            f"/orders/{empty.public_id}/changes/",
            f"/orders/{empty.public_id}/changes/new/",
            f"/orders/{agreed.public_id}/changes/",
            f"/orders/{asked.public_id}/",
        ],
        "milo": [
            f"/portal/orders/{asked.public_id}/changes/",
            f"/portal/orders/{asked.public_id}/changes/new/",
            "/portal/",
        ],
    }


def test_pages_of_change_orders(open_tab: Callable[..., Tab], bea: Persona, milo: Persona) -> None:
    pages = change_pages(bea, milo)
    for person, paths in ((bea, pages["bea"]), (milo, pages["milo"])):
        _ = person.client
        for width in (1440, PHONE):
            tab = open_tab(person, width=width)
            for path in paths:
                tab.go(path)
                tab.settle()
                assert tab.sideways() <= 0, path
                if width == PHONE:
                    assert tab.barriers() == [], path
    tab = open_tab(bea)
    tab.go(pages["bea"][1])
    tab.page.get_by_label("Pieces").fill("10")
    tab.sees("€130.00")
