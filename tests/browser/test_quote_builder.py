"""The quote builder on a phone: an alternate added, filled, counted in the total, submitted."""

from collections.abc import Callable

from quotes.actions import quote as quoting
from tests.browser.conftest import Tab
from tests.personas import Persona
from tests.quotes.scene import open_rfq


def test_an_alternate_on_a_phone(bea: Persona, milo: Persona, open_tab: Callable[..., Tab]) -> None:
    request = open_rfq(bea, milo, currencies=["USD"])
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    line = request.line.public_id
    tab = open_tab(milo, width=390)
    tab.go(f"/portal/quotes/{quote.public_id}/")
    with tab.page.expect_response(lambda answer: answer.request.method == "POST"):
        tab.page.fill(f"[name='{line}-price_10']", "12.50")
        tab.page.fill(f"[name='{line}-lead_10']", "7")
        tab.page.locator(f"[name='{line}-lead_10']").blur()
    tab.sees("Draft saved")
    assert quote.lines.get().prices.get().lead_time_days == 7
    tab.press("Add an alternate")
    tab.sees("Alternate 1")
    assert tab.sideways() <= 0
    assert tab.page.input_value(f"[name='{line}-price_10']") in ("12.50", "12.5")
    tab.page.fill(f"[name='{line}-1-reason']", "Printed: half the price")
    tab.page.fill(f"[name='{line}-1-price_10']", "8")
    tab.page.fill(f"[name='{line}-1-lead_10']", "4")
    tab.page.fill(f"[name='{line}-1-tooling']", "5")
    total = tab.page.locator("[data-grand-total]")
    assert total.inner_text() == "€125.00"
    tab.page.check(f"[name='{line}-shown'][value='1:10']")
    assert total.inner_text() == "€85.00"
    assert tab.barriers() == []
    tab.press("Submit quote")
    tab.sees("Submitted.")
    tab.sees("alternate 1")
    assert quote.lines.get(option=1).tooling_minor == 500


def test_a_draft_in_two_tabs(bea: Persona, milo: Persona, open_tab: Callable[..., Tab]) -> None:
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    price = f"[name='{request.line.public_id}-price_10']"
    old, new = open_tab(milo), open_tab(milo, width=390)
    for tab in (old, new):
        tab.go(f"/portal/quotes/{quote.public_id}/")
    for typed in ("10", "11"):
        with new.page.expect_response(lambda answer: answer.request.method == "POST"):
            new.page.fill(price, typed)
            new.page.locator(price).blur()
    new.page.fill(f"[name='{request.line.public_id}-lead_10']", "7")
    new.press("Save draft")
    new.sees("The draft is saved.")
    old.page.fill("[name=notes]", "From the old tab")
    old.page.locator("[name=notes]").blur()
    old.sees("Somebody saved this draft while you were editing it")
    old.press("Submit quote")
    old.sees("Not saved and not submitted")
    old.forget(r"409 \(Conflict\)")
    assert old.page.input_value("[name=notes]") == "From the old tab"
    assert old.sideways() <= 0 and old.barriers() == []
    old.press("Save mine over it")
    old.sees("The draft is saved.")
    quote.refresh_from_db()
    assert quote.notes == "From the old tab"
