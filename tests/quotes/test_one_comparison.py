"""Page, files and API show the same comparison, to the minor unit."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from marketplace.core.templatetags.formats import money, unit_price
from marketplace.directory.models import ExchangeRate
from quotes.models import Quote, QuoteLine, QuotePrice
from tests.api.scene import Api
from tests.personas import Persona
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(bea: Persona, milo: Persona, rita: Persona) -> Request:
    """Milo quotes in euros with an alternate, Rita in dollars with uneven amounts."""
    request = open_rfq(bea, milo, rita)
    own = submitted(request, milo, "12.3458")
    line = QuoteLine.objects.create(
        quote=own, rfq_line=request.line, option=1, reason="Cheaper alloy", setup_minor=333
    )
    QuotePrice.objects.create(line=line, quantity=10, unit_price=Decimal("7.77"), lead_time_days=3)
    other = submitted(request, rita, "13.3332")
    Quote.objects.filter(pk=other.pk).update(
        currency="USD", freight_minor=777, minimum_order_minor=10**6, exceptions="No deburring"
    )
    ExchangeRate.objects.create(
        currency="USD", rate=Decimal("1.1664"), date=timezone.localdate(), source="A bank"
    )
    return request


def of_api(answer: dict[str, Any]) -> dict[tuple[str, int, int], tuple[int, str]]:
    return {
        (cell["quote"], cell["option"], row["quantity"]): (
            cell["landed"]["total"]["amount_minor"],
            cell["landed"]["each"],
        )
        for line in answer["lines"]
        for row in line["rows"]
        for cell in [*row["cells"], *row["alternates"]]
        if cell["landed"]
    }


def test_page_sheet_and_api_agree(bea: Persona, request_: Request) -> None:
    api = Api(bea).get(f"/rfqs/{request_.id}/comparison/").json()
    figures = of_api(api)
    assert len(figures) == 5  # two quotes at two quantities, and one alternate
    page = bea.client.get(f"/rfqs/{request_.id}/compare/").content.decode()
    references = {quote["quote"]: quote["reference"] for quote in api["quotes"]}
    book = load_workbook(
        io.BytesIO(bea.client.get(f"/rfqs/{request_.id}/compare/quotes.xlsx").content)
    )
    head, *rows = [list(row) for row in book.active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    sheet = [dict(zip(head, row, strict=True)) for row in rows]
    for (quote, option, quantity), (total, each) in figures.items():
        assert money(total, "EUR") in page
        assert unit_price(each, "EUR") in page
        [row] = [
            row
            for row in sheet
            if row["Quote"] == references[quote]
            and row["Quantity"] == quantity
            and (row["Offer"] == "as asked") == (option == 0)
            and row["Landed total"] is not None
        ]
        assert round(Decimal(str(row["Landed total"])) * 100) == total
        assert Decimal(str(row["Landed each"])) == Decimal(each)
        parts = ("Goods", "Setup", "Tooling", "Documents and inspection", "Freight share")
        assert sum(round(row[name] * 100) for name in parts) == total


def test_strategies_rates_and_differences_are_those_of_the_page(
    bea: Persona, request_: Request
) -> None:
    line = request_.line.public_id
    own = Quote.objects.get(currency="EUR").public_id
    api = Api(bea).get(
        f"/rfqs/{request_.id}/comparison/", quantity=f"{line}:10", pick=f"{line}:{own}:1:10"
    )
    answer = api.json()
    [used] = answer["rates"]
    assert (used["currency"], used["source"]) == ("USD", "A bank")
    plans = {row["strategy"]: row["plan"] for row in answer["strategies"]}
    assert set(plans) == {"single", "mix", "earliest", "manual"}
    # Rita is below her minimum order at ten pieces.
    assert [c["quote"] for c in plans["mix"]["choices"]] == [own]
    assert plans["manual"]["choices"][0]["option"] == 1
    for name, plan in plans.items():
        pick = f"&p_{line}={own}:1:10" if name == "manual" else ""
        page = bea.client.get(
            f"/rfqs/{request_.id}/compare/?strategy={name}&q_{line}=10{pick}"
        ).content.decode()
        assert money(plan["total"]["amount_minor"], "EUR") in page
        assert f"1 USD = {used['rate']} EUR, A bank" in page
        total = sum(c["landed"]["total"]["amount_minor"] for c in plan["choices"])
        assert total == plan["total"]["amount_minor"]
    exceptions = answer["differences"][0]
    assert (exceptions["term"], exceptions["differs"]) == ("Exceptions", True)
    assert [row["answer"] for row in exceptions["answers"]] == ["none", "No deburring"]
    assert "<" not in str(answer["differences"])


@pytest.mark.parametrize(
    "pick", ["", "x", ":::", "{line}:{own}:0:11", "{line}:{own}:-1:10", "{line}:{own}:²:10"]
)
def test_a_pick_that_is_none_is_refused(bea: Persona, request_: Request, pick: str) -> None:
    own = Quote.objects.get(currency="EUR").public_id
    text = pick.format(line=request_.line.public_id, own=own)
    answer = Api(bea).get(f"/rfqs/{request_.id}/comparison/", pick=text)
    assert answer.status_code == 422
    assert "each line" in answer.json()["detail"]


def test_a_pick_of_nobody_is_left_out_and_no_quotes_are_no_plans(
    bea: Persona, milo: Persona, request_: Request
) -> None:
    pick = f"{request_.line.public_id}:quo_none:0:10"
    answer = Api(bea).get(f"/rfqs/{request_.id}/comparison/", pick=pick).json()
    assert {row["strategy"]: row["plan"] for row in answer["strategies"]}["manual"] is None
    empty = Api(bea).get(f"/rfqs/{open_rfq(bea, milo).id}/comparison/").json()
    assert [row["plan"] for row in empty["strategies"]] == [None] * 4
    assert empty["differences"] == []
