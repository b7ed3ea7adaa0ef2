"""Steps 2 to 6 with two people signed in at the same time: from files to reviews."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from marketplace.directory.models import Material, Process
from marketplace.operations.demo_cad import DemoPart
from orders.models import Order
from quotes.actions import quote as quoting
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import RFQ
from quotes.queries import lines_of
from tests.browser.conftest import Tab
from tests.payments.conftest import Sandbox
from tests.personas import Persona

PARTS = {"BRK-1": "DP-1001", "PUL-1": "DP-1010", "CLV-1": "DP-1012", "ARM-1": "DP-1013"}


def files_of(cad: dict[str, DemoPart], folder: Path) -> list[Path]:
    """STEP, STL, 3MF, OBJ under the buyer's own names, and a drawing beside the first."""
    drawing = cad["DP-1005"].drawing_path
    assert drawing is not None
    found = [folder / "BRK-1.pdf"]
    found[0].write_bytes(drawing.read_bytes())
    for name, number in PARTS.items():
        path = folder / f"{name}{cad[number].path.suffix}"
        path.write_bytes(cad[number].path.read_bytes())
        found.append(path)
    assert {path.suffix for path in found} == {".pdf", ".step", ".stl", ".3mf", ".obj"}
    return found


def fill_request(page: Page, shops: list[str]) -> None:
    for card, process, material in (
        ("BRK-1", "cnc_milling", "al_6061"),
        ("PUL-1", "sls", "pl_pa12"),
    ):
        line = page.locator("[data-builder-row]", has_text=card)
        line.locator("select[name$=-process]").select_option(process)
        line.locator("select[name$=-material]").select_option(material)
        line.locator("input[name$=-quantities]").fill("5, 50")
    page.fill("input[name=title]", "Brackets and pulleys")
    deadline = timezone.now() + timedelta(days=5)
    page.fill("input[name=deadline]", deadline.strftime("%Y-%m-%dT%H:%M"))
    page.locator("input[name=deadline]").blur()
    # What was typed is saved by itself and the panel ranks who can make it.
    expect(page.locator("#check")).to_contain_text(shops[0])
    for shop in shops:
        page.locator("#check label", has_text=shop).click()
    expect(page.locator("#check")).to_contain_text("Everything a shop needs is here.")


def second_quote(rfq: RFQ, rita: Persona) -> None:
    lines = [
        QuoteLineDraft(
            line.public_id,
            [PriceDraft(q, Decimal(47), 12) for q in line.quantities],
        )
        for line in lines_of(rfq)
    ]
    quote = quoting.start_quote(actor=rita.actor, rfq_id=rfq.public_id)
    until = timezone.localdate() + timedelta(days=20)
    draft = QuoteDraft(
        currency="EUR", lines=lines, freight_minor=2000, incoterm="DAP", valid_until=until
    )
    quoting.submit_quote(actor=rita.actor, public_id=quote.public_id, draft=draft)


def photo() -> dict[str, object]:
    buffer = BytesIO()
    Image.new("RGB", (320, 200), (90, 120, 150)).save(buffer, "JPEG")
    return {"name": "line.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def upload_parts(buyer: Tab, work: Callable[[], None], files: list[Path]) -> None:
    buyer.go("/parts/")
    page = buyer.page
    with page.expect_navigation():
        page.set_input_files("input[type=file]", files)
    work()
    buyer.sees("Joined BRK-1 rev A.")
    buyer.press("To the library")
    expect(page.locator(".row-thumb img")).to_have_count(4)
    page.get_by_role("link", name="BRK-1", exact=True).click()
    expect(page.locator(".viewer-stage canvas")).to_be_visible()
    page.get_by_role("button", name="Top").click()
    buyer.sees("Volume")
    buyer.sees("BRK-1.pdf")


def quote_by_hand(maker: Tab, rfq: RFQ) -> None:
    maker.go(f"/portal/requests/{rfq.public_id}/")
    page = maker.page
    with page.expect_download() as started:
        page.get_by_role("link", name="BRK-1.step").click()
    assert started.value.path().read_bytes().startswith(b"ISO-10303-21")
    maker.press("Prepare a quote")
    for row in page.locator("[data-line]").all():
        row.locator("input[name*=-price_]").fill("42.50")
        row.locator("input[name*=-lead_]").fill("9")
    page.locator("input[name$=-tooling]").first.fill("30")
    page.fill("input[name=freight]", "25.00")
    expect(page.locator("[data-line-total]").first).to_have_text("€212.50")
    # Twice five pieces, tooling and freight.
    expect(page.locator("[data-grand-total]")).to_have_text("€480.00")
    maker.press("Submit quote")
    maker.sees("no other shop does")


def award_and_pay(buyer: Tab, rfq: RFQ, sandbox: Sandbox, work: Callable[[], None]) -> Order:
    buyer.go(f"/rfqs/{rfq.public_id}/")
    page = buyer.page
    for number, choice in enumerate(page.locator("#comparison select").all(), start=1):
        choice.select_option("50")
        expect(page.locator(".row-chosen th", has_text="50")).to_have_count(number)
    expect(page.locator(".compare-total")).to_contain_text("€4,305.00")
    page.get_by_role("link", name="Review and accept Milo Machining").click()
    page.get_by_label("Your PO number").fill("PO-77")
    buyer.press("Accept and order for €4,305.00")
    buyer.sees("The payment is being prepared")
    work()
    page.reload()
    buyer.press("Pay €4,305.00")
    work()
    # The real page of the payment service's stand-in, on its own address.
    page.wait_for_selector("#pay")
    page.fill("#number", "4242 4242 4242 4242")
    page.click("#pay")
    page.wait_for_url(f"{buyer.base}/**")
    sandbox.settle()
    work()
    buyer.sees("€4,305.00 arrived")
    buyer.press("To the order")
    buyer.sees("is next")
    return Order.objects.get()


def make_and_ship(maker: Tab, order: Order) -> None:
    maker.go(f"/portal/orders/{order.public_id}/")
    for button in ("Confirm the order", "Start production"):
        maker.press(button)
    maker.page.get_by_label("How it goes").fill("First parts are measured.")
    maker.page.set_input_files("input[type=file]", [photo()])  # type: ignore[list-item]
    maker.press("Send report")
    for button in ("All parts are made", "Parts are good"):
        maker.press(button)
    maker.page.locator("select[name=carrier]").select_option("dhl")
    maker.page.fill("input[name=tracking_number]", "JD 014")
    maker.press("Ship everything left")
    maker.sees("Shipped")


def review(tab: Tab, stars: int, text: str) -> None:
    # The whole page: how many criteria there are is asked once, not waited for.
    tab.press("Write the review")
    for fieldset in tab.page.locator(".stars-input").all():
        fieldset.locator(f"label[for$='-{stars}']").click()
    tab.page.locator("textarea[name=text]").fill(text)
    tab.press("Send review")


def test_from_files_to_reviews_with_two_people_signed_in(
    site: str,
    sandbox: Sandbox,
    bea: Persona,
    milo: Persona,
    rita: Persona,
    cad: dict[str, DemoPart],
    tmp_path: Path,
    work: Callable[[], None],
    open_tab: Callable[..., Tab],
) -> None:
    for shop in (milo, rita):
        shop.manufacturer.processes.add(Process.objects.get(code="sls"))
        shop.manufacturer.materials.add(Material.objects.get(code="pl_pa12"))
    buyer, maker = open_tab(bea), open_tab(milo)
    upload_parts(buyer, work, files_of(cad, tmp_path))
    buyer.go("/rfqs/new/")
    for name in ("BRK-1", "PUL-1"):
        buyer.page.locator(".part-card", has_text=name).get_by_role("checkbox").check()
    buyer.press("Continue")
    fill_request(buyer.page, ["Milo Machining", "Rita Rapid Parts"])
    buyer.press("Publish and send")
    buyer.sees("Published.")
    rfq = RFQ.objects.get()
    work()
    quote_by_hand(maker, rfq)
    second_quote(rfq, rita)
    work()
    order = award_and_pay(buyer, rfq, sandbox, work)
    assert order.state == "placed"
    make_and_ship(maker, order)
    buyer.go(f"/orders/{order.public_id}/")
    buyer.sees("First parts are measured.")
    expect(buyer.page.locator(".report-photo")).to_be_visible()
    buyer.press("Confirm delivery")
    buyer.press("All parts are good")
    work()
    buyer.go(f"/orders/{order.public_id}/")
    review(buyer, 5, "Just as drawn.")
    maker.go(f"/portal/orders/{order.public_id}/")
    assert maker.page.get_by_text("Just as drawn.").count() == 0
    review(maker, 4, "Quick decisions.")
    maker.sees("Just as drawn.")
