"""A rate card fills what is empty, for its own shop, and leaves what was typed."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.actions.rate_cards import save_rate_card
from marketplace.directory.models import QualityDocument
from marketplace.parts.models import PartRevision
from quotes.actions.prefill import prefill_quote
from quotes.actions.quote import start_quote, submit_quote
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import Quote, QuotePrice
from tests.personas import Persona, make_member
from tests.quotes.scene import Request, open_rfq

FACTS = {"volume_mm3": 28_800, "area_mm2": 9_000, "bbox_mm": [60.0, 40.0, 20.0]}
RATES = {
    ("cnc_milling", "3-axis mill"): Decimal(60),
    ("setup_hours", "cnc_milling"): Decimal(2),
    ("material", "aluminum"): Decimal(5),
    ("lead_days", "cnc_milling"): Decimal(8),
}


def asked(bea: Persona, *shops: Persona) -> Request:
    request = open_rfq(bea, *shops)
    PartRevision.objects.update(facts=FACTS)
    return request


def card(shop: Persona, currency: str = "EUR", **more: object) -> None:
    save_rate_card(actor=shop.actor, currency=currency, rates=RATES, **more)  # type: ignore[arg-type]


def started(shop: Persona, request: Request) -> Quote:
    return start_quote(actor=shop.actor, rfq_id=request.id)


def fill(shop: Persona, quote: Quote, **more: object) -> int:
    return prefill_quote(actor=shop.actor, public_id=quote.public_id, **more)  # type: ignore[arg-type]


def prices(quote: Quote) -> dict[int, Decimal]:
    rows = QuotePrice.objects.filter(line__quote=quote)
    return {row.quantity: row.unit_price for row in rows}


def typed(quote: Quote, request: Request, quantity: int, price: str) -> QuoteDraft:
    line = QuoteLineDraft(request.line.public_id, [PriceDraft(quantity, Decimal(price), 5)])
    return QuoteDraft(quote.currency, [line], valid_until=quote.valid_until)


def told(quote: Quote) -> list[str]:
    return list(Event.objects.filter(subject=quote.public_id).values_list("type", flat=True))


def test_it_fills_every_quantity_once_and_only_the_shop_reads_of_it(
    bea: Persona, milo: Persona
) -> None:
    request = asked(bea, milo)
    card(milo)
    quote = started(milo, request)
    assert fill(milo, quote) == 1
    assert prices(quote).keys() == {10, 100}
    row = quote.lines.get()
    assert (row.setup_minor, row.tooling_minor, row.charges.count()) == (12_000, 0, 0)
    assert fill(milo, quote) == 0
    event = Event.objects.get(type="quote_prefilled")
    assert event.data == {"lines": 1}
    assert sorted(told(quote)) == ["quote_prefilled", "quote_started"]
    assert b"from the rate card" not in bea.client.get(f"/rfqs/{request.id}/").content


def test_what_was_typed_stays_unless_the_line_is_named(bea: Persona, milo: Persona) -> None:
    request = asked(bea, milo)
    card(milo)
    quote = started(milo, request)
    assert fill(milo, quote, draft=typed(quote, request, 10, "99.5")) == 1
    assert prices(quote)[10] == Decimal("99.5")
    assert quote.lines.get().setup_minor == 0
    assert fill(milo, quote, again=[request.line.public_id]) == 1
    assert prices(quote)[10] == prices(quote)[100] != Decimal("99.5")
    with pytest.raises(NotFound):
        fill(milo, quote, again=["line_of_somebody_else"])


def test_documents_with_a_price_are_charged_and_others_stay_unknown(
    bea: Persona, milo: Persona
) -> None:
    request = asked(bea, milo)
    request.line.documents.set(QualityDocument.objects.filter(code__in=["coc", "ppap"]))
    rates = {**RATES, ("document", "coc"): Decimal(0)}
    save_rate_card(actor=milo.actor, currency="EUR", rates=rates)
    quote = started(milo, request)
    assert fill(milo, quote) == 1
    charge = quote.lines.get().charges.get()
    assert (charge.kind, charge.code, charge.amount_minor) == ("document", "coc", 0)
    page = milo.client.get(f"/portal/quotes/{quote.public_id}/").content.decode()
    name = QualityDocument.objects.get(code="coc").name
    assert "document:coc<" not in page and f">{name}</th>" in page
    assert Event.objects.get(type="quote_prefilled").sentence.endswith("rate card, lines: 1")


def test_a_declined_line_stays_declined(bea: Persona, milo: Persona) -> None:
    request = asked(bea, milo)
    card(milo)
    quote = started(milo, request)
    quote.lines.update(is_declined=True, decline_reason="No capacity")
    assert fill(milo, quote) == 0
    assert prices(quote) == {}


def test_without_a_card_or_in_another_currency_nothing_is_filled(
    bea: Persona, milo: Persona
) -> None:
    request = asked(bea, milo)
    quote = started(milo, request)
    with pytest.raises(DomainError, match="no rate card yet"):
        fill(milo, quote)
    card(milo, "USD")
    with pytest.raises(DomainError, match="in USD and this quote in EUR"):
        fill(milo, quote, draft=typed(quote, request, 10, "9"))
    assert prices(quote) == {}
    assert told(quote) == ["quote_started"]


def test_what_the_model_does_not_say_is_left_to_the_shop(bea: Persona, milo: Persona) -> None:
    request = asked(bea, milo)
    card(milo)
    PartRevision.objects.update(facts={})
    quote = started(milo, request)
    assert fill(milo, quote) == 0
    assert prices(quote) == {}


def test_others_find_no_quote_and_a_viewer_may_not(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = asked(bea, milo, rita)
    card(milo)
    quote = started(milo, request)
    for stranger in (bea, rita):
        with pytest.raises((NotFound, NotAllowed)):
            fill(stranger, quote)
    with pytest.raises(NotAllowed):
        fill(make_member(milo, "Vic", Role.VIEWER), quote)
    assert prices(quote) == {}


def test_a_submitted_quote_is_not_filled(bea: Persona, milo: Persona) -> None:
    request = asked(bea, milo)
    card(milo)
    quote = started(milo, request)
    draft = typed(quote, request, 10, "9")
    submit_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    with pytest.raises(WrongState):
        fill(milo, quote)
    assert prices(quote) == {10: 9}


def test_the_builder_keeps_what_is_typed_and_opens_the_calculation(
    bea: Persona, milo: Persona
) -> None:
    request = asked(bea, milo)
    card(milo)
    quote = started(milo, request)
    line, page = request.line.public_id, f"/portal/quotes/{quote.public_id}/"
    body = {f"{line}-price_10": "12,5", f"{line}-lead_10": "5", "incoterm": "DAP"}
    body["valid_until"] = str(quote.valid_until)
    refused = milo.client.post(f"{page}prefill/", body)
    assert refused.status_code == 422
    assert b'value="12,5"' in refused.content
    assert prices(quote) == {}
    body[f"{line}-price_10"] = "12.5"
    assert milo.client.post(f"{page}prefill/", body).status_code == 302
    shown = milo.client.get(page).content.decode()
    assert "How this price came about" in shown
    assert "your quote says" in shown
    assert prices(quote)[10] == Decimal("12.5")


def test_a_missing_figure_is_a_link_to_its_field(bea: Persona, milo: Persona) -> None:
    request = asked(bea, milo)
    save_rate_card(actor=milo.actor, currency="EUR", rates={})
    quote = started(milo, request)
    shown = milo.client.get(f"/portal/quotes/{quote.public_id}/").content.decode()
    assert "/portal/profile/rates/#id_cnc_milling__3_axis_mill" in shown


def test_a_program_fills_and_calculates_again(bea: Persona, milo: Persona) -> None:
    card(milo)
    request = asked(bea, milo)
    quote = started(milo, request)
    url = f"/api/v1/quotes/{quote.public_id}/prefill/"
    answer = milo.client.post(url, {}, content_type="application/json")
    assert answer.status_code == 200
    first = prices(quote)
    assert [row["quantity"] for row in answer.json()["lines"][0]["prices"]] == sorted(first)
    QuotePrice.objects.update(unit_price=Decimal(1))
    body = {"again": [request.line.public_id]}
    assert milo.client.post(url, body, content_type="application/json").status_code == 200
    assert prices(quote) == first
    unknown = {"again": ["rfl_nowhere"]}
    assert milo.client.post(url, unknown, content_type="application/json").status_code == 404
