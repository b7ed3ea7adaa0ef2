"""A document or inspection asked for and not priced is unknown: named, ranked last, never zero."""

import csv
import io

import pypdfium2
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.directory.models import QualityDocument
from quotes.actions.shares import Look, share_comparison
from quotes.comparison import Exchange, Offer, compare
from quotes.models import Quote, QuoteCharge, RFQLine
from quotes.share_links import derive_secret
from quotes.strategies import best_single, cheapest_mix, earliest_delivery
from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, submitted
from tests.quotes.test_comparison import LINES, offer, priced

NAME = "Certificate of conformance"
EUR = Exchange("EUR")
MISSING = ("document:coc",)


@st.composite
def offers_with_gaps(draw: st.DrawFn) -> list[Offer]:
    """Up to five quotes of every line, each line priced whole or not."""
    return [
        offer(
            f"q{number}",
            *(
                priced(
                    line,
                    str(draw(st.integers(1, 100))),
                    lead=10,
                    not_said=MISSING if draw(st.booleans()) else (),
                )
                for line in LINES
            ),
            freight=draw(st.integers(0, 50_000)),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


@settings(max_examples=60)
@given(offers_with_gaps())
def test_what_is_partly_unknown_is_chosen_only_where_there_is_nothing_else(
    offers: list[Offer],
) -> None:
    gaps = sum(all(one.lines[line, 0].not_said for one in offers) for line in LINES)
    for strategy in (cheapest_mix, earliest_delivery):
        plan = strategy(offers, LINES, EUR)
        assert plan is not None and plan.not_said == gaps
    single = best_single(offers, LINES, EUR)
    fewest = min(sum(bool(one.lines[line, 0].not_said) for line in LINES) for one in offers)
    assert single is not None and single.not_said == fewest


@given(offers_with_gaps())
def test_a_price_with_something_not_said_is_never_the_lowest(offers: list[Offer]) -> None:
    for row in compare(offers, {line: [quantity] for line, quantity in LINES.items()}, LINES, EUR):
        known = [cell for cell in row.cells if cell.landed and not cell.landed.not_said]
        assert any(cell.is_best for cell in row.cells) == bool(known)
        assert not any(cell.is_best for cell in row.cells if cell not in known)


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    """A certificate is asked for: Milo includes it, Rita is cheaper and says nothing."""
    request = open_rfq(bea, milo, rita)
    request.line.documents.add(QualityDocument.objects.get(code="coc"))
    QualityDocument.objects.filter(code="coc").update(name=NAME)
    dear = submitted(request, milo, "12.5")
    QuoteCharge.objects.create(line=dear.lines.get(), kind="document", code="coc", amount_minor=0)
    submitted(request, rita, "10")
    return request


def pages(request: Request, bea: Persona) -> dict[str, str]:
    share = share_comparison(
        actor=bea.actor, public_id=request.id, look=Look({request.line.pk: 10}), days=7
    )
    secret = derive_secret(share)
    return {
        "compare": bea.client.get(f"/rfqs/{request.id}/compare/").content.decode(),
        "request": bea.client.get(f"/rfqs/{request.id}/").content.decode(),
        "shared": Client().get(f"/shared/{secret}/").content.decode(),
    }


@pytest.mark.django_db
def test_pages_name_it_and_rank_it_last(
    request_: Request, bea: Persona, milo: Persona, rita: Persona
) -> None:
    for name, page in pages(request_, bea).items():
        assert f"{NAME}: not said" in page, name
    page = " ".join(bea.client.get(f"/rfqs/{request_.id}/compare/").content.decode().split())
    number = request_.line.part_revision.part.number
    assert f"not said: {number} {NAME}" in page and "all priced" in page
    his = Quote.objects.get(manufacturer=milo.manufacturer)
    for strategy in ("single", "mix", "earliest"):
        page = bea.client.get(f"/rfqs/{request_.id}/compare/?strategy={strategy}").content.decode()
        assert f'value="{his.public_id}:0:10" checked' in " ".join(page.split())
    QuoteCharge.objects.all().delete()
    page = bea.client.get(f"/rfqs/{request_.id}/compare/").content.decode()
    assert "without 1 price not said" in page and "€115.00" in page


@pytest.mark.django_db
def test_files_and_programs_hold_no_zero_for_it(
    request_: Request, bea: Persona, rita: Persona
) -> None:
    text = bea.client.get(f"/rfqs/{request_.id}/compare/quotes.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Quantity"] == "10"]
    told = {row["Manufacturer"]: row for row in rows}
    said, unsaid = told["Milo Machining"], told["Rita Rapid Parts"]
    assert (float(said["Documents and inspection"]), said["Not said"]) == (0, "")
    assert (unsaid["Documents and inspection"], unsaid["Not said"]) == ("", NAME)
    assert (said["Lowest"], unsaid["Lowest"]) == ("yes", "")
    pdf = bea.client.get(f"/rfqs/{request_.id}/compare/quotes.pdf").content
    with pypdfium2.PdfDocument(pdf) as opened:
        paper = "".join(page.get_textpage().get_text_range() for page in opened)
    assert "not said" in paper and "Documents and inspections" in paper
    answer = Api(bea).get(f"/rfqs/{request_.id}/comparison/").json()
    hers = Quote.objects.get(manufacturer=rita.manufacturer).public_id
    cells = {cell["quote"]: cell for cell in answer["lines"][0]["rows"][0]["cells"]}
    landed = cells[hers]["landed"]
    assert (landed["charges"], landed["not_said"]) == (None, ["document:coc"])
    assert not cells[hers]["is_best"]
    plans = {one["strategy"]: one["plan"] for one in answer["strategies"]}
    assert plans["mix"]["not_said"] == 0 and plans["mix"]["choices"][0]["quote"] != hers
    [term] = [d for d in answer["differences"] if d["term"] == "Documents and inspections"]
    assert term["differs"]


@pytest.mark.django_db
def test_nothing_is_asked_so_nothing_is_missing(bea: Persona, milo: Persona) -> None:
    request = open_rfq(bea, milo)
    submitted(request, milo)
    assert not RFQLine.objects.filter(documents__isnull=False).exists()
    page = bea.client.get(f"/rfqs/{request.id}/compare/").content.decode()
    assert ": not said" not in page and "Documents and inspections" not in page
