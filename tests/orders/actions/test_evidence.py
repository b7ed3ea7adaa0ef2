"""Evidence packs: everything a side may see, in one ZIP, put together once by the worker."""

import hashlib
import zipfile
from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from django.test import Client

from accounts.actor import Actor
from accounts.roles import Role
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.events import record
from marketplace.core.outbox import sweep
from marketplace.core.templatetags.formats import plain_day
from marketplace.files.actions import store_generated
from marketplace.files.models import StoredFile
from orders import events, evidence
from orders.actions.evidence import ask_evidence, write_evidence
from orders.actions.nonconformances import attach_evidence
from orders.actions.order_messages import write_order_message
from orders.models import Nonconformance, OrderDocument
from tests.api.scene import Api, facts_since, last_event, order_in
from tests.orders.actions.test_problems import reject
from tests.orders.actions.test_quality import look
from tests.orders.scene import make_order
from tests.personas import Persona, make_member

pytestmark = pytest.mark.django_db
SECRET = "Our chief engineer approved it for 900 at most"


def troubled(bea: Persona, milo: Persona) -> Nonconformance:
    """A problem with a photo of each side, a message, and a fact only the buyer may see."""
    order = order_in("delivered", bea, milo)
    problem = reject(bea, order)
    for person, name in ((bea, "../dent one.jpg"), (milo, "gauge.jpg")):
        file = store_generated(
            organization=person.organization,
            kind=StoredFile.Kind.PHOTO,
            name=name,
            content=f"photo of {name}".encode(),
        )
        attach_evidence(
            actor=person.actor,
            public_id=order.public_id,
            problem=problem.public_id,
            files=[file],
        )
    write_order_message(actor=milo.actor, public_id=order.public_id, text="We look into it.")
    record(
        events.APPROVAL_GIVEN,
        order,
        actor=bea.actor,
        visible_to=[order.buyer],
        given=1,
        needed=1,
        note=f". {SECRET}",
    )
    return problem


def content_of(pack: OrderDocument) -> bytes:
    assert pack.file is not None
    with pack.file.content.open("rb") as stored:
        return bytes(stored.read())


def downloaded(client: Client, path: str) -> bytes:
    answer = client.get(path, follow=True)
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def opened(pack: OrderDocument) -> tuple[zipfile.ZipFile, str]:
    """The ZIP, and the text of its index."""
    archive = zipfile.ZipFile(BytesIO(content_of(pack)))
    with pypdfium2.PdfDocument(archive.read("index.pdf")) as index:
        text = " ".join(page.get_textpage().get_text_bounded() for page in index)
    return archive, " ".join(text.replace("\ufffe", "").split())


def test_each_side_gets_what_it_may_see(bea: Persona, milo: Persona, sam: Persona) -> None:
    problem = troubled(bea, milo)
    order = problem.order
    texts = {}
    for name, actor in (
        ("buyer", bea.actor),
        ("manufacturer", milo.actor),
        ("staff", Actor.staff(sam.user)),
    ):
        pack = ask_evidence(actor=actor, public_id=order.public_id)
        assert (pack.audience, pack.file) == (name, None)
        archive, texts[name] = opened(write_evidence(pack.public_id))
        assert archive.testzip() is None
    assert SECRET in texts["buyer"] and SECRET in texts["staff"]
    assert SECRET not in texts["manufacturer"]
    for text in texts.values():
        for words in (
            order.reference,
            "Bea Robotics",
            "Milo Machining",
            "JD014600",
            problem.reference,
            "Bore 8.2 instead of 8.0 H7",
            "We look into it.",
            "To the manufacturer",
        ):
            assert words in text, words


def test_a_failed_inspection_stays_in_the_pack(bea: Persona, milo: Persona) -> None:
    order = make_order(bea, milo, "in_production")
    look(milo, order, lot="A", defects=3)
    look(milo, order, lot="A", inspected_on=date(2026, 1, 6))
    pack = ask_evidence(actor=bea.actor, public_id=order.public_id)
    _, text = opened(write_evidence(pack.public_id))
    assert "3 of 20" in text and "0 of 20" in text
    assert text.index("3 of 20") < text.index("0 of 20")
    assert plain_day(date(2026, 1, 6)) in text


def test_the_files_are_named_safely_and_listed_with_their_hashes(
    bea: Persona, milo: Persona
) -> None:
    problem = troubled(bea, milo)
    key = {"actor": milo.actor, "public_id": problem.order.public_id}
    pack = write_evidence(ask_evidence(**key, problem=problem.public_id).public_id)
    archive, text = opened(pack)
    folder = f"claims/{problem.reference}"
    assert f"{folder}/001-dent-one.jpg" in archive.namelist()
    for name in archive.namelist():
        assert ".." not in name and not name.startswith("/")
    sha = hashlib.sha256(archive.read(f"{folder}/002-gauge.jpg")).hexdigest()
    assert sha in text.replace(" ", "")
    assert pack.file is not None
    assert hashlib.sha256(content_of(pack)).hexdigest() == pack.file.sha256
    assert (pack.file.organization, pack.file_name[-4:]) == (milo.organization, ".zip")
    assert pack.number.startswith("EP-")


def test_a_second_click_does_nothing_until_something_happens(bea: Persona, milo: Persona) -> None:
    problem = troubled(bea, milo)
    key = {"actor": bea.actor, "public_id": problem.order.public_id}
    last = last_event()
    pack = ask_evidence(**key)
    assert ask_evidence(**key) == pack
    assert facts_since(last) == ["evidence_asked"]
    write_evidence(pack.public_id)
    write_evidence(pack.public_id)
    assert facts_since(last) == ["evidence_asked", "evidence_written"]
    assert ask_evidence(**key) == pack
    write_order_message(actor=bea.actor, public_id=problem.order.public_id, text="And now?")
    newer = ask_evidence(**key)
    assert (newer.revision, newer.file) == (2, None)
    assert ask_evidence(**key, problem=problem.public_id).revision == 1


def test_what_does_not_fit_or_is_gone_is_said(
    bea: Persona, milo: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = troubled(bea, milo)
    monkeypatch.setattr(evidence, "MOST_FILES", 1)
    pack = ask_evidence(actor=bea.actor, public_id=problem.order.public_id)
    file = problem.files.all()[0].file
    file.content.storage.delete(file.content.name)
    archive, text = opened(write_evidence(pack.public_id))
    assert archive.namelist() == ["index.pdf"]
    assert "not stored any more" in text
    assert "Files left out, because the pack would be too large" in text and "gauge.jpg" in text


def test_a_pack_is_its_sides_alone(
    bea: Persona, milo: Persona, stefan: Persona, rita: Persona, sam: Persona
) -> None:
    problem = troubled(bea, milo)
    order = problem.order
    for person in (stefan, rita):
        with pytest.raises(NotFound):
            ask_evidence(actor=person.actor, public_id=order.public_id)
    viewer = make_member(bea, "Vera", Role.VIEWER)
    with pytest.raises(NotAllowed):
        ask_evidence(actor=viewer.actor, public_id=order.public_id)
    with pytest.raises(NotFound):
        ask_evidence(actor=bea.actor, public_id=order.public_id, problem="ncr_x")
    page, portal = f"/orders/{order.public_id}", f"/portal/orders/{order.public_id}"
    answer = bea.client.post(f"{page}/documents/evidence/", follow=True)
    assert "being put together" in answer.content.decode()
    pack = OrderDocument.objects.get(kind="evidence")
    address = f"documents/{pack.public_id}/"
    assert bea.client.get(f"{page}/{address}").status_code == 409
    sweep()
    assert downloaded(bea.client, f"{page}/{address}")[:2] == b"PK"
    assert viewer.client.get(f"{page}/{address}").status_code == 302
    assert milo.client.get(f"{portal}/{address}").status_code == 404
    for address in (
        f"{portal}/documents/",
        f"{portal}/",
        f"{portal}/problems/{problem.public_id}/",
    ):
        shown = milo.client.get(address).content.decode()
        assert pack.number not in shown and SECRET not in shown
    sweep()
    assert "is put together" in bea.client.get("/inbox/").content.decode()
    staff = Client()
    staff.force_login(sam.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    desk = f"/admin/orders/nonconformance/{problem.pk}/decide/ask_evidence/"
    assert staff.post(desk, {"note": "For the decision."}).status_code == 302
    sweep()
    shown = staff.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    of_staff = OrderDocument.objects.get(kind="evidence", audience="staff")
    link = f"/admin/orders/order/papers/{of_staff.public_id}/"
    assert link in shown
    assert downloaded(staff, link)[:2] == b"PK"


def test_a_program_asks_waits_and_downloads(bea: Persona, milo: Persona) -> None:
    problem = troubled(bea, milo)
    api, other = Api(bea), Api(milo)
    path = f"/orders/{problem.order.public_id}/evidence-packs/"
    made = api.post(path, {"problem": problem.public_id})
    assert (made.status_code, made.json()["is_ready"], made.json()["url"]) == (202, False, "")
    assert api.post(path, {"problem": problem.public_id}).json()["id"] == made.json()["id"]
    sweep()
    [row] = api.get(path).json()["results"]
    assert (row["is_ready"], row["problem"]) == (True, problem.public_id)
    assert api.opens(row["url"])
    assert other.get(path).json()["results"] == []
    assert api.post(path, {"problem": "ncr_x"}).status_code == 404
