"""An open request changes: in words, as a revision; quotes wait to be confirmed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core import mail

from accounts.models import Membership
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from quotes.actions import amendment, publication
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
from quotes.actions.rfq import Draft, LineDraft
from quotes.actions.secrecy import write_nda
from quotes.models import RFQ, Amendment, Quote, QuotePrice
from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, open_rfq, submitted


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


def changed(request: Request, *quantities: int, **header: object) -> Draft:
    """The request's draft with other quantities or header values."""
    values = {"deadline": request.fresh().deadline, **header}
    draft = draft_for(request.line, **values)
    line: LineDraft = draft.lines[0]
    return replace(draft, lines=[replace(line, quantities=quantities or line.quantities)])


def amend(request: Request, bea: Persona, draft: Draft, seen: int = 1) -> Amendment:
    return amendment.amend_rfq(actor=bea.actor, public_id=request.id, draft=draft, seen=seen)


def test_a_change_is_a_revision_told_in_words_to_all_who_were_asked(
    request_: Request, bea: Persona, milo: Persona, rita: Persona, work: Callable[[], None]
) -> None:
    quote = submitted(request_, milo)
    work()
    mail.outbox.clear()
    found = amend(request_, bea, changed(request_, 10, 200, title="Strong brackets"))
    assert found.changes == [
        "Title Brackets → Strong brackets",
        "Line 1: quantities 10, 100 → 10, 200",
    ]
    assert request_.fresh().revision == 2 and request_.rfq.invitations.count() == 2
    quote.refresh_from_db()
    assert quote.state == "needs_reconfirmation"
    told = [e.type for e in Event.objects.filter(thread=request_.id).order_by("pk")][-2:]
    assert told == ["rfq_amended", "reconfirmation_asked"]
    work()
    mails = [m for m in mail.outbox if "changed" in m.subject]
    assert {m.to[0] for m in mails} == {milo.user.email, rita.user.email}
    assert "quantities 10, 100 → 10, 200" in mails[0].body
    sentences = [e.sentence for e in timeline(request_.rfq, rita.organization)]
    assert any("Strong brackets" in s for s in sentences)
    assert not any("Milo" in s or "waits to be confirmed" in s for s in sentences)
    page = milo.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "Confirm it as it is" in page and "10, 200" in page
    assert "no price for 200 pcs." in page
    assert (
        "no price for" not in rita.client.get(f"/portal/requests/{request_.id}/").content.decode()
    )


def test_other_line_ends_are_no_change(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, ship_to="Gate 2\nAachen", notes="One.\nTwo.")
    same = {"title": "Brackets", "ship_to": "Gate 2\r\nAachen", "notes": "One.\r\nTwo."}
    found = amend(request, bea, changed(request, 10, 200, **same))
    assert found.changes == ["Line 1: quantities 10, 100 → 10, 200"]


def test_a_quote_that_waits_is_not_chosen_and_is_confirmed_without_prices_nobody_asks(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    quote = submitted(request_, milo)
    amend(request_, bea, changed(request_, 10, 200))
    line = request_.line.public_id
    with pytest.raises(WrongState):
        accept_quote(
            actor=bea.actor,
            rfq_id=request_.id,
            quote_id=quote.public_id,
            chosen={line: 10},
            seen=quote.seen,
        )
    amendment.reconfirm_quote(actor=milo.actor, public_id=quote.public_id)
    with pytest.raises(WrongState):
        amendment.reconfirm_quote(actor=milo.actor, public_id=quote.public_id)
    assert Event.objects.filter(type="quote_reconfirmed").count() == 1
    assert [p.quantity for p in QuotePrice.objects.all()] == [10]
    quote.refresh_from_db()
    assert (quote.state, quote.rfq_revision) == ("submitted", 2)
    order = accept_quote(
        actor=bea.actor,
        rfq_id=request_.id,
        quote_id=quote.public_id,
        chosen={line: 10},
        seen=quote.seen,
    )
    assert order.state == "awaiting_payment"


def test_the_shop_may_change_its_quote_instead(
    request_: Request, bea: Persona, milo: Persona
) -> None:
    quote = submitted(request_, milo)
    amend(request_, bea, changed(request_, 500))
    with pytest.raises(DomainError, match="None of your prices"):
        amendment.reconfirm_quote(actor=milo.actor, public_id=quote.public_id)
    assert QuotePrice.objects.count() == 2
    quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_two_editors_the_second_is_told_and_nothing_typed_is_lost(
    request_: Request, bea: Persona
) -> None:
    amend(request_, bea, changed(request_, 10, 200))
    with pytest.raises(WrongState, match="revision 2"):
        amend(request_, bea, changed(request_, 7), seen=1)
    prefix = request_.line.public_id
    body = {
        "seen": "1",
        "title": "My own title",
        "currency": "EUR",
        "ship_to": "Aachen",
        "deadline": "2199-01-01T12:00",
        f"{prefix}-process": "cnc_milling",
        f"{prefix}-material": "al_6061",
        f"{prefix}-tolerance": "m",
        f"{prefix}-quantities": "7",
    }
    answer = bea.client.post(f"/rfqs/{request_.id}/amend/", body)
    assert answer.status_code == 409 and b"My own title" in answer.content
    assert bea.client.post(f"/rfqs/{request_.id}/amend/", {**body, "seen": "2"}).status_code == 302
    assert request_.fresh().title == "My own title"


def test_what_cannot_be_changed_changes_nothing(
    request_: Request, bea: Persona, milo: Persona, stefan: Persona
) -> None:
    same = changed(request_)
    with pytest.raises(DomainError, match="Nothing changed"):
        amend(request_, bea, same)
    with pytest.raises(DomainError, match="delivered"):
        amend(request_, bea, changed(request_, ship_to=" "))
    for actor in (milo.actor, stefan.actor):
        with pytest.raises(NotFound):
            amendment.amend_rfq(
                actor=actor, public_id=request_.id, draft=changed(request_, 5), seen=1
            )
    publication.close_rfq(actor=bea.actor, public_id=request_.id)
    with pytest.raises(WrongState):
        amend(request_, bea, changed(request_, 5))
    assert (request_.fresh().revision, Amendment.objects.count()) == (1, 0)
    Membership.objects.filter(user=bea.user).update(role="viewer")
    with pytest.raises(NotAllowed):
        amend(request_, bea, changed(request_, 5))


def test_under_an_nda_the_words_keep_its_secrets(request_: Request, bea: Persona) -> None:
    nda = write_nda(actor=bea.actor, text="Tell nobody.")
    RFQ.objects.filter(pk=request_.rfq.pk).update(nda=nda)
    draft = changed(request_, 10, 200, notes="For the secret robot")
    draft = replace(draft, lines=[replace(draft.lines[0], tolerance="f", notes="hidden")])
    assert amend(request_, bea, draft).changes == [
        "Notes changed",
        "Line 1: tolerance changed",
        "Line 1: quantities 10, 100 → 10, 200",
        "Line 1: notes changed",
    ]


def test_only_the_shop_itself_confirms(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    quote = submitted(request_, milo)
    amend(request_, bea, changed(request_, 10, 200))
    for actor in (bea.actor, rita.actor):
        with pytest.raises(NotFound):
            amendment.reconfirm_quote(actor=actor, public_id=quote.public_id)
    publication.close_rfq(actor=bea.actor, public_id=request_.id)
    with pytest.raises(WrongState, match="deadline"):
        amendment.reconfirm_quote(actor=milo.actor, public_id=quote.public_id)
    assert Quote.objects.get(pk=quote.pk).state == "needs_reconfirmation"


def test_over_the_api(request_: Request, bea: Persona, milo: Persona) -> None:
    quote = submitted(request_, milo)
    line = {"id": request_.line.public_id, "quantities": [10, 200]}
    path = f"/rfqs/{request_.id}/amend/"
    assert Api(bea).post(path, {"lines": [line]}).status_code == 422
    answer = Api(bea).post(path, {"revision": 1, "lines": [line]})
    assert answer.status_code == 200 and answer.json()["revision"] == 2
    assert Api(bea).post(path, {"revision": 1, "lines": [line]}).status_code == 409
    shop = Api(milo)
    moves = shop.get(f"/quotes/{quote.public_id}/").json()["available_moves"]
    assert "reconfirm_quote" in moves
    assert shop.post(f"/quotes/{quote.public_id}/reconfirm/").json()["state"] == "submitted"
