"""A shop without an account: one link, one browser, one request; later an account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Certification
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import FileAccess, StoredFile
from marketplace.messaging.models import Message
from marketplace.parts.models import PartRevision
from quotes.actions import guests, invitations
from quotes.actions.award import accept_quote
from quotes.models import GuestLink, Invitation, Quote
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_member, make_person, make_shop
from tests.quotes.negotiating import BUYER, counter
from tests.quotes.scene import Request, open_rfq

EMAIL = "gil@gear-shop.example"
WHO = {"name": "Gil", "company": "Gil's Gears", "country": "at"}


@pytest.fixture
def request_(bea: Persona, milo: Persona) -> Request:
    return open_rfq(bea, milo)


def invite(request: Request, bea: Persona, email: str = EMAIL) -> Invitation:
    return guests.invite_guest(actor=bea.actor, public_id=request.id, email=email, company="Gears")


def mailed_link(work: Callable[[], None], to: str = EMAIL) -> str:
    """The path of the newest link mailed to an address."""
    work()
    (body,) = [m.body for m in mail.outbox if m.to == [to]][-1:]
    found = re.search(r"/guest/[\w-]+/", body)
    assert found
    return found[0]


def entered(path: str) -> Client:
    """A browser that opened the link and said who it is."""
    client = Client()
    assert client.get(path).status_code == 200
    assert client.post(path, WHO).status_code == 302
    return client


def priced(request: Request) -> dict[str, str]:
    prefix = request.line.public_id
    return {
        "action": "submit",
        "incoterm": "DAP",
        "valid_until": f"{timezone.localdate() + timedelta(days=9)}",
        f"{prefix}-price_10": "12.34",
        f"{prefix}-lead_10": "9",
    }


def quoted(client: Client, request: Request) -> Quote:
    client.post(f"/portal/requests/{request.id}/quote/")
    quote = Quote.objects.get(manufacturer__organization__name="Gil's Gears")
    client.post(f"/portal/quotes/{quote.public_id}/", priced(request))
    quote.refresh_from_db()
    return quote


def test_the_whole_way_by_link(request_: Request, bea: Persona, work: Callable[[], None]) -> None:
    assert invite(request_, bea) == invite(request_, bea)
    client = entered(mailed_link(work))
    page = client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "Brackets" in page and "by a link" in page and "Milo" not in page
    answer = client.post(f"/portal/requests/{request_.id}/questions/ask/", {"text": "Which?"})
    assert answer.status_code == 302
    assert Message.objects.get().author_name == "Gil"
    quote = quoted(client, request_)
    assert quote.state == "submitted"
    detail = bea.client.get(f"/rfqs/{request_.id}/").content.decode()
    assert "Gil&#x27;s Gears" in detail and "Not verified yet" in detail and EMAIL in detail
    with pytest.raises(WrongState, match="not verified yet"):
        accept_quote(
            actor=bea.actor,
            rfq_id=request_.id,
            quote_id=quote.public_id,
            chosen={request_.line.public_id: 10},
            seen=quote.seen,
        )
    told = set(Event.objects.filter(thread=request_.id).values_list("type", flat=True))
    assert {"guest_invited", "guest_opened", "quote_submitted"} <= told


def test_a_guest_answers_a_counter_offer(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    client = entered(mailed_link(work))
    quote = quoted(client, request_)
    made = counter(bea, BUYER, request_, quote, "11")
    work()
    (letter,) = [m for m in mail.outbox if "counter-offer" in m.subject]
    assert letter.to == [EMAIL] and "/guest/" in letter.body
    path = f"/portal/quotes/{quote.public_id}"
    assert "Accept the offer" in client.get(f"{path}/negotiate/").content.decode()
    answer = client.post(f"{path}/counter-offers/{made.public_id}/accept/")
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decided_by) == ("accepted", None)


def test_a_guest_reaches_one_request_and_nothing_else(
    request_: Request, bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    other = open_rfq(bea, milo)
    client = entered(mailed_link(work))
    assert client.get(f"/portal/requests/{other.id}/").status_code == 404
    for path in (
        "/portal/",
        "/portal/requests/",
        "/portal/orders/",
        "/home/",
        "/parts/",
        f"/rfqs/{request_.id}/",
        "/settings/profile/",
        "/portal/requests/open/",
    ):
        assert client.get(path).status_code == 302, path
    for path in ("/api/v1/me/", f"/api/v1/requests/{request_.id}/"):
        assert client.get(path).status_code in (401, 403), path


def test_files_open_for_the_guest_as_receipts_and_for_no_other_browser(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invitation = invite(request_, bea)
    upload = SimpleUploadedFile("cube.stl", cube_stl())
    model = store_upload(actor=bea.actor, upload=upload, kind=StoredFile.Kind.MODEL)
    PartRevision.objects.filter(pk=request_.line.part_revision_id).update(model_file=model)
    client = entered(mailed_link(work))
    page = client.get(f"/portal/requests/{request_.id}/").content.decode()
    found = re.search(r'href="(/files/[^"]+)"', page)
    assert found
    assert Client().get(found[1]).status_code == 404
    assert b"".join(client.get(found[1]).streaming_content) == cube_stl()  # type: ignore[attr-defined]
    receipt = FileAccess.objects.get(room=request_.id)
    assert (receipt.person, receipt.organization) == ("Gil", invitation.manufacturer.organization)
    assert "Gil" in bea.client.get(f"/rfqs/{request_.id}/room/").content.decode()
    assert link_to(model, bea.actor) != found[1]


def test_a_forwarded_link_asks_for_a_code_that_goes_to_the_invited_address(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    path = mailed_link(work)
    first, stranger = entered(path), Client()
    assert b"another browser" in stranger.get(path).content
    assert stranger.post(path, WHO).status_code == 422
    assert stranger.get(f"/portal/requests/{request_.id}/").status_code == 302
    mail.outbox.clear()
    stranger.post(f"{path}code/")
    stranger.post(f"{path}code/")
    work()
    (letter,) = mail.outbox
    assert letter.to == [EMAIL]
    wrong = {"name": "Eve", "code": "000000x"}
    for _ in range(guests.MOST_TRIES):
        assert stranger.post(f"{path}confirm/", wrong).status_code == 422
    code = re.search(r"\d{6}", letter.subject)
    assert code
    # Five wrong tries end the code, the right one too.
    right = {"name": "Gil", "code": code[0]}
    assert stranger.post(f"{path}confirm/", right).status_code == 422
    GuestLink.objects.update(code_tries=0)
    assert stranger.post(f"{path}confirm/", right).status_code == 302
    assert stranger.get(f"/portal/requests/{request_.id}/").status_code == 200
    # The first browser is told why it is out, once.
    out = first.get(f"/portal/requests/{request_.id}/", follow=True)
    assert b"opened in another browser" in out.content
    out = first.get(f"/portal/requests/{request_.id}/", follow=True)
    assert b"opened in another browser" not in out.content
    assert stranger.post(f"{path}confirm/", right).status_code == 422


def test_links_that_are_over_say_what_to_do(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invitation = invite(request_, bea)
    path = mailed_link(work)
    client = entered(path)
    with time_machine.travel(timezone.now() + timedelta(days=18), tick=False):
        assert Client().get(path).status_code == 404
        assert client.get(f"/portal/requests/{request_.id}/").status_code == 302
    values = {"actor": bea.actor, "public_id": request_.id, "invitation_id": invitation.public_id}
    with pytest.raises(Conflict, match="Wait two minutes"):
        guests.resend_guest_link(**values)
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        guests.resend_guest_link(**values)
        assert Client().get(path).status_code == 404
        assert client.get(f"/portal/requests/{request_.id}/").status_code == 302
        renewed = mailed_link(work)
        assert renewed != path
        client = entered(renewed)
        invitations.revoke_invitation(**values, reason="No longer.")
        over = Client().get(renewed)
        assert over.status_code == 404 and b"Ask the company that sent it" in over.content
        assert client.get(f"/portal/requests/{request_.id}/").status_code == 302
        with pytest.raises(WrongState):
            guests.resend_guest_link(**values)


def test_the_token_and_the_code_stand_nowhere(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    path = mailed_link(work)
    entered(path)
    guests.send_guest_code(secret=path.split("/")[2])
    work()
    code = mail.outbox[-1].subject[-6:]
    kept = f"{list(GuestLink.objects.values())} {list(Event.objects.values())}"
    assert path.split("/")[2] not in kept and code not in kept


def test_an_account_keeps_the_quote(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invitation = invite(request_, bea)
    path = mailed_link(work)
    quote = quoted(entered(path), request_)
    secret = path.split("/")[2]
    eve, gil = Persona(make_person("Eve")), Persona(make_person("Gil"))
    with pytest.raises(NotAllowed, match="another address"):
        guests.claim_guest_quote(actor=eve.actor, secret=secret)
    unproved = EmailAddress.objects.create(user=gil.user, email=EMAIL, verified=False)
    with pytest.raises(NotAllowed):
        guests.claim_guest_quote(actor=gil.actor, secret=secret)
    EmailAddress.objects.filter(pk=unproved.pk).update(verified=True)
    assert b"Take it into my account" in gil.client.get(path).content
    assert gil.client.post(f"{path}claim/").status_code == 302
    gil = Persona(gil.user)
    assert gil.organization == invitation.manufacturer.organization
    assert not gil.organization.is_guest and gil.actor.role == "owner"
    assert gil.client.get(f"/portal/requests/{request_.id}/").status_code == 200
    assert Client().get(path).status_code == 404
    # Still a company nobody verified.
    with pytest.raises(WrongState, match="not verified yet"):
        accept_quote(
            actor=bea.actor,
            rfq_id=request_.id,
            quote_id=quote.public_id,
            chosen={request_.line.public_id: 10},
            seen=quote.seen,
        )


def test_a_member_of_a_shop_moves_the_quote_there(
    request_: Request, bea: Persona, milo: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    path = mailed_link(work)
    client = entered(path)
    client.post(f"/portal/requests/{request_.id}/questions/ask/", {"text": "Which?"})
    quote = quoted(client, request_)
    secret = path.split("/")[2]
    EmailAddress.objects.create(user=milo.user, email=EMAIL, verified=True)
    with pytest.raises(DomainError, match="asked to quote this request already"):
        guests.claim_guest_quote(actor=milo.actor, secret=secret)
    fay = make_shop("Fay", "Fay Forge")
    EmailAddress.objects.filter(user=milo.user, email=EMAIL).delete()
    EmailAddress.objects.create(user=fay.user, email=EMAIL, verified=True)
    guests.claim_guest_quote(actor=fay.actor, secret=secret)
    quote.refresh_from_db()
    assert quote.manufacturer == fay.manufacturer
    assert b"Which?" in fay.client.get(f"/portal/requests/{request_.id}/questions/").content
    assert client.get(f"/portal/requests/{request_.id}/").status_code == 302


def test_a_guest_offers_an_alternate_and_a_file_and_both_move_with_the_claim(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    path = mailed_link(work)
    client = entered(path)
    client.post(f"/portal/requests/{request_.id}/quote/")
    quote = Quote.objects.get()
    line = request_.line.public_id
    sent = {
        **priced(request_),
        "alternate": f"{line}:1",
        f"{line}-1-reason": "Printed",
        f"{line}-1-price_10": "8",
        f"{line}-1-lead_10": "3",
        "uploads": SimpleUploadedFile("sheet.pdf", b"%PDF-1.4 sheet"),
    }
    assert client.post(f"/portal/quotes/{quote.public_id}/", sent).status_code == 302
    detail = bea.client.get(f"/rfqs/{request_.id}/").content.decode()
    assert "alternate 1" in detail and "Printed" in detail and "sheet.pdf" in detail
    fay = make_shop("Fay", "Fay Forge")
    EmailAddress.objects.create(user=fay.user, email=EMAIL, verified=True)
    guests.claim_guest_quote(actor=fay.actor, secret=path.split("/")[2])
    assert quote.files.get().file.organization == fay.organization
    assert b"sheet.pdf" in fay.client.get(f"/portal/requests/{request_.id}/").content


@pytest.mark.parametrize(
    ("email", "company", "sentence"),
    [
        ("no", "X", "e-mail address"),
        ("a@b.example\nBcc: c@d.example", "X", "e-mail address"),
        (EMAIL, "  ", "Enter the company"),
    ],
)
def test_what_cannot_be_invited_is_refused(
    request_: Request, bea: Persona, email: str, company: str, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        guests.invite_guest(actor=bea.actor, public_id=request_.id, email=email, company=company)
    assert not GuestLink.objects.exists()


def test_who_may_not_invite_finds_nothing_and_requests_that_ask_for_proof_take_no_guests(
    request_: Request, bea: Persona, milo: Persona, stefan: Persona
) -> None:
    for actor in (milo.actor, stefan.actor):
        with pytest.raises(NotFound):
            guests.invite_guest(actor=actor, public_id=request_.id, email=EMAIL, company="X")
    with pytest.raises(NotAllowed):
        invite(request_, make_member(bea, "Vic", "viewer"))
    request_.rfq.certifications.set(Certification.objects.filter(code="iso_9001"))
    with pytest.raises(DomainError, match="checked certificates"):
        invite(request_, bea)


def test_who_needs_no_link_is_told_so_and_an_address_gives_nobody_away(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    make_member(bea, "Paul", "purchaser")
    name = milo.organization.name
    for email, company, sentence in (
        ("PAUL@example.com", "X", "in your own organization"),
        (EMAIL, f" {name.upper()} ", f"{name} is a verified manufacturer here"),
    ):
        with pytest.raises(DomainError, match=sentence):
            guests.invite_guest(
                actor=bea.actor, public_id=request_.id, email=email, company=company
            )
    path = f"/api/v1/rfqs/{request_.id}/guests/"
    told = bea.client.post(path, {"email": EMAIL, "company": name}, "application/json")
    assert told.status_code == 422 and "verified manufacturer" in told.content.decode()
    # A shop that waits for verification is in no public list, and whose address it is stays theirs.
    waiting = make_shop("Wanda", "Waiting Works", verified=False)
    for email in (waiting.user.email, milo.user.email):
        assert invite(request_, bea, email).manufacturer.organization.is_guest


def test_the_mails_of_a_guest_name_each_date_and_no_dead_link(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invitation = invite(request_, bea)
    work()
    (letter,) = [m for m in mail.outbox if m.to == [EMAIL]]
    end = GuestLink.objects.get().expires_at
    assert "takes your prices until then." in letter.body
    assert f"The link itself works until {end:%-d %b %Y}, so that" in letter.body
    values = {"actor": bea.actor, "public_id": request_.id, "invitation_id": invitation.public_id}
    invitations.revoke_invitation(**values, reason="No longer.")
    work()
    (ended,) = [m for m in mail.outbox if "ended your access" in m.subject]
    assert ended.to == [EMAIL] and "No longer." in ended.body
    assert "/guest/" not in ended.body and "/guest/" not in ended.alternatives[0][0]
