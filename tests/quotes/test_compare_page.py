"""The comparison's page and files: strategies, picks in the address, what is unknown, its cost."""

import io
import time
from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from marketplace.directory.models import ExchangeRate
from marketplace.parts.models import PartRevision
from quotes.actions.award import accept_quote
from quotes.models import Quote, QuoteLine, QuotePrice, RFQLine
from tests.personas import Persona, make_shop
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


def page_of(person: Persona, request: Request, query: str = "") -> str:
    answer = person.client.get(f"/rfqs/{request.id}/compare/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def two_quotes(bea: Persona, milo: Persona, rita: Persona) -> tuple[Request, Quote, Quote]:
    request = open_rfq(bea, milo, rita)
    return request, submitted(request, milo, "12.5"), submitted(request, rita, "10")


def test_each_strategy_has_its_total_and_its_choice(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request, dear, cheap = two_quotes(bea, milo, rita)
    page = page_of(bea, request)
    # 10 x 10.00 + 10.00 tooling + 5.00 freight
    assert "€115.00" in page
    assert f'value="{cheap.public_id}:0:10" checked' in page
    name = f"p_{request.line.public_id}"
    page = page_of(bea, request, f"?strategy=manual&{name}={dear.public_id}:0:100")
    assert "€640.00" in page
    assert f'value="{dear.public_id}:0:100" checked' in page
    page = page_of(bea, request, f"?strategy=mix&q_{request.line.public_id}=100")
    assert "€515.00" in page


@pytest.mark.parametrize(
    "value",
    ["", "x", "a:b:c", "::", "{quote}:0:11", "{quote}:9:10", "quo_none:0:10", "{quote}:0:²"],
)
def test_a_pick_that_is_none_is_left_out(
    bea: Persona, milo: Persona, rita: Persona, value: str
) -> None:
    request, _, cheap = two_quotes(bea, milo, rita)
    picked = value.format(quote=cheap.public_id)
    query = f"?strategy=manual&p_{request.line.public_id}={picked}&q_{request.line.public_id}=²"
    assert " checked" not in page_of(bea, request, query)
    assert "€" in page_of(bea, request, "?strategy=nonsense")


def test_a_quote_in_another_currency_is_exchanged_with_a_dated_rate_or_not_ranked(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request, _, cheap = two_quotes(bea, milo, rita)
    Quote.objects.filter(pk=cheap.pk).update(currency="USD")
    page = page_of(bea, request)
    assert "no current exchange rate from USD to EUR" in page
    assert "not comparable: no rate" in page
    ExchangeRate.objects.create(
        currency="USD", rate=Decimal("1.25"), date=timezone.localdate(), source="A bank"
    )
    page = page_of(bea, request)
    assert "1 USD = 0.8 EUR, A bank" in page
    assert "€92.00" in page  # 115.00 USD
    accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=cheap.public_id,
        chosen={request.line.public_id: 10},
        seen=cheap.seen,
    )
    # What was decided on stays as it was, whatever the rates of later days are.
    ExchangeRate.objects.update(rate=Decimal(2))
    page = page_of(bea, request)
    assert "1 USD = 0.8 EUR, A bank" in page and "Frozen with the award" in page
    assert "€92.00" in page


def test_alternates_and_minimum_orders_are_said(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, dear, cheap = two_quotes(bea, milo, rita)
    line = QuoteLine.objects.create(
        quote=dear, rfq_line=request.line, option=1, reason="Cheaper alloy"
    )
    QuotePrice.objects.create(line=line, quantity=10, unit_price=Decimal(1), lead_time_days=3)
    Quote.objects.filter(pk=cheap.pk).update(minimum_order_minor=50_000, exceptions="No deburring")
    page = page_of(bea, request)
    assert "lowest alternate" in page
    assert "No deburring" in page
    assert f'value="{dear.public_id}:0:10" checked' in page
    name = f"p_{request.line.public_id}"
    page = page_of(bea, request, f"?strategy=manual&{name}={cheap.public_id}:0:10")
    assert "below the minimum order of Rita" in page


def test_sealed_and_empty_requests_show_no_price(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo, is_sealed=True)
    assert "Nothing to compare yet" in page_of(bea, open_rfq(bea, milo))
    submitted(request, milo)
    page = page_of(bea, request)
    assert "1 sealed quote" in page
    assert "€12.50" not in page
    for form in ("csv", "xlsx", "pdf"):
        assert bea.client.get(f"/rfqs/{request.id}/compare/quotes.{form}").status_code == 409


def test_strangers_and_shops_find_nothing(
    bea: Persona, milo: Persona, rita: Persona, stefan: Persona
) -> None:
    request, _, _ = two_quotes(bea, milo, rita)
    for person in (stefan, milo):
        for path in ("", "quotes.csv", "quotes.pdf"):
            assert person.client.get(f"/rfqs/{request.id}/compare/{path}").status_code == 404
    assert bea.client.get(f"/rfqs/{request.id}/compare/quotes.exe").status_code == 404


def test_the_files_hold_what_the_page_shows(bea: Persona, milo: Persona, rita: Persona) -> None:
    request, _, cheap = two_quotes(bea, milo, rita)
    cheap.manufacturer.organization.name = "=HYPERLINK(1)"
    cheap.manufacturer.organization.save()
    path = f"/rfqs/{request.id}/compare/quotes"
    sheet = load_workbook(io.BytesIO(bea.client.get(f"{path}.xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 1 + 4
    names = rows[0]
    chosen = next(dict(zip(names, row, strict=True)) for row in rows[1:] if row[-1] == "yes")
    assert chosen["Landed total"] == 115
    assert chosen["Manufacturer"] == "'=HYPERLINK(1)"
    text = bea.client.get(f"{path}.csv").content.decode("utf-8-sig")
    assert "\n".join(text.splitlines()[:1]).startswith("Part number,")
    assert ",'=HYPERLINK(1)," in text
    pdf = bea.client.get(f"{path}.pdf").content
    assert pdf == bea.client.get(f"{path}.pdf").content
    with pypdfium2.PdfDocument(pdf) as opened:
        assert "The choice" in opened[0].get_textpage().get_text_range()


def large(bea: Persona, shops: list[Persona], lines: int) -> Request:
    """One request of many lines at four quantities, quoted by all."""
    quantities = [10, 50, 100, 500]
    request = open_rfq(bea, *shops)
    request.line.quantities = quantities
    request.line.save()
    revision = PartRevision.objects.get(pk=request.line.part_revision_id)
    more = []
    for n in range(2, lines + 1):
        part, name = revision.part, f"{request.rfq.pk}-{n}"
        part.pk, part.public_id, part.number = None, f"prt_{name}", f"P-{name}"
        part.save(force_insert=True)
        revision.pk, revision.public_id, revision.part = None, f"rev_{name}", part
        revision.save(force_insert=True)
        more.append(
            RFQLine(rfq=request.rfq, part_revision=revision, position=n, quantities=quantities)
        )
    RFQLine.objects.bulk_create(more)
    every = list(request.rfq.lines.all())
    for number, shop in enumerate(shops):
        quote = submitted_in_full(request, shop)
        quote.lines.all().delete()
        made = QuoteLine.objects.bulk_create(QuoteLine(quote=quote, rfq_line=row) for row in every)
        QuotePrice.objects.bulk_create(
            QuotePrice(
                line=line,
                quantity=quantity,
                unit_price=Decimal(5 + (number * 7 + at * 3) % 11),
                lead_time_days=5 + number,
            )
            for at, line in enumerate(made)
            for quantity in quantities
        )
    return request


def submitted_in_full(request: Request, shop: Persona) -> Quote:
    return Quote.objects.create(
        rfq=request.rfq,
        manufacturer=shop.manufacturer,
        state="submitted",
        currency="EUR",
        freight_minor=5000,
        fingerprint="f" * 64,
        submitted_at=timezone.now(),
        valid_until=timezone.localdate() + timedelta(days=9),
    )


def test_thirty_lines_eight_quotes_four_quantities(bea: Persona) -> None:
    shops = [make_shop(f"Shop{n}", f"Shop {n}") for n in range(8)]
    small = large(bea, shops[:1], 1)
    big = large(bea, shops, 30)
    page_of(bea, small)
    with CaptureQueriesContext(connection) as few:
        page_of(bea, small)
    with CaptureQueriesContext(connection) as many:
        page_of(bea, big)
    assert len(few) == len(many) <= 20
    assert page_of(bea, big).count('type="radio"') == 30 * 8 * 4
    # Three times the prices cost three times as much at most, whatever the machine: were it with
    # their square, nine times.
    third = large(bea, shops, 10)
    assert least_cost(bea, big) < 4.5 * least_cost(bea, third)


def least_cost(bea: Persona, request: Request) -> float:
    """CPU seconds of the cheapest of three readings: a pause of the collector is not the page's."""
    costs = []
    for _ in range(3):
        started = time.thread_time()
        page_of(bea, request)
        costs.append(time.thread_time() - started)
    return min(costs)
