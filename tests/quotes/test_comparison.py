"""Landed prices and strategies: the parts add up, order does not matter, dearer is never better."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.directory.exchange import Rates
from quotes.comparison import Exchange, Offer, compare, landed_lines, shares, totals_by_quote
from quotes.pricing import Pick, Price, Priced
from quotes.strategies import best_single, by_hand, cheapest_mix, earliest_delivery

RATES = Rates(date(2026, 8, 24), "test", {"USD": Decimal("1.1664")})
EUR = Exchange("EUR", RATES)
LINES = {1: 10, 2: 20, 3: 5}


def priced(line: int, unit: str, *, quantity: int = 0, lead: int = 10, **more: object) -> Priced:
    quantity = quantity or LINES[line]
    return Priced(line, {quantity: Price(quantity, Decimal(unit), lead)}, **more)  # type: ignore[arg-type]


def offer(name: str, *lines: Priced, freight: int = 0, **more: object) -> Offer:
    currency = str(more.pop("currency", "EUR"))
    return Offer(name, currency, freight, {line.key: line for line in lines}, **more)  # type: ignore[arg-type]


@st.composite
def an_offer(draw: st.DrawFn, name: str = "q", whole: bool = False) -> Offer:
    money = st.integers(0, 50_000)
    lines = {}
    for line_id, quantity in LINES.items():
        if whole or draw(st.booleans()):
            unit = draw(st.decimals("0.0001", "500", places=4))
            lines[line_id, 0] = Priced(
                line_id,
                {quantity: Price(quantity, unit, draw(st.integers(1, 60)))},
                tooling_minor=draw(money),
                setup_minor=draw(money),
                charges={"document:coc": draw(money)},
            )
    return Offer(name, draw(st.sampled_from(["EUR", "USD"])), draw(money), lines)


@st.composite
def some_offers(draw: st.DrawFn, most: int = 5) -> list[Offer]:
    count = draw(st.integers(1, most))
    return [draw(an_offer(f"q{number}", draw(st.booleans()))) for number in range(count)]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=12))
def test_shares_add_up_and_do_not_depend_on_the_order(amount: int, weights: list[int]) -> None:
    named = {(number, 0): weight for number, weight in enumerate(weights)}
    parts = shares(amount, named)
    assert sum(parts.values()) == amount
    assert min(parts.values()) >= 0
    assert shares(amount, dict(reversed(named.items()))) == parts
    if total := sum(weights):
        for key, weight in named.items():
            assert abs(parts[key] - amount * weight / total) < 1.01


@given(an_offer(whole=True))
def test_the_parts_of_one_quote_add_up_to_its_total(quote: Offer) -> None:
    quote = replace(quote, currency="EUR")
    picks = [Pick(line_id, quantity) for line_id, quantity in LINES.items()]
    landed = landed_lines(quote, picks, EUR)
    whole = totals_by_quote([quote], LINES)["q"]
    assert landed is not None
    assert whole is not None
    assert sum(line.total_minor for line in landed.values()) == whole.total_minor
    assert sum(line.freight_minor for line in landed.values()) == quote.freight_minor


@settings(max_examples=60)
@given(some_offers(), st.randoms())
def test_the_order_of_lines_changes_nothing(offers: list[Offer], chance: random.Random) -> None:
    shuffled = list(LINES.items())
    chance.shuffle(shuffled)
    turned = [
        replace(quote, lines=dict(sorted(quote.lines.items(), reverse=True))) for quote in offers
    ]
    for strategy in (best_single, cheapest_mix, earliest_delivery):
        assert_same(strategy(offers, LINES, EUR), strategy(turned, dict(shuffled), EUR))
    asked = {line_id: [quantity] for line_id, quantity in LINES.items()}
    rows = compare(offers, asked, LINES, EUR)
    again = compare(turned, dict(reversed(asked.items())), dict(shuffled), EUR)
    assert sorted(rows, key=lambda row: row.line_id) == sorted(again, key=lambda row: row.line_id)


def assert_same(one: object, other: object) -> None:
    if one is None or other is None:
        assert one is other
    else:
        assert one.choices == other.choices  # type: ignore[attr-defined]
        assert set(one.missing) == set(other.missing)  # type: ignore[attr-defined]


@settings(max_examples=60)
@given(some_offers())
def test_the_cheapest_mix_is_never_dearer_than_one_supplier(offers: list[Offer]) -> None:
    single, mix = best_single(offers, LINES, EUR), cheapest_mix(offers, LINES, EUR)
    soon = earliest_delivery(offers, LINES, EUR)
    if single is not None:
        assert mix is not None
        assert mix.total_minor <= single.total_minor
        if mix.total_minor == single.total_minor:
            assert len(mix.quote_ids) == 1
    if mix is not None and soon is not None:
        assert soon.lead_time_days <= mix.lead_time_days
        assert soon.total_minor >= mix.total_minor
        assert mix.is_exact


@settings(max_examples=60)
@given(some_offers(), st.integers(0, 4), st.decimals("0.01", "100", places=4))
def test_a_dearer_quote_never_ranks_better(offers: list[Offer], at: int, more: Decimal) -> None:
    quote = offers[at % len(offers)]
    dearer = replace(
        quote,
        lines={
            key: replace(
                line,
                prices={
                    quantity: replace(price, unit_price=price.unit_price + more)
                    for quantity, price in line.prices.items()
                },
            )
            for key, line in quote.lines.items()
        },
    )
    asked = {line_id: [quantity] for line_id, quantity in LINES.items()}
    before = compare(offers, asked, {}, EUR)
    after = compare([dearer if o is quote else o for o in offers], asked, {}, EUR)
    place = offers.index(quote)
    for was, now in zip(before, after, strict=True):
        assert was.cells[place].is_best or not now.cells[place].is_best


def test_freight_once_for_each_supplier_decides_the_mix() -> None:
    near = offer("near", priced(1, "10"), priced(2, "10"), priced(3, "10"), freight=1000)
    cheap = offer("cheap", priced(3, "9"), freight=1000)
    mix = cheapest_mix([near, cheap], LINES, EUR)
    assert mix is not None
    assert mix.quote_ids == ["near"]  # 5 saved on goods, 10 more freight
    mix = cheapest_mix([near, replace(cheap, freight_minor=100)], LINES, EUR)
    assert mix is not None
    assert mix.quote_ids == ["near", "cheap"]
    assert mix.total_minor == 10_000 + 20_000 + 4_500 + 1_100


def test_a_minimum_order_is_respected_and_said() -> None:
    whole = offer("whole", priced(1, "10"), priced(2, "10"), priced(3, "10"))
    small = offer("small", priced(3, "1"), minimum_order_minor=501)
    mix = cheapest_mix([whole, small], LINES, EUR)
    assert mix is not None
    assert mix.quote_ids == ["whole"]
    assert mix.is_exact
    low = by_hand([whole, small], {"small": [Pick(3, 5)]}, EUR)
    assert low.below_minimum == ["small"]
    assert best_single([replace(whole, minimum_order_minor=10**7)], LINES, EUR) is None


def test_what_is_unknown_is_neither_ranked_nor_chosen() -> None:
    euro = offer("euro", priced(1, "10"), priced(2, "10"))
    dollar = offer("dollar", priced(1, "1"), priced(2, "1"), priced(3, "1"), currency="USD")
    few = priced(2, "1", min_quantity=21)
    declined = offer("declined", priced(1, "0.1", is_declined=True), few)
    without = Exchange("EUR", None)
    (row,) = compare([euro, dollar, declined], {1: [10]}, {}, without)
    assert [cell.is_best for cell in row.cells] == [True, False, False]
    assert row.cells[1].price is not None
    assert row.cells[1].landed is None
    assert row.cells[2].price is None
    mix = cheapest_mix([euro, dollar, declined], LINES, without)
    assert mix is not None
    assert mix.quote_ids == ["euro"]
    assert list(mix.missing) == [3]
    assert best_single([euro, dollar], LINES, without) is None
    assert cheapest_mix([declined], LINES, EUR) is None
    (row,) = compare([euro, dollar], {1: [10]}, {}, EUR)
    assert row.cells[1].is_best
    assert row.cells[1].landed is not None
    assert row.cells[1].landed.goods_minor == 857  # 10.00 USD at 1 / 1.1664


def test_an_alternate_is_ranked_among_alternates() -> None:
    one = offer("one", priced(1, "10"), priced(1, "2", option=1), priced(1, "3", option=2))
    (row,) = compare([one, offer("two", priced(1, "9"))], {1: [10]}, {}, EUR)
    assert [cell.is_best for cell in row.cells] == [False, True]
    assert [(cell.option, cell.is_best) for cell in row.alternates] == [(1, True), (2, False)]
    mix = cheapest_mix([one], {1: 10}, EUR)
    assert mix is not None
    assert mix.choices[0].pick.option == 0


def test_above_eight_quotes_a_cheaper_mix_may_exist_and_that_is_said() -> None:
    many = [
        offer(f"q{n}", *(priced(line, str(10 + (n * line) % 7)) for line in LINES), freight=n)
        for n in range(12)
    ]
    mix, single = cheapest_mix(many, LINES, EUR), best_single(many, LINES, EUR)
    assert mix is not None
    assert single is not None
    assert not mix.is_exact
    assert mix.total_minor <= single.total_minor


def test_thirty_lines_and_eight_quotes_are_searched_whole() -> None:
    chosen = dict.fromkeys(range(30), 10)
    many = [
        offer(
            f"q{n}",
            *(priced(line, str(5 + (n * 7 + line * 3) % 11), quantity=10) for line in chosen),
            freight=500 + n,
        )
        for n in range(8)
    ]
    mix = cheapest_mix(many, chosen, EUR)
    assert mix is not None
    assert mix.is_exact
    assert len(mix.choices) == 30
