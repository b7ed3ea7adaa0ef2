"""From a job and rates to an estimate at several quantities."""

import math
from collections.abc import Callable, Mapping, Sequence

from quotes.estimating import practice
from quotes.estimating.forming import mold, sinter
from quotes.estimating.machining import mill, turn
from quotes.estimating.model import (
    GENERAL_PRACTICE,
    Driver,
    Estimate,
    Job,
    Point,
    Rates,
    Span,
    short,
)
from quotes.estimating.sheet import cut, fabricate

Drivers = Callable[[Job, Rates], tuple[list[Driver], list[str]]]
BY_PROCESS: Mapping[str, Drivers] = {
    "cnc_milling": mill,
    "cnc_turning": turn,
    "sheet_cutting": cut,
    "sheet_fab": fabricate,
    "injection_molding": mold,
    "sls": sinter,
}
# These prices are list prices of a seller, margin included.
PRICED_WITH_MARGIN = {"sls"}
NO_RATE = "No rate is published for this process. Ask manufacturers for quotes."
CURVE = (1, 10, 100, 1000)


def estimate(
    job: Job,
    rates: Rates,
    quantities: Sequence[int] = CURVE,
    *,
    factor: float = 1.0,
    calibrated_by: int = 0,
) -> Estimate:
    """The estimate of `job` at each quantity (whole numbers from 1).

    `factor` is the calibration of the process, from `calibrated_by` real quotes. A process without
    rates gives an estimate without points that says so.
    """
    drivers_of = BY_PROCESS.get(job.process)
    currency = _currency(job, rates)
    if drivers_of is None:
        return Estimate(
            currency, unknown=["No rate is published for this process. Ask for quotes."]
        )
    drivers, unknown = drivers_of(job, rates)
    if not drivers:
        return Estimate(currency, unknown=unknown)
    drivers += _documents(job, rates, currency)
    if job.process not in PRICED_WITH_MARGIN:
        drivers.append(_margin(drivers))
    unknown = [*_left_out(job, drivers), *unknown]
    points = [_point(job, drivers, quantity, factor) for quantity in sorted(set(quantities))]
    return Estimate(currency, drivers, points, unknown, factor, calibrated_by)


def sum_of(drivers: Sequence[Driver], per: str) -> Span:
    """The known amounts of the drivers that count `per` order or piece."""
    known = [d.amount for d in drivers if d.per == per and d.amount is not None]
    return sum(known, Span(0, 0))


def _point(job: Job, drivers: Sequence[Driver], quantity: int, factor: float) -> Point:
    once, each = sum_of(drivers, "order"), sum_of(drivers, "piece")
    price = (once * (1 / quantity) + each) * factor
    return Point(quantity, price, _lead_days(job, drivers, quantity))


def _lead_days(job: Job, drivers: Sequence[Driver], quantity: int) -> Span:
    """Working days: the queue plus the hours of one machine.

    A mold's time is the published one of the taxonomy where the size is known (PL1: 7 to 20 days).
    """
    if job.process == "injection_molding":
        return Span(7, 20)
    once = sum((d.hours for d in drivers if d.hours and d.per == "order"), Span(0, 0))
    each = sum((d.hours for d in drivers if d.hours and d.per == "piece"), Span(0, 0))
    days = (once + each * quantity) * (1 / practice.HOURS_A_DAY)
    whole = practice.QUEUE_DAYS + days
    return Span(math.ceil(whole.low), math.ceil(whole.high))


def _margin(drivers: Sequence[Driver]) -> Driver:
    """Overhead and profit on every piece. A published hourly rate carries the shop's own already,
    so set-up is not marked up a second time."""
    each = sum_of(drivers, "piece")
    share = Span(practice.MARGIN.low - 1, practice.MARGIN.high - 1)
    text = f"{share.low:.0%} to {share.high:.0%} of what one piece costs"
    return Driver("Overhead and profit", "piece", each * share, text, GENERAL_PRACTICE)


def _documents(job: Job, rates: Rates, currency: str) -> list[Driver]:
    drivers = []
    for code, name in job.documents.items():
        rate = rates.get("document", code)
        if rate is None or rate.currency != currency:
            drivers.append(Driver(name, "order", None, "", ""))
        else:
            text = f"{short(rate.span.low, 6)} {rate.unit}"
            drivers.append(Driver(name, "order", rate.span, text, rate.source))
    return drivers


def _left_out(job: Job, drivers: Sequence[Driver]) -> list[str]:
    """What is not in the price, as sentences."""
    left = [f"{d.name}: no price is published." for d in drivers if d.amount is None]
    if job.finish:
        left.append(f"{job.finish}: no price is published.")
    if job.inspection and job.inspection != "standard":
        left.append("The inspection asked for: no price is published.")
    return left


def _currency(job: Job, rates: Rates) -> str:
    found = {rate.currency for (kind, _), rate in rates.by_key.items() if kind == job.process}
    return found.pop() if len(found) == 1 else "USD"
