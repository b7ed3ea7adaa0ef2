"""The purchase order: written from the order, or attached by the buyer."""

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.states import WrongState
from marketplace.files.actions import store_upload
from marketplace.files.models import StoredFile
from marketplace.notifications.models import Notification
from orders.actions.purchase_order import MOST, attach_purchase_order
from orders.models import Order, OrderLine, PurchaseOrderFile
from orders.papers.purchase_order import purchase_order
from orders.queries import get_order
from tests.api.scene import Api, facts_since, last_event
from tests.orders.scene import make_order
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db


def pdf(name: str = "PO 4711.pdf", content: bytes = b"%PDF-1.4 order") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored(bea: Persona, content: bytes = b"%PDF-1.4 order") -> StoredFile:
    return store_upload(actor=bea.actor, upload=pdf(content=content), kind=StoredFile.Kind.DOCUMENT)


def words(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as opened:
        return " ".join("\n".join(p.get_textpage().get_text_range() for p in opened).split())


def test_the_paper_says_that_the_payment_is_agreed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    text = words(bea.client.get(f"/orders/{order.public_id}/purchase-order.pdf").content)
    assert "Payment agreed" in text
    assert "proposed" not in text


def test_both_parties_download_the_order_as_it_was_agreed(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    bought = bea.client.get(f"/orders/{order.public_id}/purchase-order.pdf")
    sold = milo.client.get(f"/portal/orders/{order.public_id}/purchase-order.pdf")
    program = Api(milo).get(f"/orders/{order.public_id}/purchase-order/")
    assert bought.status_code == sold.status_code == program.status_code == 200
    assert bought.content == sold.content == program.content
    text = words(bought.content)
    for expected in (
        f"Purchase order {order.reference}",
        "Bea Robotics",
        "Milo Machining",
        "PO number none given",
        "40 pcs",
        "€12.50",
        "€500.00",
        "Total €505.00",
        "10 days from the paid order",
        "all on acceptance",
        "Aachen",
    ):
        assert expected in text, expected
    assert "ab" * 32 in text.replace(" ", "")


def test_the_document_is_headed_by_the_po_number_and_names_what_is_paid_once(
    bea: Persona, milo: Persona
) -> None:
    order = get_order(bea.actor, make_order(bea, milo).public_id)
    order.po_number, order.notes = "PO-\u202e77", "\n" * 4000
    [line] = order.lines.all()
    line.setup_minor, line.tooling_minor, line.tooling_owner = 100, 200, "manufacturer"
    line.charges, line.alternate = [{"name": "x" * 200, "amount_minor": 0}], "W" * 500
    document = purchase_order(order)
    assert document.number == "PO-\u202e77"
    table = document.blocks[2]
    assert "Tooling, owned by the manufacturer: €2.00" in table.rows[0][6]  # type: ignore[union-attr]
    from marketplace.core.pdf import pdf_bytes

    assert pdf_bytes(document).startswith(b"%PDF-")


def test_the_buyer_attaches_its_own_and_both_download_it(
    bea: Persona, milo: Persona, work: object
) -> None:
    order = make_order(bea, milo, "placed")
    last = last_event()
    path = f"/orders/{order.public_id}/purchase-order/"
    answer = bea.client.post(path, {"file": pdf(), "number": " 4711 "})
    assert answer.status_code == 302
    assert facts_since(last) == ["purchase_order_attached"]
    attached = PurchaseOrderFile.objects.get()
    assert (attached.number, attached.file.name) == ("4711", "PO 4711.pdf")
    work()  # type: ignore[operator]
    assert Notification.objects.filter(user=milo.user, kind="purchase_order_attached").exists()
    for person, page in ((bea, "/orders/"), (milo, "/portal/orders/")):
        text = person.client.get(f"{page}{order.public_id}/documents/").content.decode()
        assert "PO 4711.pdf" in text and "PO 4711," in text
    buyer, shop = Api(bea), Api(milo)
    for api in (buyer, shop):
        [row] = api.get(f"/orders/{order.public_id}/").json()["purchase_orders"]
        assert api.opens(row["url"])
    assert not buyer.opens(row["url"])  # a link is made out to one caller


def test_the_same_again_is_once_and_there_is_a_most(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    key = {"actor": bea.actor, "public_id": order.public_id}
    first = attach_purchase_order(**key, file=stored(bea))
    last = last_event()
    assert attach_purchase_order(**key, file=stored(bea)) == first
    assert facts_since(last) == []
    for number in range(MOST - 1):
        attach_purchase_order(**key, file=stored(bea, b"%PDF- " + str(number).encode()))
    with pytest.raises(DomainError, match="at most"):
        attach_purchase_order(**key, file=stored(bea, b"%PDF- more"))


def test_who_may_not_and_when(bea: Persona, milo: Persona, stefan: Persona) -> None:
    order = make_order(bea, milo, "placed")
    file = stored(bea)
    viewer = make_member(bea, "Vera", "viewer")
    for person, refusal in ((milo, NotAllowed), (stefan, NotFound), (viewer, NotAllowed)):
        with pytest.raises(refusal):
            attach_purchase_order(actor=person.actor, public_id=order.public_id, file=file)
    path = f"/orders/{order.public_id}/purchase-order/"
    assert stefan.client.post(path, {"file": pdf()}).status_code == 404
    assert (
        milo.client.get(path.replace("/purchase-order/", "/purchase-order.pdf")).status_code == 404
    )
    for state in ("cancelled", "closed", "awaiting_approval"):
        Order.objects.filter(pk=order.pk).update(state=state)
        with pytest.raises(WrongState):
            attach_purchase_order(actor=bea.actor, public_id=order.public_id, file=file)
    assert not PurchaseOrderFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("po.pdf", b"MZ"), ("po.exe", b"%PDF-"), ("po.pdf", b""), ("", b"%PDF-")],
)
def test_only_a_pdf_is_taken_and_what_was_typed_stays(
    bea: Persona, milo: Persona, name: str, content: bytes
) -> None:
    order = make_order(bea, milo, "placed")
    data = {"number": "PO-9", **({"file": pdf(name, content)} if name else {})}
    answer = bea.client.post(f"/orders/{order.public_id}/purchase-order/", data)
    assert answer.status_code == 422
    assert b"PO-9" in answer.content
    assert Api(bea).upload(f"/orders/{order.public_id}/purchase-order/", **data).status_code == 422
    assert not PurchaseOrderFile.objects.exists()
    assert OrderLine.objects.count() == 1


def test_a_picture_is_no_purchase_order(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    page = f"/orders/{order.public_id}/purchase-order/"
    picture = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
    for name, content in (("order.png", picture), ("order.PDF.jpg", b"\xff\xd8\xff\xe0")):
        kept = StoredFile.objects.count()
        answer = bea.client.post(page, {"file": pdf(name, content), "number": "PO 77"})
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert "A purchase order is a PDF." in shown and "PO 77" in shown
        told = Api(bea).upload(
            f"/orders/{order.public_id}/purchase-order/", file=pdf(name, content)
        )
        assert told.status_code == 422
        assert told.json()["errors"][0]["pointer"] == "/file"
        assert "is a PDF" in told.json()["errors"][0]["detail"]
        assert StoredFile.objects.count() == kept
    assert not order.purchase_orders.exists()
