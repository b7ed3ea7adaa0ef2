"""The plain values of an estimate."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

GENERAL_PRACTICE = "general practice, no published source"


@dataclass(frozen=True)
class Span:
    """A range, 0 <= low <= high, of whatever the name beside it says.

    Ranges are combined as independent of each other: adding every lowest and every highest value
    would give a range so wide that it says nothing. Half widths add in quadrature, of sums in
    absolute and of products in relative (logarithmic) terms, as measurement uncertainties do
    (JCGM 100:2008, section 5.1).
    """

    low: float
    high: float

    def __add__(self, other: "Span") -> "Span":
        """The sum; an amount without a width only moves the range."""
        middle = self.middle + other.middle
        half = math.hypot(self.high - self.low, other.high - other.low) / 2
        return Span(middle - half, middle + half)

    def __mul__(self, other: "Span | float") -> "Span":
        """The product with another range above zero, or with a plain number."""
        if not isinstance(other, Span):
            return Span(self.low * other, self.high * other)
        if min(self.low, other.low) <= 0:
            return Span(self.low * other.low, self.high * other.high)
        center = math.sqrt(self.low * self.high * other.low * other.high)
        width = math.exp(
            math.hypot(math.log(self.high / self.low), math.log(other.high / other.low)) / 2
        )
        return Span(center / width, center * width)

    def per(self, speed: "Span") -> "Span":
        """Divided by a range of speeds above zero: the fastest gives the lowest."""
        return self * Span(1 / speed.high, 1 / speed.low)

    @property
    def middle(self) -> float:
        """Halfway between low and high."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Rate:
    """A price or speed with its unit and where it stands."""

    span: Span
    unit: str
    source: str
    currency: str = ""


@dataclass(frozen=True)
class Rates:
    """Every rate an estimate may use, by (process or kind, item).

    From the taxonomy's published figures, or from a manufacturer's own rate card under the same
    keys.
    """

    by_key: Mapping[tuple[str, str], Rate] = field(default_factory=dict)

    def get(self, kind: str, item: str) -> Rate | None:
        """The rate, None when there is none."""
        return self.by_key.get((kind, item))


@dataclass(frozen=True)
class Job:
    """One part as it is to be made. Lengths mm, area mm2, volume mm3; None is unknown."""

    process: str
    material: str = ""
    family: str = ""
    density_g_cm3: float | None = None
    volume_mm3: float | None = None
    area_mm2: float | None = None
    box_mm: tuple[float, float, float] | None = None
    axis_count: int | None = None
    thickness_mm: float | None = None
    cut_length_mm: float | None = None
    pierces: int | None = None
    bends: int | None = None
    tolerance: str = "m"
    finish: str = ""
    inspection: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Code -> name of each paper asked for, such as coc -> Certificate of Conformance."""

    @property
    def mass_kg(self) -> float | None:
        """Mass of one part, None without volume or density."""
        if self.volume_mm3 is None or self.density_g_cm3 is None:
            return None
        return self.volume_mm3 * self.density_g_cm3 * 1e-6


@dataclass(frozen=True)
class Driver:
    """One reason the part costs what it costs.

    `amount` is in major units of the estimate's currency, once per order or for each piece; None
    is unknown. `how` is the formula with its numbers; `source` says where the rate stands.
    """

    name: str
    per: str  # "order" or "piece"
    amount: Span | None
    how: str
    source: str
    hours: Span | None = None

    @property
    def low(self) -> Decimal | None:
        """Lower end of the amount as shown; None while unknown."""
        return None if self.amount is None else money(self.amount.low)

    @property
    def high(self) -> Decimal | None:
        """Upper end of the amount as shown; None while unknown."""
        return None if self.amount is None else money(self.amount.high)


@dataclass(frozen=True)
class Point:
    """What one piece may cost when `quantity` are made, and working days until they ship."""

    quantity: int
    unit_price: Span
    lead_days: Span

    @property
    def total(self) -> Span:
        """All pieces together."""
        return self.unit_price * self.quantity

    @property
    def low(self) -> Decimal:
        """Lower end of the unit price as shown."""
        return money(self.unit_price.low)

    @property
    def high(self) -> Decimal:
        """Upper end of the unit price as shown."""
        return money(self.unit_price.high)

    @property
    def total_low(self) -> Decimal:
        """Lower end of the total as shown."""
        return money(self.total.low)

    @property
    def total_high(self) -> Decimal:
        """Upper end of the total as shown."""
        return money(self.total.high)


@dataclass(frozen=True)
class Estimate:
    """Prices at several quantities with the drivers behind them.

    Without `points` nothing can be said, and `unknown` says why. With points, `unknown` lists what
    is not in the price. `factor` is the calibration that was applied, 1.0 without one.
    """

    currency: str
    drivers: Sequence[Driver] = ()
    points: Sequence[Point] = ()
    unknown: Sequence[str] = ()
    factor: float = 1.0
    calibrated_by: int = 0

    def at(self, quantity: int) -> Point | None:
        """The point of one of the quantities asked for."""
        return next((point for point in self.points if point.quantity == quantity), None)

    def exchanged(self, currency: str, rate: float) -> "Estimate":
        """The prices in another currency, one unit of the own being worth `rate` of it. Without the
        drivers: their formulas name the rates as they are published."""
        points = [replace(point, unit_price=point.unit_price * rate) for point in self.points]
        return replace(self, currency=currency, points=points, drivers=())


def money(value: float) -> Decimal:
    """An estimated amount in major units, at three significant digits: more would be pretended."""
    exact = Decimal(str(round(value, 6)))
    if exact == 0:
        return Decimal(0)
    step = Decimal(1).scaleb(exact.adjusted() - 2)
    return exact.quantize(step, ROUND_HALF_UP).quantize(Decimal("0.01"), ROUND_HALF_UP)


def short(value: float, digits: int = 3) -> str:
    """A number in a sentence at so many significant digits, never with an exponent: "8,000"."""
    text = f"{Decimal(f'{value:.{digits}g}'):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
