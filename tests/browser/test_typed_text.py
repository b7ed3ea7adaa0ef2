"""What goes wrong in front of a form: nothing typed is lost and each refusal is a sentence."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from quotes.actions import quote as quoting
from quotes.models import Quote
from tests.browser.conftest import Tab
from tests.orders.scene import make_order
from tests.personas import PASSWORD, Persona
from tests.quotes.scene import Request, draft_rfq, open_rfq

REFUSED = r"status of 422"


def sign_in_again(tab: Tab, person: Persona) -> None:
    expect(tab.page).to_have_url(re.compile("/accounts/login/"))
    tab.page.fill("input[name=login]", person.user.email)
    tab.page.fill("input[name=password]", PASSWORD)
    tab.page.locator("main form button[type=submit]").first.click()
    tab.page.wait_for_load_state()


def lose_session(tab: Tab) -> None:
    tab.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


@pytest.fixture
def request_of_bea(bea: Persona, milo: Persona) -> Request:
    return open_rfq(bea, milo)


@pytest.fixture
def draft(request_of_bea: Request, milo: Persona) -> Quote:
    return quoting.start_quote(actor=milo.actor, rfq_id=request_of_bea.id)


def test_a_request_typed_after_the_session_ended(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    rfq = draft_rfq(bea).rfq
    tab = open_tab(bea)
    tab.go(f"/rfqs/{rfq.public_id}/edit/")
    lose_session(tab)
    # Typing saves by itself; without a session it leads to the sign-in page, not into the panel.
    tab.page.fill("textarea[name=notes]", "Deburr all edges.")
    tab.page.locator("textarea[name=notes]").blur()
    sign_in_again(tab, bea)
    expect(tab.page).to_have_url(f"{tab.base}/rfqs/{rfq.public_id}/edit/")
    expect(tab.page.locator("textarea[name=notes]")).to_have_value("Deburr all edges.")


def test_a_quote_submitted_after_the_session_ended(
    milo: Persona, draft: Quote, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(milo)
    tab.go(f"/portal/quotes/{draft.public_id}/")
    tab.page.locator("input[name*=-price_]").first.fill("12.75")
    lose_session(tab)
    tab.press("Submit quote")
    sign_in_again(tab, milo)
    expect(tab.page.locator("input[name*=-price_]").first).to_have_value("12.75")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_report_sent_after_the_session_ended(
    bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    order = make_order(bea, milo, "in_production")
    tab = open_tab(milo)
    tab.go(f"/portal/orders/{order.public_id}/")
    tab.page.get_by_label("How it goes").fill("Half of them are turned.")
    lose_session(tab)
    tab.press("Send report")
    sign_in_again(tab, milo)
    expect(tab.page.get_by_label("How it goes")).to_have_value("Half of them are turned.")
    tab.press("Send report")
    expect(tab.page.locator(".report")).to_contain_text("Half of them are turned.")


@pytest.mark.parametrize("price", ["12,50", "0", "-1", "1e400", "NaN"])
def test_a_price_that_is_none_gets_a_sentence_beside_it(
    milo: Persona, draft: Quote, open_tab: Callable[..., Tab], price: str
) -> None:
    tab = open_tab(milo)
    tab.go(f"/portal/quotes/{draft.public_id}/")
    field = tab.page.locator("input[name*=-price_]").first
    field.fill(price)
    tab.page.locator("input[name*=-lead_]").first.fill("9")
    tab.page.fill("textarea[name=notes]", "Kept.")
    tab.press("Submit quote")
    row = tab.page.locator("[data-line]").first
    expect(row.locator(".field-error")).not_to_be_empty()
    expect(row.locator("input[name*=-price_]")).to_have_value(price)
    expect(tab.page.locator("textarea[name=notes]")).to_have_value("Kept.")
    tab.forget(REFUSED)


def test_a_deadline_in_the_past_and_a_quantity_of_none(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    rfq = draft_rfq(bea).rfq
    tab = open_tab(bea)
    tab.go(f"/rfqs/{rfq.public_id}/edit/")
    tab.page.fill("input[name=deadline]", "2020-01-01T10:00")
    tab.page.locator("input[name$=-quantities]").fill("0")
    tab.page.locator("input[name$=-quantities]").blur()
    expect(tab.page.locator("#check")).to_contain_text("Not saved yet")
    tab.press("Save draft")
    tab.sees("The deadline is in the past. Choose a later one.")
    tab.sees("A quantity is at least 1.")
    expect(tab.page.locator("input[name$=-quantities]")).to_have_value("0")
    tab.forget(REFUSED)


def test_a_broken_file_says_why_and_the_good_one_stays(
    bea: Persona, tmp_path: Path, work: Callable[[], None], open_tab: Callable[..., Tab]
) -> None:
    good, empty, renamed = (tmp_path / n for n in ("ok.stl", "empty.step", "renamed.step"))
    good.write_text(
        "solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\n"
        "vertex 0 1 0\nendloop\nendfacet\nendsolid a\n"
    )
    empty.touch()
    renamed.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
    tab = open_tab(bea)
    tab.go("/parts/")
    tab.page.set_input_files("input[type=file]", [good, empty, renamed])
    failed = tab.page.locator('.drop-row[data-state="failed"] .drop-state')
    expect(failed).to_have_text("This file is empty. Export it again and choose the new file.")
    tab.press("Continue with the files that arrived")
    work()
    tab.go("/parts/")
    expect(tab.page.locator("tbody tr")).to_have_count(2)
    row = tab.page.locator("tbody tr", has_text="renamed")
    expect(row.locator(".pill-error")).to_be_visible()
    expect(row).to_contain_text("the content is a picture")


def test_a_second_tab_learns_what_the_first_did(
    milo: Persona, draft: Quote, open_tab: Callable[..., Tab]
) -> None:
    first, second = open_tab(milo), open_tab(milo)
    for tab in (first, second):
        tab.go(f"/portal/quotes/{draft.public_id}/")
    for name, value in (("price", "12.75"), ("lead", "9")):
        first.page.locator(f"input[name*=-{name}_]").first.fill(value)
    first.press("Submit quote")
    first.sees("Submitted.")
    second.page.locator("input[name*=-price_]").first.fill("13.00")
    second.press("Save draft")
    expect(second.page).to_have_url(re.compile("/portal/requests/"))
    second.sees("12.75")
