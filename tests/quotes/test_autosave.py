"""The quote builder keeps a draft as one types."""

from decimal import Decimal

import pytest

from marketplace.core.models import Event
from quotes.actions import quote as quoting
from quotes.models import QuotePrice
from tests.personas import Persona
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
