"""Real Chromium: people at browsers, and what a page may never do unnoticed."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from marketplace.operations.system_packages import find_browser
from tests.journeys.conftest import cad, sandbox, site
from tests.personas import Persona

__all__ = ["cad", "sandbox", "site"]
# Playwright's sync API keeps an event loop in this thread, and Django refuses the ORM in such a
# thread. Nothing here is asynchronous: the test waits for the browser, then for the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Only the 3D viewer draws with the emulated graphics card. Pages are drawn without it: Debian's
# Chromium would send them through it too, at twice the processor time.
PLAIN = "--disable-gpu-rasterization --disable-gpu-compositing"
SMOOTH = "--use-angle=swiftshader --enable-unsafe-swiftshader --ignore-gpu-blocklist"
QUIET = (
    "--no-sandbox --disable-dev-shm-usage --disable-quic --disable-background-networking "
    "--disable-component-update --disable-sync"
)
# How long a test waits before it says that something never comes, in milliseconds. It tells nothing
# of how quick a page is: that is measured elsewhere, and a busy machine is not a fault.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
GRAVE = {"serious", "critical"}
PHONE = 390


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser and needs a real, committing database."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=[*QUIET.split(), *PLAIN.split(), *SMOOTH.split()]
        )
        yield browser
        browser.close()


@dataclass
class Tab:
    """One person's browser: a page, what went wrong in it, and short words for what they do."""

    context: BrowserContext
    page: Page
    base: str
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str, status: int = 200) -> None:
        """Open a page of the site and expect its status."""
        response = self.page.goto(self.base + path)
        assert response is not None and response.status == status, f"{path}: {response}"

    def press(self, name: str) -> None:
        """Press the button (or link that looks like one) with this name; wait for the answer."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        """The page shows this text, soon."""
        self.page.get_by_text(text).first.wait_for(timeout=PATIENCE_MS)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def forget(self, pattern: str) -> None:
        """Take out the troubles a test expects, such as the console's line about a 422."""
        self.troubles[:] = [line for line in self.troubles if not re.search(pattern, line)]

    def settle(self) -> None:
        """Wait until colors have faded to where they go."""
        self.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")

    def sideways(self) -> int:
        """How many pixels the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    def barriers(self, *rules: str) -> list[str]:
        """What axe finds serious or critical for people, by all rules or by these."""
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        # Half a megabyte of script, once a page: another run needs none.
        axe = Axe("0") if self.page.evaluate("'axe' in window") else Axe()
        found = axe.run(self.page, options=options).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]}"
            for rule in found
            if rule["impact"] in GRAVE
            for node in rule["nodes"]
        ]

    def faults(self, path: str) -> list[str]:
        """Barriers of a page in light, of its colors in dark, and how far it goes sideways on a
        phone."""
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light")
        self.go(path)
        found = self.barriers()
        self.page.emulate_media(color_scheme="dark")
        self.settle()
        found += self.barriers("color-contrast")
        self.page.set_viewport_size({"width": PHONE, "height": 900})
        pixels = self.sideways()
        return [*found, f"{pixels} pixels sideways"] if pixels > 0 else found


def _listen(tab: Tab) -> None:
    def said(message: ConsoleMessage) -> None:
        # Violations of the content security policy are console errors too. The payment service's
        # pages are not ours to judge.
        if message.type == "error" and tab.page.url.startswith(tab.base):
            tab.troubles.append(f"{tab.path}: {message.text}")

    tab.page.on("console", said)
    tab.page.on("pageerror", lambda error: tab.troubles.append(f"{tab.path}: {error}"))
    tab.page.on(
        "response",
        lambda answer: (
            answer.status >= 500 and tab.troubles.append(f"{answer.status} {answer.url}")
        ),
    )


@pytest.fixture
def open_tab(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Tab]]:
    """Open a browser for a person (nobody: a visitor). At the end no page may have complained."""
    tabs: list[Tab] = []

    def opened(person: Persona | None = None, width: int = 1280, **options: Any) -> Tab:
        viewport = {"width": width, "height": 900}
        context = chromium.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        if person is not None:
            name = django_settings.SESSION_COOKIE_NAME
            value = person.client.cookies[name].value
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        tab = Tab(context, context.new_page(), live_server.url)
        _listen(tab)
        tabs.append(tab)
        return tab

    yield opened
    for tab in tabs:
        tab.context.close()
    assert [line for tab in tabs for line in tab.troubles] == []
