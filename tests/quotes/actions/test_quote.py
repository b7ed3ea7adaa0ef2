"""A quote: priced, submitted in time, taken back, or declined; never seen by a rival."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.core.errors import DomainError, NotFound
from marketplace.core.events import timeline
from marketplace.core.models import Event
from marketplace.core.states import WrongState
from marketplace.directory.models import Manufacturer
from quotes.actions import quote as quoting
from quotes.actions.award import accept_quote
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
    line = quoting.QuoteLineDraft(
        request_.line.public_id, [quoting.PriceDraft(10, Decimal(unit), 5)]
    )
    with pytest.raises(DomainError, match="unit price"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=quoting.QuoteDraft(currency="EUR", lines=[line]),
        )
    assert not QuotePrice.objects.exists()


def test_a_quantity_nobody_asked_for_is_refused(request_: Request, milo: Persona) -> None:
    quote = quoting.start_quote(actor=milo.actor, rfq_id=request_.id)
    line = quoting.QuoteLineDraft(request_.line.public_id, [quoting.PriceDraft(11, Decimal(1), 5)])
    with pytest.raises(DomainError, match="quantities the buyer asked for"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=quoting.QuoteDraft(currency="EUR", lines=[line]),
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
    assert "Milo" not in page and "12.50" not in page


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
    line = quoting.QuoteLineDraft(
        request_.line.public_id, [quoting.PriceDraft(10_000_000, Decimal(99_999_999), 5)]
    )
    with pytest.raises(DomainError, match="too large"):
        quoting.save_quote(
            actor=milo.actor,
            public_id=quote.public_id,
            draft=quoting.QuoteDraft(currency="EUR", lines=[line]),
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
