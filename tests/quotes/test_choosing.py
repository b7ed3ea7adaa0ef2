"""What can be chosen in a comparison: quotes that can be awarded now, lines that are left, the
quantity that is shown, and quantities agreed on beside those asked."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.utils import timezone

from marketplace.directory.models import ExchangeRate, Manufacturer, Material
from orders.models import Order
from quotes.actions.award import accept_quote, award_rfq
from quotes.actions.counter_offers import Proposal, accept_counter
from quotes.actions.quote import withdraw_quote
from quotes.actions.quote_writing import AgreedPrice
from quotes.models import Award, Quote, QuoteLine, QuotePrice
from quotes.queries import lines_of
from quotes.queries.loss_feedback import loss_feedback_of
from tests.api.scene import Api
from tests.personas import Persona, make_shop
from tests.quotes.actions.test_award_in_parts import choice, quoted, two_lines
from tests.quotes.negotiating import BUYER, SHOP, counter
from tests.quotes.scene import Request, open_rfq, submitted

pytestmark = pytest.mark.django_db


def compare_page(person: Persona, request: str, **query: str) -> str:
    answer = person.client.get(f"/rfqs/{request}/compare/", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


BARS: dict[str, dict[str, object]] = {
    "expired": {"valid_until": date(2026, 1, 2)},
    "needs reconfirmation": {"state": "needs_reconfirmation"},
    "not verified yet": {},
}


@pytest.mark.parametrize("standing", BARS)
def test_strategies_choose_what_can_be_awarded_now_and_the_head_says_what_cannot(
    standing: str, bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    dear, cheap = submitted(request, milo, "12.5"), submitted(request, rita, "10")
    Quote.objects.filter(pk=cheap.pk).update(**BARS[standing])
    if not BARS[standing]:
        Manufacturer.objects.filter(pk=rita.manufacturer.pk).update(state="applied")
    for strategy in ("single", "mix", "earliest"):
        page = compare_page(bea, request.id, strategy=strategy)
        assert f'value="{dear.public_id}:0:10" checked' in page
        assert f">{standing}</span>" in page
        assert f'data-shop="Rita Rapid Parts, {standing}"' in page
    answer = Api(bea).get(f"/rfqs/{request.id}/comparison/").json()
    told = {one["quote"]: (one["can_accept"], bool(one["refusal"])) for one in answer["quotes"]}
    assert told == {dear.public_id: (True, False), cheap.public_id: (False, True)}
    plans = [one["plan"] for one in answer["strategies"] if one["plan"]]
    assert {row["quote"] for plan in plans for row in plan["choices"]} == {dear.public_id}
    # Marked by hand it is told before the button leads anywhere.
    name = f"p_{request.line.public_id}"
    page = compare_page(bea, request.id, strategy="manual", **{name: f"{cheap.public_id}:0:10"})
    assert "Rita Rapid Parts" in page and "alert" in page
    text = bea.client.get(f"/rfqs/{request.id}/compare/quotes.csv").content.decode("utf-8-sig")
    assert {row["Standing"] for row in csv.DictReader(io.StringIO(text))} == {"", standing}
    Quote.objects.filter(pk=dear.pk).update(state="expired")
    page = compare_page(bea, request.id)
    assert "No quote can be awarded as things stand" in page
    # Why is said of each quote, also while nothing is chosen.
    assert "Rita Rapid Parts" in page.split("compare-actions")[0]
    assert "Milo Machining" in page.split("compare-actions")[0]
    assert "Award this choice" not in page


def test_lines_that_are_awarded_are_in_no_plan(bea: Persona, milo: Persona, rita: Persona) -> None:
    rfq = two_lines(bea, milo, rita)
    first, second = lines_of(rfq)
    hers, his = quoted(rfq, rita, "3.0000"), quoted(rfq, milo)
    award_rfq(actor=bea.actor, rfq_id=rfq.public_id, choices=[choice(hers, first)], finish=False)
    page = compare_page(bea, rfq.public_id)
    assert "awarded to Rita Rapid Parts" in page and "left out" not in page
    assert page.count(" checked") == 1
    assert f'name="p_{second.public_id}" value="{his.public_id}:0:10" checked' in page
    award_rfq(actor=bea.actor, rfq_id=rfq.public_id, choices=[choice(his, second)])
    assert "Award this choice" not in compare_page(bea, rfq.public_id)


def test_the_quantity_that_is_set_is_the_one_that_is_awarded_and_exported(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    dear = submitted(request, milo, "12.5")
    submitted(request, rita, "10")
    line = request.line.public_id
    page = compare_page(bea, request.id)
    assert f'name="was_{line}" value="10"' in page and "data-autosubmit" in page
    assert "Compare at these quantities" in page
    for form in ("xlsx", "csv", "pdf"):
        assert f'formaction="/rfqs/{request.id}/compare/quotes.{form}"' in page
    # What the form sends when only the quantity was changed.
    sent = {
        "strategy": "manual",
        f"was_{line}": "10",
        f"q_{line}": "100",
        f"p_{line}": f"{dear.public_id}:0:10",
    }
    assert f'value="{dear.public_id}:0:100" checked' in compare_page(bea, request.id, **sent)
    award = bea.client.get(f"/rfqs/{request.id}/award/", sent).content.decode()
    assert f'value="{dear.public_id}:0:100"' in " ".join(award.split())
    text = bea.client.get(f"/rfqs/{request.id}/compare/quotes.csv", sent).content.decode()
    [chosen] = [r for r in csv.DictReader(io.StringIO(text)) if r["Chosen"] == "yes"]
    assert chosen["Quantity"] == "100"
    # What is marked in another row than the compared one stays.
    sent[f"q_{line}"] = "10"
    sent[f"p_{line}"] = f"{dear.public_id}:0:100"
    assert f'value="{dear.public_id}:0:100" checked' in compare_page(bea, request.id, **sent)


def agreed(request: Request, quote: Quote, bea: Persona, milo: Persona, *quantities: int) -> Quote:
    """The quote after both sides agreed on 9.00 at each of the quantities."""
    proposal = Proposal(
        [AgreedPrice(q, Decimal(9), 5, line_id=request.line.public_id) for q in quantities]
    )
    made = counter(bea, BUYER, request, quote, proposal=proposal)
    accept_counter(actor=milo.actor, side=SHOP, quote_id=quote.public_id, public_id=made.public_id)
    quote.refresh_from_db()
    return quote


def test_an_agreed_quantity_that_was_not_asked_is_compared_and_awarded(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = agreed(request, submitted(request, milo), bea, milo, 60)
    submitted(request, rita, "10")
    line = request.line.public_id
    value = f"{quote.public_id}:0:60"
    page = compare_page(bea, request.id)
    assert "agreed, not asked" in page and f'value="{value}"' in page
    assert '<option value="60"' in page
    assert f'value="{value}" checked' in compare_page(bea, request.id, **{f"q_{line}": "60"})
    api = Api(bea)
    answer = api.get(
        f"/rfqs/{request.id}/comparison/", quantity=f"{line}:60", pick=f"{line}:{value}"
    ).json()
    assert [(row["quantity"], row["is_asked"]) for row in answer["lines"][0]["rows"]] == [
        (10, True),
        (60, False),
        (100, True),
    ]
    detail = bea.client.get(f"/rfqs/{request.id}/", {f"q_{line}": "60"}).content.decode()
    assert "agreed, not asked" in detail
    # 60 x 9.00 + 10.00 tooling + 5.00 freight
    accept = f"/rfqs/{request.id}/quotes/{quote.public_id}/accept/"
    assert "€555.00" in bea.client.get(accept, {f"q_{line}": "60"}).content.decode()
    body = {f"p_{line}": value, f"seen_{quote.public_id}": quote.seen}
    assert bea.client.post(f"/rfqs/{request.id}/award/", body).status_code == 302
    assert Order.objects.get().total_minor == 55500


def test_of_several_agreed_quantities_of_a_line_the_buyer_chooses_one(
    bea: Persona, milo: Persona
) -> None:
    request = open_rfq(bea, milo)
    quote = agreed(request, submitted(request, milo), bea, milo, 10, 60)
    page = bea.client.get(f"/rfqs/{request.id}/quotes/{quote.public_id}/negotiate/")
    words = " ".join(page.content.decode().split())
    assert "Award what was agreed" in words and 'type="radio"' in words
    for quantity in (10, 60):
        value = f"{quote.public_id}:0:{quantity}"
        assert f'value="{value}"' in words
        query = {f"p_{request.line.public_id}": value}
        award = bea.client.get(f"/rfqs/{request.id}/award/", query).content.decode()
        assert f'value="{value}"' in " ".join(award.split()) and "Award and order" in award


def test_the_rate_of_every_compared_currency_is_kept_with_the_award(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    nora = make_shop("Nora", "Nora Parts")
    request = open_rfq(bea, milo, rita, nora)
    winner, loser, third = (submitted(request, shop) for shop in (milo, rita, nora))
    Quote.objects.filter(pk=loser.pk).update(currency="USD")
    Quote.objects.filter(pk=third.pk).update(currency="GBP")
    rate = ExchangeRate.objects.create(
        currency="USD", rate=Decimal("1.25"), date=timezone.localdate(), source="A bank"
    )
    accept_quote(
        actor=bea.actor,
        rfq_id=request.id,
        quote_id=winner.public_id,
        chosen={request.line.public_id: 10},
        seen=winner.seen,
    )
    award = Award.objects.get()
    assert award.rate is None
    assert award.compared_rates == {
        "USD": {
            "rate": "0.80000000",
            "source": "A bank",
            "date": timezone.localdate().isoformat(),
        }
    }
    ExchangeRate.objects.filter(pk=rate.pk).update(rate=Decimal("0.5"))
    found = loss_feedback_of(Quote.objects.select_related("rfq").get(pk=loser.pk))
    # 140.00 USD are 112.00 EUR against 140.00 EUR.
    assert found is not None and found.price_band == "below"
    # There is no rate of the pound, so nothing is said.
    found = loss_feedback_of(Quote.objects.select_related("rfq").get(pk=third.pk))
    assert found is not None and found.price_band is None


def test_files_say_the_rate_its_source_and_date_and_hold_alternates_and_exceptions(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    request = open_rfq(bea, milo, rita)
    quote = submitted(request, milo)
    foreign = submitted(request, rita, "10")
    Quote.objects.filter(pk=foreign.pk).update(currency="USD", exceptions="No deburring")
    other = Material.objects.exclude(code="al_6061").order_by("pk")[0]
    row = QuoteLine.objects.create(
        quote=quote, rfq_line=request.line, option=1, material=other, reason="In stock."
    )
    row.prices.create(quantity=10, unit_price=Decimal("7.77"), lead_time_days=3)
    today = timezone.localdate()
    ExchangeRate.objects.create(currency="USD", rate=Decimal("1.25"), date=today, source="A bank")
    path = f"/rfqs/{request.id}/compare/quotes"
    text = bea.client.get(f"{path}.csv").content.decode("utf-8-sig")
    rates = {
        (row["Own currency"], row["Rate"], row["Rate source"], row["Rate date"])
        for row in csv.DictReader(io.StringIO(text))
    }
    assert rates == {("EUR", "", "", ""), ("USD", "0.8", "A bank", today.isoformat())}
    with pypdfium2.PdfDocument(bea.client.get(f"{path}.pdf").content) as opened:
        paper = " ".join("".join(p.get_textpage().get_text_range() for p in opened).split())
    for words in ("alternate 1", "8.27", "No deburring", "A bank", "Compared on"):
        assert words in paper


def test_days_from_a_first_article_are_no_days_from_the_order(
    bea: Persona, milo: Persona, rita: Persona
) -> None:
    """7 days after an article that nobody has approved are never sooner than 9 after the order."""
    request = open_rfq(bea, milo, rita)
    early = submitted(request, milo)
    late = submitted(request, rita, "10")
    Quote.objects.filter(pk=early.pk).update(lead_time_from="first_article")
    QuotePrice.objects.filter(line__quote=late).update(lead_time_days=9)
    answer = bea.client.get(f"/api/v1/rfqs/{request.id}/comparison/").json()
    plans = {row["strategy"]: row["plan"] for row in answer["strategies"]}
    assert {c["quote"] for c in plans["earliest"]["choices"]} == {late.public_id}
    assert plans["earliest"]["ships_by"]
    assert "7 days after first article" in compare_page(bea, request.id)
    withdraw_quote(actor=rita.actor, public_id=late.public_id)
    page = compare_page(bea, request.id, strategy="earliest")
    assert "after the first article" in page and "ships by" not in page
