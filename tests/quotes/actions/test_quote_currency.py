"""A quote is in a currency its request allows; amounts are emptied after asking, not converted."""

from dataclasses import replace

import pytest

from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from quotes.actions import quote as quoting
from quotes.actions import rfq as asking
from quotes.actions.publication import reissue_rfq
from quotes.actions.quote_currency import change_currency
from quotes.models import Quote, QuotePrice
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, draft_rfq, open_rfq, prices


def begun(request: Request, shop: Persona) -> Quote:
    return quoting.start_quote(actor=shop.actor, rfq_id=request.id)


def change(shop: Persona, quote: Quote, currency: str, empty: bool = False) -> Quote:
    return change_currency(
        actor=shop.actor, public_id=quote.public_id, currency=currency, empty=empty
    )


def changes(quote: Quote) -> int:
    return Event.objects.filter(subject=quote.public_id, type="quote_currency_changed").count()


def test_an_empty_draft_changes_its_currency(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, currencies=["USD", "EUR"])
    quote = begun(request, milo)
    assert change(milo, quote, "USD").currency == "USD"
    change(milo, quote, "USD")
    assert changes(quote) == 1
    draft = replace(prices(request), currency="USD")
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    quote.refresh_from_db()
    assert (quote.currency, quote.state) == ("USD", "submitted")
    with pytest.raises(WrongState):
        change(milo, quote, "EUR")
    assert b"$12.50" in bea.client.get(f"/rfqs/{request.id}/").content


def test_amounts_are_emptied_only_when_said(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, currencies=["USD"])
    quote = begun(request, milo)
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request))
    with pytest.raises(Conflict, match="not converted"):
        change(milo, quote, "USD")
    assert QuotePrice.objects.count() == 2
    change(milo, quote, "USD", empty=True)
    quote.refresh_from_db()
    line = quote.lines.get()
    assert (quote.currency, quote.freight_minor, line.tooling_minor) == ("USD", 0, 0)
    assert QuotePrice.objects.count() == 0


def test_others_and_currencies_that_are_not_allowed(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita, currencies=["USD"])
    quote = begun(request, milo)
    for code in ("GBP", "", "XXX"):
        with pytest.raises(DomainError):
            change(milo, quote, code)
    for other in (bea, rita):
        with pytest.raises(NotFound):
            change(other, quote, "USD")
    with pytest.raises(DomainError, match="takes quotes in EUR or USD"):
        draft = replace(prices(request), currency="GBP")
        quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    quote.refresh_from_db()
    assert quote.currency == "EUR" and changes(quote) == 0


def test_the_builder_asks_and_changes(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, currencies=["USD"])
    quote = begun(request, milo)
    page, line = f"/portal/quotes/{quote.public_id}/", request.line.public_id
    assert "Currency of your quote" in milo.client.get(page).content.decode()
    sent = {
        "incoterm": "DAP",
        "valid_until": "2030-01-01",
        "action": "currency",
        "currency": "USD",
        f"{line}-price_10": "12.50",
        f"{line}-lead_10": "7",
    }
    answer = milo.client.post(page, sent, follow=True)
    assert "They are not converted" in answer.content.decode()
    assert QuotePrice.objects.count() == 1
    answer = milo.client.post(page, {**sent, "empty_amounts": "on"}, follow=True)
    assert "You quote in USD." in answer.content.decode()
    assert QuotePrice.objects.count() == 0
    only = begun(open_rfq(bea, milo), milo)
    shown = milo.client.get(f"/portal/quotes/{only.public_id}/").content.decode()
    assert "Currency of your quote" not in shown


def test_a_request_allows_currencies_and_a_program_quotes_in_one(
    bea: Persona, milo: Persona
) -> None:
    draft = draft_rfq(bea)
    sent = {"title": "B", "currency": "EUR", "currencies": ["USD", "GBP"]}
    line = draft.line.public_id
    fields = {f"{line}-tolerance": "m", f"{line}-quantities": "10"}
    edition = str(draft.fresh().edition)
    answer = bea.client.post(f"/rfqs/{draft.id}/edit/", {**sent, **fields, "edition": edition})
    assert answer.status_code == 302
    assert sorted(draft.fresh().currencies) == ["GBP", "USD"]
    answer = bea.client.patch(
        f"/api/v1/rfqs/{draft.id}/", {"currencies": ["USD"]}, content_type="application/json"
    )
    assert answer.json()["currencies"] == ["USD"]
    answer = bea.client.patch(
        f"/api/v1/rfqs/{draft.id}/", {"currencies": ["XXX"]}, content_type="application/json"
    )
    assert answer.status_code == 422
    with pytest.raises(DomainError):
        wrong = draft_for(draft.line, currencies=["XXX"])
        asking.save_rfq(actor=bea.actor, public_id=draft.id, draft=wrong)
    request = open_rfq(bea, milo, currencies=["USD"])
    assert reissue_rfq(actor=bea.actor, public_id=request.id).currencies == ["USD"]
    shown = milo.client.get(f"/api/v1/requests/{request.id}/").json()
    assert shown["allowed_currencies"] == ["EUR", "USD"]
    url = f"/api/v1/quotes/{begun(request, milo).public_id}/"
    for body, code in (({"currency": "USD"}, 200), ({"currency": "GBP"}, 422)):
        answer = milo.client.put(url, body, content_type="application/json")
        assert answer.status_code == code
    freight = {"currency": "USD", "freight": {"amount_minor": 500, "currency": "EUR"}}
    assert milo.client.put(url, freight, content_type="application/json").status_code == 422
    assert milo.client.get(url).json()["currency"] == "USD"


def test_amounts_of_a_page_in_the_old_currency_are_refused(bea: Persona, milo: Persona) -> None:
    """A draft saved as one types must not undo the change of currency that overtook it."""
    request = open_rfq(bea, milo, currencies=["USD"])
    quote = begun(request, milo)
    typed = replace(prices(request), keeps_currency=True)
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=typed)
    change(milo, quote, "USD", empty=True)
    with pytest.raises(Conflict, match="in USD now, and these amounts were typed in EUR"):
        quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=typed)
    quote.refresh_from_db()
    assert (quote.currency, QuotePrice.objects.count()) == ("USD", 0)


@pytest.mark.parametrize(("typed_in", "status"), [("EUR", 409), ("USD", 302), ("ZZZ", 302)])
def test_the_builder_page_says_in_which_currency_it_was_typed(
    bea: Persona, milo: Persona, typed_in: str, status: int
) -> None:
    request = open_rfq(bea, milo, currencies=["USD"])
    quote = begun(request, milo)
    change(milo, quote, "USD")
    page = f"/portal/quotes/{quote.public_id}/"
    assert b'name="typed_in" value="USD"' in milo.client.get(page).content
    line = request.line.public_id
    typed = {f"{line}-price_10": "12.50", f"{line}-lead_10": "7", "incoterm": "DAP"}
    answer = milo.client.post(page, {**typed, "typed_in": typed_in})
    assert answer.status_code == status
    if status == 409:
        assert b'value="12.50"' in answer.content
    quote.refresh_from_db()
    assert quote.currency == "USD"
