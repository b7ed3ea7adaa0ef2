"""The builder's page: same cost for any number of lines, filled down, imported, edited by two."""

import re
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.core.templatetags.formats import plain_day
from marketplace.directory.models import ExchangeRate
from marketplace.parts.models import PartRevision
from quotes.actions import rfq as asking
from quotes.models import RFQ
from quotes.queries import lines_of
from tests.orders.scene import revision_of
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, draft_rfq


def add_lines(bea: Persona, request: Request, count: int) -> None:
    parts = [revision_of(bea, f"PLT-{n}-{timezone.now():%f}").part.public_id for n in range(count)]
    PartRevision.objects.update(state="ready")
    asking.add_parts(actor=bea.actor, public_id=request.id, part_ids=parts)


def form_of(request: Request, **given: str) -> dict[str, str]:
    """What the builder posts as it stands."""
    data = {
        "title": "Brackets",
        "currency": "EUR",
        "ship_to": "Aachen",
        "edition": str(request.fresh().edition),
    }
    for line in lines_of(request.rfq):
        data |= {
            f"{line.public_id}-tolerance": line.tolerance,
            f"{line.public_id}-quantities": ", ".join(map(str, line.quantities)),
        }
    return data | given


def post(bea: Persona, request: Request, data: Mapping[str, str], **headers: str) -> object:
    return bea.client.post(f"/rfqs/{request.id}/edit/", data, headers=headers)


def test_a_draft_costs_the_same_for_one_line_and_four(bea: Persona) -> None:
    request = draft_rfq(bea)

    def queries() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as read:
            assert bea.client.get(f"/rfqs/{request.id}/edit/").status_code == 200
        with CaptureQueriesContext(connection) as saved:
            assert post(bea, request, form_of(request)).status_code == 302  # type: ignore[attr-defined]
        return len(read), len(saved)

    queries()
    one = queries()
    add_lines(bea, request, 3)
    queries()
    assert queries() == one
    assert one[0] <= 32


def test_estimates_in_another_currency_say_why(bea: Persona) -> None:
    request = draft_rfq(bea)
    asking.save_rfq(actor=bea.actor, public_id=request.id, draft=draft_for(request.line))
    facts = {"volume_mm3": 28_800.0, "area_mm2": 9_000.0, "bbox_mm": [60.0, 40.0, 20.0]}
    PartRevision.objects.update(facts=facts)
    note = (
        "Estimates are in USD, the currency the rates behind them are published in; there is no "
        "current exchange rate to EUR"
    )
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    assert note in page and len(estimated(page, "$")) > 1
    RFQ.objects.update(currency="USD")
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    assert note not in page and "rates published in" not in page


def estimated(page: str, sign: str) -> list[float]:
    """The lower end of each price that stands beside the lines."""
    return [float(low) for low in re.findall(rf"{re.escape(sign)}([\d.]+)–{re.escape(sign)}", page)]


def test_an_estimate_beside_a_request_is_in_its_currency_with_the_rate_and_its_day(
    bea: Persona,
) -> None:
    request = draft_rfq(bea)
    asking.save_rfq(actor=bea.actor, public_id=request.id, draft=draft_for(request.line))
    facts = {"volume_mm3": 28_800.0, "area_mm2": 9_000.0, "bbox_mm": [60.0, 40.0, 20.0]}
    PartRevision.objects.update(facts=facts)
    dollars = estimated(bea.client.get(f"/rfqs/{request.id}/edit/").content.decode(), "$")
    today = timezone.localdate()
    ExchangeRate.objects.create(currency="USD", rate=Decimal("1.25"), date=today, source="A bank")
    said = f"published in USD, at 1 USD = 0.8 EUR, A bank, {plain_day(today)}."
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    process = {f"{request.line.public_id}-process": "cnc_milling"}
    material = {f"{request.line.public_id}-material": "al_6061"}
    saved = bea.client.post(
        f"/rfqs/{request.id}/edit/",
        {**form_of(request), **process, **material},
        headers={"HX-Request": "true"},
    ).content.decode()
    for shown in (page, saved):
        assert said in shown and not estimated(shown, "$")
        for euros, own in zip(estimated(shown, "€"), dollars, strict=True):
            # Each is shown at three significant digits.
            assert euros == pytest.approx(own * 0.8, rel=0.01)


def test_a_column_is_filled_down_and_ticked_lines_alone(bea: Persona) -> None:
    request = draft_rfq(bea)
    add_lines(bea, request, 2)
    first, second, third = lines_of(request.rfq)
    sent = form_of(request, action="fill-process")
    sent[f"{first.public_id}-process"] = "cnc_milling"
    post(bea, request, sent)
    assert {line.process.code for line in lines_of(request.rfq) if line.process} == {"cnc_milling"}
    sent = form_of(request, action="fill-threads")
    for line in (first, second, third):
        sent[f"{line.public_id}-process"] = "cnc_milling"
    sent[f"{second.public_id}-threads"] = "M6"
    data = {**sent, "picked": [second.public_id, third.public_id]}
    bea.client.post(f"/rfqs/{request.id}/edit/", data)
    assert [line.threads for line in lines_of(request.rfq)] == ["", "M6", "M6"]
    assert request.fresh().edition > 1


def test_documents_and_secrecy_are_saved(bea: Persona) -> None:
    request = draft_rfq(bea)
    line = request.line.public_id
    given = form_of(request, countries="de at", is_sealed="on", visibility="open")
    data = {**given, f"{line}-documents": ["coc", "mtr"], "certifications": ["iso_9001"]}
    assert bea.client.post(f"/rfqs/{request.id}/edit/", data).status_code == 302
    rfq = request.fresh()
    assert (rfq.countries, rfq.is_sealed, rfq.visibility) == (["AT", "DE"], True, "open")
    assert {d.code for d in lines_of(rfq)[0].documents.all()} == {"coc", "mtr"}
    assert rfq.certifications.get().code == "iso_9001"
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    assert "2 documents" in page and 'value="AT, DE"' in page


def test_an_agreement_of_somebody_else_cannot_be_chosen(bea: Persona, stefan: Persona) -> None:
    from quotes.models import NDA

    nda = NDA.objects.create(organization=stefan.organization, version=1, text="Secret")
    request = draft_rfq(bea)
    answer = post(bea, request, form_of(request, nda=nda.public_id))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert request.fresh().nda is None


def test_two_tabs_and_one_draft(bea: Persona) -> None:
    request = draft_rfq(bea)
    old = form_of(request, title="Mine")
    assert post(bea, request, form_of(request, title="Theirs")).status_code == 302  # type: ignore[attr-defined]
    answer = post(bea, request, old)
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Somebody saved this draft" in text and 'value="Mine"' in text
    assert "Save mine over it" in text
    assert request.fresh().title == "Theirs"
    kept = {**old, "keep_mine": str(request.fresh().edition)}
    assert post(bea, request, kept).status_code == 302  # type: ignore[attr-defined]
    assert request.fresh().title == "Mine"


def test_an_import_with_faults_keeps_what_was_pasted(bea: Persona) -> None:
    request = draft_rfq(bea)
    url = f"/rfqs/{request.id}/import/"
    pasted = "Part number\tQuantities\nNOPE\t5"
    answer = bea.client.post(url, {"pasted": pasted})
    assert answer.status_code == 422
    assert "NOPE (row 2)" in answer.content.decode() and "NOPE\t5" in answer.content.decode()
    number = request.line.part_revision.part.number
    pasted = f"Part number\tProcess\nNOPE\t\n{number}\tmillling\nNOWHERE\tsls"
    shown = bea.client.post(url, {"pasted": pasted}).content.decode()
    for fault in ("NOPE (row 2)", "NOWHERE (row 4)", "Row 3, process: “millling”"):
        assert fault in shown
    assert f"{number} (row" not in shown
    book = bea.client.get(f"/rfqs/{request.id}/lines.xlsx").content
    assert book.startswith(b"PK")
    answer = bea.client.post(url, {"file": SimpleUploadedFile("lines.xlsx", book)})
    assert answer["Location"] == f"/rfqs/{request.id}/edit/"
    text = bea.client.get(f"/rfqs/{request.id}/lines.csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].startswith(number)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04", BytesIO(b"x" * 10).read()])
def test_a_file_that_is_no_table_gets_a_sentence(bea: Persona, content: bytes) -> None:
    request = draft_rfq(bea)
    answer = bea.client.post(
        f"/rfqs/{request.id}/import/", {"file": SimpleUploadedFile("lines.xlsx", content)}
    )
    assert answer.status_code == 422
    assert "Nothing was imported" in answer.content.decode()


def test_a_request_may_start_empty_for_an_import(bea: Persona) -> None:
    answer = bea.client.post("/rfqs/new/", {"action": "import"})
    rfq = RFQ.objects.get()
    assert answer["Location"] == f"/rfqs/{rfq.public_id}/import/"
    page = bea.client.get(f"/rfqs/{rfq.public_id}/edit/").content.decode()
    assert "No parts yet" in page and "Add at least one part." in page


def test_parts_are_searched_and_paged_and_what_is_ticked_stays(
    bea: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.parts.queries.PAGE_SIZE", 3)
    oldest, *_, newest = [revision_of(bea, f"PICK-{n}").part for n in range(7)]

    def ticked(shown: str) -> bool:
        return f'value="{oldest.public_id}" checked' in shown

    first = bea.client.get("/rfqs/new/").content.decode()
    assert "PICK-6" in first and "PICK-0" not in first and "Older parts" in first
    found = bea.client.post("/rfqs/new/", {"action": "find", "text": "pick-0"}).content.decode()
    assert "PICK-0" in found and "PICK-6" not in found and not ticked(found)
    # Another search, and the pages of it: what was ticked goes along.
    typed = {"parts": oldest.public_id, "text_before": "pick-0", "text": ""}
    back = bea.client.post("/rfqs/new/", {**typed, "action": "find"})
    shown = back.content.decode()
    assert back.status_code == 200 and "PICK-6" in shown and ticked(shown)
    cursor = shown.split('name="after" value="')[1].split('"')[0]
    turned = bea.client.post("/rfqs/new/", {"parts": oldest.public_id, "text": "", "after": cursor})
    shown = turned.content.decode()
    assert "PICK-3" in shown and "PICK-6" not in shown and ticked(shown)
    assert "Back to the newest" in shown
    # A cursor of another search leaves nothing out.
    typed = {"text": "pick-6", "text_before": "", "after": cursor}
    assert "PICK-6" in bea.client.post("/rfqs/new/", typed).content.decode()
    none = bea.client.post("/rfqs/new/", {**typed, "text": "nothing"}).content.decode()
    assert 'No part matches "nothing".' in none
    assert not RFQ.objects.exists()
    sent = {"parts": [oldest.public_id, newest.public_id]}
    bea.client.post("/rfqs/new/", sent)
    assert lines_of(RFQ.objects.get())[0].part_revision.part == oldest


def test_more_parts_for_a_draft_are_searched_too(bea: Persona) -> None:
    request = draft_rfq(bea)
    other = revision_of(bea, "OTHER-1").part
    page = f"/rfqs/{request.id}/parts/"
    shown = bea.client.post(page, {"action": "find", "text": "other"}).content.decode()
    assert "OTHER-1" in shown and f"Add parts to {request.rfq.reference}" in shown
    assert len(lines_of(request.rfq)) == 1
    bea.client.post(page, {"parts": other.public_id, "text": "other"})
    assert len(lines_of(request.rfq)) == 2


def test_an_estimate_names_the_standard_inspection_once_and_what_a_code_is(bea: Persona) -> None:
    part = draft_rfq(bea).line.part_revision.part
    facts = {"volume_mm3": 1000.0, "area_mm2": 600.0, "bbox_mm": [10, 10, 10]}
    PartRevision.objects.filter(part=part).update(facts=facts)
    path = f"/estimates/{part.public_id}/?process=cnc_milling&material=al_6061"
    page = bea.client.get(path).content.decode()
    assert page.count("Standard inspection") == 1
    assert "is the key of the public page a rate was compiled from" in page
