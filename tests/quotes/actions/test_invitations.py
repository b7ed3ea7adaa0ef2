"""Open requests and the shops that join them; requirements; access that ends at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Certificate, Certification
from marketplace.files.actions import store_upload
from marketplace.files.links import link_to
from marketplace.files.models import StoredFile
from quotes import admission
from quotes.actions import invitations, publication, questions
from quotes.actions import quote as quoting
from quotes.actions.rfq import add_invitations
from quotes.models import RFQ, Invitation, Quote
from quotes.queries import lines_of
from quotes.queries.matching import matches_for
from quotes.queries.open_requests import open_requests_for
from tests.api.scene import Api
from tests.pages.test_query_counts import grows
from tests.parts.actions.test_parts import cube_stl
from tests.personas import Persona, make_shop
from tests.quotes.scene import Request, draft_for, draft_rfq, open_rfq, prices, submitted


def certify(shop: Persona, code: str, *, days: int = 30) -> Certificate:
    return Certificate.objects.create(
        manufacturer=shop.manufacturer,
        certification=Certification.objects.get(code=code),
        state="checked",
        number=f"N-{code}",
        body="TUEV",
        expires_on=timezone.localdate() + timedelta(days=days),
    )


def require(request: Request, *codes: str) -> None:
    request.rfq.certifications.set(Certification.objects.filter(code__in=codes))


def matches(shop: Persona, request: Request) -> bool:
    return request.rfq in open_requests_for(shop.actor)


def test_an_open_request_is_published_without_invitations_and_joined(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, visibility="open")
    page = milo.client.get("/portal/requests/open/").content.decode()
    assert "Brackets" in page and "Runs CNC milling" in page and "/files/" not in page
    assert milo.client.get(f"/portal/requests/{request.id}/").status_code == 404
    milo.client.post(f"/portal/requests/{request.id}/join/")
    invitation = Invitation.objects.get()
    assert invitation.manufacturer == milo.manufacturer and invitation.reasons
    assert invitations.join_rfq(actor=milo.actor, rfq_id=request.id) == invitation
    assert Event.objects.filter(type="rfq_joined").count() == 1
    assert milo.client.get(f"/portal/requests/{request.id}/").status_code == 200
    assert not matches(milo, request) and matches(rita, request)
    assert not any("Milo" in e.sentence for e in timeline(request.rfq, rita.organization))
    mail.outbox.clear()
    work()
    assert [m.to[0] for m in mail.outbox if "takes part" in m.subject] == [bea.user.email]
    assert submitted(request, milo).state == "submitted"


def test_who_does_not_match_does_not_find_it(bea: Persona, milo: Persona, stefan: Persona) -> None:
    request = open_rfq(bea, visibility="open")
    fresh = make_shop("Fay", "Fay Forge", verified=False)
    for actor in (fresh.actor, stefan.actor, bea.actor):
        assert not open_requests_for(actor).exists()
        with pytest.raises(NotFound):
            invitations.join_rfq(actor=actor, rfq_id=request.id)
    milo.manufacturer.processes.clear()
    assert not matches(milo, request)
    with pytest.raises(NotFound):
        invitations.join_rfq(actor=milo.actor, rfq_id=request.id)
    assert not Invitation.objects.exists()


def test_invited_only_and_closed_requests_are_no_open_ones(bea: Persona, milo: Persona) -> None:
    rita = make_shop("Rita", "Rita Rapid Parts")
    hidden = open_rfq(bea, rita)
    late = open_rfq(bea, visibility="open")
    RFQ.objects.filter(pk=late.rfq.pk).update(deadline=timezone.now())
    draft = draft_rfq(bea)
    RFQ.objects.filter(pk=draft.rfq.pk).update(visibility="open")
    for request in (hidden, late, draft):
        assert not matches(milo, request)
        with pytest.raises(NotFound):
            invitations.join_rfq(actor=milo.actor, rfq_id=request.id)


@pytest.mark.parametrize(
    ("countries", "fits"), [([], True), (["DE"], True), (["AT", "DE"], True), (["AT"], False)]
)
def test_the_country_decides(bea: Persona, milo: Persona, countries: list[str], fits: bool) -> None:
    request = open_rfq(bea, visibility="open", countries=countries)
    assert matches(milo, request) is fits
    assert (admission.lacks_of(request.fresh(), milo.manufacturer) == []) is fits


def test_export_control_asks_for_a_country_and_a_registration(bea: Persona, milo: Persona) -> None:
    draft = draft_rfq(bea)
    controlled = draft_for(draft.line, milo, is_export_controlled=True)
    with pytest.raises(DomainError, match="name the countries"):
        publication.publish_rfq(actor=bea.actor, public_id=draft.id, draft=controlled)
    request = open_rfq(bea, visibility="open", is_export_controlled=True, countries=["DE"])
    assert not matches(milo, request)
    certify(milo, "itar")
    assert matches(milo, request)
    assert "ITAR" in bea.client.get(f"/rfqs/{request.id}/").content.decode()


def test_a_certificate_that_ends_keeps_a_shop_from_submitting(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, visibility="open")
    require(request, "iso_9001")
    assert not matches(milo, request)
    certificate = certify(milo, "iso_9001")
    assert matches(milo, request)
    invitations.join_rfq(actor=milo.actor, rfq_id=request.id)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    Certificate.objects.filter(pk=certificate.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    with pytest.raises(DomainError, match="no checked certificate") as refused:
        quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request))
    assert refused.value.code == "requirements"
    assert Quote.objects.get().state == "draft"
    page = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "ISO 9001:2015" in page and "neither open the files nor quote" in page


@pytest.mark.parametrize("how", ["country", "certificate", "export control"])
def test_an_invited_shop_that_lacks_something_reads_an_outline_and_opens_no_file(
    bea: Persona, milo: Persona, how: str
) -> None:
    """What the builder promises: checked before a manufacturer can open a file."""
    header = {"country": {"countries": ["AT"]}, "certificate": {}}.get(
        how, {"countries": ["DE"], "is_export_controlled": True}
    )
    request = open_rfq(bea, milo, notes="Secret notes", **header)
    if how == "certificate":
        require(request, "as9100")
    number = request.line.part_revision.part.number
    page = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert "neither open the files nor quote" in page and "in outline" in page
    assert not any(word in page for word in (number, "/files/", "Secret notes"))
    answer = milo.client.get(f"/api/v1/requests/{request.id}/").json()
    assert answer["lacks"] and answer["notes"] == "" and number not in str(answer)
    assert all("files" not in line or not line["files"] for line in answer["lines"])
    with pytest.raises(NotAllowed) as refused:
        quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    assert refused.value.code == "requirements"
    with pytest.raises(NotAllowed):
        questions.ask_question(actor=milo.actor, rfq_id=request.id, text="What is it?")
    asked = milo.client.get(f"/portal/requests/{request.id}/questions/")
    assert asked.status_code == 302
    assert milo.client.get(f"/api/v1/requests/{request.id}/messages/").status_code == 403
    if how == "certificate":
        certify(milo, "as9100")
    elif how == "country":
        RFQ.objects.update(countries=["DE"])
    else:
        certify(milo, "itar")
    page = milo.client.get(f"/portal/requests/{request.id}/").content.decode()
    assert number in page and "/files/" in page


def test_revoking_ends_page_links_and_quote_at_once_and_restoring_gives_access_back(
    bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    upload = SimpleUploadedFile("cube.stl", cube_stl())
    file = store_upload(actor=bea.actor, upload=upload, kind=StoredFile.Kind.MODEL)
    link = link_to(file, milo.actor, room=request.id)
    invitation = Invitation.objects.get(manufacturer=milo.manufacturer)
    values = {"public_id": request.id, "invitation_id": invitation.public_id}
    with pytest.raises(DomainError, match="Say why"):
        invitations.revoke_invitation(actor=bea.actor, **values)
    invitations.revoke_invitation(actor=bea.actor, **values, reason="Wrong company.")
    with pytest.raises(WrongState):
        invitations.revoke_invitation(actor=bea.actor, **values, reason="Again.")
    assert milo.client.get(link).status_code == 404
    assert milo.client.get(f"/portal/requests/{request.id}/").status_code == 404
    quote.refresh_from_db()
    assert quote.state == "superseded"
    assert "€12.50" not in bea.client.get(f"/rfqs/{request.id}/").content.decode()
    mail.outbox.clear()
    work()
    assert [m.to[0] for m in mail.outbox if "ended your access" in m.subject] == [milo.user.email]
    invitations.restore_invitation(actor=bea.actor, **values)
    answer = milo.client.get(link)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == cube_stl()  # type: ignore[attr-defined]
    assert submitted(request, milo).state == "submitted"
    told = {e.type for e in Event.objects.filter(subject=invitation.public_id)}
    assert {"access_ended", "access_restored"} <= told
    rivals = timeline(request.rfq, rita.organization)
    assert not any("Milo" in event.sentence for event in rivals)


def test_only_the_buyer_ends_access_and_only_on_its_own_request(
    bea: Persona, milo: Persona, stefan: Persona
) -> None:
    request = open_rfq(bea, milo)
    invitation = Invitation.objects.get()
    foreign = open_rfq(stefan, milo)
    values = {"invitation_id": invitation.public_id, "reason": "x"}
    for actor, rfq_id in (
        (milo.actor, request.id),
        (stefan.actor, request.id),
        (stefan.actor, foreign.id),
    ):
        with pytest.raises(NotFound):
            invitations.revoke_invitation(actor=actor, public_id=rfq_id, **values)
    Membership.objects.filter(user=bea.user).update(role="viewer")
    with pytest.raises(NotAllowed):
        invitations.revoke_invitation(actor=bea.actor, public_id=request.id, **values)
    invitation.refresh_from_db()
    assert invitation.state == "sent"


def test_over_the_api(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, visibility="open")
    shop, buyer = Api(milo), Api(bea)
    (row,) = shop.get("/requests/open/").json()["results"]
    assert row["id"] == request.id and "Runs CNC milling" in row["reasons"][0]
    assert shop.post(f"/requests/{request.id}/join/").status_code == 200
    invitation = Invitation.objects.get().public_id
    path = f"/rfqs/{request.id}/invitations/{invitation}"
    assert buyer.post(f"{path}/revoke/", {}).status_code == 422
    assert buyer.post(f"{path}/revoke/", {"reason": "No."}).json()["state"] == "revoked"
    assert shop.get(f"/requests/{request.id}/").status_code == 404
    assert shop.post(f"/requests/{request.id}/join/").status_code == 404
    assert buyer.post(f"{path}/restore/").json()["state"] == "viewed"


def test_the_list_costs_the_same_with_one_and_three(bea: Persona, milo: Persona) -> None:
    one, three = grows(milo, "/portal/requests/open/", lambda n: open_rfq(bea, visibility="open"))
    assert one == three <= 20


def test_a_missing_registration_is_a_gap_and_no_gap_is_a_reason(
    bea: Persona, milo: Persona
) -> None:
    request = draft_rfq(bea)
    rfq = request.fresh()
    rfq.is_export_controlled, rfq.countries = True, ["DE"]
    rfq.save(update_fields=["is_export_controlled", "countries"])
    (match,) = matches_for(rfq, lines_of(rfq), also=[milo.manufacturer.public_id])
    assert "1 of 1 certifications are not held" in match.gaps
    add_invitations(rfq, [milo.manufacturer.public_id])
    reasons = rfq.invitations.get().reasons
    assert reasons and not set(match.gaps) & set(reasons)


def test_an_open_request_that_names_nobody_says_who_finds_it(bea: Persona, milo: Persona) -> None:
    request = draft_rfq(bea)
    RFQ.objects.filter(pk=request.rfq.pk).update(visibility="open")
    page = bea.client.get(f"/rfqs/{request.id}/edit/").content.decode()
    assert "Verified manufacturers that meet what you ask find the request" in page
    assert "Files are opened to those you ticked only" not in page
    line = request.line.public_id
    typed = {
        "edition": str(request.fresh().edition),
        "title": "Open",
        "currency": "EUR",
        "ship_to": "Aachen",
        "deadline": f"{timezone.now() + timedelta(days=5):%Y-%m-%dT%H:%M}",
        "visibility": "open",
        f"{line}-process": "cnc_milling",
        f"{line}-material": "al_6061",
        f"{line}-tolerance": "m",
        f"{line}-quantities": "10",
        "action": "publish",
    }
    answer = bea.client.post(f"/rfqs/{request.id}/edit/", typed, follow=True)
    page = answer.content.decode()
    assert "Published. Verified manufacturers that meet what you ask find it." in page
    assert "you chose are being told" not in page
