"""The quote builder keeps a draft as one types."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from marketplace.core.models import Event
from quotes.actions import quote as quoting
from quotes.models import Quote, QuotePrice
from tests.personas import Persona
from tests.quotes.actions.test_guests import entered, invite, mailed_link
from tests.quotes.scene import Request, open_rfq, prices

pytestmark = pytest.mark.django_db
TERMS = {"incoterm": "DAP", "valid_until": "2030-01-01"}
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def request_(bea: Persona, milo: Persona) -> Request:
    return open_rfq(bea, milo)


def test_what_is_typed_is_kept_and_promised(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = request_.line.public_id
    typed = {f"{line}-price_10": "12.5", f"{line}-lead_10": "7", **TERMS}
    facts = Event.objects.count()
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/", typed, **HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 200 and "<html" not in shown
    assert "Draft saved" in shown and "you receive" in shown
    assert QuotePrice.objects.get(line__quote=quote).unit_price == Decimal("12.5")
    assert Event.objects.count() == facts


def test_what_cannot_be_saved_is_named_and_the_draft_stays(
    request_: Request, milo: Persona
) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))
    before = list(QuotePrice.objects.filter(line__quote=quote).values())
    line = request_.line.public_id
    typed = {f"{line}-price_10": "1,5", "freight": "-2", **TERMS}
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/", typed, **HTMX)
    shown = answer.content.decode()
    assert answer.status_code == 200, "nobody pressed a button: nothing was refused"
    assert "Not saved yet" in shown
    assert "Freight: " in shown and "Unit price for 10: " in shown
    assert list(QuotePrice.objects.filter(line__quote=quote).values()) == before


def test_what_the_action_refuses_is_said(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    typed = {"typed_in": "USD", **TERMS}
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/", typed, **HTMX)
    shown = answer.content.decode()
    assert "Not saved yet" in shown and "typed in USD" in shown


def test_a_submitted_quote_is_not_written(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))
    line = request_.line.public_id
    typed = {f"{line}-price_10": "99", f"{line}-lead_10": "7", **TERMS}
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/", typed, **HTMX)
    shown = answer.content.decode()
    assert "<html" not in shown and "Take the quote back before you change it." in shown
    assert not QuotePrice.objects.filter(line__quote=quote, unit_price=99).exists()


def test_nobody_else_writes_it(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = request_.line.public_id
    for persona in (bea, rita):
        answer = persona.client.post(
            f"/portal/quotes/{quote.public_id}/", {f"{line}-price_10": "1"}, **HTMX
        )
        assert answer.status_code == 404
    assert not QuotePrice.objects.filter(line__quote=quote).exists()


@pytest.mark.parametrize("day", ["2020-01-01", ""])
def test_a_validity_that_is_over_is_kept_and_promises_nothing(
    request_: Request, milo: Persona, day: str
) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = request_.line.public_id
    typed = {f"{line}-price_10": "12.5", f"{line}-lead_10": "7", **TERMS, "valid_until": day}
    shown = milo.client.post(f"/portal/quotes/{quote.public_id}/", typed, **HTMX).content.decode()
    assert "Draft saved" in shown and 'choose in "Valid until" today or a later day' in shown
    assert "you receive <strong>" not in shown


@pytest.mark.parametrize("day", ["2020-01-01", ""])
def test_submitted_with_a_validity_that_is_over_the_rest_is_kept(
    request_: Request, milo: Persona, day: str
) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line, page = request_.line.public_id, f"/portal/quotes/{quote.public_id}/"
    typed = {f"{line}-price_10": "12.5", f"{line}-lead_10": "7", **TERMS, "valid_until": day}
    answer = milo.client.post(page, {**typed, "notes": "Typed long", "action": "submit"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "What you typed is kept as a draft." in shown
    assert "Choose a later day." in shown and "Typed long" in shown
    assert "you receive <strong>" not in shown
    quote.refresh_from_db()
    assert quote.state == "draft" and quote.notes == "Typed long"
    assert QuotePrice.objects.get(line__quote=quote).unit_price == Decimal("12.5")
    assert "Typed long" in milo.client.get(page).content.decode()


def _page_of(quote: Quote, persona: Persona) -> tuple[str, str]:
    """The builder's address, and the edition of the draft that it shows."""
    address = f"/portal/quotes/{quote.public_id}/"
    shown = persona.client.get(address).content.decode()
    found = re.search(r'name="edition"\s+value="(\d+)"', shown)
    assert found
    return address, found[1]


def test_a_draft_open_in_two_tabs_is_not_written_over_in_silence(
    request_: Request, milo: Persona
) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = request_.line.public_id
    page, edition = _page_of(quote, milo)
    old = {f"{line}-price_10": "12.5", f"{line}-lead_10": "7", **TERMS, "edition": edition}
    mine = {**old, "notes": "Mine"}
    theirs = milo.client.post(page, {**old, "notes": "Theirs"}, **HTMX).content.decode()
    assert 'value="1"' in theirs and "Draft saved" in theirs

    typing = milo.client.post(page, mine, **HTMX)
    shown = typing.content.decode()
    assert typing.status_code == 200, "nobody pressed a button: nothing is refused"
    assert "Somebody saved this draft while you were editing it" in shown
    assert "Draft saved" not in shown and f'href="{page}"' in shown
    assert f'name="edition" value="{edition}"' in shown, "the page does not come to know better"

    for action in ("save", "submit", "copy:x", "alternate:x"):
        answer = milo.client.post(page, {**mine, "action": action})
        shown = answer.content.decode()
        assert answer.status_code == 409 and "Not saved and not submitted" in shown
        assert ">\nMine</textarea>" in shown and "Save mine over it" in shown
        quote.refresh_from_db()
        assert (quote.notes, quote.state) == ("Theirs", "draft")

    answer = milo.client.post(page, {**mine, "keep_mine": "1"})
    assert answer.status_code == 302
    quote.refresh_from_db()
    assert (quote.notes, quote.draft_edition) == ("Mine", 2)
    late = milo.client.post(page, {**old, "keep_mine": "1"})
    assert late.status_code == 409, "what was saved since the choice is asked about anew"


def test_what_is_filled_in_elsewhere_is_not_emptied_by_an_older_page(
    request_: Request, milo: Persona
) -> None:
    made = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    page, edition = _page_of(made, milo)
    quoting.save_quote(actor=milo.actor, public_id=made.public_id, draft=prices(request_))
    typed = {**TERMS, "notes": "Mine", "edition": edition}
    answer = milo.client.post(f"{page}prefill/", typed)
    shown = answer.content.decode()
    assert answer.status_code == 409 and ">\nMine</textarea>" in shown
    assert QuotePrice.objects.filter(line__quote=made).exists()


def test_a_guest_with_two_tabs_is_told_too(
    request_: Request, bea: Persona, work: Callable[[], None]
) -> None:
    invite(request_, bea)
    guest = entered(mailed_link(work))
    guest.post(f"/portal/requests/{request_.id}/quote/")
    quote = Quote.objects.get()
    page = f"/portal/quotes/{quote.public_id}/"
    typed = {**TERMS, "notes": "First", "edition": "0"}
    assert "Draft saved" in guest.post(page, typed, **HTMX).content.decode()
    late = {**typed, "notes": "Second"}
    assert "Somebody saved this draft" in guest.post(page, late, **HTMX).content.decode()
    assert guest.post(page, {**late, "action": "submit"}).status_code == 409
    quote.refresh_from_db()
    assert quote.notes == "First"


def test_a_program_may_say_which_draft_it_read(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    room = f"/api/v1/quotes/{quote.public_id}/"
    put = partial(milo.client.put, room, content_type="application/json")
    read = milo.client.get(room).json()["draft_edition"]
    made = put({"draft_edition": read, "notes": "First"})
    assert made.status_code == 200 and made.json()["draft_edition"] == read + 1
    late = put({"draft_edition": read, "notes": "Second"})
    assert late.status_code == 409 and late.json()["code"] == "edited_meanwhile"
    assert put({"notes": "Third"}).status_code == 200
