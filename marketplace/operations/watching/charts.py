"""A small chart of a trend as SVG, drawn by attributes and classes: no style of its own."""

from dataclasses import dataclass

from marketplace.operations.watching.kpis import Told

WIDTH, HEIGHT, GAP = 240, 72, 4


@dataclass(frozen=True)
class Bar:
    """One week's bar in the chart's own units, and what stands beside it for people."""

    x: float
    y: float
    width: float
    height: float
    label: str
    is_met: bool


@dataclass(frozen=True)
class Chart:
    """Bars and the height of the target's line."""

    bars: list[Bar]
    target_y: float
    words: str
    width: int = WIDTH
    height: int = HEIGHT


def said(value: float | None, unit: str) -> str:
    """A figure as people read it: "99.95 %", "1.3 s", "1,204"."""
    if value is None:
        return "not known yet"
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


def chart_of(told: Told) -> Chart:
    """The bars of the weeks that are known; the scale holds the target too."""
    figure, points = told.figure, told.trend
    values = [point.value for point in points if point.value is not None]
    top = max([figure.target, *values]) * 1.08 or 1.0
    # Shares near 100 % would all look alike from zero on.
    bottom = min([figure.target, *values])
    bottom = bottom - (top - bottom) * 0.5 if figure.unit == "%" and bottom > 60 else 0.0
    if figure.unit == "%" and not figure.less_is_better:
        top = max(100.0, *values) if values and bottom else top
    step = WIDTH / len(points)

    def height_of(value: float) -> float:
        return round(HEIGHT * max(0.0, value - bottom) / ((top - bottom) or 1.0), 1)

    bars = []
    for place, point in enumerate(points):
        if point.value is None:
            continue
        tall = max(1.0, height_of(point.value))
        label = f"{point.day:%Y-%m-%d}: {said(point.value, figure.unit)}"
        bars.append(
            Bar(
                round(place * step + GAP / 2, 1),
                round(HEIGHT - tall, 1),
                round(step - GAP, 1),
                tall,
                label,
                bool(figure.meets(point.value)),
            )
        )
    words = "; ".join(bar.label for bar in bars) or "No week is known yet"
    return Chart(bars, round(HEIGHT - height_of(figure.target), 1), words)
