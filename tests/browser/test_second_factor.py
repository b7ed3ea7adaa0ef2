"""A second factor in a real browser: authenticator app, recovery codes, passkey."""

import re
from collections.abc import Callable

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.personas import PASSWORD, Persona

LOGIN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"


def code_of(key: str) -> str:
    return format_hotp_value(hotp_value(key, list(yield_hotp_counters_from_time())[1]))


def sign_out(tab: Tab) -> None:
    tab.context.clear_cookies()
    tab.go(LOGIN)


def give_password(tab: Tab, persona: Persona) -> None:
    tab.page.fill("[name=login]", persona.user.email)
    tab.page.fill("[name=password]", PASSWORD)
    tab.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def test_an_app_and_its_recovery_codes(bea: Persona, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(bea)
    tab.go("/settings/security/")
    tab.press("Set up")
    tab.press("Set up the app")
    key = tab.page.locator("p.part-code").inner_text().strip()
    assert tab.page.locator("img.entry-code").evaluate("image => image.naturalWidth") > 0
    tab.page.fill("[name=code]", code_of(key))
    tab.press("Switch on")
    tab.sees("They are shown only now.")
    codes = tab.page.locator("#recovery-codes li").all_inner_texts()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text().split() == [code.strip() for code in codes]
    for proof in (code_of(key), codes[0]):
        sign_out(tab)
        give_password(tab, bea)
        expect(tab.page).to_have_url(tab.base + CODE)
        tab.page.fill("[name=code]", proof)
        tab.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(tab.page).to_have_url(re.compile("/home/$"))
    tab.go("/settings/security/")
    tab.sees("9 recovery codes left")
    assert tab.barriers() == []


def test_a_passkey_beside_and_instead_of_the_password(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(bea)
    device = tab.context.new_cdp_session(tab.page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    tab.go("/accounts/2fa/webauthn/add/")
    tab.press("Add the passkey")
    tab.sees("They are shown only now.")
    tab.go("/accounts/2fa/webauthn/")
    tab.sees("Signs in without a password.")
    sign_out(tab)
    give_password(tab, bea)
    expect(tab.page).to_have_url(tab.base + CODE)
    tab.page.get_by_role("button", name="Use a passkey").click()
    expect(tab.page).to_have_url(re.compile("/home/$"))
    sign_out(tab)
    tab.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.page).to_have_url(re.compile("/home/$"))
