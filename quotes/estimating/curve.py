"""The price over the quantity as a drawing: both axes logarithmic, coordinates of an SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quotes.estimating.model import Estimate, Point, short

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 74, 18, 14, 34


@dataclass(frozen=True)
class Tick:
    """A line of the grid at `at`, with its label."""

    at: float
    label: str


@dataclass(frozen=True)
class Curve:
    """Coordinates of the range (a polygon), its middle (a polyline), and the axes."""

    band: str
    middle: str
    dots: Sequence[tuple[float, float]]
    quantities: Sequence[Tick]
    prices: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def curve_of(made: Estimate) -> Curve | None:
    """The drawing of an estimate with at least two quantities, else None."""
    points = made.points
    if len(points) < 2 or points[0].unit_price.low <= 0:
        return None
    lowest = min(p.unit_price.low for p in points)
    highest = max(p.unit_price.high for p in points)
    first, last = points[0].quantity, points[-1].quantity
    x_span = math.log(last / first)
    y_span = math.log(highest / lowest) or 1.0

    def x(point: Point) -> float:
        share = math.log(point.quantity / first) / x_span
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(price: float) -> float:
        share = math.log(price / lowest) / y_span
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    upper = [(x(p), y(p.unit_price.high)) for p in points]
    lower = [(x(p), y(p.unit_price.low)) for p in points]
    middle = [(x(p), y(p.unit_price.middle)) for p in points]
    return Curve(
        band=_text([*upper, *reversed(lower)]),
        middle=_text(middle),
        dots=middle,
        quantities=[Tick(x(p), f"{p.quantity:,}") for p in points],
        prices=[Tick(y(price), short(price)) for price in _steps(lowest, highest)],
    )


def _steps(lowest: float, highest: float) -> list[float]:
    """Round prices between lowest and highest: 1, 2, 5 times a power of ten, at most six."""
    decades = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    every = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
    inside = [step for step in every if lowest <= step <= highest]
    return inside[:: max(1, math.ceil(len(inside) / 6))]


def _text(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
