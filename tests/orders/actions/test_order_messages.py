"""The two parties of an order write each other; nobody else reads it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.files.models import StoredFile
from marketplace.messaging.models import Attachment, Message, Thread
from marketplace.messaging.queries import unread_of
from marketplace.messaging.rules import MAX_TEXT, MOST_AN_HOUR, TooMany
from marketplace.notifications.models import Notification
from orders.actions.order_messages import store_files, write_order_message
from orders.message_rules import MOST_FILES
from orders.models import ApprovalRequest, Order
from tests.api.scene import Api, facts_since, last_event
from tests.orders.scene import make_order
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db


def page(person: Persona, order: Order) -> str:
    side = "/portal" if person.organization.is_manufacturer else ""
    return f"{side}/orders/{order.public_id}/messages/"


def pdf(name: str = "Drawing.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 x")


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), (90, 120, 150)).save(buffer, "JPEG")
    return buffer.getvalue()


def write(person: Persona, order: Order, text: str = "When do you ship?") -> Message:
    return write_order_message(actor=person.actor, public_id=order.public_id, text=text)


def test_both_write_and_both_read(bea: Persona, milo: Persona, work: Callable[[], None]) -> None:
    order = make_order(bea, milo, "placed")
    work()
    mail.outbox.clear()
    last = last_event()
    files = [pdf(), SimpleUploadedFile("part.step", b"ISO-10303-21;")]
    answer = bea.client.post(page(bea, order), {"text": " When do you ship? ", "uploads": files})
    assert answer.status_code == 302 and answer["Location"] == page(bea, order)
    assert facts_since(last) == ["order_message_written"]
    # What was said is no step of the order.
    assert not Event.objects.filter(type="order_message_written", thread=order.public_id).exists()
    work()
    [letter] = mail.outbox
    assert letter.to == [milo.user.email] and "When do you ship?" in letter.body
    assert "With 2 files" in letter.body and page(milo, order) in letter.body
    row = Notification.objects.get(kind="order_message_written")
    assert (row.user, row.link, row.read_at) == (milo.user, page(milo, order), None)

    assert unread_of(milo.actor, [order.public_id]) == {order.public_id: 1}
    for address in ("/portal/orders/", f"/portal/orders/{order.public_id}/"):
        assert (
            "1 unread" in (text := milo.client.get(address).content.decode()) or "(1 new)" in text
        )
    text = milo.client.get(page(milo, order)).content.decode()
    assert "When do you ship?" in text and "Drawing.pdf" in text and "part.step" in text
    assert unread_of(milo.actor, [order.public_id]) == {}
    row.refresh_from_db()
    assert row.read_at is not None

    milo.client.post(page(milo, order), {"text": "On Friday."})
    work()
    assert mail.outbox[-1].to == [bea.user.email]
    assert Thread.objects.count() == 1
    assert unread_of(bea.actor, [order.public_id]) == {order.public_id: 1}
    assert "On Friday." in bea.client.get(page(bea, order)).content.decode()


def test_programs_of_both_do_the_same(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    path = f"/orders/{order.public_id}/messages/"
    buyer, shop = Api(bea), Api(milo)
    assert buyer.post(path, {"text": "Hello"}).status_code == 201
    answer = shop.upload(path, text="See this", files=[pdf()])
    assert answer.status_code == 201 and answer.json()["side"] == "manufacturer"
    for api in (buyer, shop):
        newest, oldest = api.get(path).json()["results"]
        assert (oldest["side"], oldest["author"], oldest["text"]) == ("buyer", "Bea", "Hello")
        assert api.opens(newest["files"][0]["url"])
    assert unread_of(bea.actor, [order.public_id]) == {order.public_id: 1}
    for body in ({}, {"text": ""}, {"text": "x" * (MAX_TEXT + 1)}, {"text": ["x"]}, []):
        assert buyer.post(path, body).status_code in (400, 422), body
    assert shop.upload(path, text="x", files=[pdf("virus.exe")]).status_code == 422
    assert Message.objects.count() == 2


def test_strangers_find_nothing_and_nothing_is_stored(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    write(bea, order)
    files = StoredFile.objects.count()
    for person, address in (
        (stefan, page(bea, order)),
        (rita, page(milo, order)),
        (bea, page(milo, order)),
        (milo, page(bea, order)),
        (bea, "/orders/ord_nothing/messages/"),
    ):
        assert person.client.get(address).status_code == 404
        posted = person.client.post(address, {"text": "Hello", "uploads": [pdf()]})
        assert posted.status_code == 404
    for person in (stefan, rita):
        api, path = Api(person), f"/orders/{order.public_id}/messages/"
        assert (api.get(path).status_code, api.post(path, {"text": "x"}).status_code) == (404, 404)
        with pytest.raises(NotFound):
            write(person, order)
    assert (Message.objects.count(), StoredFile.objects.count()) == (1, files)


def test_who_only_looks_does_not_write(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    for boss, role in ((bea, "viewer"), (bea, "finance"), (milo, "quoter")):
        colleague = make_member(boss, role.capitalize(), role)
        text = colleague.client.get(page(boss, order)).content.decode()
        assert "Your role reads these messages" in text and "<textarea" not in text
        posted = colleague.client.post(page(boss, order), {"text": "Hello", "uploads": [pdf()]})
        assert posted.status_code == 403
        with pytest.raises(NotAllowed):
            write(colleague, order)
    assert not Message.objects.exists() and not Attachment.objects.exists()
    engineer = make_member(bea, "Enno", "engineer")
    assert write(engineer, order).author == engineer.user


def test_nothing_reaches_a_manufacturer_that_does_not_know_of_the_order(
    bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    order = make_order(bea, milo)
    ApprovalRequest.objects.create(order=order, requested_by=bea.user, needed=1, reason="Dear.")
    for state in ("awaiting_approval", "cancelled"):
        Order.objects.filter(pk=order.pk).update(state=state)
        with pytest.raises(WrongState, match="does not know"):
            write(bea, order)
        assert bea.client.post(page(bea, order), {"text": "Hello"}).status_code == 422
        assert "does not know of this order" in bea.client.get(page(bea, order)).content.decode()
        assert milo.client.get(page(milo, order)).status_code == 404
    work()
    assert not Notification.objects.filter(kind="order_message_written").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"text": " "}, "required"),
        ({"text": "x" * (MAX_TEXT + 1)}, "at most"),
        ({"text": "Kept", "uploads": [pdf("virus.exe")]}, "not of a type"),
        ({"text": "Kept", "uploads": [SimpleUploadedFile("a.pdf", b"MZ")]}, "is not one"),
        ({"text": "Kept", "uploads": [SimpleUploadedFile("a.jpg", b"MZ")]}, "not a picture"),
        ({"text": "Kept", "uploads": [SimpleUploadedFile("a.step", b"")]}, "is empty"),
        ({"text": "Kept", "uploads": [pdf() for _ in range(MOST_FILES + 1)]}, "at most 5"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_text_stays(
    bea: Persona, milo: Persona, data: dict[str, Any], sentence: str
) -> None:
    order = make_order(bea, milo, "placed")
    for file in data.get("uploads", []):
        file.seek(0)
    answer = bea.client.post(page(bea, order), data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and data["text"][:4] in answer.content.decode()
    assert not Message.objects.exists()


def test_a_picture_loses_its_place_and_opens_for_the_other_side(
    bea: Persona, milo: Persona
) -> None:
    order = make_order(bea, milo, "placed")
    [kept] = store_files(
        actor=milo.actor,
        public_id=order.public_id,
        text="See",
        uploads=[SimpleUploadedFile("Shop floor.JPG", jpeg())],
    )
    assert kept.kind == StoredFile.Kind.PHOTO and kept.name == "Shop floor.jpg"
    with pytest.raises(DomainError, match="Write something"):
        store_files(actor=milo.actor, public_id=order.public_id, text=" ", uploads=[pdf()])


def test_a_program_gone_wild_is_slowed_down(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    for number in range(MOST_AN_HOUR):
        write(bea, order, f"{number}")
    with pytest.raises(TooMany):
        write(bea, order)
    assert write(milo, order)


def test_pages_and_lists_ask_the_same_number_of_questions(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "placed")
    counts = []
    for _ in range(2):
        for _ in range(3):
            message = write(milo, make_order(bea, milo, "placed") if counts else order)
            Attachment.objects.create(message=message, file=StoredFile.objects.latest("pk"))
            write(milo, order)
        row = []
        for address in ("/orders/", page(bea, order)):
            bea.client.get(address)
            with CaptureQueriesContext(connection) as asked:
                bea.client.get(address)
            row.append(len(asked))
        counts.append(row)
    assert counts[0] == counts[1] == [6, 18]
