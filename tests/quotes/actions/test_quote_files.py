"""Files beside a quote: the buyer's and the shop's alone, sealed with it, frozen with it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.files.models import FileAccess, StoredFile
from quotes.actions import quote as quoting
from quotes.actions.quote_files import add_quote_file, remove_quote_file
from quotes.models import RFQ, Quote, QuoteFile
from tests.personas import Persona, make_member
from tests.quotes.scene import open_rfq, prices, submitted


def pdf(name: str = "sheet.pdf", content: bytes = b"%PDF-1.4 sheet") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def add(shop: Persona, quote: Quote, upload: SimpleUploadedFile | None = None) -> QuoteFile:
    return add_quote_file(actor=shop.actor, public_id=quote.public_id, upload=upload or pdf())


def remove(shop: Persona, quote: Quote, row: QuoteFile) -> None:
    remove_quote_file(actor=shop.actor, public_id=quote.public_id, file_id=row.file.public_id)


def facts(quote: Quote) -> list[str]:
    rows = Event.objects.filter(subject=quote.public_id, type__startswith="quote_file")
    return list(rows.order_by("pk").values_list("type", flat=True))


@pytest.fixture
def quote(bea: Persona, milo: Persona, rita: Persona) -> Quote:
    request = open_rfq(bea, milo, rita)
    return quoting.start_quote(actor=milo.actor, rfq_id=request.id)


def test_a_file_is_kept_and_removed(milo: Persona, quote: Quote) -> None:
    row = add(milo, quote)
    assert (row.file.name, row.file.organization) == ("sheet.pdf", milo.organization)
    remove(milo, quote, row)
    assert not StoredFile.objects.filter(pk=row.file_id).exists()
    assert facts(quote) == ["quote_file_added", "quote_file_removed"]
    with pytest.raises(NotFound):
        remove(milo, quote, row)


def test_a_picture_is_drawn_anew_and_others_are_refused(milo: Persona, quote: Quote) -> None:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    row = add(milo, quote, SimpleUploadedFile("photo.png", buffer.getvalue()))
    assert row.file.name == "photo.jpg"
    for upload in (
        pdf("virus.exe"),
        pdf("page.html", b"<script>"),
        pdf("fake.pdf", b"MZ"),
        pdf("empty.pdf", b""),
        SimpleUploadedFile("broken.png", b"nothing"),
    ):
        with pytest.raises(DomainError):
            add(milo, quote, upload)
    assert quote.files.count() == 1


def test_who_may_not(bea: Persona, milo: Persona, rita: Persona, quote: Quote) -> None:
    row = add(milo, quote)
    for other in (bea, rita):
        with pytest.raises(NotFound):
            add(other, quote)
        with pytest.raises(NotFound):
            remove(other, quote, row)
    with pytest.raises(NotAllowed):
        add(make_member(milo, "Vic", Role.VIEWER), quote)
    assert quote.files.count() == 1


def test_a_submitted_quote_is_frozen_and_what_was_seen_stays_stored(
    bea: Persona, milo: Persona, quote: Quote
) -> None:
    row = add(milo, quote)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=_prices(quote))
    for refused in (lambda: add(milo, quote), lambda: remove(milo, quote, row)):
        with pytest.raises(WrongState):
            refused()
    quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    remove(milo, quote, row)
    assert StoredFile.objects.filter(pk=row.file_id).exists()


def _prices(quote: Quote):  # type: ignore[no-untyped-def]
    from quotes.queries import lines_of
    from tests.quotes.scene import Request

    return prices(Request(quote.rfq, lines_of(quote.rfq)[0]))


def links(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('href="')[1:] if part.startswith("/files/")]


def test_the_buyer_opens_it_with_a_receipt_and_nobody_else(
    bea: Persona, milo: Persona, rita: Persona, quote: Quote
) -> None:
    row, rfq = add(milo, quote), quote.rfq.public_id
    assert "sheet.pdf" not in bea.client.get(f"/rfqs/{rfq}/").content.decode()
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=_prices(quote))
    page = bea.client.get(f"/rfqs/{rfq}/").content.decode()
    assert "sheet.pdf" in page
    link = next(link for link in links(page[page.index("also says") :]))
    opened = bea.client.get(link)
    assert b"".join(opened.streaming_content) == b"%PDF-1.4 sheet"
    receipt = FileAccess.objects.get(file=row.file)
    assert (receipt.organization, receipt.room) == (bea.organization, quote.public_id)
    assert rita.client.get(link).status_code == 404
    assert "sheet.pdf" in milo.client.get(f"/portal/requests/{rfq}/").content.decode()
    assert "sheet.pdf" not in rita.client.get(f"/portal/requests/{rfq}/").content.decode()
    seen = bea.client.get(f"/api/v1/rfqs/{rfq}/quotes/{quote.public_id}/").json()
    assert [one["name"] for one in seen["files"]] == ["sheet.pdf"]


def test_sealed_files_are_read_by_nobody_yet(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    add(milo, quote)
    submitted(request, milo)
    assert "sheet.pdf" not in bea.client.get(f"/rfqs/{request.id}/").content.decode()
    RFQ.objects.update(unsealed_at=timezone.now())
    assert "sheet.pdf" in bea.client.get(f"/rfqs/{request.id}/").content.decode()


def test_the_builder_keeps_files_with_what_is_typed(milo: Persona, quote: Quote) -> None:
    page = f"/portal/quotes/{quote.public_id}/"
    sent = {"incoterm": "DAP", "valid_until": "2030-01-01", "own_number": "A-1"}
    answer = milo.client.post(page, {**sent, "uploads": [pdf("a.pdf"), pdf("b.pdf")]})
    assert answer.status_code == 302 and quote.files.count() == 2
    answer = milo.client.post(
        page, {**sent, "own_number": "A-2", "uploads": [pdf("c.exe")], "action": "submit"}
    )
    assert answer.status_code == 422 and "c.exe is not of a type" in answer.content.decode()
    quote.refresh_from_db()
    assert (quote.state, quote.own_number) == ("draft", "A-2")
    row = quote.files.select_related("file").first()
    assert row is not None
    gone = {**sent, "own_number": "A-3", "action": f"remove-file:{row.file.public_id}"}
    assert milo.client.post(page, gone).status_code == 302
    quote.refresh_from_db()
    assert (quote.files.count(), quote.own_number) == (1, "A-3")
    assert milo.client.post(page, gone).status_code == 404


def test_a_program_adds_and_removes_files(milo: Persona, quote: Quote) -> None:
    url = f"/api/v1/quotes/{quote.public_id}/files/"
    answer = milo.client.post(url, {"file": pdf()})
    assert answer.status_code == 201
    (file,) = answer.json()["files"]
    assert milo.client.post(url, {"file": pdf("x.exe")}).status_code == 422
    assert milo.client.post(url, {}).status_code == 422
    assert milo.client.delete(f"{url}{file['id']}/").json()["files"] == []
    assert milo.client.delete(f"{url}{file['id']}/").status_code == 404


def test_twenty_files_are_enough(milo: Persona, quote: Quote) -> None:
    stored = add(milo, quote).file
    for number in range(19):
        copy = StoredFile.objects.get(pk=stored.pk)
        copy.pk, copy.public_id = None, f"fil_copy{number}"
        copy.save()
        QuoteFile.objects.create(quote=quote, file=copy)
    with pytest.raises(DomainError, match="at most 20 files"):
        add(milo, quote)
