"""A visitor's browser: what leaves it before and after a yes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import Route

from tests.browser.conftest import Tab
from tests.personas import Persona


def test_nothing_leaves_before_a_yes(
    settings: Any, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    settings.GOOGLE_ANALYTICS_ID, settings.MIXPANEL_TOKEN = "G-TEST123456", "ab" * 16
    tab = open_tab()
    asked: list[tuple[str, str]] = []

    def outside(route: Route) -> None:
        asked.append((route.request.url.split("?")[0], route.request.post_data or ""))
        route.fulfill(status=200, body="", headers={"Access-Control-Allow-Origin": "*"})

    tab.context.route(lambda url: not url.startswith(tab.base), outside)
    tab.go("/manufacturers/?q=secret")
    tab.sees("May Google Analytics and Mixpanel count your visit")
    assert tab.barriers() == []
    assert asked == []
    tab.press("Yes, count it")
    tab.sees("Stop counting my visits")
    tab.page.wait_for_function("() => sessionStorage.getItem('visit')")
    tab.page.wait_for_load_state("networkidle")
    script, call = sorted(asked, key=lambda one: "mixpanel" in one[0])
    assert script[0] == "https://www.googletagmanager.com/gtag/js"
    assert call[0] == "https://api-js.mixpanel.com/track/"
    assert '"page":"manufacturers"' in parse_qs(call[1])["data"][0]
    assert "secret" not in call[1]
    told = tab.page.evaluate("JSON.stringify(dataLayer.map((one) => [...one]))")
    assert "secret" not in told and '"cookie_domain":"none"' in told
    tab.press("Stop counting my visits")
    tab.sees("Allow counting my visits")
    asked.clear()
    tab.go("/manufacturers/")
    assert asked == []
