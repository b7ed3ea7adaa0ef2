"""The request builder as a purchaser uses it, and a request under an NDA as its reader does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Route, expect

from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.models import PartRevision
from quotes.actions import publication, secrecy
from quotes.actions import rfq as asking
from quotes.models import RFQ
from quotes.queries import lines_of
from tests.browser.conftest import Tab
from tests.orders.scene import revision_of
from tests.parts.actions.test_parts import cube_stl
from tests.parts.geometry.test_drawing_text import pdf_of
from tests.personas import Persona
from tests.quotes.scene import draft_for

# What a browser hands over when cells copied in a spreadsheet are pasted.
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture
def draft(bea: Persona) -> RFQ:
    """A draft with three lines of which nothing is said yet."""
    revisions = [revision_of(bea, f"BRK-{number}") for number in (1, 2, 3)]
    PartRevision.objects.update(state="ready")
    parts = [revision.part.public_id for revision in revisions]
    return asking.create_rfq(actor=bea.actor, part_ids=parts)


def said(draft: RFQ, field: str) -> list[str]:
    """What the saved lines say, in order; "" where they say nothing."""
    return [str(getattr(getattr(line, field), "code", "")) for line in lines_of(draft)]


def test_cells_are_pasted_filled_down_and_saved(
    draft: RFQ, bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(bea)
    tab.go(f"/rfqs/{draft.public_id}/edit/")
    tab.page.get_by_label("Process of BRK-1").focus()
    with tab.page.expect_response("**/edit/"):
        tab.page.evaluate(PASTE, "CNC milling (3/4/5-axis)\t6061\ncnc_turning\tUnobtainium\n")
    tab.sees("Not pasted: “Unobtainium”.")
    unread = tab.page.locator("[data-not-pasted]")
    expect(unread).to_have_count(1)
    expect(unread).to_have_accessible_name("Material of BRK-2")
    assert said(draft, "process") == ["cnc_milling", "cnc_turning", ""]
    assert said(draft, "material") == ["al_6061", "", ""]
    # What is missing is a link to the cell, which takes the keyboard.
    tab.press("BRK-3: choose a process.")
    expect(tab.page.get_by_label("Process of BRK-3")).to_be_focused()
    tab.press("Fill material down")
    tab.sees("The draft is saved.")
    assert said(draft, "material") == ["al_6061"] * 3
    assert said(draft, "process") == ["cnc_milling", "cnc_turning", ""]


def test_two_editors_of_one_draft_lose_nothing(
    draft: RFQ, bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    first, second = open_tab(bea), open_tab(bea)
    for tab in (first, second):
        tab.go(f"/rfqs/{draft.public_id}/edit/")
    for tab, title in ((first, "Brackets, first"), (second, "Brackets, second")):
        tab.page.get_by_label("Title").fill(title)
        with tab.page.expect_response("**/edit/"):
            tab.page.get_by_label("Title").blur()
    second.sees("Somebody saved this draft while you were editing it")
    draft.refresh_from_db()
    assert draft.title == "Brackets, first"
    expect(second.page.get_by_label("Title")).to_have_value("Brackets, second")
    second.press("Save mine over it")
    second.sees("The draft is saved.")
    draft.refresh_from_db()
    assert draft.title == "Brackets, second"
    second.forget("409")


def test_files_open_once_the_agreement_is_accepted(
    bea: Persona,
    milo: Persona,
    tmp_path: Path,
    work: Callable[[], None],
    open_tab: Callable[..., Tab],
) -> None:
    drawing = pdf_of(tmp_path / "pin.pdf", ["PIN 20 x 20"]).read_bytes()
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("pin.stl", cube_stl(20)))
    upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("pin.pdf", drawing))
    work()
    rfq = asking.create_rfq(actor=bea.actor, part_ids=[part.public_id])
    [line] = lines_of(rfq)
    nda = secrecy.write_nda(actor=bea.actor, text="1. Tell nobody.")
    RFQ.objects.filter(pk=rfq.pk).update(nda=nda)
    draft = draft_for(line, milo, nda=nda)
    publication.publish_rfq(actor=bea.actor, public_id=rfq.public_id, draft=draft)
    tab = open_tab(milo)
    tab.go(f"/portal/requests/{rfq.public_id}/")
    tab.sees("1. Tell nobody.")
    assert tab.page.get_by_text("pin.stl").count() == 0
    assert tab.page.locator("[data-viewer]").count() == 0
    tab.press(f"I accept for {milo.organization.name}")
    tab.page.locator("[data-viewer][data-ready]").wait_for()
    page = tab.page.get_by_alt_text("Page 1 of the drawing of pin")
    page.scroll_into_view_if_needed()
    expect(page).to_have_js_property("complete", True)
    assert page.evaluate("(image) => image.naturalWidth") > 100


def test_a_tick_set_while_a_save_is_on_its_way_stays(
    draft: RFQ, bea: Persona, milo: Persona, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(bea)
    page = tab.page
    tab.go(f"/rfqs/{draft.public_id}/edit/")
    for process in page.locator("select[name$=-process]").all():
        process.select_option("cnc_milling")
    expect(page.locator("#check")).to_contain_text("Milo Machining")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/edit/", hold_the_first)
    box = page.locator("#check label", has_text="Milo Machining").get_by_role("checkbox")
    with page.expect_request(lambda request: request.method == "POST"):
        page.fill("input[name=title]", "Brackets")
        page.locator("input[name=title]").blur()
    box.check()
    # The tick's own save waits behind the held one by now, and must still send it.
    page.wait_for_timeout(800)
    shop = milo.manufacturer.public_id
    with page.expect_response(lambda answer: shop in (answer.request.post_data or "")):
        held[0].continue_()
    expect(box).to_be_checked()
    tab.go(f"/rfqs/{draft.public_id}/edit/")
    expect(box).to_be_checked()


def test_a_button_pressed_while_a_save_is_on_its_way_waits_for_it(
    draft: RFQ, bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(bea)
    page = tab.page
    tab.go(f"/rfqs/{draft.public_id}/edit/")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/edit/", hold_the_first)
    with page.expect_request(lambda request: request.method == "POST"):
        page.fill("input[name=title]", "Brackets")
        page.locator("input[name=title]").blur()
    page.get_by_role("button", name="Save draft").last.click()
    page.wait_for_timeout(300)
    held[0].continue_()
    tab.sees("The draft is saved.")
    assert RFQ.objects.get(pk=draft.pk).title == "Brackets"
