"""A shop's own rates: single values that add up, fall with the quantity, and leave out nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.estimating.model import Job
from quotes.estimating.shop import Card, Key, OwnPrice, price_line

MILLED = Job("cnc_milling", "Aluminum", "aluminum", 2.7, 28_800, 9_000, (60.0, 40.0, 20.0))
VALUES: dict[Key, Decimal] = {
    ("cnc_milling", "3-axis mill"): Decimal(60),
    ("cnc_milling", "5-axis mill"): Decimal(120),
    ("cnc_turning", "CNC lathe"): Decimal(50),
    ("setup_hours", "cnc_milling"): Decimal(2),
    ("setup_hours", "cnc_turning"): Decimal(1),
    ("setup_hours", "sheet_fab"): Decimal("0.5"),
    ("sheet_cutting", "laser cutting"): Decimal(8),
    ("sheet_cutting", "small hole"): Decimal(1),
    ("sheet_fab", "bend"): Decimal(1),
    ("material", "aluminum"): Decimal(5),
    ("finish", "anodize_ii"): Decimal(2),
    ("finish_lot", "anodize_ii"): Decimal(40),
    ("document", "coc"): Decimal(15),
    ("inspection", "cmm"): Decimal(80),
    ("lead_days", "cnc_milling"): Decimal(8),
    ("lead_days", "cnc_turning"): Decimal(8),
    ("lead_days", "sheet_fab"): Decimal(6),
    ("lead_days", "sls"): Decimal(4),
    ("lead_days", "injection_molding"): Decimal(30),
    ("sls", "part volume"): Decimal("0.8"),
    ("start", "sls"): Decimal(20),
    ("start", "injection_molding"): Decimal(150),
    ("injection_molding", "shot"): Decimal("0.4"),
    ("injection_molding", "prototype single-cavity mold"): Decimal(4000),
}
CARD = Card("EUR", VALUES)
money = st.decimals(0, 5000, places=2)
percent = st.decimals(0, 99, places=2)


def keys(price: OwnPrice) -> list[Key | None]:
    return [lack.key for lack in price.lacks]


def test_a_milled_part_opens_into_its_drivers() -> None:
    made = price_line(MILLED, CARD, [1, 10])
    assert [d.name for d in made.drivers] == ["Setup and programming", "Machine time", "Material"]
    assert made.setup == Decimal("120.00")
    each = sum(d.amount.middle for d in made.drivers if d.per == "piece" and d.amount)
    assert [p.unit_price for p in made.points] == [Decimal(str(round(each, 4)))] * 2
    assert all(d.amount and d.amount.low == d.amount.high for d in made.drivers)
    assert "min taken" in made.drivers[1].how
    assert (made.tooling, dict(made.charges), list(made.lacks)) == (0, {}, [])


@given(
    st.lists(st.integers(1, 100_000), min_size=1, max_size=5),
    st.fixed_dictionaries({"10": percent, "100": percent, "1000": percent}),
    money,
    percent,
)
def test_more_pieces_never_cost_more_each_and_the_minimum_is_met(
    quantities: list[int], discounts: dict[str, Decimal], minimum: Decimal, margin: Decimal
) -> None:
    values = VALUES | {("discount", start): value for start, value in discounts.items()}
    made = price_line(MILLED, Card("EUR", values, minimum, margin), quantities)
    prices = [point.unit_price for point in made.points]
    assert prices == sorted(prices, reverse=True)
    assert [p.quantity for p in made.points] == sorted(set(quantities))
    assert all(p.unit_price * p.quantity + made.setup >= minimum for p in made.points)
    days = [point.lead_time_days for point in made.points]
    assert days == sorted(days)
    assert all(8 <= n <= 1000 for n in days)


@given(st.sampled_from(sorted(VALUES)), st.decimals(1, 1000, places=2))
def test_a_dearer_rate_never_makes_a_part_cheaper(key: Key, more: Decimal) -> None:
    job = replace(MILLED, finish="Anodizing", documents={"coc": "CoC"}, inspection="cmm")
    dearer = Card("EUR", {**VALUES, key: VALUES[key] + more})
    before = price_line(job, CARD, [7], finish_code="anodize_ii")
    after = price_line(job, dearer, [7], finish_code="anodize_ii")
    assert after.points[0].unit_price >= before.points[0].unit_price
    assert after.setup >= before.setup
    assert sum(after.charges.values()) >= sum(before.charges.values())


def test_markup_margin_and_own_speed_are_drivers_of_their_own() -> None:
    plain = price_line(MILLED, CARD, [1]).points[0].unit_price
    card = replace(CARD, markup_percent=Decimal(10), margin_percent=Decimal(20))
    made = price_line(MILLED, card, [1])
    assert [d.name for d in made.drivers][3:] == ["Markup on material", "Margin", "Margin"]
    assert made.setup == Decimal("144.00")
    assert made.points[0].unit_price > plain * Decimal("1.2")
    slow = Card("EUR", {**VALUES, ("time_percent", "cnc_milling"): Decimal(200)})
    own = price_line(MILLED, slow, [1])
    assert own.drivers[1].amount and own.points[0].unit_price > plain
    assert "at your 200%" in own.drivers[1].how


def test_charges_asked_for_are_priced_once_and_unknown_ones_named() -> None:
    job = replace(MILLED, documents={"coc": "CoC", "ppap": "PPAP"}, inspection="cmm")
    made = price_line(job, CARD, [5])
    assert dict(made.charges) == {"document:coc": 15, "inspection:cmm": 80}
    assert made.points
    assert keys(made) == [("document", "ppap")]


@pytest.mark.parametrize(
    ("job", "finish", "missing"),
    [
        (replace(MILLED, family="titanium", density_g_cm3=4.4), "", ("material", "titanium")),
        (replace(MILLED, finish="Polishing"), "polished", ("finish", "polished")),
        (replace(MILLED, volume_mm3=None), "", None),
        (replace(MILLED, process="die_casting"), "", None),
        (replace(MILLED, process="sheet_cutting"), "", ("setup_hours", "sheet_cutting")),
        (replace(MILLED, process="fdm"), "", ("fdm", "part volume")),
    ],
)
def test_what_has_no_rate_leaves_the_line_to_the_shop(
    job: Job, finish: str, missing: Key | None
) -> None:
    made = price_line(job, CARD, [1], finish_code=finish)
    assert made.points == ()
    assert missing in keys(made)
    assert all(lack.sentence for lack in made.lacks)


def test_each_figure_of_a_milled_part_is_needed() -> None:
    needed = [
        ("cnc_milling", "3-axis mill"),
        ("setup_hours", "cnc_milling"),
        ("material", "aluminum"),
        ("lead_days", "cnc_milling"),
    ]
    for key in needed:
        values = {k: v for k, v in VALUES.items() if k != key and k[1] != "5-axis mill"}
        assert keys(price_line(MILLED, Card("EUR", values), [1])) == [key]


def test_the_machine_has_as_many_axes_as_the_part_needs() -> None:
    four = price_line(replace(MILLED, axis_count=4), CARD, [1])
    three = price_line(MILLED, CARD, [1])
    assert four.setup == 2 * three.setup
    lathe = price_line(replace(MILLED, process="cnc_turning"), CARD, [1])
    assert lathe.setup == 50


def test_the_other_processes() -> None:
    printed = price_line(replace(MILLED, process="sls"), CARD, [3])
    assert (printed.setup, printed.points[0].unit_price) == (20, Decimal("23.0400"))
    molded = price_line(replace(MILLED, process="injection_molding"), CARD, [1000])
    assert (molded.tooling, molded.setup) == (4000, 150)
    bent = replace(
        MILLED, process="sheet_fab", cut_length_mm=800.0, thickness_mm=2.0, pierces=4, bends=2
    )
    sheet = price_line(bent, CARD, [1])
    assert sheet.setup == 240
    assert {d.name for d in sheet.drivers} >= {"Laser cutting", "Pierces", "Bends", "Material"}
    assert price_line(replace(bent, bends=None), CARD, [1]).points == ()


def test_a_finish_costs_its_lot_and_its_surface() -> None:
    job = replace(MILLED, finish="Anodizing")
    bare, done = price_line(MILLED, CARD, [1]), price_line(job, CARD, [1], finish_code="anodize_ii")
    assert done.setup - bare.setup == 40
    assert done.points[0].unit_price - bare.points[0].unit_price == Decimal("1.8000")
