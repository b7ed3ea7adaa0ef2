"""A shop offers a line otherwise: written, read by the buyer, removed, or refused."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.states import WrongState
from marketplace.directory.models import Material
from quotes.actions import quote as quoting
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import Quote
from quotes.queries import get_own_quote
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, prices


def alternate(request: Request, option: int = 1, **values: object) -> QuoteLineDraft:
    line = QuoteLineDraft(
        request.line.public_id,
        [PriceDraft(10, Decimal("8.00"), 4)],
        setup_minor=700,
        option=option,
        material=Material.objects.get(code="pl_pa12"),
        reason="Half the price, printed",
    )
    return replace(line, **values)  # type: ignore[arg-type]


def with_lines(request: Request, lines: Sequence[QuoteLineDraft]) -> QuoteDraft:
    draft = prices(request)
    return replace(draft, lines=[*draft.lines, *lines])


def begun(request: Request, shop: Persona) -> Quote:
    return quoting.start_quote(actor=shop.actor, rfq_id=request.id)


def save(shop: Persona, quote: Quote, draft: QuoteDraft) -> None:
    quoting.save_quote(actor=shop.actor, public_id=quote.public_id, draft=draft)


def test_an_alternate_is_written_beside_the_line_as_asked(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    save(milo, quote, with_lines(request, [alternate(request)]))
    asked, other = get_own_quote(milo.actor, quote.public_id).lines.all()
    assert (asked.option, asked.material, asked.setup_minor) == (0, None, 0)
    assert (other.option, other.material and other.material.code) == (1, "pl_pa12")
    assert [price.unit_price for price in other.prices.all()] == [Decimal("8.0000")]
    assert other.reason == "Half the price, printed"
    save(milo, quote, with_lines(request, [alternate(request, setup_minor=0)]))
    assert quote.lines.get(option=1).setup_minor == 0
    save(milo, quote, prices(request))
    assert [line.option for line in quote.lines.all()] == [0]


@pytest.mark.parametrize(
    "values",
    [
        {"reason": " "},
        {"option": 4},
        {"option": -1},
        {"option": 0},
        {"prices": [], "decline_reason": "No"},
        {"prices": [PriceDraft(11, Decimal(1), 1)]},
    ],
)
def test_an_alternate_that_cannot_be_is_refused_and_nothing_written(
    bea: Persona, milo: Persona, values: dict[str, object]
) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    with pytest.raises(DomainError):
        save(milo, quote, with_lines(request, [alternate(request, **values)]))
    assert quote.lines.get().prices.count() == 0


def test_an_alternate_without_a_price_is_not_submitted(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    draft = with_lines(request, [alternate(request, prices=[])])
    save(milo, quote, draft)
    with pytest.raises(DomainError, match="alternate 1 has no price"):
        quoting.submit_quote(actor=milo.actor, public_id=quote.public_id)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_a_rival_a_stranger_and_a_submitted_quote(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = begun(request, milo)
    draft = with_lines(request, [alternate(request)])
    for other in (rita, bea):
        with pytest.raises(NotFound):
            save(other, quote, draft)
    quoting.submit_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    with pytest.raises(WrongState):
        save(milo, quote, prices(request))
    assert quote.lines.count() == 2


def form(request: Request, **given: str) -> dict[str, object]:
    line = request.line.public_id
    return {
        "incoterm": "DAP",
        "valid_until": "2030-01-01",
        f"{line}-price_10": "12.50",
        f"{line}-lead_10": "7",
        **given,
    }


def test_the_builder_adds_fills_and_removes_an_alternate(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    line, page = request.line.public_id, f"/portal/quotes/{quote.public_id}/"
    answer = milo.client.post(page, form(request, action=f"alternate:{line}"))
    assert answer["Location"] == f"{page}?alternate={line}#alternates-{line}"
    shown = milo.client.get(answer["Location"]).content.decode()
    assert f'value="{line}:1"' in shown and 'value="12.50"' in shown
    blank = {"alternate": f"{line}:1"}
    assert milo.client.post(page, form(request, **blank)).status_code == 302
    assert quote.lines.count() == 1
    typed = {**blank, f"{line}-1-price_10": "8", f"{line}-1-lead_10": "4"}
    answer = milo.client.post(page, form(request, **typed))
    assert answer.status_code == 422 and "Say why you offer it" in answer.content.decode()
    full = {**typed, f"{line}-1-reason": "Printed <b>", f"{line}-1-material": "pl_pa12"}
    assert milo.client.post(page, form(request, **full)).status_code == 302
    assert quote.lines.get(option=1).reason == "Printed <b>"
    shown = milo.client.get(page).content.decode()
    assert "Printed &lt;b&gt;" in shown and "Alternate 1" in shown
    answer = milo.client.post(page, form(request, action="submit", **full))
    assert answer.status_code == 302
    for address in (f"/rfqs/{request.id}/", f"/rfqs/{request.id}/compare/"):
        text = bea.client.get(address).content.decode()
        assert "Printed &lt;b&gt;" in text and "lternate 1" in text
    milo.client.post(f"{page}reopen/")
    removed = form(request, action=f"remove:{line}:1", **full)
    assert milo.client.post(page, removed)["Location"] == page
    assert quote.lines.count() == 1


def test_options_nobody_offered_change_nothing(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    line, page = request.line.public_id, f"/portal/quotes/{quote.public_id}/"
    for option in ("0", "4", "-1", "x", "1:1"):
        sent = form(request, alternate=f"{line}:{option}", action=f"remove:{option}")
        assert milo.client.post(page, sent).status_code == 302
    assert milo.client.get(f"{page}?alternate=nowhere").status_code == 200
    assert quote.lines.count() == 1


def test_a_program_writes_and_removes_alternates(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    line = {"rfq_line": request.line.public_id, "prices": []}
    other = {
        **line,
        "option": 1,
        "material": "pl_pa12",
        "reason": "Printed",
        "prices": [{"quantity": 10, "unit_price": "8.00", "lead_time_days": 4}],
    }
    url = f"/api/v1/quotes/{quote.public_id}/"

    def put(*lines: object) -> object:
        return milo.client.put(url, {"lines": lines}, content_type="application/json")

    answer = put(line, other).json()  # type: ignore[attr-defined]
    shown = {row["option"]: row for row in answer["lines"]}
    assert (shown[1]["material"], shown[1]["process"], shown[1]["reason"]) == (
        "pl_pa12",
        None,
        "Printed",
    )
    assert put(other, other).status_code == 422  # type: ignore[attr-defined]
    assert put({**other, "material": "no_such"}).status_code == 422  # type: ignore[attr-defined]
    assert len(put(line).json()["lines"]) == 1  # type: ignore[attr-defined]
