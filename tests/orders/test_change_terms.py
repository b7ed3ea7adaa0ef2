"""What a change order makes other, and what that comes to."""

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import line_total
from orders.change_terms import (
    LineChange,
    LineTerms,
    OrderTerms,
    Proposal,
    differences,
    plain,
    priced,
    proposed,
    terms_from,
)

AMOUNT = st.integers(0, 10**8)
PRICE = st.decimals("0.0001", "99999", places=4)
LINE = st.builds(
    LineTerms,
    part_number=st.just("BRK"),
    quantity=st.integers(0, 10_000),
    unit_price=PRICE,
    revision=st.just("rev_1"),
    label=st.just("A"),
    setup_minor=AMOUNT,
    tooling_minor=AMOUNT,
    charges=st.lists(st.tuples(st.just("CoC"), AMOUNT), max_size=3).map(tuple),
)
TERMS = st.builds(
    OrderTerms,
    lines=st.lists(LINE, min_size=1, max_size=6).map(
        lambda rows: {f"oli_{at}": row for at, row in enumerate(rows)}
    ),
    freight_minor=AMOUNT,
    ship_by=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2100, 1, 1))),
)


@given(TERMS)
def test_lines_charges_and_freight_are_the_total_in_any_order(terms: OrderTerms) -> None:
    totals = priced(terms, "EUR")
    for name, row in terms.lines.items():
        assert totals.lines[name] == line_total(row.unit_price, row.quantity, "EUR")
    once = sum(r.setup_minor + r.tooling_minor + r.charges_minor for r in terms.lines.values())
    assert totals.total_minor == sum(totals.lines.values()) + once + terms.freight_minor
    turned = OrderTerms(dict(reversed(terms.lines.items())), terms.freight_minor, terms.ship_by)
    assert priced(turned, "EUR").total_minor == totals.total_minor


@given(TERMS)
def test_terms_outlive_being_kept_as_json(terms: OrderTerms) -> None:
    again = terms_from(json.loads(json.dumps(plain(terms, "EUR"))))
    assert plain(again, "EUR") == plain(terms, "EUR")
    assert differences(terms, again, "EUR") == []


@given(TERMS, st.integers(0, 10_000), PRICE)
def test_what_is_not_named_stays(terms: OrderTerms, quantity: int, price: Decimal) -> None:
    after = proposed(terms, Proposal({"oli_0": LineChange(quantity=quantity, unit_price=price)}))
    assert (after.freight_minor, after.ship_by) == (terms.freight_minor, terms.ship_by)
    assert {n: r for n, r in after.lines.items() if n != "oli_0"} == {
        n: r for n, r in terms.lines.items() if n != "oli_0"
    }
    assert (after.lines["oli_0"].quantity, after.lines["oli_0"].unit_price) == (quantity, price)
    assert proposed(terms, Proposal()) == terms


def test_every_value_is_named_old_and_new() -> None:
    row = LineTerms("BRK", 40, Decimal("12.5"), "rev_1", "A", charges=(("CoC", 100),))
    before = OrderTerms({"oli_1": row}, 500, date(2030, 1, 1))
    change = LineChange(0, Decimal(13), "rev_2", 100, 200, {0: 50})
    after = proposed(before, Proposal({"oli_1": change}, 600, date(2030, 2, 1)))
    assert [str(one) for one in differences(before, after, "EUR")] == [
        "BRK, quantity: 40\xa0pcs → none, the line is dropped",
        "BRK, unit price: €12.50 → €13.00",
        "BRK, revision: A → A",
        "BRK, setup: €0.00 → €1.00",
        "BRK, tooling: €0.00 → €2.00",
        "BRK, CoC: €1.00 → €0.50",
        "Freight: €5.00 → €6.00",
        "Ship by: 1 Jan 2030 → 1 Feb 2030",
    ]
