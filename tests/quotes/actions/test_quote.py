"""A quote: priced, submitted in time, taken back, or declined; never seen by a rival."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Manufacturer, QualityDocument
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
from quotes.actions.quote_writing import PriceDraft, QuoteDraft, QuoteLineDraft
from quotes.models import RFQ, Invitation, Quote, QuotePrice, RFQLine
from quotes.queries import get_invitation, get_own_quote, get_quote_for_buyer, quotes_for_buyer
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, prices, submitted


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


def test_submitting_pins_the_quote_to_what_it_prices(request_: Request, milo: Persona) -> None:
    quote = submitted(request_, milo)
    assert quote.state == "submitted" and len(quote.fingerprint) == 64
    assert Event.objects.filter(type="quote_submitted", subject=quote.public_id).count() == 1


def test_starting_twice_gives_the_same_quote(request_: Request, milo: Persona) -> None:
    first = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    assert quoting.start_quote(actor=milo.actor, rfq_id=request_.id) == first
    assert Quote.objects.count() == 1


@pytest.mark.parametrize("unit", ["0", "-1", "NaN", "Infinity", "1e400", "0.00001"])
def test_a_price_that_cannot_be_is_refused(request_: Request, milo: Persona, unit: str) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = QuoteLineDraft(request_.line.public_id, [PriceDraft(10, Decimal(unit), 5)])
    with pytest.raises(DomainError, match="unit price"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=QuoteDraft(currency="EUR", lines=[line]),
        )
    assert not QuotePrice.objects.exists()


def test_a_quantity_nobody_asked_for_is_refused(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = QuoteLineDraft(request_.line.public_id, [PriceDraft(11, Decimal(1), 5)])
    with pytest.raises(DomainError, match="quantities the buyer asked for"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=QuoteDraft(currency="EUR", lines=[line]),
        )


def test_an_empty_quote_and_a_stale_one_are_not_submitted(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    with pytest.raises(DomainError, match="at least one line"):
        quoting.submit_quote(actor=milo.actor, public_id=quote.public_id)
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=prices(request_))
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    with pytest.raises(DomainError, match="valid today or longer"):
        quoting.submit_quote(actor=milo.actor, public_id=quote.public_id)
    quote.refresh_from_db()
    assert quote.state == "draft"


def test_after_the_deadline_nothing_is_submitted_or_taken_back(
    request_: Request, milo: Persona, rita: Persona
) -> None:
    quote = submitted(request_, milo)
    draft = quoting.start_quote(actor=rita.actor, rfq_id=request_.id)
    RFQ.objects.update(deadline=timezone.now())
    with pytest.raises(WrongState, match="deadline"):
        quoting.submit_quote(actor=rita.actor, public_id=draft.public_id, draft=prices(request_))
    with pytest.raises(WrongState, match="deadline"):
        quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    assert set(Quote.objects.values_list("state", flat=True)) == {"submitted", "draft"}


def test_an_unverified_shop_cannot_submit(request_: Request, milo: Persona) -> None:
    Manufacturer.objects.filter(pk=milo.manufacturer.pk).update(state="suspended")
    with pytest.raises(DomainError, match="verified"):
        submitted(request_, milo)


def test_a_rival_the_buyer_and_a_stranger_find_no_quote_of_milos(
    request_: Request, bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    quote = submitted(request_, milo)
    for other in (rita, bea, stefan):
        for act in (quoting.edit_quote, quoting.withdraw_quote, quoting.submit_quote):
            with pytest.raises(NotFound):
                act(actor=other.actor, public_id=quote.public_id)
        with pytest.raises(NotFound):
            get_own_quote(other.actor, quote.public_id)
    with pytest.raises(NotFound):
        get_quote_for_buyer(stefan.actor, request_.id, quote.public_id)
    quote.refresh_from_db()
    assert quote.state == "submitted"


def test_rivals_learn_nothing_of_each_other(
    request_: Request, milo: Persona, rita: Persona
) -> None:
    submitted(request_, milo)
    told = " ".join(e.sentence for e in timeline(request_.rfq, rita.organization))
    assert "Milo" not in told
    page = rita.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "Milo" not in page and "€12.50" not in page


def test_a_buyer_sees_no_draft(request_: Request, bea: Persona, milo: Persona) -> None:
    quote = submitted(request_, milo)
    assert [q.pk for q in quotes_for_buyer(request_.rfq)] == [quote.pk]
    quoting.edit_quote(actor=milo.actor, public_id=quote.public_id)
    assert quotes_for_buyer(request_.rfq) == []


def test_a_draft_taken_back_stays_the_shops_own_when_another_wins(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    winner, taken_back = submitted(request_, milo), submitted(request_, rita)
    quoting.edit_quote(actor=rita.actor, public_id=taken_back.public_id)
    accept_quote(
        actor=bea.actor,
        rfq_id=request_.id,
        quote_id=winner.public_id,
        chosen={request_.line.public_id: 10},
        seen=winner.seen,
    )
    assert [q.pk for q in quotes_for_buyer(request_.rfq)] == [winner.pk]


def test_a_price_too_large_to_add_up_is_refused(request_: Request, milo: Persona) -> None:
    RFQLine.objects.update(quantities=[10_000_000])
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = QuoteLineDraft(request_.line.public_id, [PriceDraft(10_000_000, Decimal(99_999_999), 5)])
    with pytest.raises(DomainError, match="too large"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=QuoteDraft(currency="EUR", lines=[line]),
        )


def test_withdrawn_is_gone_and_a_new_quote_can_start(request_: Request, milo: Persona) -> None:
    quote = submitted(request_, milo)
    quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    with pytest.raises(WrongState):
        quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    assert quoting.start_quote(actor=milo.actor, rfq_id=request_.id).pk != quote.pk


def test_declining_needs_a_reason_and_takes_the_quote_back(
    request_: Request, milo: Persona
) -> None:
    quote = submitted(request_, milo)
    with pytest.raises(DomainError, match="why"):
        quoting.decline_to_quote(actor=milo.actor, rfq_id=request_.id, reason=" ")
    quoting.decline_to_quote(actor=milo.actor, rfq_id=request_.id, reason="Fully booked.")
    quote.refresh_from_db()
    assert quote.state == "withdrawn"
    assert get_invitation(milo.actor, request_.id).state == "no_bid"


def test_opening_is_a_receipt_once(request_: Request, milo: Persona) -> None:
    for _ in range(2):
        quoting.view_rfq(actor=milo.actor, rfq_id=request_.id)
    assert Event.objects.filter(type="rfq_viewed").count() == 1
    assert Invitation.objects.get(manufacturer=milo.manufacturer).state == "viewed"


def test_the_timer_ends_quotes_whose_validity_passed(request_: Request, milo: Persona) -> None:
    quote = submitted(request_, milo)
    assert quoting.expire_quotes() == 0
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert quoting.expire_quotes() == 1
    quote.refresh_from_db()
    assert quote.state == "expired"


def test_setup_minimums_charges_and_a_line_not_quoted_are_kept(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    document = QualityDocument.objects.get(code="coc")
    request.line.documents.add(document)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    line = QuoteLineDraft(
        request.line.public_id,
        [PriceDraft(10, Decimal("4.5"), 5)],
        setup_minor=4000,
        tooling_minor=90000,
        tooling_owner="manufacturer",
        min_quantity=10,
        charges={"document:coc": 250},
    )
    draft = QuoteDraft(
        currency="EUR",
        lines=[line],
        minimum_order_minor=10000,
        lead_time_from="first_article",
        exceptions="Edges broken 0.3 mm.",
    )
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    quote.refresh_from_db()
    row = quote.lines.get()
    assert (row.setup_minor, row.tooling_owner, row.min_quantity) == (4000, "manufacturer", 10)
    assert list(row.charges.values_list("kind", "code", "amount_minor")) == [
        ("document", "coc", 250)
    ]
    assert (quote.minimum_order_minor, quote.lead_time_from) == (10000, "first_article")
    no_bid = replace(draft, lines=[QuoteLineDraft(line.line_id, decline_reason="Too long.")])
    quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=no_bid)
    row.refresh_from_db()
    assert (row.is_declined, row.decline_reason, row.prices.count()) == (True, "Too long.", 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"setup_minor": -1},
        {"min_quantity": 0},
        {"charges": {"document:never_asked": 1}},
        {"decline_reason": "No."},
    ],
)
def test_a_line_that_cannot_be_is_refused(
    bea: Persona, milo: Persona, changed: dict[str, Any]
) -> None:
    request = open_rfq(bea, milo)
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    line = QuoteLineDraft(request.line.public_id, [PriceDraft(10, Decimal(4), 5)], **changed)
    with pytest.raises(DomainError):
        draft = QuoteDraft(currency="EUR", lines=[line])
        quoting.save_quote(actor=milo.actor, public_id=quote.public_id, draft=draft)
    assert not QuotePrice.objects.exists()


def test_the_builder_page_keeps_every_field(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    request.line.documents.add(QualityDocument.objects.get(code="coc"))
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request.id)
    name = request.line.public_id
    typed = {
        "incoterm": "DAP",
        "lead_time_from": "first_article",
        "minimum_order": "100",
        "exceptions": "Edges broken 0.3 mm.",
        f"{name}-price_10": "4.5",
        f"{name}-lead_10": "5",
        f"{name}-setup": "40",
        f"{name}-tooling": "900",
        f"{name}-tooling_owner": "manufacturer",
        f"{name}-min_quantity": "10",
        f"{name}-charge_document:coc": "2.50",
    }
    path = f"/portal/quotes/{quote.public_id}/"
    assert milo.client.post(path, typed).status_code == 302
    page = milo.client.get(path).content.decode()
    for text in ("Edges broken", 'value="40.00"', 'value="2.50"', 'value="100.00"'):
        assert text in page
    typed[f"{name}-decline_reason"] = "Too long."
    answer = milo.client.post(path, typed)
    assert answer.status_code == 422 and "This line has prices" in answer.content.decode()
