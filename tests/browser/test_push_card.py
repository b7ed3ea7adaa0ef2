"""The card of web push in a real browser, as far as it goes without a push service outside."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Tab
from tests.personas import Persona


def test_the_worker_is_taken_and_the_card_says_how_things_are(
    settings: Any, bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    settings.VAPID_PRIVATE_KEY = urlsafe_b64encode(b"k" * 32).rstrip(b"=").decode()
    tab = open_tab(bea)
    assert tab.faults("/settings/notifications/") == []
    tab.sees("This browser does not tell you of news.")
    scope = tab.page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
    assert scope == f"{tab.base}/"
    # Without the person's permission the browser refuses, and the page says what to do.
    tab.press("Tell me here")
    tab.page.get_by_text("Your browser forbids").or_(
        tab.page.get_by_text("did not work")
    ).wait_for()
    tab.forget("Push API in incognito")
