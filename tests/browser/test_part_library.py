"""Uploads that break and go on, and the tools of the 3D view, in a real browser."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Route, expect

from marketplace.parts.actions import uploads
from marketplace.parts.actions.placing import upload_part_file
from marketplace.parts.models import Part, Upload
from tests.browser.conftest import PATIENCE_MS, Tab
from tests.parts.actions.test_parts import PDF, cube_stl
from tests.personas import Persona

# What a browser hands over when a folder is dropped, made from files the test gives.
DROP = """([zone, files]) => {
  const entryOf = (file) => ({ isFile: true, name: file.name, file: (give) => give(file) });
  const made = files.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name));
  const rest = [made, []];
  const folder = {
    isFile: false, name: "job",
    createReader: () => ({ readEntries: (give) => give((rest.shift() ?? []).map(entryOf)) }),
  };
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { files: made, items: [{ webkitGetAsEntry: () => folder }] };
  document.querySelector(zone).dispatchEvent(event);
}"""


def a_zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_folder_with_a_zip_is_dropped_and_a_broken_piece_is_sent_again(
    bea: Persona,
    work: Callable[[], None],
    open_tab: Callable[..., Tab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "CHUNK_BYTES", 300)
    tab = open_tab(bea)
    tab.go("/parts/")
    lost: list[str] = []

    def lose(route: Route) -> None:
        # The second piece of the first file never gets an answer: it arrived, nobody knows.
        if route.request.headers.get("upload-offset") == "300" and not lost:
            lost.append(route.request.url)
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    tab.page.route("**/parts/uploads/files/**", lose)
    files = {
        "BRK-014.stl": cube_stl(),
        "BRK-014_revB.pdf": PDF,
        "more.zip": a_zip(**{"pin.stl": cube_stl(3), "notes.txt": b"x"}),
        "empty.stl": b"",
    }
    sent = [{"name": name, "bytes": list(content)} for name, content in files.items()]
    tab.page.evaluate(DROP, [".drop-zone", sent])
    failed = tab.page.locator('.drop-row[data-state="failed"]')
    expect(failed).to_contain_text("This file is empty")
    expect(tab.page.locator('.drop-row[data-state="done"]')).to_have_count(3)
    assert len(lost) == 1
    tab.sees("3 of 4 arrived, 1 failed")
    tab.press("Continue with the files that arrived")
    tab.sees("being checked")
    work()
    tab.sees("New part BRK-014 rev")
    tab.sees("1 of 2 files taken.")
    tab.sees("notes.txt is not a part file")
    assert {part.number for part in Part.objects.all()} == {"BRK-014", "pin"}
    tab.forget("ERR_CONNECTION_RESET")
    # The broken piece was there already, which the server says with a conflict.
    tab.forget("409")


def test_an_upload_goes_on_after_the_page_was_reloaded(
    bea: Persona,
    tmp_path: Path,
    work: Callable[[], None],
    open_tab: Callable[..., Tab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "CHUNK_BYTES", 300)
    file = tmp_path / "cube.stl"
    file.write_bytes(cube_stl())
    tab = open_tab(bea)
    tab.go("/parts/")
    offsets: list[str] = []

    def stop(route: Route) -> None:
        if route.request.headers["upload-offset"] == "300":
            route.abort("connectionreset")
        else:
            route.continue_()

    tab.page.route("**/parts/uploads/files/**", stop)
    tab.page.set_input_files("input[type=file]", file)
    tab.sees("The connection broke; trying again…")
    tab.page.on("dialog", lambda dialog: dialog.accept())
    tab.go("/parts/")
    # Only now: the page that was left goes on trying until it is gone.
    tab.page.unroute("**/parts/uploads/files/**")
    tab.page.on(
        "request",
        lambda asked: (
            offsets.append(asked.headers["upload-offset"])
            if "upload-offset" in asked.headers
            else None
        ),
    )
    tab.page.set_input_files("input[type=file]", file)
    tab.page.wait_for_url("**/parts/uploads/bat_*/")
    work()
    tab.sees("New part cube rev A.")
    assert offsets == ["300", "600"]
    assert Upload.objects.count() == 1
    tab.forget("ERR_CONNECTION_RESET")


def test_section_measure_and_keys_in_the_3d_view(
    bea: Persona, work: Callable[[], None], open_tab: Callable[..., Tab]
) -> None:
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("cube.stl", cube_stl(20)))
    work()
    tab = open_tab(bea)
    tab.go(f"/parts/{part.public_id}/")
    figure = tab.page.locator("[data-viewer][data-ready]")
    figure.wait_for()
    stage = figure.locator(".viewer-stage")
    figure.get_by_role("button", name="Section").click()
    expect(figure.locator("[data-cut-at]")).to_have_text("x = 10 mm")
    figure.get_by_role("button", name="Z", exact=True).click()
    figure.locator("[data-cut]").fill("25")
    expect(figure.locator("[data-cut-at]")).to_have_text("z = 5 mm")
    figure.get_by_role("button", name="Section").click()
    expect(figure.locator("[data-cut-at]")).to_be_hidden()
    # From the front one looks at a square: its upper corners are 20 mm apart.
    figure.get_by_role("button", name="Front").click()
    figure.get_by_role("button", name="Measure").click()
    box = stage.bounding_box()
    assert box is not None
    half = tab.page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
          done(document.querySelector('.viewer-stage').clientHeight);
        })))"""
    )
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + half / 2)
    expect(figure.locator("[data-measure-hint]")).to_contain_text("First point on")
    # With the keyboard: the same point again is no distance.
    stage.focus()
    tab.page.keyboard.press("Enter")
    expect(figure.locator("[data-measure-result]")).to_contain_text("0 mm")
    before = stage.screenshot()
    for key in ("ArrowLeft", "ArrowUp", "+", "Shift+ArrowLeft"):
        tab.page.keyboard.press(key)
    until = time.monotonic() + PATIENCE_MS / 1000
    while stage.screenshot() == before:
        assert time.monotonic() < until, "The part does not turn."
    tab.page.keyboard.press("Escape")
    expect(figure.locator("[data-measure-hint]")).to_be_hidden()


def test_a_pin_is_placed_and_its_form_knows_where(
    sam: Persona, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab(sam)
    tab.go("/components/")
    figure = tab.page.locator("[data-viewer]")
    figure.scroll_into_view_if_needed()
    figure.and_(tab.page.locator("[data-ready]")).wait_for()
    expect(figure.locator(".viewer-pin")).to_have_text("1 Milo Machining: Is this face machined?")
    expect(figure.locator(".viewer-mark")).to_have_count(1)
    figure.get_by_role("button", name="Pin", exact=True).click()
    form = figure.locator("form")
    expect(form.get_by_role("button", name="Ask about this point")).to_be_disabled()
    stage = figure.locator(".viewer-stage")
    box = stage.bounding_box()
    assert box is not None
    # A little off the middle, where the flange has its bore.
    tab.page.mouse.click(box["x"] + box["width"] * 0.35, box["y"] + box["height"] * 0.5)
    expect(form.locator("textarea")).to_be_focused()
    form.locator("textarea").fill("Which radius?")
    expect(form.get_by_role("button", name="Ask about this point")).to_be_enabled()
    numbers = [float(form.locator(f"input[name={axis}]").input_value()) for axis in "xyz"]
    assert any(abs(number) > 1 for number in numbers)


def test_without_webgl_the_picture_stays_with_a_sentence(
    bea: Persona, work: Callable[[], None], open_tab: Callable[..., Tab]
) -> None:
    part = upload_part_file(actor=bea.actor, upload=SimpleUploadedFile("cube.stl", cube_stl(20)))
    work()
    tab = open_tab(bea)
    tab.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null;")
    tab.go(f"/parts/{part.public_id}/")
    tab.sees("The 3D model cannot be shown here. The picture and the files are complete.")
    expect(tab.page.locator(".viewer-poster")).to_be_visible()
    tab.forget("WebGL")


def test_a_long_number_without_a_break_stays_in_its_column(
    bea: Persona, open_tab: Callable[..., Tab]
) -> None:
    upload = SimpleUploadedFile(f"{'W4LONGPARTNUMBER' * 4}"[:60] + ".stl", cube_stl())
    part = upload_part_file(actor=bea.actor, upload=upload)
    Part.objects.filter(pk=part.pk).update(number=("W4LONGPARTNUMBER" * 4)[:60])
    tab = open_tab(bea)
    for width in (1440, 390):
        tab.page.set_viewport_size({"width": width, "height": 900})
        for path in ("/parts/", f"/parts/{part.public_id}/"):
            tab.go(path)
            assert tab.sideways() == 0, (width, path)
        tab.go("/parts/")
        table = tab.page.locator(".table-scroll").first
        assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0, width


def test_the_labels_of_the_curve_are_readable_on_a_phone(
    bea: Persona, open_tab: Callable[..., Tab], work: Callable[[], None]
) -> None:
    upload = SimpleUploadedFile("cube.stl", cube_stl(50))
    part = upload_part_file(actor=bea.actor, upload=upload)
    work()
    tab = open_tab(bea)
    tab.page.set_viewport_size({"width": 390, "height": 900})
    tab.go(f"/estimates/{part.public_id}/?process=cnc_milling&material=al_6061")
    tall = tab.page.locator(".curve-label").evaluate_all(
        "all => Math.min(...all.map((one) => one.getBoundingClientRect().height))"
    )
    assert tall >= 11
    assert tab.sideways() == 0
