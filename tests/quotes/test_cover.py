"""Minimum orders in the cheapest mix and the earliest delivery: against trying everything."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from quotes import cover
from quotes.comparison import Offer
from quotes.strategies import best_single, cheapest_mix, earliest_delivery
from tests.quotes.test_comparison import EUR, LINES, an_offer, offer, priced


@st.composite
def offers_with_minimum(draw: st.DrawFn) -> list[Offer]:
    """Up to four quotes, most with a minimum order in the range of their lines' worth."""
    count = draw(st.integers(1, 4))
    found = [draw(an_offer(f"q{number}", draw(st.booleans()))) for number in range(count)]
    return [
        replace(one, minimum_order_minor=draw(st.sampled_from([0, 1, 50_000, 300_000, 10**6])))
        for one in found
    ]


def every_total(offers: list[Offer], day: int | None = None) -> Iterator[tuple[int, int]]:
    """(total, last day) of every assignment that reaches all minimum orders."""
    for choice in product(offers, repeat=len(LINES)):
        goods: dict[str, int] = {}
        total = last = 0
        for (line_id, quantity), one in zip(LINES.items(), choice, strict=True):
            line = one.lines.get((line_id, 0))
            price = line.at(quantity) if line else None
            if line is None or price is None or (day is not None and price.lead_time_days > day):
                break
            worth = cents(price.unit_price * quantity)
            goods[one.quote_id] = goods.get(one.quote_id, 0) + worth
            parts = [worth, line.setup_minor, line.tooling_minor, *line.charges.values()]
            total += sum(EUR.into(part, one.currency) or 0 for part in parts)
            last = max(last, price.lead_time_days)
        else:
            used = [one for one in offers if one.quote_id in goods]
            if all(goods[one.quote_id] >= one.minimum_order_minor for one in used):
                freight = [EUR.into(one.freight_minor, one.currency) or 0 for one in used]
                yield total + sum(freight), last


def cents(amount: object) -> int:
    from marketplace.core.money import to_minor

    return to_minor(amount, "EUR")  # type: ignore[arg-type]


def all_quoted(offers: list[Offer]) -> bool:
    return all(any((line_id, 0) in one.lines for one in offers) for line_id in LINES)


@settings(max_examples=150)
@given(offers_with_minimum())
def test_the_mix_is_the_cheapest_of_all_that_reach_every_minimum(offers: list[Offer]) -> None:
    if not all_quoted(offers):
        return
    totals = list(every_total(offers))
    mix, single = cheapest_mix(offers, LINES, EUR), best_single(offers, LINES, EUR)
    if not totals:
        assert mix is None and single is None
        return
    assert mix is not None
    assert mix.is_exact
    assert mix.below_minimum == []
    assert mix.total_minor == min(total for total, _ in totals)
    if single is not None:
        assert mix.total_minor <= single.total_minor


@settings(max_examples=150)
@given(offers_with_minimum())
def test_the_earliest_is_the_cheapest_of_the_earliest_that_can_be_ordered(
    offers: list[Offer],
) -> None:
    if not all_quoted(offers):
        return
    totals = list(every_total(offers))
    soonest = earliest_delivery(offers, LINES, EUR)
    if not totals:
        assert soonest is None
        return
    assert soonest is not None
    day = min(last for _, last in totals)
    assert (soonest.lead_time_days, soonest.below_minimum) == (day, [])
    assert soonest.total_minor == min(total for total, last in totals if last == day)


def test_a_line_is_moved_to_reach_a_minimum_when_that_is_cheaper() -> None:
    # Alone each costs more: near 355.00, far 1000.00; far reaches 150.00 with lines 1 and 3 only.
    near = offer("near", priced(1, "20"), priced(2, "5"), priced(3, "11"))
    far = offer(
        "far", priced(1, "10"), priced(2, "50"), priced(3, "12"), minimum_order_minor=15_000
    )
    mix = cheapest_mix([near, far], LINES, EUR)
    assert mix is not None
    assert [choice.quote_id for choice in mix.choices] == ["far", "near", "far"]
    assert (mix.total_minor, mix.is_exact) == (10_000 + 10_000 + 6_000, True)


def test_the_earliest_waits_for_what_can_be_ordered() -> None:
    fast = offer("fast", priced(3, "1", lead=2), minimum_order_minor=10_000)
    slow = offer("slow", *(priced(line, "10", lead=9 - line) for line in LINES))
    rush = offer("rush", *(priced(line, "30", lead=5) for line in LINES))
    soonest = earliest_delivery([fast, slow, rush], LINES, EUR)
    assert soonest is not None
    assert soonest.lead_time_days == 5
    assert "fast" not in soonest.quote_ids


def test_an_amount_of_nothing_and_an_empty_task() -> None:
    free = cover.Task([{0: 0, 1: 0}], [{0: 0, 1: 0}], [0, 0], [1, 0])
    assert cover.cheapest(free, [(0,), (1,), (0, 1)]).assigned == [1]
    assert cover.cheapest(cover.Task([], [], [0], [0]), [(0,)]).assigned == []


def test_what_takes_too_many_tries_is_said() -> None:
    lines = 40
    task = cover.Task(
        costs=[{at: 1000 + (line * 7 + at * 13) % 17 for at in range(8)} for line in range(lines)],
        goods=[{at: 900 + (line * 5 + at * 3) % 23 for at in range(8)} for line in range(lines)],
        freight=[40] * 8,
        least=[10_007] * 8,
    )
    every = [tuple(at for at in range(8) if bits >> at & 1) for bits in range(1, 256)]
    found = cover.cheapest(task, every)
    assert found.assigned is not None
    singles = [sum(row[at] for row in task.costs) + 40 for at in range(8)]
    assert task.total(list(found.assigned)) <= min(singles)
