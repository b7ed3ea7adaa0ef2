"""Speeds and allowances without a published source: what a job shop would assume.

Each is a wide range on purpose, is shown as general practice wherever it is used, and is corrected
by the quotes manufacturers really gave (`calibration`).
"""

from quotes.estimating.model import Span

# Material removed per minute over a whole job, tool changes included, cm3/min.
REMOVAL_CM3_MIN = {
    "aluminum": Span(10, 40),
    "plastic": Span(15, 60),
    "elastomer": Span(10, 30),
    "carbon_steel": Span(4, 14),
    "alloy_steel": Span(3, 10),
    "stainless": Span(2, 7),
    "titanium": Span(0.8, 3),
    "copper_alloy": Span(8, 30),
    "zinc": Span(10, 35),
}
# Surface finished per minute, cm2/min.
FINISHING_CM2_MIN = {
    "aluminum": Span(15, 60),
    "plastic": Span(20, 80),
    "elastomer": Span(10, 40),
    "carbon_steel": Span(8, 30),
    "alloy_steel": Span(6, 25),
    "stainless": Span(5, 20),
    "titanium": Span(3, 10),
    "copper_alloy": Span(12, 50),
    "zinc": Span(12, 50),
}
# Loading, clamping and deburring of one piece, minutes.
HANDLING_MIN = Span(2, 8)
# Raw stock is larger than the part on every side by this much, millimeters.
STOCK_ALLOWANCE_MM = 3.0
# Share of a sheet that becomes parts.
SHEET_YIELD = Span(0.6, 0.85)
# Laser cutting speed by thickness (up to mm -> m/min), mild steel to aluminum.
CUTTING_M_MIN = ((1.0, Span(6, 20)), (2.0, Span(4, 10)), (3.0, Span(2.5, 6)), (6.0, Span(1, 3)))
CUTTING_THICK_M_MIN = Span(0.3, 1.2)
# What a shop adds for overhead it cannot assign and for profit.
MARGIN = Span(1.10, 1.35)
# A shop's working day on one machine, hours, and the days an order waits for its turn.
HOURS_A_DAY = 7.0
QUEUE_DAYS = Span(5, 12)
# Runner and scrap added to the shot of a molded part.
SHOT_WASTE = Span(1.05, 1.25)


def cutting_speed(thickness_mm: float) -> Span:
    """Meters a minute for a sheet of this thickness."""
    for limit, speed in CUTTING_M_MIN:
        if thickness_mm <= limit:
            return speed
    return CUTTING_THICK_M_MIN
