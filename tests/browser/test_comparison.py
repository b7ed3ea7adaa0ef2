"""Thirty lines, eight quotes, four quantities in a browser; and from the matrix to the orders."""

import re
from collections.abc import Callable

import pypdfium2
from playwright.sync_api import expect

from orders.models import Order
from tests.browser.conftest import Tab
from tests.personas import Persona, make_shop
from tests.quotes.scene import open_rfq, submitted
from tests.quotes.test_compare_page import large

PLACE = """(selector) => { const box = document.querySelector(selector).getBoundingClientRect();
  return [box.left, box.top]; }"""
SCROLL = "(to) => document.querySelector('.compare-frame').scrollTo(to[0], to[1])"


def test_a_large_matrix_keeps_its_heads_and_goes_by_keyboard_and_phone(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n} of Fine Parts") for n in range(8)]
    request = large(bea, shops, 30)
    tab = open_tab(bea)
    tab.go(f"/rfqs/{request.id}/compare/")
    page = tab.page
    head, first = ".compare-matrix thead th:last-child", ".compare-matrix tbody .row-chosen th"
    left, top = page.evaluate(PLACE, first)[0], page.evaluate(PLACE, head)[1]
    page.evaluate(SCROLL, [600, 1500])
    page.wait_for_function("document.querySelector('.compare-frame').scrollTop > 1000")
    assert page.evaluate(PLACE, head)[1] == top
    assert page.evaluate(PLACE, first)[0] == left
    # The frame takes the keyboard, and an arrow key moves along the offers of a line.
    page.locator(".compare-frame").focus()
    page.keyboard.press("Tab")
    page.evaluate(SCROLL, [0, 0])
    offers = page.locator(f"input[name=p_{request.line.public_id}]")
    picked = offers.locator("xpath=self::*[@checked]")
    picked.focus()
    before = picked.get_attribute("value")
    page.keyboard.press("ArrowRight")
    now = page.locator(f"input[name=p_{request.line.public_id}]:checked")
    assert now.get_attribute("value") != before
    # The heads come long before the last row does: only a whole page is looked at for barriers.
    with page.expect_navigation():
        page.locator(".plan-tab", has_text="Your own choice").click()
    expect(page.locator(".plan-tab[aria-current=true]")).to_contain_text("Your own choice")
    assert tab.barriers("scrollable-region-focusable", "label", "td-headers-attr") == []
    # Comparing a line at another quantity opens the page at that line again.
    far = request.rfq.lines.order_by("position")[20]
    with page.expect_navigation():
        page.locator(f"#{far.public_id} select").select_option("500")
    expect(page.locator(f"#{far.public_id} .row-chosen th")).to_have_text("500 pcs")
    expect(page.locator(f"#{far.public_id} select")).to_be_in_viewport()
    phone = open_tab(bea, width=390)
    phone.go(f"/rfqs/{request.id}/compare/")
    assert phone.sideways() <= 0
    expect(phone.page.locator(".compare-matrix td").first).to_be_visible()


def test_from_the_matrix_to_the_order(
    bea: Persona, milo: Persona, rita: Persona, open_tab: Callable[..., Tab]
) -> None:
    request = open_rfq(bea, milo, rita)
    dear = submitted(request, milo)
    cheap = submitted(request, rita, "10")
    tab = open_tab(bea)
    tab.go(f"/rfqs/{request.id}/compare/")
    # What is marked is awarded, not what the strategy in sight would take.
    tab.page.locator(f"input[value^='{dear.public_id}:']").first.check()
    tab.press("Award this choice")
    expect(tab.page.locator("main h2", has_text="Milo Machining")).to_be_visible()
    tab.go(f"/rfqs/{request.id}/compare/")
    tab.press("Award this choice")
    tab.sees("Read once more what goes to whom")
    tab.page.set_viewport_size({"width": 390, "height": 800})
    assert tab.sideways() <= 0
    row = tab.page.locator(".data-table-cards tbody tr").first
    assert row.evaluate("(row) => getComputedStyle(row).display") == "flex"
    expect(row).to_contain_text("BRK-1")
    tab.settle()
    assert tab.barriers() == []
    tab.page.get_by_label("Your PO number").fill("PO-77")
    tab.press("Award and order")
    tab.sees("The award to Rita Rapid Parts is made")
    order = Order.objects.get()
    assert (order.po_number, order.quote_id) == ("PO-77", cheap.public_id)
    assert tab.path == f"/orders/{order.public_id}/"
    tab.page.get_by_role("link", name="Documents").click()
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("link", name=f"{order.reference} as PDF").click()
    assert waiting.value.suggested_filename == f"{order.reference}-purchase-order.pdf"


def test_a_comparison_is_shared_and_read_without_an_account(
    bea: Persona, milo: Persona, rita: Persona, open_tab: Callable[..., Tab]
) -> None:
    request = open_rfq(bea, milo, rita)
    submitted(request, milo)
    submitted(request, rita, "10")
    tab = open_tab(bea)
    tab.go(f"/rfqs/{request.id}/compare/")
    tab.press("Share by link")
    tab.page.get_by_label("For whom").fill("Plant manager")
    tab.press("Make the link")
    tab.sees("Copy the link below")
    tab.settle()
    assert tab.barriers() == []
    address = tab.page.locator(".share-address").inner_text()
    reader = open_tab(width=390)
    reader.go(address.removeprefix(address.split("/shared/")[0]))
    expect(reader.page.locator("td[data-shop='Shop A']").first).to_be_visible()
    assert reader.sideways() <= 0
    reader.settle()
    assert reader.barriers() == []
    tab.press("End it")
    tab.sees("opens nothing any more")
    reader.go(reader.path, status=404)
    reader.sees("This link opens nothing")
    reader.forget("404")


def test_another_quantity_is_compared_and_awarded_as_soon_as_it_is_set(
    bea: Persona, milo: Persona, rita: Persona, open_tab: Callable[..., Tab]
) -> None:
    request = open_rfq(bea, milo, rita)
    submitted(request, milo)
    cheap = submitted(request, rita, "10")
    tab = open_tab(bea)
    tab.go(f"/rfqs/{request.id}/compare/?strategy=single")
    tab.page.get_by_label("compare at").select_option("100")
    expect(tab.page.locator(f"input[value='{cheap.public_id}:0:100']")).to_be_checked()
    expect(tab.page.locator(".plan-tab[aria-current=true]")).to_contain_text("Best single")
    with tab.page.expect_download() as coming:
        tab.press("CSV")
    assert f"{request.rfq.reference}-quotes" in coming.value.suggested_filename
    tab.press("Award this choice")
    tab.sees("100 pcs")


def test_on_paper_rows_stay_whole_and_nothing_is_to_be_pressed(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n} of Fine Parts") for n in range(4)]
    request = large(bea, shops, 12)
    tab = open_tab(bea)
    tab.go(f"/rfqs/{request.id}/compare/")
    printed = tab.page.pdf(prefer_css_page_size=True, print_background=False)
    with pypdfium2.PdfDocument(printed) as paper:
        assert paper[0].get_width() > paper[0].get_height()
        pages = [" ".join(page.get_textpage().get_text_range().split()) for page in paper]
    text = " ".join(pages)
    assert text.count("chosen €") == 12 and "(shown below)" in text
    for control in ("Negotiate", "press here", "compare at", "Award this choice", "Share by link"):
        assert control not in text
    # A price and the total below it stand on one page: as many of the one as of the other.
    for page in pages:
        assert len(re.findall(r"\d days", page)) == len(re.findall(r"days(?: · fastest)? €", page))
    tab.page.emulate_media(media="print")
    assert not tab.page.locator("input[type=radio]:visible").count()
