"""From a job and a shop's own rates to prices it can send: one value each, never a range.

Where speeds are general practice, which is a range, the middle is taken and corrected by the
share of machine time the shop gave. What the shop has no figure for is a Lack, and a line that
lacks anything its price depends on is not priced at all: a price without it would be too low.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from quotes.estimating import practice
from quotes.estimating.engine import Drivers, sum_of
from quotes.estimating.forming import mold
from quotes.estimating.machining import mill, turn
from quotes.estimating.model import Driver, Job, Rate, Rates, Span, short
from quotes.estimating.sheet import cut, fabricate

Key = tuple[str, str]
STEP = Decimal("0.0001")
# Goods of one line beyond this, in major units, are a typing error.
MOST = Decimal(100_000_000)
OWN = "your rate card"
MACHINED = {"cnc_milling": mill, "cnc_turning": turn}
SHEET = {"sheet_cutting": cut, "sheet_fab": fabricate}
PRINTED = frozenset({"fdm", "sls", "mjf", "sla", "dmls"})
MILLS = ("3-axis mill", "4-axis mill", "5-axis mill")
SETUP_KEYS = ("simple set-up hours", "complex set-up hours")


@dataclass(frozen=True)
class Card:
    """A shop's rate card as plain values; `values` by (kind, item) in its units."""

    currency: str
    values: Mapping[Key, Decimal] = field(default_factory=dict)
    minimum_charge: Decimal = Decimal(0)  # major units, of one line
    margin_percent: Decimal = Decimal(0)
    markup_percent: Decimal = Decimal(0)

    def get(self, kind: str, item: str) -> float | None:
        """A figure, None when the shop did not give it."""
        value = self.values.get((kind, item))
        return None if value is None else float(value)


@dataclass(frozen=True)
class Lack:
    """What a price would need. `key` is a figure of the rate card, None when it lies elsewhere."""

    sentence: str
    key: Key | None = None


@dataclass(frozen=True)
class OwnPoint:
    """The unit price at a quantity, major units with four decimals, and days to ship."""

    quantity: int
    unit_price: Decimal
    lead_time_days: int
    discount_percent: Decimal = Decimal(0)
    is_minimum: bool = False


@dataclass(frozen=True)
class OwnPrice:
    """A line as the card prices it. Amounts once a line are major units, two decimals.

    Without `points` the line is the shop's to price and `lacks` says why; with points, `lacks`
    are the charges that stay unknown.
    """

    points: Sequence[OwnPoint] = ()
    setup: Decimal = Decimal(0)
    tooling: Decimal = Decimal(0)
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    drivers: Sequence[Driver] = ()
    lacks: Sequence[Lack] = ()

    def at(self, quantity: int) -> OwnPoint | None:
        """The point of one quantity asked for."""
        return next((point for point in self.points if point.quantity == quantity), None)


def price_line(
    job: Job, card: Card, quantities: Sequence[int], *, finish_code: str = ""
) -> OwnPrice:
    """Price a job at each quantity (whole numbers from 1) with a shop's own rates.

    `finish_code` is the code of the finish asked for; `job.finish` is its name.
    """
    drivers, lacks = _work(job, card)
    if not lacks:
        lacks = [Lack(f"{d.name}: no price.", _material_key(job, d)) for d in _unknown(drivers)]
        finish, missing = _finish(job, card, finish_code)
        drivers, lacks = [*drivers, *finish], [*lacks, *missing]
    days = card.get("lead_days", job.process)
    if days is None and not lacks:
        lacks = [Lack("Your lead time for this process.", ("lead_days", job.process))]
    if lacks or days is None:
        return OwnPrice(drivers=drivers, lacks=lacks)
    drivers = [*drivers, *_on_top(drivers, card)]
    setup = _cents(sum_of([d for d in drivers if d.name != "Tooling"], "order").middle)
    tooling = _cents(sum_of([d for d in drivers if d.name == "Tooling"], "order").middle)
    each = Decimal(str(round(sum_of(drivers, "piece").middle, 6)))
    points = [_point(n, each, setup, card, drivers, days) for n in sorted(set(quantities))]
    if not all(0 < point.unit_price * point.quantity < MOST for point in points):
        sentence = "The rates give a price of nothing, or one too large for a quote."
        return OwnPrice(drivers=drivers, lacks=[Lack(sentence)])
    charges, unknown = _charges(job, card)
    return OwnPrice(points, setup, tooling, charges, drivers, unknown)


def _work(job: Job, card: Card) -> tuple[list[Driver], list[Lack]]:
    """Drivers of making the part, as single values."""
    if job.process in MACHINED:
        return _machined(job, card)
    if job.process in SHEET:
        return _sheet(job, card)
    if job.process == "injection_molding":
        return _molded(job, card)
    if job.process in PRINTED:
        return _printed(job, card)
    return [], [Lack("A rate card has no calculation for this process: price it by hand.")]


def _machined(job: Job, card: Card) -> tuple[list[Driver], list[Lack]]:
    machine = _machine(job, card)
    if machine is None:
        wanted = ("cnc_turning", "CNC lathe")
        if job.process == "cnc_milling":
            wanted = ("cnc_milling", f"{min(max(job.axis_count or 3, 3), 5)}-axis mill")
        return [], [Lack(f"An hourly rate: {wanted[1]}.", wanted)]
    hours = card.get("setup_hours", job.process)
    if hours is None:
        return [], [Lack("Setup hours of this process.", ("setup_hours", job.process))]
    name, rate = machine
    found = {(job.process, name): _rate(rate, f"{card.currency}/h", card)}
    found |= {("multiplier", key): _rate(hours, "h", card) for key in SETUP_KEYS}
    # The machine is chosen already, whatever the number of axes.
    plain = replace(job, axis_count=int(name[0])) if job.process == "cnc_milling" else job
    return _taken(MACHINED[job.process], plain, card, found)


def _machine(job: Job, card: Card) -> tuple[str, float] | None:
    """The machine with the fewest axes that can make it and has a rate."""
    if job.process == "cnc_turning":
        lathe = card.get("cnc_turning", "CNC lathe")
        return None if lathe is None else ("CNC lathe", lathe)
    for name in MILLS:
        rate = card.get("cnc_milling", name)
        if rate is not None and int(name[0]) >= (job.axis_count or 3):
            return name, rate
    return None


def _sheet(job: Job, card: Card) -> tuple[list[Driver], list[Lack]]:
    needs = [("sheet_cutting", "laser cutting", "Laser cutting by the minute.")]
    if job.pierces:
        needs.append(("sheet_cutting", "small hole", "A price of each pierce."))
    if job.process == "sheet_fab":
        needs.append(("sheet_fab", "bend", "A price of each bend."))
    lacks = [Lack(text, (kind, item)) for kind, item, text in needs if card.get(kind, item) is None]
    if job.process == "sheet_fab" and job.bends is None:
        lacks.append(Lack("Bends: how many there are could not be told from the model."))
    setup = card.get("setup_hours", job.process)
    if setup is None:
        lacks.append(Lack("Setup hours of this process.", ("setup_hours", job.process)))
    if lacks or setup is None:
        return [], lacks
    found = {
        (kind, item): _rate(card.get(kind, item) or 0.0, card.currency, card)
        for kind, item, _ in needs
    }
    drivers, missing = _taken(SHEET[job.process], job, card, found)
    minute = card.get("sheet_cutting", "laser cutting") or 0.0
    text = f"{short(setup, 6)} h at {short(minute * 60, 6)} {card.currency}/h"
    first = _driver("Setup and programming", "order", setup * minute * 60, text)
    return ([first, *drivers] if drivers else []), missing


def _molded(job: Job, card: Card) -> tuple[list[Driver], list[Lack]]:
    tool = ("injection_molding", "prototype single-cavity mold")
    shot = card.get("injection_molding", "shot")
    start = card.get("start", job.process)
    needs = [
        (tool, "The price of a mold."),
        (("injection_molding", "shot"), "Press time of a shot."),
    ]
    needs.append((("start", job.process), "The price of starting a lot."))
    lacks = [Lack(text, key) for key, text in needs if card.get(*key) is None]
    if lacks or shot is None or start is None:
        return [], lacks
    found = {tool: _rate(card.get(*tool) or 0.0, card.currency, card)}
    drivers, missing = _taken(mold, job, card, found)
    more = [
        _driver("Starting the lot", "order", start, f"{short(start, 6)} {card.currency}"),
        _driver("Press time", "piece", shot, f"{short(shot, 6)} {card.currency} a shot"),
    ]
    return ([*drivers, *more] if drivers else []), missing


def _printed(job: Job, card: Card) -> tuple[list[Driver], list[Lack]]:
    price = card.get(job.process, "part volume")
    start = card.get("start", job.process)
    lacks = []
    if price is None:
        lacks.append(Lack("A price of printing by volume.", (job.process, "part volume")))
    if start is None:
        lacks.append(Lack("The price of starting a lot.", ("start", job.process)))
    if job.volume_mm3 is None:
        lacks.append(Lack("The model has no volume."))
    if price is None or start is None or job.volume_mm3 is None:
        return [], lacks
    volume = job.volume_mm3 / 1000
    text = f"{short(volume, 4)} cm³ at {short(price, 6)} {card.currency}/cm³, material included"
    return [
        _driver("Starting the lot", "order", start, f"{short(start, 6)} {card.currency}"),
        _driver("Printing", "piece", volume * price, text),
    ], []


def _taken(
    calculate: Drivers, job: Job, card: Card, found: Mapping[Key, Rate]
) -> tuple[list[Driver], list[Lack]]:
    """The estimate's own drivers with the shop's rates, each range taken at its middle."""
    material = card.get("material", job.family)
    known = dict(found)
    if material is not None:
        known["material", job.family] = _rate(material, f"{card.currency}/kg", card)
    drivers, unknown = calculate(job, Rates(known))
    if not drivers:
        return [], [Lack(sentence) for sentence in unknown]
    share = (card.get("time_percent", job.process) or 100.0) / 100
    return [_single(driver, share) for driver in drivers], []


def _single(driver: Driver, share: float) -> Driver:
    """One driver at its middle; machine time of a piece times the shop's own share."""
    if driver.amount is None:
        return driver
    factor = share if driver.hours is not None and driver.per == "piece" else 1.0
    amount = driver.amount.middle * factor
    how = driver.how
    hours = None
    if driver.hours is not None:
        taken = driver.hours.middle * factor
        hours = Span(taken, taken)
        if driver.hours.low < driver.hours.high or factor != 1.0:
            at = "" if factor == 1.0 else f" at your {factor:.0%}"
            how = f"{how}; {short(taken * 60)} min taken{at}"
    elif driver.amount.low < driver.amount.high:
        how = f"{how}; the middle is taken"
    return Driver(driver.name, driver.per, Span(amount, amount), how, OWN, hours)


def _finish(job: Job, card: Card, code: str) -> tuple[list[Driver], list[Lack]]:
    if not code:
        return [], []
    lot, area_price = card.get("finish_lot", code), card.get("finish", code)
    if lot is None and area_price is None:
        return [], [Lack(f"A price of {job.finish}.", ("finish", code))]
    drivers = []
    if lot:
        drivers.append(_driver(job.finish, "order", lot, f"{short(lot, 6)} {card.currency} a lot"))
    if area_price:
        if job.area_mm2 is None:
            return [], [Lack(f"{job.finish}: the model's surface is not known.")]
        area = job.area_mm2 / 10_000
        text = f"{short(area)} dm² at {short(area_price, 6)} {card.currency}/dm²"
        drivers.append(_driver(job.finish, "piece", area * area_price, text))
    return drivers, []


def _on_top(drivers: Sequence[Driver], card: Card) -> list[Driver]:
    """Markup on material, then margin on pieces and on setup. Tooling carries neither."""
    found = []
    markup, margin = float(card.markup_percent) / 100, float(card.margin_percent) / 100
    material = sum_of([d for d in drivers if d.name == "Material"], "piece").middle
    if markup and material:
        text = f"{short(markup, 4)} × {short(material, 4)} {card.currency}"
        found.append(_driver("Markup on material", "piece", material * markup, text))
    if margin:
        once = sum_of([d for d in drivers if d.name != "Tooling"], "order").middle
        each = sum_of([*drivers, *found], "piece").middle
        for per, base in (("order", once), ("piece", each)):
            if base:
                text = f"{short(margin, 4)} × {short(base, 4)} {card.currency}"
                found.append(_driver("Margin", per, base * margin, text))
    return found


def _point(
    quantity: int,
    each: Decimal,
    setup: Decimal,
    card: Card,
    drivers: Sequence[Driver],
    days: float,
) -> OwnPoint:
    discount = max(
        (
            value
            for (kind, item), value in card.values.items()
            if kind == "discount" and int(item) <= quantity
        ),
        default=Decimal(0),
    )
    price = (each * (100 - discount) / 100).quantize(STEP, ROUND_HALF_UP)
    least = ((card.minimum_charge - setup) / quantity).quantize(STEP, ROUND_UP)
    return OwnPoint(
        quantity,
        max(price, least),
        _days(drivers, quantity, days),
        discount,
        is_minimum=least > price,
    )


def _days(drivers: Sequence[Driver], quantity: int, days: float) -> int:
    """The shop's own days, and those of one machine beyond the first."""
    hours = sum(
        d.hours.middle * (quantity if d.per == "piece" else 1)
        for d in drivers
        if d.hours is not None
    )
    return min(int(days) + max(0, math.ceil(hours / practice.HOURS_A_DAY) - 1), 1000)


def _charges(job: Job, card: Card) -> tuple[dict[str, Decimal], list[Lack]]:
    """Documents and inspection, "document:coc" -> amount; what has no price stays unknown."""
    asked = [("document", code) for code in job.documents]
    if job.inspection and job.inspection != "standard":
        asked.append(("inspection", job.inspection))
    charges, lacks = {}, []
    for kind, code in asked:
        price = card.get(kind, code)
        if price is None:
            lacks.append(Lack(f"{kind.capitalize()} {code.upper()}: no price.", (kind, code)))
        else:
            charges[f"{kind}:{code}"] = _cents(price)
    return charges, lacks


def _unknown(drivers: Sequence[Driver]) -> list[Driver]:
    return [driver for driver in drivers if driver.amount is None]


def _material_key(job: Job, driver: Driver) -> Key | None:
    return ("material", job.family) if driver.name == "Material" and job.family else None


def _rate(value: float, unit: str, card: Card) -> Rate:
    return Rate(Span(value, value), unit, OWN, card.currency)


def _driver(name: str, per: str, amount: float, how: str) -> Driver:
    return Driver(name, per, Span(amount, amount), how, OWN)


def _cents(value: float) -> Decimal:
    return Decimal(str(round(value, 6))).quantize(Decimal("0.01"), ROUND_HALF_UP)
