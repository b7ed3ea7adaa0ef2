"""How many pieces of a lot are inspected, and how many may fail: pure arithmetic.

Source: ISO 2859-1:1999, Table 1 (general inspection level II) and Table 2-A (single sampling plans
for normal inspection), the same as ANSI/ASQ Z1.4.
"""

from bisect import bisect_left
from dataclasses import dataclass

AQLS = ("0.65", "1.0", "1.5", "2.5", "4.0")
# Largest lot of each code letter, level II; above the last one it is Q.
LETTERS = "ABCDEFGHJKLMNPQ"
LARGEST_LOT = (
    8,
    15,
    25,
    50,
    90,
    150,
    280,
    500,
    1200,
    3200,
    10_000,
    35_000,
    150_000,
    500_000,
)
SAMPLES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250)
# The plan that accepts on no defect stands in this row of the AQL's column ...
ZERO_AT = {"0.65": "F", "1.0": "E", "1.5": "D", "2.5": "C", "4.0": "B"}
# ... and the plans from three rows below it accept up to so many. Between them the arrows point to
# the nearest plan: the row after it up, the next one down.
ACCEPTS = (1, 2, 3, 5, 7, 10, 14, 21)


@dataclass(frozen=True)
class Plan:
    """`accept` defects at most, `reject` or more fail the lot. `letter` is "" when all pieces of
    the lot are looked at."""

    lot_size: int
    sample_size: int
    accept: int
    letter: str = ""

    @property
    def reject(self) -> int:
        """The smallest number of defects that fails the lot."""
        return self.accept + 1

    @property
    def is_full(self) -> bool:
        """Every piece is looked at."""
        return self.sample_size == self.lot_size


def full_inspection(lot_size: int) -> Plan:
    """Every piece is looked at and none may fail."""
    return Plan(lot_size, lot_size, 0)


def plan_for(lot_size: int, aql: str) -> Plan:
    """The single sampling plan, normal inspection, general level II, for a lot at an AQL (percent
    nonconforming). A sample as large as the lot or larger means all of it.

    Raises ValueError for a lot below one piece or an AQL that is not in AQLS.
    """
    if lot_size < 1 or aql not in ZERO_AT:
        raise ValueError(f"There is no plan for {lot_size} pieces at AQL {aql}.")
    row = bisect_left(LARGEST_LOT, lot_size)
    zero = LETTERS.index(ZERO_AT[aql])
    last = zero + 2 + len(ACCEPTS)
    row = _follow_arrows(row, zero, last)
    accept = 0 if row == zero else ACCEPTS[row - zero - 3]
    if SAMPLES[row] >= lot_size:
        return Plan(lot_size, lot_size, accept)
    return Plan(lot_size, SAMPLES[row], accept, LETTERS[row])


def _follow_arrows(row: int, zero: int, last: int) -> int:
    """The row whose plan is used: the arrows of the table followed to their end."""
    if row <= zero + 1:
        return zero
    if row == zero + 2:
        return zero + 3
    return min(row, last)
