"""Milling and turning: set-up + machine time + material with waste, the shop formula (MT1)."""

import math

from quotes.estimating import practice
from quotes.estimating.model import GENERAL_PRACTICE, Driver, Job, Rate, Rates, Span, short

KG_OF_POUND = 0.45359237
ROUND_ENOUGH = 1.15


def mill(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """Drivers of a milled part, and what stays unknown."""
    rate = _milling_rate(job, rates)
    box = job.box_mm
    stock = math.prod(edge + 2 * practice.STOCK_ALLOWANCE_MM for edge in box) if box else None
    return _machined(job, rates, rate, stock, "block")


def turn(job: Job, rates: Rates) -> tuple[list[Driver], list[str]]:
    """Drivers of a turned part: the stock is a bar around the two edges nearest to equal."""
    rate = rates.get("cnc_turning", "CNC lathe")
    stock = None
    if job.box_mm:
        diameter, length = _bar(job.box_mm)
        allowance = 2 * practice.STOCK_ALLOWANCE_MM
        stock = math.pi / 4 * (diameter + allowance) ** 2 * (length + allowance)
    return _machined(job, rates, rate, stock, "bar")


def material_rate(job: Job, rates: Rates) -> Rate | None:
    """Price of the raw material for one kilogram, None when none is published."""
    rate = rates.get("material", job.family)
    if rate is None or not rate.unit.endswith("/lb"):
        return rate
    per_kg = Span(rate.span.low / KG_OF_POUND, rate.span.high / KG_OF_POUND)
    return Rate(per_kg, f"{rate.currency}/kg", rate.source, rate.currency)


def material_driver(job: Job, rates: Rates, used_mm3: Span, how: str) -> Driver:
    """What the raw material of one piece costs; unknown without a price or a density."""
    rate = material_rate(job, rates)
    if rate is None or job.density_g_cm3 is None:
        return Driver("Material", "piece", None, how, "")
    mass = used_mm3 * (job.density_g_cm3 * 1e-6)
    weight = f"{short(mass.low)}" + (f" to {short(mass.high)}" if mass.high > mass.low else "")
    text = f"{how}, {weight} kg of {job.material} at {span_text(rate)}"
    return Driver("Material", "piece", mass * rate.span, text, rate.source)


def span_text(rate: Rate) -> str:
    """A rate as "50 to 80 USD/h"."""
    if rate.span.low == rate.span.high:
        return f"{short(rate.span.low, 6)} {rate.unit}"
    return f"{short(rate.span.low)} to {short(rate.span.high)} {rate.unit}"


def _milling_rate(job: Job, rates: Rates) -> Rate | None:
    if job.axis_count is not None:
        return rates.get("cnc_milling", f"{job.axis_count}-axis mill")
    # Which machine is needed is not known: from the cheapest to the next one.
    three, four = rates.get("cnc_milling", "3-axis mill"), rates.get("cnc_milling", "4-axis mill")
    if three is None or four is None:
        return three
    return Rate(Span(three.span.low, four.span.high), three.unit, three.source, three.currency)


def _bar(box: tuple[float, float, float]) -> tuple[float, float]:
    longest, middle, shortest = sorted(box, reverse=True)
    # A disc has its two long edges alike, a shaft its two short ones.
    if longest <= ROUND_ENOUGH * middle and middle > ROUND_ENOUGH * shortest:
        return longest, shortest
    return middle, longest


def _machined(
    job: Job, rates: Rates, rate: Rate | None, stock_mm3: float | None, stock: str
) -> tuple[list[Driver], list[str]]:
    removal = practice.REMOVAL_CM3_MIN.get(job.family)
    finishing = practice.FINISHING_CM2_MIN.get(job.family)
    if rate is None:
        return [], ["No hourly rate is published for this process."]
    if stock_mm3 is None or job.volume_mm3 is None or job.area_mm2 is None:
        return [], ["The model has no volume, so machine time cannot be told."]
    if removal is None or finishing is None:
        if not job.material:
            return [], ["Choose a material: machine time and the block to cut depend on it."]
        return [], [f"How fast {job.material} is machined is not known to us."]
    removed = Span(stock_mm3 - job.volume_mm3, stock_mm3 - job.volume_mm3) * 1e-3
    minutes = removed.per(removal) + Span(job.area_mm2, job.area_mm2).per(finishing) * 1e-2
    minutes = (minutes + practice.HANDLING_MIN) * _tolerance(job, rates)
    hours = minutes * (1 / 60)
    setup = _setup_hours(job, rates)
    drivers = [
        Driver(
            "Setup and programming",
            "order",
            setup.span * rate.span,
            f"{span_text(setup)} at {span_text(rate)}",
            "; ".join(dict.fromkeys((setup.source, rate.source))),
            setup.span,
        ),
        Driver(
            "Machine time",
            "piece",
            hours * rate.span,
            f"{short(removed.low)} cm³ to remove and {short(job.area_mm2 / 100)} cm² to finish, "
            f"{minutes.low:.0f} to {minutes.high:.0f} min at {span_text(rate)}"
            + (", longer for tight tolerances" if _tolerance(job, rates).high > 1 else ""),
            f"{rate.source}; speeds: {GENERAL_PRACTICE}",
            hours,
        ),
        material_driver(job, rates, Span(stock_mm3, stock_mm3), f"A {stock} around the part"),
    ]
    return drivers, []


def _setup_hours(job: Job, rates: Rates) -> Rate:
    simple = rates.get("multiplier", "simple set-up hours")
    hard = rates.get("multiplier", "complex set-up hours")
    if simple is None or hard is None:
        return Rate(Span(0.5, 8), "h", GENERAL_PRACTICE)
    if job.axis_count is not None and job.axis_count > 3:
        return Rate(hard.span, "h", hard.source)
    return Rate(Span(simple.span.low, hard.span.low), "h", simple.source)


def _tolerance(job: Job, rates: Rates) -> Span:
    """Longer for fine tolerances: the published factor is the upper end, as "f" is wider than the
    0.025 mm it was published for; a drawing may ask for anything up to it."""
    factor = rates.get("multiplier", "+/-0.001 in instead of +/-0.005 in")
    if job.tolerance not in ("f", "drawing") or factor is None:
        return Span(1, 1)
    return Span(1, factor.span.high)
