"""Wherever a price is broken down, its rows sum to its total."""

import re
from html import unescape

import pypdfium2
import pytest

from orders.models import Order, OrderLine
from orders.price_rows import price_rows, price_table
from quotes.actions.award import Choice, accept_quote, award_rfq
from quotes.models import Quote, QuoteCharge, QuoteLine, QuotePrice
from quotes.pricing import Total
from quotes.queries.reorder import price_again
from tests.api.scene import Api
from tests.payments.scene import pump
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db
AMOUNT = r"€([\d,]+\.\d\d)"
ROWS = re.compile(
    rf"Parts (?:of the chosen quantities )?({AMOUNT}.*?) "
    rf"Total(?: of the chosen quantities)?,?(?: before taxes)? ({AMOUNT}(?: {AMOUNT})*)"
)
NAMES = ("Setup", "Tooling", "Documents and inspections", "Freight")


def text_of(html: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.decode())).split())


def minors(text: str) -> list[int]:
    return [int(found.replace(",", "").replace(".", "")) for found in re.findall(AMOUNT, text)]


def check(text: str, *names: str) -> list[int]:
    """The totals shown; each is the sum of its column, and each row has its name."""
    found = ROWS.search(text)
    assert found, text
    rows, totals = found.group(1), minors(found.group(3))
    for name in names or NAMES:
        assert name in rows
    amounts = minors(rows)
    columns = len(totals)
    assert [sum(amounts[at::columns]) for at in range(columns)] == totals
    return totals


@pytest.fixture
def request_(bea: Persona, milo: Persona) -> Request:
    return open_rfq(bea, milo)


@pytest.fixture
def quote(request_: Request, milo: Persona) -> Quote:
    """125.00 of parts, 45.00 setup, 10.00 tooling, 12.50 documents, 5.00 freight."""
    quote = submitted(request_, milo)
    line = quote.lines.get()
    QuoteLine.objects.filter(pk=line.pk).update(setup_minor=4_500)
    QuoteCharge.objects.create(line=line, kind="document", code="coc", amount_minor=1_250)
    return quote


@pytest.fixture
def order(bea: Persona, request_: Request, quote: Quote) -> Order:
    return accept_quote(
        actor=bea.actor,
        rfq_id=request_.id,
        quote_id=quote.public_id,
        chosen={request_.line.public_id: 10},
        seen=quote.seen,
    )


def test_a_row_of_nothing_is_left_out_where_every_column_has_nothing() -> None:
    bare, rich = Total(100, 0, 0, 0, 0, 5), Total(200, 10, 0, 0, 7, 5)
    assert price_rows(bare, "DAP") == [("Parts", 100), ("Freight (DAP)", 0)]
    assert price_table([bare, rich, None]) == [
        ("Parts", [100, 200, None]),
        ("Setup", [0, 10, None]),
        ("Freight", [0, 7, None]),
    ]


def test_before_the_award(bea: Persona, milo: Persona, request_: Request, quote: Quote) -> None:
    side_by_side = bea.client.get(f"/rfqs/{request_.id}/").content
    assert check(text_of(side_by_side)) == [19_750]
    accept = bea.client.get(f"/rfqs/{request_.id}/quotes/{quote.public_id}/accept/").content
    card = text_of(accept)
    assert check(card[card.index("You order") :]) == [19_750]
    own = text_of(milo.client.get(f"/portal/requests/{request_.id}/").content)
    assert check(own[own.index("It comes to") :]) == [19_750, 69_750]


def test_of_the_order(bea: Persona, milo: Persona, order: Order) -> None:
    for persona, page in ((bea, "/orders/"), (milo, "/portal/orders/")):
        shown = persona.client.get(f"{page}{order.public_id}/").content
        assert check(text_of(shown)) == [19_750]
        paper = persona.client.get(f"{page}{order.public_id}/purchase-order.pdf").content
        with pypdfium2.PdfDocument(paper) as opened:
            words = " ".join(p.get_textpage().get_text_range() for p in opened)
        assert check(" ".join(words.split())) == [19_750]
    pump()
    pay = bea.client.get(f"/payments/orders/{order.public_id}/pay/").content
    assert check(text_of(pay)) == [19_750]


def test_of_an_order_again(bea: Persona, order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(state="accepted")
    page = text_of(bea.client.get(f"/orders/{order.public_id}/reorder/").content)
    assert check(page, "Setup", "Documents and inspections", "Freight") == [18_750]


def test_what_was_paid_once_for_a_dropped_line_is_in_no_row() -> None:
    amounts = {"setup_minor": 500, "tooling_minor": 300, "charges_minor": 200, "freight_minor": 50}
    order = Order(goods_minor=10_000, total_minor=11_050, lead_time_days=5, **amounts)
    dropped = OrderLine(setup_minor=400, charges=[{"name": "CoC", "amount_minor": 150}])
    price = price_again(order, [dropped])
    assert [minor for _, minor in price_rows(price)] == [10_000, 100, 50, 50]
    assert price.total_minor == 10_200


def test_for_programs(milo: Persona, order: Order) -> None:
    told = Api(milo).get(f"/orders/{order.public_id}/").json()
    names = ("goods", "setup", "tooling", "charges", "freight")
    assert sum(told[name]["amount_minor"] for name in names) == told["total"]["amount_minor"]
    line = told["lines"][0]
    assert line["setup"]["amount_minor"] == 4_500
    assert [charge["amount"]["amount_minor"] for charge in line["charges"]] == [1_250]


def test_both_sides_read_exceptions_and_why_an_alternate_was_ordered(
    bea: Persona, milo: Persona, request_: Request, quote: Quote
) -> None:
    Quote.objects.filter(pk=quote.pk).update(exceptions="No deburring inside")
    other = QuoteLine.objects.create(
        quote=quote, rfq_line=request_.line, option=1, reason="EN AW-7075 is in stock"
    )
    QuotePrice.objects.create(line=other, quantity=10, unit_price=9, lead_time_days=5)
    choice = Choice(quote.public_id, request_.line.public_id, 10, quote.seen, option=1)
    [order] = award_rfq(actor=bea.actor, rfq_id=request_.id, choices=[choice])
    for persona, page in ((bea, "/orders/"), (milo, "/portal/orders/")):
        shown = text_of(persona.client.get(f"{page}{order.public_id}/").content)
        assert "Exceptions to the request No deburring inside" in shown
        assert "Alternate: EN AW-7075 is in stock" in shown
        told = Api(persona).get(f"/orders/{order.public_id}/").json()
        assert told["exceptions"] == "No deburring inside"
        assert told["lines"][0]["alternate"] == "EN AW-7075 is in stock"


def test_a_shop_reads_all_of_what_it_submitted(
    milo: Persona, request_: Request, quote: Quote
) -> None:
    terms = {"exceptions": "No deburring", "minimum_order_minor": 10_000, "own_number": "A-17"}
    Quote.objects.filter(pk=quote.pk).update(**terms)
    shown = text_of(milo.client.get(f"/portal/requests/{request_.id}/").content)
    for expected in (
        "Minimum order €100.00",
        "Exceptions to the request No deburring",
        "Your quote number A-17",
        "Freight (DAP) €5.00",
        "Tooling, owned by the buyer: €10.00",
    ):
        assert expected in shown
