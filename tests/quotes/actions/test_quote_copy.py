"""Own earlier prices of a part that is asked again fill what is empty, and nobody else's."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.errors import NotFound
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Material
from marketplace.parts.models import Part, PartRevision
from quotes.actions import publication
from quotes.actions import quote as quoting
from quotes.actions.quote_copy import copy_quote
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import RFQ, Quote, QuotePrice
from quotes.queries import get_own_quote, lines_of
from quotes.queries.earlier_quotes import Earlier, earlier_quotes
from tests.personas import Persona
from tests.quotes.scene import Request, draft_for, open_rfq, submitted


def again(bea: Persona, request: Request, *shops: Persona, **values: object) -> Request:
    """The same request once more, published."""
    new = publication.reissue_rfq(actor=bea.actor, public_id=request.id)
    line = lines_of(new)[0]
    draft = draft_for(line, *shops)
    draft = replace(draft, lines=[replace(draft.lines[0], **values)])  # type: ignore[type-var]
    publication.publish_rfq(actor=bea.actor, public_id=new.public_id, draft=draft)
    new.refresh_from_db()
    return Request(new, lines_of(new)[0])


def begun(request: Request, shop: Persona) -> Quote:
    return quoting.start_quote(actor=shop.actor, rfq_id=request.id)


def known(shop: Persona, quote: Quote, request: Request) -> list[Earlier]:
    own = get_own_quote(shop.actor, quote.public_id)
    return earlier_quotes(shop.actor, own, lines_of(request.rfq))


def copy(shop: Persona, quote: Quote, source: Quote) -> list[str]:
    return copy_quote(actor=shop.actor, public_id=quote.public_id, source_id=source.public_id)


def test_prices_of_the_same_part_are_copied_once(bea: Persona, milo: Persona) -> None:
    first = open_rfq(bea, milo)
    source = submitted(first, milo)
    request = again(bea, first, milo, quantities=(10, 50, 100))
    quote = begun(request, milo)
    number = request.line.part_revision.part.number
    assert [one.quote for one in known(milo, quote, request)] == [source]
    assert copy(milo, quote, source) == [f"{number} at 10, 100"]
    row = quote.lines.get()
    assert row.tooling_minor == 1000
    assert [(p.quantity, p.unit_price) for p in row.prices.all()] == [
        (10, Decimal("12.5000")),
        (100, Decimal("6.2500")),
    ]
    assert copy(milo, quote, source) == []
    event = Event.objects.get(type="quote_copied")
    assert event.data["reference"] == source.reference
    assert event.sentence.endswith(f"copied prices from {source.reference}, lines: 1")


def test_what_was_typed_stays(bea: Persona, milo: Persona) -> None:
    first = open_rfq(bea, milo)
    source = submitted(first, milo)
    request = again(bea, first, milo)
    quote = begun(request, milo)
    line = QuoteLineDraft(request.line.public_id, [PriceDraft(10, Decimal(99), 5)])
    draft = QuoteDraft("EUR", [line], valid_until=quote.valid_until)
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    copy(milo, quote, source)
    row = quote.lines.get()
    assert [p.unit_price for p in row.prices.all()] == [Decimal(99), Decimal("6.25")]
    assert row.tooling_minor == 0


def test_another_material_shop_or_draft_is_no_source(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    first = open_rfq(bea, milo, rita)
    theirs = submitted(first, rita)
    draft_only = begun(first, milo)
    steel = Material.objects.exclude(code="al_6061")[0]
    request = again(bea, first, milo, rita)
    quote = begun(request, milo)
    assert known(milo, quote, request) == []
    for source in (theirs, draft_only):
        with pytest.raises(NotFound):
            copy(milo, quote, source)
    mine = submitted(first, milo)
    changed = again(bea, first, milo, material=steel)
    other = begun(changed, milo)
    assert known(milo, other, changed) == []
    with pytest.raises(NotFound):
        copy(bea, quote, mine)
    submitted(request, milo)
    with pytest.raises(WrongState):
        copy(milo, quote, mine)
    assert QuotePrice.objects.filter(line__quote=other).count() == 0


def test_the_same_shape_counts_for_another_buyer_and_a_number_does_not(
    bea: Persona, stefan: Persona, milo: Persona
) -> None:
    first = open_rfq(bea, milo)
    source = submitted(first, milo)
    request = open_rfq(bea, milo)
    quote = begun(request, milo)
    assert known(milo, quote, request) == []
    PartRevision.objects.update(shape_key="cube-1")
    assert [one.quote for one in known(milo, quote, request)] == [source]
    PartRevision.objects.update(shape_key="")
    number = first.line.part_revision.part.number
    old, new = first.line.part_revision.part, request.line.part_revision.part
    Part.objects.filter(pk=old.pk).update(organization=stefan.organization)
    Part.objects.filter(pk=new.pk).update(number=number)
    assert [one.quote for one in known(milo, quote, request)] == [source]
    RFQ.objects.filter(pk=first.rfq.pk).update(organization=stefan.organization)
    assert known(milo, quote, request) == []


def test_the_builder_offers_it_at_the_same_cost(bea: Persona, milo: Persona) -> None:
    first = open_rfq(bea, milo)
    source = submitted(first, milo)
    request = again(bea, first, milo)
    quote = begun(request, milo)
    page = f"/portal/quotes/{quote.public_id}/"
    milo.client.get(page)
    with CaptureQueriesContext(connection) as one:
        assert source.reference in milo.client.get(page).content.decode()
    for _ in range(2):
        submitted(again(bea, first, milo), milo)
    with CaptureQueriesContext(connection) as three:
        milo.client.get(page)
    assert len(three) == len(one)
    sent = {
        "incoterm": "DAP",
        "valid_until": "2030-01-01",
        "own_number": "A-7",
        "action": f"copy:{source.public_id}",
    }
    answer = milo.client.post(page, sent, follow=True).content.decode()
    assert "Copied from your earlier quote" in answer and 'value="A-7"' in answer
    assert milo.client.post(page, {**sent, "action": "copy:quo_x"}).status_code == 404


def test_a_program_copies(bea: Persona, milo: Persona) -> None:
    first = open_rfq(bea, milo)
    source = submitted(first, milo)
    quote = begun(again(bea, first, milo), milo)
    url = f"/api/v1/quotes/{quote.public_id}/copy/"
    body = {"quote": source.public_id}
    answer = milo.client.post(url, body, content_type="application/json").json()
    assert len(answer["lines"][0]["prices"]) == 2
    assert milo.client.post(url, {}, content_type="application/json").status_code == 422
