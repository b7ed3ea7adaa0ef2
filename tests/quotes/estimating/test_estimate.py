"""Estimates add up, fall with the quantity, and never fill what is unknown with a number."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.estimating.calibration import LEAST_QUOTES, Compared, accuracy_by_process
from quotes.estimating.curve import curve_of
from quotes.estimating.engine import BY_PROCESS, estimate, sum_of
from quotes.estimating.model import Job, Rate, Rates, Span, money, short

RATES = Rates(
    {
        ("cnc_milling", "3-axis mill"): Rate(Span(50, 80), "USD/h", "MT1", "USD"),
        ("cnc_milling", "4-axis mill"): Rate(Span(70, 100), "USD/h", "MT1", "USD"),
        ("cnc_milling", "5-axis mill"): Rate(Span(90, 150), "USD/h", "MT1", "USD"),
        ("cnc_turning", "CNC lathe"): Rate(Span(60, 90), "USD/h", "MT1", "USD"),
        ("sheet_cutting", "laser cutting"): Rate(Span(8, 8), "USD/min", "EL1", "USD"),
        ("sheet_cutting", "small hole"): Rate(Span(1, 1), "USD each", "EL1", "USD"),
        ("sheet_fab", "bend"): Rate(Span(1, 1), "USD per side", "EL1", "USD"),
        ("material", "aluminum"): Rate(Span(1, 3), "USD/lb", "PC1", "USD"),
        ("multiplier", "simple set-up hours"): Rate(Span(0.5, 1), "h", "MT1"),
        ("multiplier", "complex set-up hours"): Rate(Span(3, 8), "h", "MT1"),
        ("document", "coc"): Rate(Span(30, 30), "USD", "H3", "USD"),
    }
)
MILLED = Job("cnc_milling", "Aluminum", "aluminum", 2.7, 48_000 * 0.6, 9_000, (60.0, 40.0, 20.0))
spans = st.tuples(st.floats(0.01, 1e4), st.floats(1, 10)).map(lambda p: Span(p[0], p[0] * p[1]))


@given(spans, spans, spans)
def test_ranges_combine_in_any_order_and_never_turn_around(a: Span, b: Span, c: Span) -> None:
    for one, other in (((a + b) + c, a + (b + c)), ((a * b) * c, a * (b * c))):
        assert one.low == pytest.approx(other.low)
        assert one.high == pytest.approx(other.high)
        assert 0 <= one.low <= one.high
    # A range of several independent things is narrower than the ends added up.
    assert (a + b).high <= a.high + b.high + 1e-9
    assert (a + b).low >= a.low + b.low - 1e-9


def test_a_milled_part_falls_with_the_quantity_and_its_drivers_are_the_price() -> None:
    made = estimate(MILLED, RATES)
    prices = [point.unit_price.middle for point in made.points]
    assert prices == sorted(prices, reverse=True)
    assert [point.quantity for point in made.points] == [1, 10, 100, 1000]
    once, each = sum_of(made.drivers, "order"), sum_of(made.drivers, "piece")
    assert made.points[0].unit_price.middle == pytest.approx(once.middle + each.middle)
    assert {d.name for d in made.drivers} == {
        "Setup and programming",
        "Machine time",
        "Material",
        "Overhead and profit",
    }
    assert all(driver.source for driver in made.drivers)
    assert made.currency == "USD"


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_pieces_never_cost_less_together(a: int, b: int) -> None:
    few, many = sorted((a, b))
    made = estimate(MILLED, RATES, (few, many))
    first, last = made.points[0], made.points[-1]
    assert first.total.middle <= last.total.middle + 1e-6
    assert first.unit_price.middle >= last.unit_price.middle - 1e-9
    assert first.lead_days.high <= last.lead_days.high


def test_what_has_no_price_is_named_and_not_zero() -> None:
    job = Job(**{**MILLED.__dict__, "family": "titanium", "material": "Titanium", "finish": "Blue"})
    made = estimate(job, RATES)
    material = next(d for d in made.drivers if d.name == "Material")
    assert material.amount is None
    assert material.low is None
    assert "Material: no price is published." in made.unknown
    assert "Blue: no price is published." in made.unknown


@pytest.mark.parametrize(
    ("job", "part_of_why"),
    [
        (Job("stamping"), "No rate is published"),
        (Job("cnc_milling", family="aluminum"), "no volume"),
        (Job("cnc_milling", "Butter", "butter", 0.9, 1, 1, (1, 1, 1)), "Butter"),
        (Job("sheet_cutting", family="aluminum"), "The cut length is not known"),
        (Job("sheet_cutting", cut_length_mm=362.8), "The sheet's thickness is not known"),
        (Job("sls"), "No price"),
        (Job("injection_molding"), "No price of molds"),
        (Job("cnc_turning", family="aluminum"), "no volume"),
    ],
)
def test_an_estimate_that_cannot_be_made_says_why(job: Job, part_of_why: str) -> None:
    made = estimate(job, RATES)
    assert made.points == ()
    assert part_of_why in " ".join(made.unknown)


def test_every_process_with_a_formula_is_one_of_the_taxonomy() -> None:
    from marketplace.directory.taxonomy import read_taxonomy

    assert set(BY_PROCESS) <= {row["code"] for row in read_taxonomy()["processes"]}


def test_sheet_metal_counts_cut_pierces_and_bends() -> None:
    job = Job(
        "sheet_fab",
        "Aluminum",
        "aluminum",
        2.68,
        volume_mm3=20_000,
        area_mm2=21_000,
        thickness_mm=2.0,
        cut_length_mm=1_200,
        pierces=5,
        bends=3,
    )
    made = estimate(job, RATES, (1,))
    amounts = {d.name: d.amount for d in made.drivers}
    assert amounts["Pierces"] == Span(5, 5)
    assert amounts["Bends"] == Span(3, 3)
    # 1.2 m at 4 to 10 m/min and 8 USD/min.
    cutting = amounts["Laser cutting"]
    assert cutting is not None
    assert cutting.low == pytest.approx(0.96)
    assert cutting.high == pytest.approx(2.4)


def test_a_fourth_axis_and_fine_tolerances_cost_more() -> None:
    plain = estimate(Job(**{**MILLED.__dict__, "axis_count": 3}), RATES, (10,)).points[0]
    hard = estimate(Job(**{**MILLED.__dict__, "axis_count": 5}), RATES, (10,)).points[0]
    fine = {
        **RATES.by_key,
        ("multiplier", "+/-0.001 in instead of +/-0.005 in"): Rate(Span(1.3, 1.5), "h", "MT1"),
    }
    job = Job(**{**MILLED.__dict__, "axis_count": 3, "tolerance": "f"})
    tight = estimate(job, Rates(fine), (10,)).points[0]
    assert hard.unit_price.low > plain.unit_price.low
    assert tight.unit_price.high > plain.unit_price.high


def test_documents_are_paid_once_an_order() -> None:
    asked = {"coc": "Certificate of Conformance", "mtr": "Material test report"}
    made = estimate(Job(**{**MILLED.__dict__, "documents": asked}), RATES, (10,))
    paid = next(d for d in made.drivers if d.name == asked["coc"])
    assert paid.amount == Span(30, 30)
    assert "Material test report: no price is published." in made.unknown


def test_a_factor_moves_the_whole_range() -> None:
    once = estimate(MILLED, RATES, (10,)).points[0]
    twice = estimate(MILLED, RATES, (10,), factor=2.0, calibrated_by=30).points[0]
    assert twice.unit_price.low == pytest.approx(2 * once.unit_price.low)


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (123.456, "123.00"), (0.12345, "0.12"), (98765.4, "98800.00")]
)
def test_amounts_are_shown_with_three_digits(value: float, shown: str) -> None:
    assert str(money(value)) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(3000, 3, "3,000"), (8123.4, 3, "8,120"), (0.0123, 3, "0.0123"), (80, 6, "80"), (0, 3, "0"),
     (2_000_000, 6, "2,000,000"), (1.50, 3, "1.5")],
)  # fmt: skip
def test_numbers_in_sentences_have_no_exponent(value: float, digits: int, shown: str) -> None:
    assert short(value, digits) == shown


def test_the_price_of_a_mold_is_written_in_full() -> None:
    mold = {("injection_molding", "prototype single-cavity mold"): Rate(
        Span(3000, 8000), "USD", "PC1", "USD"
    )}  # fmt: skip
    made = estimate(Job(**{**MILLED.__dict__, "process": "injection_molding"}), Rates(mold))
    assert "3,000 to 8,000 USD" in made.drivers[0].how


def test_the_curve_lies_inside_its_frame() -> None:
    curve = curve_of(estimate(MILLED, RATES))
    assert curve is not None
    for point in curve.band.split():
        x, y = map(float, point.split(","))
        assert curve.left <= x <= curve.right
        assert curve.top <= y <= curve.bottom
    assert len(curve.quantities) == 4
    # Round prices without decimals, so that they fit beside a curve on a phone.
    assert curve.prices and not any(tick.label.endswith(".00") for tick in curve.prices)
    assert curve_of(estimate(MILLED, RATES, (10,))) is None
    assert curve_of(estimate(Job("stamping"), RATES)) is None


def test_a_factor_needs_many_prices_of_several_shops() -> None:
    def rows(count: int, shops: int, quoted: float) -> list[Compared]:
        return [Compared("cnc_milling", n % shops, quoted, 8, 12) for n in range(count)]

    few = accuracy_by_process(rows(LEAST_QUOTES - 1, 5, 20))["cnc_milling"]
    one_shop = accuracy_by_process(rows(LEAST_QUOTES, 2, 20))["cnc_milling"]
    enough = accuracy_by_process(rows(LEAST_QUOTES, 3, 20))["cnc_milling"]
    assert (few.factor, one_shop.factor) == (None, None)
    assert enough.factor == pytest.approx(2.0)
    assert enough.median_error == pytest.approx(0.5)
    assert enough.inside == 0
    wild = accuracy_by_process(rows(LEAST_QUOTES, 3, 1e6))["cnc_milling"]
    assert wild.factor == 5.0
    assert accuracy_by_process([Compared("sls", 1, 10, 0, 0)]) == {}


def test_a_turned_shaft_and_a_disc_take_their_bar_along_the_axis() -> None:
    shaft = Job("cnc_turning", "Al", "aluminum", 2.7, 30_000, 8_000, (100.0, 20.0, 20.0))
    disc = Job("cnc_turning", "Al", "aluminum", 2.7, 30_000, 8_000, (80.0, 80.0, 10.0))
    for job, diameter, length in ((shaft, 20, 100), (disc, 80, 10)):
        made = estimate(job, RATES, (1,))
        kg = math.pi / 4 * (diameter + 6) ** 2 * (length + 6) * 2.7e-6
        how = next(d for d in made.drivers if d.name == "Material").how
        assert f"{kg:.3g} kg" in how


def test_without_a_material_the_estimate_asks_for_one() -> None:
    made = estimate(Job(**{**MILLED.__dict__, "material": "", "family": ""}), RATES)
    assert not made.points
    assert made.unknown == ["Choose a material: machine time and the block to cut depend on it."]
