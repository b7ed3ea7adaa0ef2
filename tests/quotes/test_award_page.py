"""The award's page orders all that was chosen or nothing, and says what happened to the rest."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.roles import Role
from marketplace.directory.models import Manufacturer, Material
from orders.models import Order
from quotes.actions import quote as quoting
from quotes.actions.award import award_rfq
from quotes.models import RFQ, Award, Quote, QuoteLine, RFQLine
from quotes.queries import lines_of
from tests.api.scene import Api
from tests.personas import Persona, make_member
from tests.quotes.actions.test_amendment import amend, changed
from tests.quotes.actions.test_award_in_parts import choice, quoted, two_lines
from tests.quotes.negotiating import BUYER, SHOP, counter
from tests.quotes.scene import open_rfq, submitted
from tests.steps import step

pytestmark = pytest.mark.django_db


def picks(*chosen: tuple[Quote, RFQLine], quantity: int = 100) -> dict[str, str]:
    """What the award's page posts for the choices, as it was shown."""
    found = {}
    for quote, line in chosen:
        found[f"p_{line.public_id}"] = f"{quote.public_id}:0:{quantity}"
        found[f"seen_{quote.public_id}"] = quote.seen
    return found


@step
def expire(shop: Persona, quote: Quote) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Quote.objects.filter(pk=quote.pk).update(valid_until=yesterday)
    quoting.expire_quotes()


@step
def doubt(shop: Persona, quote: Quote) -> None:
    Manufacturer.objects.filter(pk=shop.manufacturer.pk).update(state="applied")


@step
def withdraw(shop: Persona, quote: Quote) -> None:
    quoting.withdraw_quote(actor=shop.actor, public_id=quote.public_id)


@step
def reopen(shop: Persona, quote: Quote) -> None:
    quoting.edit_quote(actor=shop.actor, public_id=quote.public_id)


@step
def unconfirm(shop: Persona, quote: Quote) -> None:
    Quote.objects.filter(pk=quote.pk).update(state="needs_reconfirmation")


HAPPENED: dict[str, Callable[[Persona, Quote], None]] = {
    "Rita Rapid Parts withdrew its quote": withdraw,
    "Rita Rapid Parts took its quote": reopen,
    "of Rita Rapid Parts was valid until": expire,
    "Rita Rapid Parts has not confirmed its quote": unconfirm,
    "Rita Rapid Parts is not verified yet": doubt,
}


@pytest.fixture
def rfq(bea: Persona, milo: Persona, rita: Persona) -> RFQ:
    return two_lines(bea, milo, rita)


@pytest.mark.parametrize("sentence", HAPPENED)
def test_a_choice_that_is_gone_orders_nothing_and_keeps_the_others(
    sentence: str, rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    body = picks((hers, first), (his, second)) | {"po_number": "PO-77"}
    HAPPENED[sentence](rita, hers)
    path = f"/rfqs/{rfq.public_id}/award/"
    answer = bea.client.post(path, body)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    assert not Order.objects.exists() and not Award.objects.exists()
    kept = " ".join(page.split())
    assert f'value="{his.public_id}:0:100"' in kept and 'value="PO-77"' in kept
    # Read on the way there too, before anything is pressed.
    assert sentence in bea.client.get(path, picks((hers, first), (his, second))).content.decode()


@pytest.mark.parametrize("sentence", HAPPENED)
def test_a_single_supplier_and_a_program_read_the_same(
    sentence: str, rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    HAPPENED[sentence](rita, hers)
    body = picks((hers, first), (hers, second))
    answer = bea.client.post(f"/rfqs/{rfq.public_id}/award/", body)
    assert answer.status_code == 409 and sentence in answer.content.decode()
    choices = [
        {
            "quote": quote.public_id,
            "rfq_line": line.public_id,
            "quantity": 100,
            "seen": quote.seen,
        }
        for quote, line in ((hers, first), (his, second))
    ]
    refused = Api(bea).post(f"/rfqs/{rfq.public_id}/award/", {"choices": choices})
    assert refused.status_code == 409 and sentence in refused.json()["detail"]
    accept = f"/rfqs/{rfq.public_id}/quotes/{hers.public_id}/accept/"
    for answer in (bea.client.get(accept), bea.client.post(accept, {"seen": hers.seen})):
        assert sentence in answer.content.decode()
    assert not Order.objects.exists()


def test_a_choice_that_cannot_be_read_orders_nothing(rfq: RFQ, bea: Persona, milo: Persona) -> None:
    first, second = lines_of(rfq)
    his = quoted(rfq, milo)
    for wrong in ("x", f"{his.public_id}:0:²", "quo_nobody:0:100"):
        body = picks((his, first)) | {f"p_{second.public_id}": wrong}
        answer = bea.client.post(f"/rfqs/{rfq.public_id}/award/", body)
        page = answer.content.decode()
        assert answer.status_code == 409 and "names no quote of the request" in page
    assert not Order.objects.exists()


def test_after_the_refusal_what_is_left_can_be_awarded_and_the_rest_stays_open(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    body = picks((hers, first), (his, second))
    withdraw(rita, hers)
    page = bea.client.post(f"/rfqs/{rfq.public_id}/award/", body).content.decode()
    assert "Keep the other lines open" in page and "Award and order" in page
    bea.client.post(f"/rfqs/{rfq.public_id}/award/", picks((his, second)))
    rfq.refresh_from_db()
    assert rfq.state == "partially_awarded" and Order.objects.count() == 1


def test_where_nothing_is_left_of_a_choice_a_button_leads_back_to_the_comparison(
    rfq: RFQ, bea: Persona, milo: Persona
) -> None:
    quote = quoted(rfq, milo)
    body = picks((quote, lines_of(rfq)[0]))
    withdraw(milo, quote)
    answer = bea.client.post(f"/rfqs/{rfq.public_id}/award/", body)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 409 and "Nothing is left of the choice" in page
    back = f'href="/rfqs/{rfq.public_id}/compare/"'
    assert re.search(rf"<a[^>]*{back}[^>]*>\s*Compare the quotes", page)


def test_a_colleague_reads_who_awarded_what_to_whom(
    rfq: RFQ, bea: Persona, milo: Persona, rita: Persona
) -> None:
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita), quoted(rfq, milo)
    carl = make_member(bea, "Carl", Role.OWNER)
    (order,) = award_rfq(
        actor=bea.actor,
        rfq_id=rfq.public_id,
        choices=[choice(hers, first), choice(hers, second)],
    )
    number = first.part_revision.part.number
    said = f"{number} was awarded to Rita Rapid Parts already, by {bea.user.name} on"
    path = f"/rfqs/{rfq.public_id}/award/"
    for quote in (hers, his):  # a second click, and another shop for the same line
        for answer in (
            carl.client.post(path, picks((quote, first))),
            carl.client.get(path, picks((quote, first))),
        ):
            page = answer.content.decode()
            assert said in page and order.reference in page
            assert f"/orders/{order.public_id}/" in page
    refused = Api(carl).post(
        f"/rfqs/{rfq.public_id}/award/",
        {
            "choices": [
                {
                    "quote": his.public_id,
                    "rfq_line": first.public_id,
                    "quantity": 100,
                    "seen": his.seen,
                }
            ]
        },
    )
    assert refused.status_code == 409
    assert said in refused.json()["detail"] and order.reference in refused.json()["detail"]
    assert Order.objects.count() == 1


def test_who_may_not_award_reads_that_and_nothing_else(
    rfq: RFQ, bea: Persona, milo: Persona
) -> None:
    first, _ = lines_of(rfq)
    his = quoted(rfq, milo)
    emil = make_member(bea, "Emil", Role.ENGINEER)
    page = emil.client.get(f"/rfqs/{rfq.public_id}/award/", picks((his, first))).content.decode()
    assert "Your role does not allow awards" in page and "Award and order" not in page


def test_an_ended_request_says_how_it_ended(rfq: RFQ, bea: Persona, milo: Persona) -> None:
    first, _ = lines_of(rfq)
    his = quoted(rfq, milo)
    for state, sentence in (
        ("cancelled", "This request was cancelled"),
        ("no_award", "ended without an award"),
    ):
        RFQ.objects.filter(pk=rfq.pk).update(state=state)
        answer = bea.client.post(f"/rfqs/{rfq.public_id}/award/", picks((his, first)))
        assert answer.status_code == 409 and sentence in answer.content.decode()


def test_after_a_change_of_the_request_the_reason_is_english(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    amend(request, bea, changed(request, 10, 200))
    body = picks((quote, request.line), quantity=10)
    page = bea.client.post(f"/rfqs/{request.id}/award/", body).content.decode()
    assert "Your request changed after Milo Machining quoted" in page
    assert "is needs reconfirmation" not in page
    page = bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/negotiate/")
    assert "has to confirm it before anything is negotiated" in page.content.decode()


def test_the_page_says_what_an_alternate_is_made_of_and_what_is_not_priced(
    rfq: RFQ, bea: Persona, milo: Persona
) -> None:
    first, _ = lines_of(rfq)
    his = quoted(rfq, milo)
    other = Material.objects.exclude(code="al_6061").order_by("pk")[0]
    row = QuoteLine.objects.create(
        quote=his, rfq_line=first, option=1, material=other, reason="In stock."
    )
    row.prices.create(quantity=10, unit_price=Decimal("1.5"), lead_time_days=3)
    document = first.documents.model.objects.order_by("pk")[0]
    first.documents.add(document)
    query = {f"p_{first.public_id}": f"{his.public_id}:1:10"}
    page = bea.client.get(f"/rfqs/{rfq.public_id}/award/", query).content.decode()
    assert f"Alternate: {other.name}. In stock." in page
    assert f"{document.name}: no price was said" in page


@pytest.mark.parametrize(
    ("side", "words"), [(SHOP, "Milo Machining offers other values"), (BUYER, "Your counter-offer")]
)
def test_an_open_counter_offer_is_told_where_one_awards(
    side: str, words: str, bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = submitted(request, milo)
    counter(milo if side == SHOP else bea, side, request, quote)
    query = {f"p_{request.line.public_id}": f"{quote.public_id}:0:10"}
    award = bea.client.get(f"/rfqs/{request.id}/award/", query).content.decode()
    accept = bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/accept/")
    for page in (award, accept.content.decode()):
        assert words in page and f"/quotes/{quote.public_id}/negotiate/" in page


ENDED = [
    ("withdrawn", "was taken back on"),
    ("declined", "was declined on"),
    ("accepted", "was accepted on"),
    ("expired", "The time of this counter-offer was up"),
    ("replaced", "was countered by another one"),
]


@pytest.mark.parametrize(("state", "sentence"), ENDED)
def test_an_answer_to_a_counter_offer_that_is_over_reads_what_became_of_it(
    state: str, sentence: str, bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    made = counter(milo, SHOP, request, submitted(request, milo))
    type(made).objects.filter(pk=made.pk).update(state=state)
    rest = f"quotes/{made.quote.public_id}/counter-offers/{made.public_id}"
    for verb in ("accept", "decline"):
        answer = bea.client.post(f"/rfqs/{request.id}/{rest}/{verb}/", {"reason": "No."})
        assert answer.status_code == 409 and sentence in answer.content.decode()
    answer = milo.client.post(f"/portal/{rest}/withdraw/")
    assert answer.status_code == 409 and sentence in answer.content.decode()
