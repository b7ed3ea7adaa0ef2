"""NDAs: no part before acceptance, by any door; versions; the file room and its receipts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.files.actions import let_in, shut_out, store_upload
from marketplace.files.links import link_to
from marketplace.files.models import FileAccess, StoredFile
from marketplace.parts.models import Part, PartRevision
from quotes.actions import questions, secrecy
from quotes.actions import quote as quoting
from quotes.models import NDA, RFQ, NDAAcceptance
from tests.api.scene import Api
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_member
from tests.quotes.scene import Request, open_rfq, prices

FILE = "secret-cube.stl"


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    """An open request under Bea's NDA, its part with a real file and its notes telling."""
    request = open_rfq(bea, milo, rita)
    upload = SimpleUploadedFile(FILE, cube_stl())
    model = store_upload(actor=bea.actor, upload=upload, kind=StoredFile.Kind.MODEL)
    PartRevision.objects.filter(pk=request.line.part_revision_id).update(
        model_file=model, preview=model, thumbnail=model
    )
    Part.objects.filter(pk=request.line.part_revision.part_id).update(name="Servo horn")
    nda = secrecy.write_nda(actor=bea.actor, text="Tell nobody.")
    RFQ.objects.filter(pk=request.rfq.pk).update(
        nda=nda, notes="For the secret robot.", ship_to="Hidden Dock 7"
    )
    request.rfq.refresh_from_db()
    return request


def open_file(person: Persona, link: str) -> int:
    """The status, with the file read to its end."""
    answer = person.client.get(link)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return answer.status_code


def accept(request: Request, shop: Persona) -> NDAAcceptance:
    nda = request.fresh().nda
    assert nda is not None
    return secrecy.accept_nda(actor=shop.actor, rfq_id=request.id, seen=nda.public_id)


def test_before_acceptance_no_door_tells_anything_of_the_parts(
    request_: Request, milo: Persona
) -> None:
    number = request_.line.part_revision.part.number
    words = [FILE, "Servo horn", number, "secret robot", "Hidden Dock", "/files/"]
    page = milo.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "Tell nobody." in page and "CNC milling" in page and "10, 100" in page
    api = Api(milo)
    answer = api.get(f"/requests/{request_.id}/")
    assert answer.json()["nda_required"] is True
    assert answer.json()["lines"][0]["quantities"] == [10, 100]
    texts = [page, answer.content.decode(), api.get("/requests/").content.decode()]
    for word in words:
        assert not any(word in text for text in texts), word
    for path in ("messages/", "answers/"):
        refused = api.get(f"/requests/{request_.id}/{path}")
        assert (refused.status_code, refused.json()["code"]) == (403, "nda_required")
    refused = api.post(f"/requests/{request_.id}/quote/")
    assert (refused.status_code, refused.json()["code"]) == (403, "nda_required")
    led = milo.client.get(f"/portal/requests/{request_.id}/questions/", follow=True)
    assert "Read and accept it on the request" in led.content.decode()
    assert led.redirect_chain == [(f"/portal/requests/{request_.id}/", 302)]
    with pytest.raises(NotAllowed, match="non-disclosure"):
        questions.ask_question(actor=milo.actor, rfq_id=request_.id, text="?")


def test_acceptance_opens_the_files_for_that_person_and_version(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    path = f"/portal/requests/{request_.id}/"
    nda = request_.fresh().nda
    assert nda is not None
    milo.client.post(f"{path}nda/accept/", {"seen": nda.public_id})
    acceptance = NDAAcceptance.objects.get()
    assert (acceptance.name, acceptance.organization, acceptance.nda) == (
        "Milo",
        milo.organization,
        nda,
    )
    assert Event.objects.filter(type="nda_accepted").count() == 1
    assert FILE in milo.client.get(path).content.decode()
    mia = make_member(milo, "Mia", "quoter")
    assert FILE not in mia.client.get(path).content.decode()
    assert accept(request_, milo) == acceptance
    assert Event.objects.filter(type="nda_accepted").count() == 1
    # A changed text is a new version, to be accepted anew once the request names it.
    newer = secrecy.write_nda(actor=bea.actor, text="Tell nobody, ever.")
    RFQ.objects.filter(pk=request_.rfq.pk).update(nda=newer)
    assert FILE not in milo.client.get(path).content.decode()
    with pytest.raises(WrongState, match="changed the agreement"):
        secrecy.accept_nda(actor=milo.actor, rfq_id=request_.id, seen=nda.public_id)


def test_a_quote_waits_for_the_acceptance(request_: Request, bea: Persona, milo: Persona) -> None:
    accept(request_, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    newer = secrecy.write_nda(actor=bea.actor, text="Another text.")
    RFQ.objects.filter(pk=request_.rfq.pk).update(nda=newer)
    for act in (quoting.save_quote, quoting.submit_quote):
        with pytest.raises(NotAllowed, match="non-disclosure"):
            act(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))
    assert milo.client.get(f"/portal/quotes/{quote.public_id}/").status_code == 302


def test_only_a_person_of_the_shop_who_was_asked_accepts(
    request_: Request, bea: Persona, milo: Persona, stefan: Persona
) -> None:
    nda = request_.fresh().nda
    assert nda is not None
    for actor in (bea.actor, stefan.actor):
        with pytest.raises(NotFound):
            secrecy.accept_nda(actor=actor, rfq_id=request_.id, seen=nda.public_id)
    Membership.objects.filter(user=milo.user).update(role="production")
    with pytest.raises(NotAllowed):
        accept(request_, milo)
    assert not NDAAcceptance.objects.exists()


def test_versions_are_written_by_who_manages_the_buyer(bea: Persona, milo: Persona) -> None:
    first = secrecy.write_nda(actor=bea.actor, text=" Text. ")
    assert secrecy.write_nda(actor=bea.actor, text="Text.") == first
    assert secrecy.write_nda(actor=bea.actor, text="Other.").version == 2
    assert Event.objects.filter(type="nda_written").count() == 2
    for text in ("  ", "x" * 40_001):
        with pytest.raises(DomainError):
            secrecy.write_nda(actor=bea.actor, text=text)
    with pytest.raises(NotFound):
        secrecy.write_nda(actor=milo.actor, text="Mine.")
    with pytest.raises(NotAllowed):
        secrecy.write_nda(actor=make_member(bea, "Ben", "buyer").actor, text="Ben's.")
    assert NDA.objects.count() == 2


def test_copies_of_both_sides_name_person_version_and_time(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    accept(request_, milo)
    accept(request_, rita)
    own = milo.client.get(f"/portal/requests/{request_.id}/nda/download/").content.decode()
    assert "Tell nobody." in own and "Accepted by Milo for Milo Machining" in own
    assert "Rita" not in own
    assert "Rita" not in milo.client.get(f"/portal/requests/{request_.id}/nda/").content.decode()
    copy = bea.client.get(f"/rfqs/{request_.id}/nda/").content.decode()
    assert "version 1" in copy and "Milo Machining" in copy and "Rita Rapid Parts" in copy


def test_every_opened_file_is_a_receipt_for_the_buyer(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    accept(request_, milo)
    file = StoredFile.objects.get(name=FILE)
    StoredFile.objects.filter(pk=file.pk).update(name="=cmd()|'x'.stl")
    open_file(milo, link_to(file, milo.actor, room=request_.id))
    open_file(bea, link_to(file, bea.actor))
    receipt = FileAccess.objects.get(room=request_.id)
    assert (receipt.person, receipt.organization) == ("Milo", milo.organization)
    page = bea.client.get(f"/rfqs/{request_.id}/room/").content.decode()
    assert page.count("Milo Machining") >= 2
    export = bea.client.get(f"/rfqs/{request_.id}/room/export/")
    lines = b"".join(export.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2 and "'=cmd()" in lines[1]


def test_a_revoked_room_ends_links_that_were_made_already(
    request_: Request, milo: Persona, rita: Persona
) -> None:
    file = StoredFile.objects.get(name=FILE)
    link = link_to(file, milo.actor, room=request_.id)
    rivals = link_to(file, rita.actor, room=request_.id)
    assert open_file(milo, link) == 200
    for _ in range(2):
        shut_out(organization=milo.organization, room=request_.id)
    assert open_file(milo, link) == 404
    assert open_file(rita, rivals) == 200
    let_in(organization=milo.organization, room=request_.id)
    assert open_file(milo, link) == 200
