"""Both sides' pages of a negotiation: what was typed stays, refusals are sentences, and how many
queries they take."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quotes.actions import quote as quoting
from quotes.actions.best_and_final import ask_best_and_final
from quotes.models import NDA, RFQ, BestAndFinal, CounterOffer, Quote, QuotePrice
from tests.personas import Persona
from tests.quotes.actions.test_award_in_parts import quoted, two_lines
from tests.quotes.negotiating import BUYER, SHOP, counter
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    return open_rfq(bea, milo, rita)


@pytest.fixture
def quote(request_: Request, milo: Persona) -> Quote:
    return submitted(request_, milo)


def at(side: str, request: Request, quote: Quote, rest: str = "negotiate/") -> str:
    start = "/portal" if side == SHOP else f"/rfqs/{request.id}"
    return f"{start}/quotes/{quote.public_id}/{rest}"


def fields(request: Request, quote: Quote, **changed: str) -> dict[str, str]:
    """The form as it is posted when nothing was touched, and what was changed."""
    key = f"{request.line.public_id}_0"
    values = {
        "seen": quote.seen,
        "answers": "",
        f"price_{key}_10": "12.50",
        f"lead_{key}_10": "7",
        f"price_{key}_100": "6.25",
        f"lead_{key}_100": "9",
        "freight": "5.00",
        "message": "",
        "expires_at": "",
    }
    return values | {name.replace("KEY", key): value for name, value in changed.items()}


def test_an_offer_an_answer_and_the_history_on_both_pages(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    buyer, shop = at(BUYER, request_, quote), at(SHOP, request_, quote)
    page = bea.client.get(buyer).content.decode()
    assert 'value="12.50"' in page and f'value="{quote.seen}"' in page
    typed = {"price_KEY_10": "10.00", "lead_KEY_10": "5", "message": "Closer to <b>ten</b>?"}
    answer = bea.client.post(buyer, fields(request_, quote, **typed), follow=True)
    assert "The other side is told by mail" in answer.content.decode()
    made = CounterOffer.objects.get()
    assert [row["quantity"] for row in made.lines] == [10]
    assert (made.freight_minor, made.milestones) == (None, None)
    page = milo.client.get(f"/portal/requests/{request_.id}/").content.decode()
    assert "made a counter-offer" in page and shop in page
    page = milo.client.get(shop).content.decode()
    assert "Bea Robotics offers" in page and "€10.00" in page and "€12.50" in page
    assert "&lt;b&gt;ten&lt;/b&gt;" in page and f'value="{made.public_id}"' in page
    rest = f"counter-offers/{made.public_id}"
    answer = milo.client.post(at(SHOP, request_, quote, f"{rest}/decline/"), {"reason": " "})
    assert answer.status_code == 422 and "Say why" in answer.content.decode()
    accept = at(SHOP, request_, quote, f"{rest}/accept/")
    answer = milo.client.post(accept, follow=True)
    assert "Your quote has these values now" in answer.content.decode()
    again = milo.client.post(accept)
    assert again.status_code == 409 and "accepted" in again.content.decode()
    page = bea.client.get(buyer).content.decode()
    assert "You agreed" in page and "What was offered before" in page
    assert f'action="/rfqs/{request_.id}/award/"' in page
    assert f'name="p_{request_.line.public_id}" value="{quote.public_id}:0:10"' in page
    award = f"/rfqs/{request_.id}/award/?p_{request_.line.public_id}="
    assert "€115.00" in bea.client.get(f"{award}{quote.public_id}:0:10").content.decode()


def test_what_was_typed_stays_when_it_cannot_be_sent(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    buyer = at(BUYER, request_, quote)
    wrong: dict[str, str] = {
        "price_KEY_10": "12,50",
        "lead_KEY_10": "x",
        "price_KEY_new": "9",
        "freight": "-1",
        "milestone_deposit": "101",
        "message": "Kept words",
        "expires_at": "never",
    }
    answer = bea.client.post(buyer, fields(request_, quote, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    for text in ("12,50", "Kept words", "with a point", "Enter this too", "marked below"):
        assert text in page
    answer = bea.client.post(buyer, fields(request_, quote))
    assert answer.status_code == 422 and "Nothing differs" in answer.content.decode()
    answer = bea.client.post(buyer, fields(request_, quote, milestone_deposit="40"))
    assert answer.status_code == 422 and "add up to 40 %" in answer.content.decode()
    theirs = counter(milo, SHOP, request_, quote, "12")
    answer = bea.client.post(buyer, fields(request_, quote, price_KEY_10="11.00", message="Mine"))
    page = answer.content.decode()
    assert answer.status_code == 409 and "acted a moment ago" in page
    assert "Mine" in page and 'value="11.00"' in page and f'value="{theirs.public_id}"' in page
    assert CounterOffer.objects.count() == 1


@pytest.mark.parametrize("value", ["NaN", "1e400", "0", "99999999999", "\x00", "9" * 40, "١٢"])
def test_hostile_values_are_refused(
    value: str, bea: Persona, request_: Request, quote: Quote
) -> None:
    for name in ("price_KEY_10", "lead_KEY_10", "quantity_KEY_new", "freight", "seen", "answers"):
        answer = bea.client.post(
            at(BUYER, request_, quote), fields(request_, quote, **{name: value})
        )
        if value == "١٢" and name != "seen" and name != "answers":
            continue  # digits of another script are digits
        if (name, value) == ("freight", "0"):
            continue
        assert answer.status_code in (409, 422), (name, value)
    assert QuotePrice.objects.filter(unit_price="12.5").exists()


def test_a_quote_taken_back_while_its_offer_is_answered(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made = counter(milo, SHOP, request_, quote)
    quoting.withdraw_quote(actor=milo.actor, public_id=quote.public_id)
    accept = at(BUYER, request_, quote, f"counter-offers/{made.public_id}/accept/")
    answer = bea.client.post(accept)
    assert answer.status_code == 409
    assert "This quote is withdrawn" in answer.content.decode()
    assert bea.client.get(at(BUYER, request_, quote)).status_code == 404


def test_a_quote_of_another_request_is_not_found_under_this_one(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    other = open_rfq(bea, milo)
    made = counter(milo, SHOP, request_, quote)
    rest = f"counter-offers/{made.public_id}"
    for verb in ("accept", "decline", "withdraw"):
        path = at(BUYER, other, quote, f"{rest}/{verb}/")
        assert bea.client.post(path, {"reason": "No."}).status_code == 404
    assert bea.client.get(at(BUYER, other, quote)).status_code == 404


def test_before_the_agreement_is_accepted_the_shop_is_sent_there(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    made = counter(bea, BUYER, request_, quote)
    nda = NDA.objects.create(organization=bea.organization, version=1, text="Tell nobody.")
    RFQ.objects.filter(pk=request_.rfq.pk).update(nda=nda)
    shop = at(SHOP, request_, quote)
    accept = at(SHOP, request_, quote, f"counter-offers/{made.public_id}/accept/")
    for answer in (milo.client.get(shop), milo.client.post(accept)):
        assert (answer.status_code, answer.url) == (302, f"/portal/requests/{request_.id}/")
    made.refresh_from_db()
    assert made.state == "open"


def test_several_shops_are_asked_on_one_page_and_answer_on_theirs(
    bea: Persona, milo: Persona, rita: Persona, request_: Request, quote: Quote
) -> None:
    hers = submitted(request_, rita, "11")
    path = f"/rfqs/{request_.id}/best-and-final/"
    page = bea.client.get(path).content.decode()
    assert "Milo Machining" in page and "Rita Rapid Parts" in page
    due = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    wrong: list[dict[str, Any]] = [
        {"quotes": [], "due_at": due},
        {"quotes": ["quo_none"], "due_at": due},
        {"quotes": [quote.public_id], "due_at": "2020-01-01T00:00"},
        {"quotes": [quote.public_id], "due_at": "soon", "message": "Kept words"},
    ]
    for values in wrong:
        answer = bea.client.post(path, values)
        assert answer.status_code == 422, values
    assert "Kept words" in answer.content.decode()
    ids = [quote.public_id, hers.public_id]
    answer = bea.client.post(path, {"quotes": ids, "due_at": due}, follow=True)
    assert "Asked 2." in answer.content.decode()
    for person, own in ((milo, quote), (rita, hers)):
        page = person.client.get(f"/portal/requests/{request_.id}/").content.decode()
        assert "asks for your best and final offer" in page
        assert f"/portal/quotes/{own.public_id}/final/" in page
    answer = milo.client.post(f"/portal/quotes/{quote.public_id}/final/", follow=True)
    assert "your quote is final" in answer.content.decode()
    assert milo.client.post(f"/portal/quotes/{quote.public_id}/final/").status_code == 409
    page = bea.client.get(path).content.decode()
    assert "Confirmed as final" in page and ">Asked<" in page.replace("\n", "").replace(" ", "")


def test_the_pages_take_the_same_number_of_queries_whatever_was_offered(
    bea: Persona, milo: Persona
) -> None:
    rfq = two_lines(bea, milo)
    quote = quoted(rfq, milo)
    pages = (
        (bea, f"/rfqs/{rfq.public_id}/quotes/{quote.public_id}/negotiate/", 19),
        (milo, f"/portal/quotes/{quote.public_id}/negotiate/", 17),
    )
    row = {
        "line": rfq.lines.all()[0].public_id,
        "option": 0,
        "quantity": 10,
        "unit_price": "1.0000",
        "lead_time_days": 5,
        "was_unit_price": "2.0000",
        "was_lead_time_days": 7,
    }
    assert bea.client.get("/rfqs/").status_code == milo.client.get("/portal/").status_code
    counts = []
    for state, number in (("declined", 1), ("declined", 5), ("open", 1)):
        for _ in range(number):
            CounterOffer.objects.create(
                quote=quote,
                by_side=BUYER,
                state=state,
                lines=[row],
                edition=1,
                fingerprint="0" * 64,
                expires_at=timezone.now() + timedelta(days=1),
            )
        if not counts:
            ask_best_and_final(
                actor=bea.actor,
                rfq_id=rfq.public_id,
                quote_ids=[quote.public_id],
                due_at=timezone.now() + timedelta(days=1),
            )
        for person, path, _ in pages:
            with CaptureQueriesContext(connection) as queries:
                assert person.client.get(path).status_code == 200
            counts.append(len(queries))
    assert counts == [count for *_, count in pages] * 3
    assert BestAndFinal.objects.count() == 1
